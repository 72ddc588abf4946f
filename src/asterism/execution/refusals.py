"""What customers say about being contacted: heeded at once, whatever waits or lies in a list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine, select, tuple_, update
from sqlalchemy.sql.elements import ColumnElement

from asterism.execution.life import (
    APP_SLOT,
    REACHED,
    State,
    exclusive,
    happened_to_all,
)
from asterism.execution.reasons import Why
from asterism.execution.tables import outbox, touch, work_item
from asterism.strategy.blacklist import BlacklistEntry, blacklisted, check_entry, write_entry
from asterism.strategy.channels import CHANNELS
from asterism.strategy.consent import (
    EVERY_MEDIUM,
    Consent,
    Purpose,
    medium_of,
    withdrawing,
    write_consents,
)

#: In place of a channel's name: every channel.
EVERY_CHANNEL = EVERY_MEDIUM
_PART = 5_000
_OPEN = ("open", "later", "no_answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A customer's word about a channel: consent to marketing by its medium, taken back."""

    customer_id: str
    channel: str
    at: datetime
    #: Where it was said: 'unsubscribe_link', 'receipt', 'manager', 'console' …
    source: str
    touch_id: str | None = None
    #: False for the withdrawal of a refusal.
    refused: bool = True

    @property
    def consent(self) -> Consent:
        """The same as a fact about consent."""
        return Consent(
            customer_id=self.customer_id,
            medium=self.channel,
            given=not self.refused,
            at=self.at,
            source=self.source,
            touch_id=self.touch_id,
        )


@dataclass(frozen=True, slots=True)
class Heeded:
    """What writing down what customers said did."""

    #: Words that were not known yet.
    new: int
    #: Touches that will not be sent because of them.
    suppressed: int


def record_refusals(engine: Engine, refusals: Iterable[Refusal]) -> int:
    """Write refusals (or withdrawals) down; return how many queued touches they suppressed."""
    return record_consents(engine, [refusal.consent for refusal in refusals]).suppressed


def write_refusals(connection: Connection, refusals: Sequence[Refusal]) -> Heeded:
    """Do `record_refusals` within a transaction that the caller holds."""
    return _write(connection, [refusal.consent for refusal in refusals])


def record_consents(engine: Engine, consents: Sequence[Consent]) -> Heeded:
    """Write down what customers agreed to or took back, and end what must not happen any more.

    One transaction: whoever hands messages over sees the words and their consequences together.
    """
    with engine.begin() as connection:
        exclusive(connection)
        return _write(connection, consents)


def record_blacklist(engine: Engine, entry: BlacklistEntry) -> int:
    """Put a customer on a list, or take them off; return how many touches will not be sent.

    InvalidInputError with everything wrong with the entry.
    """
    check_entry(entry)
    with engine.begin() as connection:
        exclusive(connection)
        write_entry(connection, entry)
        if not entry.active(entry.at):
            return 0
        return _end(connection, _Ending([], [entry.customer_id], entry.at, Why.BLACKLISTED))


def _write(connection: Connection, consents: Sequence[Consent]) -> Heeded:
    new = write_consents(connection, consents)
    taken_back = [one for one in consents if not one.given]
    if not taken_back:
        return Heeded(new, 0)
    at = max(one.at for one in taken_back)
    everything = [one for one in taken_back if one.medium == EVERY_MEDIUM]
    pairs = [
        (one.customer_id, channel)
        for one in taken_back
        if one.medium != EVERY_MEDIUM
        for channel in _channels_of(one.medium)
    ]
    refused = [one.customer_id for one in everything if one.purpose is Purpose.MARKETING]
    unprofiled = [one.customer_id for one in everything if one.purpose is Purpose.PERSONALISATION]
    return Heeded(
        new,
        _end(connection, _Ending(pairs, refused, at, Why.REFUSED))
        # what waits was chosen with the profile: the next decision chooses without it
        + _end(connection, _Ending([], unprofiled, at, Why.NOT_PERSONALISED)),
    )


def _channels_of(medium: str) -> tuple[str, ...]:
    """Return the channels that use a medium; a plug-in's channel is its own."""
    wanted = medium_of(medium)
    return tuple(name.value for name in CHANNELS if medium_of(name) == wanted) or (medium,)


@dataclass(frozen=True, slots=True)
class _Ending:
    """Whose contacts end: customers on some channels, and customers on every one."""

    pairs: Sequence[tuple[str, str]]
    customers: Sequence[str]
    at: datetime
    why: Why

    def part(self, start: int) -> "_Ending":
        end = start + _PART
        return _Ending(self.pairs[start:end], self.customers[start:end], self.at, self.why)

    def concerns(
        self, customer: ColumnElement[str], channel: ColumnElement[str]
    ) -> ColumnElement[bool]:
        return tuple_(customer, channel).in_(self.pairs) | customer.in_(self.customers)


def _end(connection: Connection, ending: _Ending) -> int:
    """End what is not handed over yet, and what lies with people or in the app."""
    ended = 0
    for start in range(0, max(len(ending.pairs), len(ending.customers)), _PART):
        part = ending.part(start)
        ended += _suppress_waiting(connection, part)
        _withdraw_placed(connection, part)
    return ended


def _suppress_waiting(connection: Connection, ending: _Ending) -> int:
    waiting = outbox.c
    statement = (
        update(outbox)
        .where(waiting.state == "waiting")
        .where(ending.concerns(waiting.customer_id, waiting.channel))
        .values(state="suppressed")
        .returning(waiting.key)
    )
    keys = connection.execute(statement).scalars().all()
    planned = touch.c.state.in_((State.PLANNED.value, State.APPROVED.value))
    theirs = ending.concerns(touch.c.customer_id, touch.c.channel)
    which = touch.c.touch_id.in_(keys) | (planned & theirs)
    return happened_to_all(connection, which, State.SUPPRESSED, ending.at, reason=ending.why.value)


def _withdraw_placed(connection: Connection, ending: _Ending) -> None:
    """Take open items off people's lists, and live offers out of the app."""
    row = touch.c
    placed = ending.concerns(row.customer_id, row.channel) & row.state.in_(
        [state.value for state in REACHED]
    )
    connection.execute(
        update(work_item)
        .where(work_item.c.touch_id.in_(select(row.touch_id).where(placed)))
        .where(work_item.c.state.in_(_OPEN))
        .values(state="recalled")
    )
    # in no zone of the world is that day still on
    over: date = ending.at.date() - timedelta(days=2)
    connection.execute(
        update(touch)
        .where(placed, row.channel == APP_SLOT, row.live_until > over)
        .values(live_until=over)
    )


def refusing(
    connection: Connection, customer_ids: Sequence[str], channel: str, now: datetime | None = None
) -> Mapping[str, Why]:
    """Return which of `customer_ids` the ledger forbids to contact by `channel`, and why.

    Who took back consent to marketing by it, or altogether, and who is on a blacklist at `now`
    (without `now` no entry has run out).
    """
    listed = blacklisted(connection, customer_ids, now)["customer_id"].to_pylist()
    withdrawn = withdrawing(connection, customer_ids, channel)
    return dict.fromkeys(withdrawn, Why.REFUSED) | dict.fromkeys(listed, Why.BLACKLISTED)
