"""The life of a touch: its states, and the one rule by which it moves from one to the next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, bindparam, func, insert, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.schema import Table

from asterism.execution.tables import touch, touch_event


class State(StrEnum):
    """Where a touch stands. Later members outrank earlier ones; a touch never goes back."""

    PLANNED = "planned"
    APPROVED = "approved"
    QUEUED = "queued"
    #: Ended before hand-off: a rule forbade it, its time passed, or it was called back.
    SUPPRESSED = "suppressed"
    EXPIRED = "expired"
    RECALLED = "recalled"
    #: Handed over, or not: the process died in between and the channel cannot say.
    UNKNOWN = "unknown"
    SENT = "sent"
    FAILED = "failed"
    DELIVERED = "delivered"
    SEEN = "seen"
    ANSWERED = "answered"
    CONVERTED = "converted"


_ORDER = tuple(State)
#: Names the lock among a PostgreSQL database's advisory locks.
_WRITER_LOCK = 0x41737472
#: The channel whose touches wait in the app until the customer comes.
APP_SLOT = "app_slot"
#: States in which nothing has left the house yet.
BEFORE_HAND_OFF = (State.PLANNED, State.APPROVED, State.QUEUED)
#: States in which the touch is, as far as is known, with the customer.
REACHED = (State.SENT, State.DELIVERED, State.SEEN, State.ANSWERED, State.CONVERTED)
#: States in which the customer may have been contacted; receipts are taken in these only.
CONTACTED = (State.UNKNOWN, State.FAILED, *REACHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One event in the life of one touch."""

    touch_id: str
    at: datetime
    #: A code of `asterism.execution.reasons`; None where the event speaks for itself.
    reason: str | None = None
    #: What the channel said, at most 400 characters.
    detail: str | None = None
    #: Who did it; None for the machine.
    actor: str | None = None


def below(state: State) -> tuple[State, ...]:
    """Return the states from which a touch may move to `state`."""
    return _ORDER[: _ORDER.index(state)]


def exclusive(connection: Connection) -> None:
    """Make this transaction the only one that writes lives of touches, until it ends.

    Caps and at-most-once are exact because there is one writer at a time: SQLite grants that to
    every transaction, PostgreSQL by this lock.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_WRITER_LOCK)))


def insert_new(connection: Connection, table: Table) -> Insert:
    """Return an insert into `table` that passes over rows whose key is there already."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return insert(table)


def happened(connection: Connection, state: State, moments: Iterable[Moment]) -> int:
    """Write `moments` down and move their touches on to `state`; return how many were new.

    Told twice is told once: an event of a kind that a touch already had changes nothing.
    """
    rows = [_row(state, moment) for moment in moments]
    if not rows:
        return 0
    statement = insert_new(connection, touch_event).returning(touch_event.c.touch_id)
    new = set(connection.execute(statement, rows).scalars())
    _advance(connection, state, [row for row in rows if row["touch_id"] in new])
    return len(new)


def _row(state: State, moment: Moment) -> dict[str, object]:
    return {
        "touch_id": moment.touch_id,
        "kind": state.value,
        "at": moment.at,
        "reason": moment.reason,
        "detail": moment.detail[:400] if moment.detail else None,
        "actor": moment.actor,
    }


def _advance(connection: Connection, state: State, rows: list[dict[str, object]]) -> None:
    if not rows:
        return
    statement = (
        update(touch)
        .where(touch.c.touch_id == bindparam("id"))
        .where(or_(*(touch.c.state == lower.value for lower in below(state))))
        .values(state=state.value, reason=bindparam("why"), changed_at=bindparam("moment"))
    )
    connection.execute(
        statement, [{"id": r["touch_id"], "why": r["reason"], "moment": r["at"]} for r in rows]
    )


def happened_to_all(  # noqa: PLR0913 - one event for a set of touches
    connection: Connection,
    which: ColumnElement[bool],
    state: State,
    at: datetime,
    *,
    reason: str | None = None,
    actor: str | None = None,
) -> int:
    """Write the same event for every touch in `which` and move them to `state`; return how many.

    Touches that are at `state` already, or beyond it, are left alone. Two statements.
    """
    movable = which & touch.c.state.in_([lower.value for lower in below(state)])
    columns = touch_event.c
    events = select(
        touch.c.touch_id,
        literal(state.value, columns.kind.type),
        literal(at, columns.at.type),
        literal(reason, columns.reason.type),
        literal(actor, columns.actor.type),
    ).where(movable)
    connection.execute(
        insert_new(connection, touch_event).from_select(
            ("touch_id", "kind", "at", "reason", "actor"), events
        )
    )
    moved = connection.execute(
        update(touch)
        .where(movable)
        .values(state=state.value, reason=reason, changed_at=at)
        .returning(touch.c.touch_id)
    )
    return len(moved.scalars().all())
