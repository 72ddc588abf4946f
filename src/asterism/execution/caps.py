"""Frequency at the moment of sending: exact, over every channel, this batch included.

Whoever asks holds the one transaction that also marks what goes out, so two senders never both find
room for the last contact. A cap of a minute or an hour postpones, for it will have room again soon;
a cap of days, a cooldown and another channel's voice drop the message.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from asterism.execution.channels.port import Message
from asterism.execution.reasons import Why
from asterism.execution.tables import touch
from asterism.kernel.clock import local_day
from asterism.strategy import Caps
from asterism.strategy.caps import MONTH, Span

_WHY = {
    Span.MINUTE: Why.CAP_MINUTE,
    Span.HOUR: Why.CAP_HOUR,
    Span.DAY: Why.CAP_DAY,
    Span.WEEK: Why.CAP_WEEK,
    Span.MONTH: Why.CAP_MONTH,
}


@dataclass(frozen=True, slots=True)
class Over:
    """One contact too many: why, and when there is room again if that is soon."""

    why: Why
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Window:
    """One rule: at most so many contacts within a time, by some channels or by any."""

    limit: int
    why: Why
    #: Calendar days before today that count, today besides; or seconds, where they are above 0.
    days: int
    seconds: int = 0
    #: None for any channel.
    channels: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Contact:
    channel: str
    at: datetime
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When contacts are counted, and by whose calendar."""

    now: datetime
    #: IANA zone of the bank's calendar days.
    zone: str

    @property
    def today(self) -> date:
        """The bank's calendar day."""
        return local_day(self.now, self.zone)


def over_caps(  # noqa: PLR0913 - the messages, and what limits them
    connection: Connection,
    messages: Sequence[Message],
    channel: str,
    *,
    caps: Caps,
    per_day: int,
    moment: Moment,
) -> dict[str, Over]:
    """Return which of `messages` on `channel` are one contact too many, and by which rule.

    Contacts in the ledger count, those in hand as well, and those earlier in `messages`. One that
    lies ahead, because the clock was set back, counts too.
    """
    windows = _windows(caps, per_day, channel)
    contacts = _contacts(connection, [message.customer_id for message in messages], moment)
    over = {}
    for message in messages:
        had = contacts.setdefault(message.customer_id, [])
        found = _first_over(windows, had, moment)
        if found is not None:
            over[message.key] = found
        else:
            had.append(_Contact(channel, moment.now, moment.today))
    return over


def _windows(caps: Caps, per_day: int, channel: str) -> tuple[_Window, ...]:
    """Return the rules for a contact by `channel`, those that end a message before the others."""
    rules = [_Window(per_day, Why.CAP_DAY, 0)]
    for span in Span:
        limit, own = caps.limit(span), caps.limit(span, channel)
        if limit is not None:
            rules.append(_Window(limit, _WHY[span], span.days, span.seconds))
        if own is not None:
            why = _WHY[span] if span.seconds else Why.CAP_CHANNEL
            rules.append(_Window(own, why, span.days, span.seconds, (channel,)))
    cooldown = caps.channel_cooldown_days.get(channel, 0) - 1
    if cooldown > 0:
        rules.append(_Window(1, Why.CHANNEL_COOLDOWN, cooldown, 0, (channel,)))
    first = caps.before(channel)
    if first and caps.one_voice_days:
        rules.append(_Window(1, Why.ONE_VOICE, caps.one_voice_days - 1, 0, first))
    return tuple(sorted(rules, key=lambda window: window.seconds))


def _first_over(windows: Sequence[_Window], had: Sequence[_Contact], moment: Moment) -> Over | None:
    for window in windows:
        counted = [one for one in had if _counts(window, one, moment)]
        if len(counted) < window.limit:
            continue
        if not window.seconds or window.limit < 1:
            return Over(window.why)
        leaving = sorted(one.at for one in counted)[len(counted) - window.limit]
        return Over(window.why, leaving + timedelta(seconds=window.seconds))
    return None


def _counts(window: _Window, contact: _Contact, moment: Moment) -> bool:
    if window.channels is not None and contact.channel not in window.channels:
        return False
    if window.seconds:
        return contact.at > moment.now - timedelta(seconds=window.seconds)
    return (moment.today - contact.on).days <= window.days


def _contacts(
    connection: Connection, customers: Sequence[str], moment: Moment
) -> dict[str, list[_Contact]]:
    """Return each customer's contacts of the last month; customers without any are left out."""
    row = touch.c
    query = (
        select(row.customer_id, row.channel, row.sent_at, row.sent_on)
        .where(row.customer_id.in_(list(dict.fromkeys(customers))))
        .where(row.sent_on >= moment.today - timedelta(days=MONTH))
    )
    contacts: dict[str, list[_Contact]] = {}
    for found in connection.execute(query):
        contact = _Contact(found.channel, found.sent_at, found.sent_on)
        contacts.setdefault(found.customer_id, []).append(contact)
    return contacts
