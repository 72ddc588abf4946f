"""The stages of a day, in order; each is idempotent and journalled, so a killed day goes on."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from asterism.kernel.progress import Progress, silent
from asterism.loop import stages
from asterism.loop.bank import Bank
from asterism.loop.journal import Result, finish_stage, finished_stages

Stage = Callable[[Bank, date, Mapping[str, Result], Progress], Result]

STAGES: Mapping[str, Stage] = {
    "import": stages.import_feeds,
    "tags": stages.refresh_tags,
    "review": stages.measure_effects,
    "decide": stages.decide_touches,
    "send": stages.send_touches,
    "tidy": stages.prune_snapshots,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayReport:
    """What a day did."""

    day: date
    #: Each stage's figures.
    results: Mapping[str, Result]
    #: Stages that an earlier run of the same day had finished.
    resumed_after: tuple[str, ...]
    #: Wall seconds of the stages that ran now.
    seconds: Mapping[str, float]


def run_day(bank: Bank, day: date, progress: Progress = silent) -> DayReport:
    """Run the loop for the business day `day` on what is known to the end of the day before."""
    results = dict(finished_stages(bank.engine, day))
    resumed_after = tuple(results)
    seconds = {}
    for number, (name, stage) in enumerate(STAGES.items()):
        progress(name, number / len(STAGES))
        if name in results:
            continue
        started = time.perf_counter()
        results[name] = stage(bank, day, results, progress)
        seconds[name] = time.perf_counter() - started
        finish_stage(
            bank.engine, day, name, bank.clock, result=results[name], seconds=seconds[name]
        )
    progress("done", 1.0)
    return DayReport(day=day, results=results, resumed_after=resumed_after, seconds=seconds)
