"""Customers who said "not by this channel again": heeded at once, and for ever until withdrawn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, func, select, tuple_, update

from asterism.execution.life import State, exclusive, happened_to_all, insert_new
from asterism.execution.reasons import Why
from asterism.execution.tables import contact_refusal, outbox, touch

#: In place of a channel's name: every channel.
EVERY_CHANNEL = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A customer's word about a channel."""

    customer_id: str
    channel: str
    at: datetime
    #: Where it was said: 'unsubscribe_link', 'receipt', 'manager', 'console' …
    source: str
    touch_id: str | None = None
    #: False for the withdrawal of a refusal.
    refused: bool = True


def record_refusals(engine: Engine, refusals: Iterable[Refusal]) -> int:
    """Write refusals (or withdrawals) down; return how many queued touches they suppressed."""
    with engine.begin() as connection:
        exclusive(connection)
        return write_refusals(connection, list(refusals)).suppressed


@dataclass(frozen=True, slots=True)
class Heeded:
    """What writing refusals down did."""

    #: Refusals that were not known yet.
    new: int
    #: Touches that will not be sent because of them.
    suppressed: int


def write_refusals(connection: Connection, refusals: Sequence[Refusal]) -> Heeded:
    """Do `record_refusals` within a transaction that the caller holds."""
    if not refusals:
        return Heeded(0, 0)
    statement = insert_new(connection, contact_refusal).returning(contact_refusal.c.refusal_id)
    new = connection.execute(
        statement,
        [
            {
                "customer_id": refusal.customer_id,
                "channel": refusal.channel,
                "refused": refusal.refused,
                "at": refusal.at,
                "source": refusal.source,
                "touch_id": refusal.touch_id,
            }
            for refusal in refusals
        ],
    )
    suppressed = _suppress_waiting(connection, [r for r in refusals if r.refused])
    return Heeded(len(new.scalars().all()), suppressed)


def _suppress_waiting(connection: Connection, refusals: Sequence[Refusal]) -> int:
    """End what is not handed over yet to customers who just refused."""
    pairs = [(r.customer_id, r.channel) for r in refusals if r.channel != EVERY_CHANNEL]
    customers = [r.customer_id for r in refusals if r.channel == EVERY_CHANNEL]
    at = max((refusal.at for refusal in refusals), default=None)
    if at is None:
        return 0
    ended = 0
    for start in range(0, max(len(pairs), len(customers)), 5_000):
        part = slice(start, start + 5_000)
        ended += _suppress_part(connection, pairs[part], customers[part], at)
    return ended


def _suppress_part(
    connection: Connection, pairs: list[tuple[str, str]], customers: list[str], at: datetime
) -> int:
    waiting = outbox.c
    in_outbox = tuple_(waiting.customer_id, waiting.channel).in_(pairs)
    statement = (
        update(outbox)
        .where(waiting.state == "waiting")
        .where(in_outbox | waiting.customer_id.in_(customers))
        .values(state="suppressed")
        .returning(waiting.key)
    )
    keys = connection.execute(statement).scalars().all()
    theirs = tuple_(touch.c.customer_id, touch.c.channel).in_(pairs)
    planned = touch.c.state.in_((State.PLANNED.value, State.APPROVED.value))
    which = touch.c.touch_id.in_(keys) | (planned & (theirs | touch.c.customer_id.in_(customers)))
    return happened_to_all(connection, which, State.SUPPRESSED, at, reason=Why.REFUSED.value)


def refusing(connection: Connection, customer_ids: Sequence[str], channel: str) -> frozenset[str]:
    """Return which of `customer_ids` do not want `channel`; the latest word on each holds."""
    latest = (
        select(func.max(contact_refusal.c.refusal_id))
        .where(contact_refusal.c.customer_id.in_(list(customer_ids)))
        .where(contact_refusal.c.channel.in_((channel, EVERY_CHANNEL)))
        .group_by(contact_refusal.c.customer_id, contact_refusal.c.channel)
    )
    query = (
        select(contact_refusal.c.customer_id)
        .where(contact_refusal.c.refusal_id.in_(latest))
        .where(contact_refusal.c.refused.is_(True))
    )
    return frozenset(connection.execute(query).scalars())
