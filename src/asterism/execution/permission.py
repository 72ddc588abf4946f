"""The last look before hand-off: what held when the touch was decided must hold now."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from asterism.execution.channels.port import Channel, Message
from asterism.execution.compose import Composer, UnrenderableError
from asterism.execution.quiet import QuietHours
from asterism.execution.reasons import Why
from asterism.execution.recipients import Recipient
from asterism.execution.tables import touch


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The most contacts of one customer over all channels together, this one included."""

    per_day: int = 2
    per_7_days: int = 5
    per_30_days: int = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the bank allows at the moment of sending."""

    caps: Caps = field(default_factory=Caps)
    quiet: QuietHours = field(default_factory=QuietHours)
    #: Strategies that were stopped.
    stopped: Collection[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Drop:
    """The message must not go, now or later."""

    why: Why
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Postpone:
    """The message may go at `until`."""

    until: datetime


Verdict = Message | Drop | Postpone


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The circumstances of one look."""

    rules: Rules
    compose: Composer
    now: datetime


def screen(
    message: Message, recipient: Recipient | None, channel: Channel, setting: Setting
) -> Verdict:
    """Return the message ready to go, or what stands against it; the ledger is not asked here."""
    drop = _standing_objection(message, recipient, channel, setting.rules)
    if drop is not None or recipient is None:
        return drop or Drop(Why.NO_CUSTOMER)
    if channel.traits.intrusive:
        opening = setting.rules.quiet.next_opening(setting.now, recipient.time_zone)
        if opening is not None:
            return Postpone(opening)
    try:
        return _ready(message, recipient, channel, setting.compose)
    except UnrenderableError as error:
        return Drop(error.why, error.detail)


def _standing_objection(
    message: Message, recipient: Recipient | None, channel: Channel, rules: Rules
) -> Drop | None:
    if message.strategy in rules.stopped:
        return Drop(Why.STRATEGY_STOPPED)
    if recipient is None:
        return Drop(Why.NO_CUSTOMER)
    why = objection(recipient.profile, channel.traits.consent)
    if why is None and channel.traits.address and not recipient.address(channel.traits.address):
        why = Why.NO_ADDRESS
    return Drop(why) if why is not None else None


def objection(profile: Mapping[str, object], consent: str) -> Why | None:
    """Return why a customer must not be contacted; consent that was never given is not given."""
    if profile.get("deceased"):
        return Why.DECEASED
    if profile.get("blacklisted"):
        return Why.BLACKLISTED
    if profile.get("consent_marketing") is False:
        return Why.NOT_CONSENTED
    if consent and profile.get(consent) is not True:
        return Why.NOT_CONSENTED
    return None


def _ready(message: Message, recipient: Recipient, channel: Channel, compose: Composer) -> Message:
    """Return the message with its address, and with its words where the channel carries words."""
    content = None
    if channel.traits.rendered:
        content = compose(message, recipient, channel.name)
    return replace(
        message,
        address=recipient.address(channel.traits.address),
        name=recipient.name,
        content=content,
    )


def within_caps(
    connection: Connection, messages: Sequence[Message], caps: Caps, today: date
) -> dict[str, Why]:
    """Return which of `messages` (by key) would be one contact too many, and by which cap.

    Contacts in the ledger count, those in hand as well, and those earlier in `messages`.
    """
    customers = list({message.customer_id for message in messages})
    query = (
        select(touch.c.customer_id, touch.c.sent_on, func.count())
        .where(touch.c.customer_id.in_(customers))
        .where(touch.c.sent_on > today - timedelta(days=30))
        .group_by(touch.c.customer_id, touch.c.sent_on)
    )
    day: Counter[str] = Counter()
    week: Counter[str] = Counter()
    month: Counter[str] = Counter()
    for customer, sent_on, count in connection.execute(query):
        month[customer] += count
        week[customer] += count if sent_on > today - timedelta(days=7) else 0
        day[customer] += count if sent_on == today else 0
    over = {}
    for message in messages:
        why = _over(message.customer_id, caps, day, week, month)
        if why is not None:
            over[message.key] = why
            continue
        for counter in (day, week, month):
            counter[message.customer_id] += 1
    return over


def _over(
    customer: str, caps: Caps, day: Counter[str], week: Counter[str], month: Counter[str]
) -> Why | None:
    if day[customer] >= caps.per_day:
        return Why.CAP_DAY
    if week[customer] >= caps.per_7_days:
        return Why.CAP_WEEK
    if month[customer] >= caps.per_30_days:
        return Why.CAP_MONTH
    return None
