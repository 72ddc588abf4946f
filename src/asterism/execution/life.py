"""The life of a touch: its states, and the one rule by which it moves from one to the next."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, func, literal, select, update
from sqlalchemy.sql.elements import ColumnElement

from asterism.execution.bulk import among, insert_columns, insert_new
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
#: States that ended a touch before it left.
ENDED = (State.SUPPRESSED, State.EXPIRED, State.RECALLED)
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


def happened(connection: Connection, state: State, moments: Iterable[Moment]) -> int:
    """Write `moments` down and move their touches on to `state`; return how many were new.

    Told twice is told once: an event of a kind that a touch already had changes nothing.
    """
    first: dict[str, Moment] = {}
    for moment in moments:
        first.setdefault(moment.touch_id, moment)
    if not first:
        return 0
    known = select(touch_event.c.touch_id).where(
        touch_event.c.kind == state.value, among(connection, touch_event.c.touch_id, first)
    )
    for touch_id in connection.execute(known).scalars():
        del first[touch_id]
    new = list(first.values())
    columns: dict[str, Sequence[object]] = {
        "touch_id": list(first),
        "kind": [state.value] * len(new),
        "at": [moment.at for moment in new],
        "reason": [moment.reason for moment in new],
        "detail": [moment.detail[:400] if moment.detail else None for moment in new],
        "actor": [moment.actor for moment in new],
    }
    if new:
        insert_columns(connection, touch_event, columns)
        _advance(connection, state, first)
    return len(new)


def _advance(connection: Connection, state: State, touch_ids: Collection[str]) -> None:
    """Move touches on to `state`, as of the event that was written down."""
    event = touch_event.c
    connection.execute(
        update(touch)
        .where(event.touch_id == touch.c.touch_id, event.kind == state.value)
        .where(among(connection, touch.c.touch_id, touch_ids), _below(state))
        .values(state=state.value, reason=event.reason, changed_at=event.at)
    )


def _below(state: State) -> ColumnElement[bool]:
    return touch.c.state.in_([lower.value for lower in below(state)])


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
    passed_through(connection, which, state, at, reason=reason, actor=actor)
    moved = connection.execute(
        update(touch)
        .where(which, _below(state))
        .values(state=state.value, reason=reason, changed_at=at)
    )
    return moved.rowcount


def passed_through(  # noqa: PLR0913 - one event for a set of touches
    connection: Connection,
    which: ColumnElement[bool],
    state: State,
    at: datetime,
    *,
    reason: str | None = None,
    actor: str | None = None,
) -> None:
    """Write the same event for every touch in `which` that this transaction moves beyond `state`.

    Touches that are at `state` already, or beyond it, are left alone.
    """
    columns = touch_event.c
    events = select(
        touch.c.touch_id,
        literal(state.value, columns.kind.type),
        literal(at, columns.at.type),
        literal(reason, columns.reason.type),
        literal(actor, columns.actor.type),
    ).where(which, _below(state))
    connection.execute(
        insert_new(connection, touch_event).from_select(
            ("touch_id", "kind", "at", "reason", "actor"), events
        )
    )
