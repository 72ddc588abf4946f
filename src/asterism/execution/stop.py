"""The stop button: from its commit on nothing more of a strategy leaves, and it says what had.

The stop is a row that every hand-off reads in the transaction by which it takes messages in hand.
What was in hand before that row is past recall, and is counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.sql.elements import ColumnElement

from asterism.execution.channels.port import Message
from asterism.execution.life import State
from asterism.execution.queue import recall_touches
from asterism.execution.tables import outbox, touch, touch_event
from asterism.kernel.clock import Clock
from asterism.ledger import reading
from asterism.strategy.publish import keep_stop_report, stop_strategy, strategy_stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """What a stop did."""

    strategy: str
    #: The version that was stopped, and with it all before it.
    version: int
    #: Touches called back before they left, by channel.
    recalled: Mapping[str, int]
    #: Messages that were being handed over at that moment, by channel: these may arrive.
    in_flight: Mapping[str, int]

    def to_json(self) -> dict[str, object]:
        """Return the report as plain values."""
        return {
            "strategy": self.strategy,
            "version": self.version,
            "recalled": dict(self.recalled),
            "in_flight": dict(self.in_flight),
        }


def stop(engine: Engine, strategy: str, clock: Clock, actor: str, reason: str) -> Stopped:
    """Stop a strategy now; returns what was called back and what was already in flight.

    NotFoundError if it was never published, ConflictError if it is stopped already.
    """
    version = stop_strategy(engine, strategy, clock, actor, reason)
    mine = touch.c.strategy == strategy
    in_flight = _by_channel(
        engine, mine & touch.c.touch_id.in_(select(outbox.c.key).where(outbox.c.state == "sending"))
    )
    began = clock.now()
    recall_touches(engine, strategy, clock, actor=actor)
    row = touch_event.c
    just_now = select(row.touch_id).where(row.kind == State.RECALLED.value, row.at >= began)
    recalled = _by_channel(engine, mine & touch.c.touch_id.in_(just_now))
    done = Stopped(strategy=strategy, version=version, recalled=recalled, in_flight=in_flight)
    keep_stop_report(engine, strategy, version, done.to_json())
    return done


def _by_channel(engine: Engine, which: ColumnElement[bool]) -> dict[str, int]:
    query = (
        select(touch.c.channel, func.count().label("customers"))
        .where(which)
        .group_by(touch.c.channel)
    )
    with reading(engine) as connection:
        return {row.channel: row.customers for row in connection.execute(query)}


def not_stopped() -> ColumnElement[bool]:
    """Return the condition that a touch's version of its strategy is not stopped."""
    row = strategy_stop.c
    ended = select(row.version).where(
        row.strategy_id == touch.c.strategy, row.version >= touch.c.version
    )
    return ~ended.exists()


def of_stopped(connection: Connection, messages: Sequence[Message]) -> frozenset[str]:
    """Return the keys of those messages whose strategy's version is stopped, as of now."""
    strategies = {message.strategy for message in messages}
    row = strategy_stop.c
    query = select(row.strategy_id, func.max(row.version).label("version"))
    query = query.where(row.strategy_id.in_(strategies)).group_by(row.strategy_id)
    last = {found.strategy_id: found.version for found in connection.execute(query)}
    return frozenset(m.key for m in messages if m.version <= last.get(m.strategy, 0))
