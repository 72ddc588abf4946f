"""The demo's days: the simulated bank lives, the loop runs, the customers answer."""

import time
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import isfinite

import pyarrow as pa

from asterism.bootstrap import Asterism
from asterism.demo.people import add_demo_people, let_the_operator_publish
from asterism.execution import assignments, delivered, record_receipts
from asterism.insight.segments import publish_micro_segments
from asterism.insight.snapshots import current_id, publish
from asterism.kernel.clock import local_day
from asterism.kernel.errors import ConflictError
from asterism.kernel.progress import Progress, silent
from asterism.kernel.words import N_
from asterism.loop import Feed, add_feed, run_day
from asterism.review import latest_effects
from asterism.strategy import library, publish_strategy
from asterism.twin import World, build_world
from asterism.warehouse import import_mapping, load_mapping

_HISTORY_DAYS = 365
#: Share of the progress bar that building the bank takes.
_BUILDING = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one strategy earned for each customer, measured and true."""

    strategy: str
    title: str
    metric: str
    n_touch: int
    n_control: int
    point: float
    low: float
    high: float
    #: The simulated bank knows it exactly; None where nobody was assigned.
    truth: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReport:
    """What the demo did and what came of it."""

    customers: int
    days: int
    seed: int
    touches: int
    lines: tuple[Line, ...]
    #: Wall seconds that building the bank took, and each day of the loop.
    building_seconds: float
    day_seconds: tuple[float, ...]

    def to_json(self) -> dict[str, object]:
        """Return the report as plain values; figures that are not known are None."""
        lines = [
            {name: _known(value) for name, value in asdict(line).items()} for line in self.lines
        ]
        return {**asdict(self), "lines": lines}


def _known(value: object) -> object:
    return None if isinstance(value, float) and not isfinite(value) else value


def run_demo(
    asterism: Asterism, *, customers: int, days: int, seed: int, progress: Progress = silent
) -> DemoReport:
    """Build the twin's bank, run `days` days that end today, and compare effects with the truth."""
    bank = asterism.bank
    if current_id(bank.engine) is not None:
        raise ConflictError(
            N_("There is a bank in {home} already: choose another with --home DIR, or remove it."),
            home=bank.home,
        )
    today = local_day(bank.clock.now(), asterism.settings.time_zone)
    first = today - timedelta(days=days - 1)
    started = time.perf_counter()
    world = build_world(
        bank.home / "twin",
        customers=customers,
        seed=seed,
        history_days=_HISTORY_DAYS,
        start=first - timedelta(days=_HISTORY_DAYS),
        progress=_part(progress, 0.0, _BUILDING),
    )
    _open_for_business(asterism, world, first)
    moments = [time.perf_counter()]
    for number in range(days):
        day = first + timedelta(days=number)
        done = _BUILDING + (1 - _BUILDING) * number / days
        progress(f"{day}", done)
        live_until(asterism, day)
        run_day(asterism.bank_on(day), day)
        moments.append(time.perf_counter())
    progress("done", 1.0)
    return DemoReport(
        customers=customers,
        days=days,
        seed=seed,
        touches=sum(
            delivered(bank.engine, first + timedelta(days=number)).num_rows
            for number in range(days)
        ),
        lines=_compare(asterism, world, through=today - timedelta(days=1)),
        building_seconds=moments[0] - started,
        day_seconds=tuple(after - before for before, after in pairwise(moments)),
    )


def live_until(asterism: Asterism, day: date) -> None:
    """Let the simulated bank of this home, if it has one, live every day before `day`."""
    directory = asterism.bank.home / "twin"
    if not directory.is_dir():
        return
    world = World.open(directory)
    while world.through < day - timedelta(days=1):
        lived = world.through + timedelta(days=1)
        answers = world.live(lived, delivered(asterism.bank.engine, lived))
        record_receipts(asterism.bank.engine, answers.receipts)


def _open_for_business(asterism: Asterism, world: World, first: date) -> None:
    bank = asterism.bank_on(first)
    feed = Feed(mapping=world.mapping, source=world.source)
    snapshot, _ = import_mapping(
        bank.warehouse, None, load_mapping(feed.mapping), feed.source, first - timedelta(days=1)
    )
    publish(bank.engine, snapshot, bank.clock)
    add_feed(bank.engine, feed, bank.clock)
    publish_micro_segments(bank.engine, bank.clock)
    for strategy in library():
        publish_strategy(bank.engine, strategy, bank.clock, "demo")
    add_demo_people(bank.engine, bank.home, snapshot, bank.clock)
    let_the_operator_publish(bank.home)


def _compare(asterism: Asterism, world: World, through: date) -> tuple[Line, ...]:
    bank = asterism.bank
    truth = world.true_effects(_with_goals(assignments(bank.engine)), through=through)
    titles = {one.id: one.title.in_locale(asterism.settings.locale) for one in library()}
    return tuple(
        Line(
            strategy=row.strategy,
            title=titles.get(row.strategy, row.strategy),
            metric=row.metric,
            n_touch=row.effect.n_touch,
            n_control=row.effect.n_control,
            point=row.effect.point,
            low=row.effect.low,
            high=row.effect.high,
            truth=truth.get(row.strategy),
        )
        for row in latest_effects(bank.engine)
    )


def _with_goals(assigned: pa.Table) -> pa.Table:
    """Say beside each assignment which outcome its strategy is after."""
    goals = pa.table(
        {
            "strategy": [one.id for one in library()],
            "metric": [one.goal.metric.value for one in library()],
            "family": [one.goal.family.value if one.goal.family else None for one in library()],
            "outcome_days": [one.outcome_days for one in library()],
        }
    )
    kept = [name for name in assigned.column_names if name not in goals.column_names[1:]]
    return assigned.select(kept).join(goals, "strategy", join_type="inner")


def _part(progress: Progress, low: float, high: float) -> Progress:
    def listen(step: str, done: float) -> None:
        progress(step, low + (high - low) * done)

    return listen
