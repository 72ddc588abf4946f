"""One customer in the ledger: what was decided on a day, what became of it, what came before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Engine, RowMapping, Select, func, select

from asterism.execution.history import CONTACT_DAYS
from asterism.execution.life import State
from asterism.execution.queries import Event
from asterism.execution.tables import assignment, touch, touch_event
from asterism.ledger import reading
from asterism.strategy import ASSIGNED, TOUCHED, Contacts
from asterism.strategy.standing import Standing

_ENDED = (State.SUPPRESSED, State.EXPIRED, State.RECALLED, State.FAILED)
#: Of what happened at one moment the earlier state comes first.
_ORDER = [state.value for state in State]
_FACTS = ("strategy", "version", "wave", "occasion", "offer", "channel", "script", "arm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One decision of the day that concerns the customer, and what became of it."""

    strategy: str
    version: int
    wave: int
    occasion: str
    offer: str | None
    channel: str | None
    script: str | None
    #: 'touch', 'holdout' or 'universal': who was left alone has no life below.
    arm: str
    value_minor: int | None
    touch_id: str | None
    #: Where the touch stands now; None for who was left alone.
    state: str | None
    life: tuple[Event, ...] = ()


def decided_for(engine: Engine, customer_id: str, day: date) -> tuple[Decided, ...]:
    """Return the day's decisions for a customer, with the life of each touch."""
    a, t = assignment.c, touch.c
    query: Select[Any] = (
        select(
            *(a[name] for name in _FACTS),
            a.value_minor,
            t.touch_id,
            t.state,
        )
        .select_from(
            assignment.outerjoin(
                touch,
                (t.customer_id == a.customer_id)
                & (t.strategy == a.strategy)
                & (t.version == a.version)
                & (t.wave == a.wave)
                & (t.channel == a.channel)
                & (t.occasion == a.occasion),
            )
        )
        .where(a.assigned_on == day, a.customer_id == customer_id)
        .order_by(a.strategy, a.wave)
    )
    with reading(engine) as connection:
        rows = connection.execute(query).mappings().all()
        lives = _lives(connection, [row["touch_id"] for row in rows if row["touch_id"]])
    return tuple(Decided(**row, life=tuple(lives.get(row["touch_id"], ()))) for row in rows)


def _lives(connection: Connection, touch_ids: Sequence[str]) -> dict[str, list[Event]]:
    row = touch_event.c
    found: dict[str, list[Event]] = {}
    events = select(touch_event).where(row.touch_id.in_(touch_ids))
    for one in connection.execute(events).mappings() if touch_ids else ():
        found.setdefault(one["touch_id"], []).append(_event(one))
    for life in found.values():
        life.sort(key=lambda event: (event.at, _ORDER.index(event.kind)))
    return found


def _event(row: RowMapping) -> Event:
    return Event(**{name: row[name] for name in ("kind", "at", "reason", "detail", "actor")})


def contacts_of(
    engine: Engine, day: date, customer_id: str, standing: Standing | None = None
) -> Contacts:
    """Return one customer's contacts and assignments before `day`, as deciding counts them.

    `standing` is what the ledger had heard from the customer by then.
    """
    row, a = touch.c, assignment.c
    touched = select(
        row.customer_id, row.channel, func.coalesce(row.sent_on, row.planned_for).label("day")
    ).where(
        row.customer_id == customer_id,
        row.planned_for < day,
        row.planned_for >= day - timedelta(days=CONTACT_DAYS),
        row.state.not_in([state.value for state in _ENDED]),
    )
    assigned = select(*(a[name] for name in ASSIGNED.names)).where(
        a.customer_id == customer_id, a.assigned_on < day
    )
    with reading(engine) as connection:
        contacts, occasions = (
            [dict(row) for row in connection.execute(query).mappings()]
            for query in (touched, assigned)
        )
    return Contacts(
        touched=pa.Table.from_pylist(contacts, schema=TOUCHED),
        assigned=pa.Table.from_pylist(occasions, schema=ASSIGNED),
        standing=standing or Standing(),
    )
