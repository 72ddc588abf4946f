"""Where things lie in a warehouse's directory, and the locks that tell the living from the dead."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Rooms:
    """The directories of one warehouse."""

    root: Path

    @property
    def parts(self) -> Path:
        """Parts of all snapshots, one directory for each draft that was sealed."""
        return self.root / "parts"

    @property
    def snapshots(self) -> Path:
        """Manifests, one file a snapshot: what has none does not exist."""
        return self.root / "snapshots"

    @property
    def retired(self) -> Path:
        """Manifests of pruned snapshots, whose parts wait for their readers to finish."""
        return self.root / "snapshots" / ".retired"

    @property
    def quarantine(self) -> Path:
        """Corrections of rows in quarantine."""
        return self.root / "quarantine"

    def manifest(self, snapshot_id: str) -> Path:
        """Return where the manifest of a snapshot is."""
        return self.snapshots / f"{snapshot_id}.json"

    def partial(self, draft_id: str) -> Path:
        """Return the private directory of a draft that is being written."""
        return self.parts / f".{draft_id}.partial"

    def lock(self, draft_id: str) -> Path:
        """Return the file that a draft's process holds locked while it lives."""
        return self.parts / f".{draft_id}.lock"

    def build(self) -> None:
        """Make the directories that are missing."""
        for directory in (self.parts, self.snapshots, self.retired, self.quarantine):
            directory.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other process from beginning, sweeping or pruning meanwhile."""
        descriptor = os.open(self.root / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def hold(path: Path) -> int:
    """Create and lock a draft's lock file; the descriptor holds it until it is closed."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def is_held(path: Path) -> bool:
    """Tell whether a living process holds the lock file."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
