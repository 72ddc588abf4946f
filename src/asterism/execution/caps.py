"""Frequency caps at the moment of sending: exact, over every channel, this batch included."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, func, select

from asterism.execution.channels.port import Message
from asterism.execution.reasons import Why
from asterism.execution.tables import touch
from asterism.strategy import Caps

#: The days before today that each window looks back on, as deciding does.
WEEK, MONTH = 7, 30


@dataclass(frozen=True, slots=True)
class _Window:
    """One cap: contacts within a window, of one channel or of all."""

    days: int
    limit: int
    channel: str | None
    why: Why


def over_caps(  # noqa: PLR0913 - the messages, and what limits them
    connection: Connection,
    messages: Sequence[Message],
    channel: str,
    *,
    caps: Caps,
    per_day: int,
    today: date,
) -> dict[str, Why]:
    """Return which of `messages` on `channel` are one contact too many, and by which cap.

    Contacts in the ledger count, those in hand as well, and those earlier in `messages`.
    """
    windows = _windows(caps, per_day, channel)
    counts = _counts(connection, [message.customer_id for message in messages], windows, today)
    limits = [window.limit for window in windows]
    over = {}
    for message in messages:
        had = counts.setdefault(message.customer_id, [0] * len(windows))
        exceeded = [place for place, limit in enumerate(limits) if had[place] >= limit]
        if exceeded:
            over[message.key] = windows[exceeded[0]].why
        else:
            had[:] = [count + 1 for count in had]
    return over


def _windows(caps: Caps, per_day: int, channel: str) -> tuple[_Window, ...]:
    windows = [
        _Window(0, per_day, None, Why.CAP_DAY),
        _Window(WEEK, caps.per_7_days, None, Why.CAP_WEEK),
        _Window(MONTH, caps.per_30_days, None, Why.CAP_MONTH),
    ]
    of_channel: tuple[tuple[int, Mapping[str, int]], ...] = (
        (WEEK, caps.channel_per_7_days),
        (MONTH, caps.channel_per_30_days),
    )
    windows += [
        _Window(days, limits[channel], channel, Why.CAP_CHANNEL)
        for days, limits in of_channel
        if channel in limits
    ]
    return tuple(windows)


def _counts(
    connection: Connection, customers: Sequence[str], windows: Sequence[_Window], today: date
) -> dict[str, list[int]]:
    """Return each customer's contacts in every window; customers without any are left out."""
    row = touch.c
    query = (
        select(row.customer_id, row.channel, row.sent_on, func.count())
        .where(row.customer_id.in_(list(dict.fromkeys(customers))))
        .where(row.sent_on >= today - timedelta(days=MONTH))
        .group_by(row.customer_id, row.channel, row.sent_on)
    )
    counts: dict[str, list[int]] = {}
    for customer, channel, sent_on, count in connection.execute(query):
        had = counts.setdefault(customer, [0] * len(windows))
        for place, window in enumerate(windows):
            if (today - sent_on).days <= window.days and window.channel in {None, channel}:
                had[place] += count
    return counts
