"""What every benchmark measures: wall seconds, CPU seconds of the process tree, peak memory."""

import json
import resource
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class Measurement:
    """Seconds and bytes of one measured block; filled when the block ends."""

    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    #: Peak resident memory of the process since it started.
    peak_bytes: int = 0

    def to_json(self, prefix: str = "") -> dict[str, float]:
        """Return the figures by name."""
        return {
            f"{prefix}wall_seconds": round(self.wall_seconds, 3),
            f"{prefix}cpu_seconds": round(self.cpu_seconds, 3),
            f"{prefix}peak_bytes": self.peak_bytes,
        }


@contextmanager
def measured() -> Iterator[Measurement]:
    """Measure a block, its child processes included."""
    measurement = Measurement()
    cpu, wall = _cpu_seconds(), time.perf_counter()
    yield measurement
    measurement.wall_seconds = time.perf_counter() - wall
    measurement.cpu_seconds = _cpu_seconds() - cpu
    measurement.peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _cpu_seconds() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def report(figures: Mapping[str, object], as_json: bool) -> None:  # noqa: FBT001
    """Print named figures: one JSON object, or a line each."""
    if as_json:
        sys.stdout.write(json.dumps(figures) + "\n")
        return
    width = max(map(len, figures))
    for name, value in figures.items():
        print(f"{name:<{width}}  {value}")
