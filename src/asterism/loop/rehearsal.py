"""A rehearsal: what a strategy would have done on past days. Nothing is sent, nothing is written.

Every kept day is decided again, by the same five layers and with the same limits, with the draft
among the strategies that acted then. What others really did is taken as it was; what the draft
would have done is remembered from day to day, so that its own cooldowns and caps bind it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Engine

from asterism.audience import Catalogue, Columns
from asterism.insight.segments import segment_catalogue
from asterism.kernel.errors import NotFoundError, Problem
from asterism.kernel.progress import Progress, silent
from asterism.kernel.words import N_
from asterism.loop.evidence import Evidence, evidence_for
from asterism.loop.house import House
from asterism.loop.practice import Practice
from asterism.loop.replay import Past, columns_of, kept_days
from asterism.review import Range
from asterism.strategy import (
    Decisions,
    Limits,
    PublishedStrategy,
    Strategy,
    decide,
    draft,
    validate_strategy,
)
from asterism.strategy.past import strategies_at
from asterism.strategy.price_list import PriceList
from asterism.strategy.reasons import EVERYONE

#: A strategy that means this share of all customers or more means everybody.
EVERYBODY_SHARE = 0.95
MOST_DAYS = 366
_FACTS = ("channel", "tier", "lifecycle")


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsedDay:
    """What the draft would have done on one day."""

    day: date
    customers: int
    #: Customers in its audience; of them, who came through layers 1 to 4; of them, who was taken
    #: up, and of these who was touched. The rest of those taken up were left alone, to compare.
    meant: int
    eligible: int
    taken_up: int
    touched: int
    #: Minor units.
    cost_minor: int
    #: Customers dropped by each reason, by its code.
    dropped: Mapping[str, int]
    #: By strategy: customers that both wanted, and of them those whom the draft did not get.
    wanted_too: Mapping[str, int]
    lost_to_others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a strategy would have done on the days that are kept."""

    strategy: str
    asked_days: int
    days: tuple[RehearsedDay, ...]
    #: Touches by channel, tier and lifecycle stage of the customer on the day.
    by: Mapping[str, Mapping[str, int]]
    #: How many customers would have been touched how often.
    times: Mapping[int, int]
    evidence: Evidence | None
    #: What `evidence` expects over everybody touched: in the metric, in money, and less the cost.
    expected: Range | None
    expected_value: Range | None
    expected_profit: Range | None
    #: What somebody should know before believing any of it.
    notices: tuple[Problem, ...]

    @property
    def customers(self) -> int:
        """Customers who would have been touched at least once."""
        return sum(self.times.values())

    @property
    def touches(self) -> int:
        """Touches over all days."""
        return sum(day.touched for day in self.days)

    @property
    def cost_minor(self) -> int:
        """What they would have cost, in minor units."""
        return sum(day.cost_minor for day in self.days)

    @property
    def dropped(self) -> Mapping[str, int]:
        """Customers dropped by each reason, over all days."""
        return _added(day.dropped for day in self.days)

    @property
    def wanted_too(self) -> Mapping[str, int]:
        """By strategy: customers that both wanted, over all days, most first."""
        return dict(Counter(_added(day.wanted_too for day in self.days)).most_common())


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What every day of a rehearsal is decided with."""

    draft: PublishedStrategy
    catalogue: Catalogue
    limits: Limits
    universal_control: float


@dataclass(slots=True)
class Tally:
    """What adds up over the days."""

    by: dict[str, Counter[str]] = field(
        default_factory=lambda: {name: Counter() for name in _FACTS}
    )
    touched: list[pa.ChunkedArray] = field(default_factory=list)

    def add(self, sent: pa.Table) -> None:
        """Count a day's touches: rows of `Decisions.touches` that are sent."""
        self.touched.append(sent["customer_id"])
        for name in _FACTS:
            if name in sent.column_names:
                for row in sent[name].value_counts().to_pylist():
                    self.by[name][row["values"] or ""] += row["counts"]

    @property
    def times(self) -> dict[int, int]:
        """How many customers were touched how often."""
        everybody = pa.chunked_array(
            [chunk for one in self.touched for chunk in one.chunks], pa.string()
        )
        counts = pc.value_counts(everybody).field("counts")
        return {
            row["values"]: row["counts"]
            for row in sorted(pc.value_counts(counts).to_pylist(), key=lambda row: row["values"])
        }


def rehearse(
    house: House,
    strategy: Strategy,
    days: int,
    *,
    practice: Practice,
    progress: Progress = silent,
) -> Rehearsal:
    """Replay `strategy` on the last `days` kept days.

    InvalidInputError if the strategy does not hold, NotFoundError before the first snapshot.
    """
    catalogue = segment_catalogue(house.engine)
    validate_strategy(strategy, catalogue)
    stage = Stage(
        draft=draft(strategy),
        catalogue=catalogue,
        limits=practice.limits(house.engine),
        universal_control=practice.universal_control,
    )
    kept = kept_days(house.engine, house.warehouse, min(days, MOST_DAYS))
    if not kept:
        raise NotFoundError(N_("No day is kept that could be replayed: run a day first."))
    past = Past.read(house.engine, strategy.id, [day for day, _ in kept], practice.zones)
    tally, found = Tally(), []
    for number, (day, snapshot) in enumerate(kept):
        progress(day.isoformat(), number / len(kept))
        others = strategies_at(house.engine, day, datetime.combine(day, time.max, UTC))
        found.append(rehearse_day(stage, columns_of(snapshot), others, day, past, tally))
    progress("done", 1.0)
    return _told(house.engine, strategy, days, found, tally)


def rehearse_day(  # noqa: PLR0913, PLR0917 - one day, and what it needs
    stage: Stage,
    columns: Columns,
    others: Iterable[PublishedStrategy],
    day: date,
    past: Past,
    tally: Tally,
) -> RehearsedDay:
    """Decide one day with the draft in place of its own published version."""
    mine = stage.draft.strategy.id
    decisions = decide(
        columns,
        [stage.draft, *(one for one in others if one.strategy.id != mine)],
        day=day,
        contacts=past.before(day),
        limits=stage.limits,
        catalogue=stage.catalogue,
        universal_control=stage.universal_control,
        warm=past.prices,
    )
    past.prices = PriceList.of(decisions.families, decisions.plan)
    taken_up = decisions.touches.filter(pc.equal(decisions.touches["strategy"], mine))
    sent = taken_up.filter(pc.equal(taken_up["arm"], "touch"))
    past.remember(day, taken_up)
    tally.add(sent)
    return _day(decisions, columns, mine, taken_up.num_rows, sent)


def _day(
    decisions: Decisions, columns: Columns, mine: str, taken_up: int, sent: pa.Table
) -> RehearsedDay:
    steps = [step for step in decisions.funnel if step.strategy == mine]
    left = {step.layer.value: step.left for step in steps}
    wanted_too, lost = _overlap(decisions, columns.size, mine)
    return RehearsedDay(
        day=decisions.day,
        customers=columns.size,
        meant=left["audience"],
        eligible=left["value"],
        taken_up=taken_up,
        touched=sent.num_rows,
        cost_minor=pc.sum(sent["cost_minor"]).as_py() or 0,
        dropped={
            step.reason: step.dropped
            for step in steps
            if step.dropped and step.reason != EVERYONE.code
        },
        wanted_too=wanted_too,
        lost_to_others=lost,
    )


def _overlap(decisions: Decisions, size: int, mine: str) -> tuple[dict[str, int], int]:
    """Return by strategy whom it wanted as well, and how many of them the draft did not get."""
    names = [running.id for running in decisions.programme]
    who, whose = np.divmod(decisions.arbitrated, len(names))
    own = whose == names.index(mine)
    wanted = np.zeros(size, np.bool_)
    wanted[who[own]] = True
    both = wanted[who] & ~own
    counts = np.bincount(whose[both], minlength=len(names))
    contested = np.zeros(size, np.bool_)
    contested[who[both]] = True
    lost = contested[who[own]] & (decisions.verdicts[own] != 0)
    shared = {name: int(n) for name, n in zip(names, counts, strict=True) if n}
    return shared, int(np.count_nonzero(lost))


def _told(
    engine: Engine, strategy: Strategy, asked: int, days: Sequence[RehearsedDay], tally: Tally
) -> Rehearsal:
    touched = sum(day.touched for day in days)
    evidence = evidence_for(engine, strategy, tally.by["channel"])
    expected = evidence.over(touched) if evidence else None
    value = expected.times(strategy.goal.worth(1)) if expected else None
    return Rehearsal(
        strategy=strategy.id,
        asked_days=asked,
        days=tuple(days),
        by=tally.by,
        times=tally.times,
        evidence=evidence,
        expected=expected,
        expected_value=value,
        expected_profit=value.minus(sum(day.cost_minor for day in days)) if value else None,
        notices=tuple(_notices(asked, days, evidence)),
    )


def _notices(
    asked: int, days: Sequence[RehearsedDay], evidence: Evidence | None
) -> Iterable[Problem]:
    if len(days) < asked:
        message = N_("Only {kept} of the {asked} days are kept: the rehearsal is of these.")
        yield Problem(message=message, values={"kept": len(days), "asked": asked})
    if not any(day.meant for day in days):
        yield Problem(message=N_("Nobody is in the audience on any of these days."))
    elif all(day.meant >= EVERYBODY_SHARE * day.customers for day in days):
        message = N_("The audience is everybody: a strategy for all customers is rarely meant so.")
        yield Problem(message=message)
    elif not any(day.touched for day in days):
        yield Problem(message=N_("Nobody would have been touched: see what stopped them."))
    if evidence is None:
        message = N_("There is no evidence: nothing like it has been measured yet.")
        yield Problem(message=message)


def _added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return dict(total.most_common())
