"""Touches on their way to the outbox, and back: approved and queued as a set, or called back."""

from datetime import date, datetime, timedelta

from sqlalchemy import JSON, Connection, Engine, Select, insert, literal, select, update
from sqlalchemy.sql.elements import ColumnElement

from asterism.execution.life import (
    APP_SLOT,
    BEFORE_HAND_OFF,
    REACHED,
    State,
    exclusive,
    happened_to_all,
    passed_through,
)
from asterism.execution.reasons import Why
from asterism.execution.tables import outbox, touch, work_item
from asterism.kernel.clock import Clock
from asterism.ledger import AwareMoment


def queue_touches(engine: Engine, day: date, clock: Clock) -> int:
    """Approve and queue what is planned for `day` or earlier; return how many were queued.

    The approval is the one that the strategy's version carries: a person approved the version, and
    no touch of another one comes here. Four statements, however many touches.
    """
    with engine.begin() as connection:
        exclusive(connection)
        now = clock.now()
        waiting = touch.c.state.in_((State.PLANNED.value, State.APPROVED.value))
        ready = waiting & (touch.c.planned_for <= day)
        why = Why.APPROVED_WITH_STRATEGY.value
        passed_through(connection, ready, State.APPROVED, now, reason=why)
        connection.execute(insert(outbox).from_select(_OUTBOX_COLUMNS, _items(ready, now)))
        return happened_to_all(connection, ready, State.QUEUED, now)


_OUTBOX_COLUMNS = (
    "key",
    "customer_id",
    "strategy",
    "channel",
    "payload",
    "priority",
    "due_at",
    "expires_on",
    "state",
    "attempts",
)


def _items(ready: ColumnElement[bool], now: datetime) -> Select[tuple[object, ...]]:
    """Return the outbox's rows for `ready` touches; what is worth most goes first."""
    return select(
        touch.c.touch_id,
        touch.c.customer_id,
        touch.c.strategy,
        touch.c.channel,
        literal({}, JSON),
        touch.c.value_minor,
        literal(now, AwareMoment),
        touch.c.live_until,
        literal("waiting"),
        literal(0),
    ).where(ready)


def recall_touches(  # noqa: PLR0913 - what, why and who
    engine: Engine,
    strategy: str,
    clock: Clock,
    *,
    version: int | None = None,
    actor: str | None = None,
    why: Why = Why.RECALLED,
) -> int:
    """Call back what a strategy has not sent yet, and its live app slots and open work items.

    Returns how many touches were recalled before hand-off. A message that is being handed over at
    this moment is past recall.
    """
    mine = touch.c.strategy == strategy
    if version is not None:
        mine &= touch.c.version == version
    unsent = mine & touch.c.state.in_([s.value for s in BEFORE_HAND_OFF])
    with engine.begin() as connection:
        exclusive(connection)
        held = select(touch.c.touch_id).where(unsent)
        in_hand = select(outbox.c.key).where(outbox.c.state == "sending")
        connection.execute(
            update(outbox)
            .where(outbox.c.key.in_(held), outbox.c.state == "waiting")
            .values(state="recalled")
        )
        now = clock.now()
        _withdraw(connection, mine, now.date())
        recallable = unsent & touch.c.touch_id.not_in(in_hand)
        return happened_to_all(
            connection, recallable, State.RECALLED, clock.now(), reason=why.value, actor=actor
        )


def _withdraw(connection: Connection, mine: ColumnElement[bool], today: date) -> None:
    """Take the strategy's placed offers out of the app, and its open items off people's lists."""
    placed = mine & touch.c.state.in_([s.value for s in REACHED])
    connection.execute(
        update(touch)
        .where(placed, touch.c.channel == APP_SLOT, touch.c.live_until >= today)
        .values(live_until=today - timedelta(days=1))
    )
    connection.execute(
        update(work_item)
        .where(work_item.c.touch_id.in_(select(touch.c.touch_id).where(placed)))
        .where(work_item.c.state.in_(("open", "later", "no_answer")))
        .values(state="recalled")
    )
