"""Questions about touches: which, how one lived, how many stand where, how a strategy narrowed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, false, func, select
from sqlalchemy.sql.elements import ColumnElement

from asterism.execution.life import REACHED, State
from asterism.execution.tables import decision_funnel, touch, touch_event
from asterism.kernel.errors import NotFoundError
from asterism.kernel.words import N_
from asterism.ledger import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchFilter:
    """Which touches are asked for; a field left out means any."""

    strategy: str | None = None
    customer_id: str | None = None
    channel: str | None = None
    state: State | None = None
    since: date | None = None
    until: date | None = None
    #: The branches whose touches may be seen; None for every one.
    branches: frozenset[str] | None = None
    #: The managers whose touches may be seen; None for every one.
    managers: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchRow:
    """One touch as it stands."""

    touch_id: str
    customer_id: str
    strategy: str
    version: int
    wave: int
    channel: str
    offer: str
    value_minor: int
    cost_minor: int
    planned_for: date
    live_until: date
    state: str
    reason: str | None
    changed_at: datetime
    sent_at: datetime | None
    manager_id: str | None
    branch_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event in a touch's life."""

    kind: str
    at: datetime
    reason: str | None
    detail: str | None
    actor: str | None


_ROW = tuple(touch.c[name] for name in TouchRow.__dataclass_fields__)


def touches(
    engine: Engine, asked: TouchFilter, *, limit: int = 50, offset: int = 0
) -> tuple[tuple[TouchRow, ...], int]:
    """Return one page of touches, the latest planned first, and how many there are in all."""
    conditions = _conditions(asked)
    page = (
        select(*_ROW)
        .where(*conditions)
        .order_by(touch.c.planned_for.desc(), touch.c.value_minor.desc(), touch.c.touch_id)
        .limit(limit)
        .offset(offset)
    )
    with reading(engine) as connection:
        rows = tuple(TouchRow(**row) for row in connection.execute(page).mappings())
        count = select(func.count()).select_from(touch).where(*conditions)
        return rows, connection.execute(count).scalar_one()


def _conditions(asked: TouchFilter) -> list[ColumnElement[bool]]:
    row = touch.c
    equal: Mapping[str, Any] = {
        "strategy": asked.strategy,
        "customer_id": asked.customer_id,
        "channel": asked.channel,
        "state": asked.state.value if asked.state else None,
    }
    conditions: list[ColumnElement[bool]] = [
        row[name] == value for name, value in equal.items() if value is not None
    ]
    if asked.since is not None:
        conditions.append(row.planned_for >= asked.since)
    if asked.until is not None:
        conditions.append(row.planned_for <= asked.until)
    for column, allowed in ((row.branch_id, asked.branches), (row.manager_id, asked.managers)):
        if allowed is not None:
            conditions.append(column.in_(sorted(allowed)) if allowed else false())
    return conditions


def life_of(engine: Engine, touch_id: str) -> tuple[TouchRow, tuple[Event, ...]]:
    """Return a touch and all that happened to it, in order; NotFoundError if there is none."""
    events = select(touch_event).where(touch_event.c.touch_id == touch_id)
    with reading(engine) as connection:
        row = connection.execute(select(*_ROW).where(touch.c.touch_id == touch_id)).mappings()
        found = row.first()
        if found is None:
            raise NotFoundError(N_("There is no touch {touch_id}."), touch_id=touch_id)
        order = {state.value: place for place, state in enumerate(State)}
        told = sorted(connection.execute(events), key=lambda e: (e.at, order.get(e.kind, 0)))
    return TouchRow(**found), tuple(
        Event(kind=e.kind, at=e.at, reason=e.reason, detail=e.detail, actor=e.actor) for e in told
    )


def counts_by_day(
    engine: Engine, asked: TouchFilter
) -> Mapping[tuple[str, date], Mapping[State, int]]:
    """Return how many touches stand where, by strategy and planned day, every state present."""
    row = touch.c
    query = (
        select(row.strategy, row.planned_for, row.state, func.count())
        .where(*_conditions(asked))
        .group_by(row.strategy, row.planned_for, row.state)
        .order_by(row.planned_for, row.strategy)
    )
    counts: dict[tuple[str, date], dict[State, int]] = {}
    with reading(engine) as connection:
        for strategy, day, state, count in connection.execute(query):
            entry = counts.setdefault((strategy, day), dict.fromkeys(State, 0))
            entry[State(state)] = count
    return counts


@dataclass(frozen=True, slots=True)
class Step:
    """One narrowing of a strategy's funnel."""

    #: The layer of the decision, or 'delivery'.
    layer: str
    #: The reason's code, or the state that was reached.
    reason: str
    dropped: int
    left: int


_DELIVERY = (State.SENT, State.DELIVERED, State.SEEN, State.ANSWERED, State.CONVERTED)


def funnel_of(engine: Engine, strategy: str, since: date, until: date) -> tuple[Step, ...]:
    """Return how a strategy narrowed from its customers to answers, summed over days.

    First the decision's steps as they were stored, then delivery: how many planned touches got at
    least as far as each state.
    """
    row = decision_funnel.c
    decided = (
        select(row.layer, row.reason, func.sum(row.dropped), func.sum(row.left))
        .where(row.strategy == strategy, row.day >= since, row.day <= until)
        .group_by(row.layer, row.reason)
        .order_by(func.min(row.position))
    )
    with reading(engine) as connection:
        steps = [Step(a, b, int(c), int(d)) for a, b, c, d in connection.execute(decided)]
    asked = TouchFilter(strategy=strategy, since=since, until=until)
    states: dict[State, int] = dict.fromkeys(State, 0)
    for counts in counts_by_day(engine, asked).values():
        for state, count in counts.items():
            states[state] += count
    left = sum(states.values())
    steps.append(Step("delivery", State.PLANNED.value, 0, left))
    for reached in _DELIVERY:
        got = sum(states[state] for state in REACHED[REACHED.index(reached) :])
        steps.append(Step("delivery", reached.value, left - got, got))
        left = got
    return tuple(steps)
