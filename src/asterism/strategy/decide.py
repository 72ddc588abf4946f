"""The night's decision: every customer, every strategy, five layers, one allocation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from asterism.audience import Catalogue, Columns, Mask
from asterism.strategy import reasons
from asterism.strategy.allocation import Candidates, LimitFamily, allocate
from asterism.strategy.arms import Arms
from asterism.strategy.caps import MONTH, WEEK
from asterism.strategy.contacts import Contacts
from asterism.strategy.counters import Counters
from asterism.strategy.decision_day import DecisionDay
from asterism.strategy.decisions import Decisions, Solved, record
from asterism.strategy.funnel import Funnel
from asterism.strategy.gates import AUDIENCE_GATES, ELIGIBILITY_GATES, PERMISSION_GATES
from asterism.strategy.limit_families import GroupMembers, limit_families
from asterism.strategy.limits import Limits
from asterism.strategy.price_list import PriceList
from asterism.strategy.programme import UNIVERSAL_SHARE, Running, worth
from asterism.strategy.publish import PublishedStrategy
from asterism.strategy.readings import Expressions, Population, tiers_of, walk
from asterism.strategy.rows import Block, Rows, gather
from asterism.strategy.waves import due_wave


@dataclass(frozen=True, slots=True, kw_only=True)
class DayProblem:
    """What the layers left of a day: the allocation problem and what its numbers stand for."""

    of_day: DecisionDay
    rows: Rows
    candidates: Candidates
    families: list[LimitFamily]


def decide(  # noqa: PLR0913 - everything a day is decided by, named
    columns: Columns,
    strategies: Sequence[PublishedStrategy],
    *,
    day: date,
    contacts: Contacts | None = None,
    limits: Limits | None = None,
    catalogue: Catalogue | None = None,
    universal_control: float = UNIVERSAL_SHARE,
    salt: str = "",
    warm: PriceList | None = None,
) -> Decisions:
    """Decide who gets what on `day`.

    `contacts` holds what happened before the day. `warm` are an earlier day's prices, from which
    the search for today's starts. `catalogue` brings the segments that audiences name; without it
    only the snapshot's own tags are known. Deterministic: the same input gives the same decisions.
    """
    problem = day_problem(
        columns,
        strategies,
        day=day,
        contacts=contacts,
        limits=limits,
        catalogue=catalogue,
        universal_control=universal_control,
        salt=salt,
    )
    candidates, families = problem.candidates, problem.families
    plan = allocate(candidates, families, warm=warm.duals(families) if warm else None)
    return record(problem.of_day, Solved(problem.rows, candidates, families, plan))


def day_problem(  # noqa: PLR0913 - everything a day is decided by, named
    columns: Columns,
    strategies: Sequence[PublishedStrategy],
    *,
    day: date,
    contacts: Contacts | None = None,
    limits: Limits | None = None,
    catalogue: Catalogue | None = None,
    universal_control: float = UNIVERSAL_SHARE,
    salt: str = "",
) -> DayProblem:
    """Walk layers 1 to 4 for everybody and return what arbitration has to choose from."""
    limits = limits or Limits()
    expressions = Expressions(catalogue) if catalogue else Expressions.for_columns(columns)
    contacts = contacts or Contacts()
    counters = Counters.over(columns, contacts, day)
    population = Population(columns, expressions, counters)
    programme = Running.of(strategies, limits.caps, expressions)
    of_day = DecisionDay(
        day=day,
        population=population,
        programme=programme,
        arms=Arms(columns, counters, universal_control, salt),
        funnel=Funnel(columns.size),
    )
    blocks = [block for running in programme for block in _walk_strategy(running, of_day)]
    rows = gather(blocks)
    candidates = Candidates(
        first=np.searchsorted(rows.customer, np.arange(columns.size + 1)).astype(np.int64),
        action=rows.action,
        score=rows.score,
        slots=_slots(counters, limits),
        alike=rows.alike,
        control=rows.arm > 0,
        turn=of_day.arms.turns(day),
    )
    groups = _groups(rows, candidates, limits, population)
    families = limit_families(rows.actions, columns, limits, contacts, groups)
    return DayProblem(of_day=of_day, rows=rows, candidates=candidates, families=families)


def _groups(
    rows: Rows, candidates: Candidates, limits: Limits, population: Population
) -> list[GroupMembers]:
    """Return who belongs to each group with a minimum, and who of them may get something."""
    touchable = np.zeros(candidates.customers, np.bool_)
    touchable[rows.customer[rows.arm == 0]] = True
    touchable &= candidates.slots > 0
    found = []
    for group in limits.groups:
        members = population.mask(group.audience).to_bool()
        found.append(GroupMembers(group.name, group.minimum_share, members, members & touchable))
    return found


def _walk_strategy(running: Running, of_day: DecisionDay) -> list[Block]:
    """Walk layers 1 to 4 for each wave; the waves' customers are disjoint."""
    strategy, funnel = running.published.strategy, of_day.funnel
    due = due_wave(strategy, of_day.population.counters.since(running.id))
    funnel.drop(running.id, reasons.WAITING, int(np.count_nonzero(due == 0)))
    blocks = []
    for wave in range(1, len(strategy.waves) + 1):
        meant = Mask.from_bool(due == wave)
        if wave == 1 and not strategy.takes_up_on(of_day.day):
            funnel.drop(running.id, reasons.SCHEDULE, meant.count())
        elif meant.count():
            blocks.append(_walk_wave(running, wave, meant, of_day))
    return blocks


def _walk_wave(running: Running, wave: int, meant: Mask, of_day: DecisionDay) -> Block:
    funnel, population = of_day.funnel, of_day.population
    actions = running.actions(wave)
    left = meant
    for gate in AUDIENCE_GATES:
        condition = gate.condition(actions[0])
        kept = left & population.mask(condition) if isinstance(condition, str) else left
        funnel.drop(running.id, gate.reason, left.count() - kept.count())
        left = kept
    meant_at = left.indices()
    entered = of_day.arms.entered(running, meant_at) if wave == 1 else meant_at
    funnel.drop(running.id, reasons.RAMP, len(meant_at) - len(entered))
    reading = population.among(entered)
    alive = [np.ones(reading.size, np.bool_)] * len(actions)
    count = reading.size
    for gate, remaining in walk(reading, (*ELIGIBILITY_GATES, *PERMISSION_GATES), actions, alive):
        now = int(np.count_nonzero(remaining))
        funnel.drop(running.id, gate.reason, count - now)
        count = now
    tiers = tiers_of(reading)
    values = [worth(action)[tiers] for action in actions]
    alive = [may & (value > 0) for may, value in zip(alive, values, strict=True)]
    worthy = int(np.count_nonzero(np.logical_or.reduce(alive)))
    funnel.drop(running.id, reasons.WORTH, count - worthy)
    arms = of_day.arms.of(running, reading.indices)
    return Block(running, actions, reading.indices, alive, values, arms)


def _slots(counters: Counters, limits: Limits) -> NDArray[np.int32]:
    """Return how many touches each customer may still get today, caps and all."""
    most = limits.touches_per_customer
    most = min(most, most if limits.caps.per_day is None else limits.caps.per_day)
    slots = np.full(counters.size, most, np.int32)
    for days, cap in ((WEEK, limits.caps.per_7_days), (MONTH, limits.caps.per_30_days)):
        room = cap - counters.contacts("", days).astype(np.int32)
        slots = np.minimum(slots, np.maximum(room, 0))
    return slots
