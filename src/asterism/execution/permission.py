"""The last look before hand-off: what held when the touch was decided must hold now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from asterism.execution.admission import StrategyGates
from asterism.execution.channels.port import Channel, Message
from asterism.execution.compose import Composer, UnrenderableError
from asterism.execution.quiet import QuietHours
from asterism.execution.reasons import Why
from asterism.execution.recipients import Recipient
from asterism.strategy import Caps
from asterism.strategy.terms import MessageClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the bank allows at the moment of sending."""

    #: The same caps as when deciding, over all channels together and by channel.
    caps: Caps = field(default_factory=Caps)
    #: The most contacts of one customer in a day.
    per_day: int = 1
    quiet: QuietHours = field(default_factory=QuietHours)
    #: The gates of the decision, asked again; without them consent and standing alone are.
    gates: StrategyGates | None = None
    #: Strategies that were stopped.
    stopped: Collection[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Drop:
    """The message must not go, now or later."""

    #: A `Why`, or the code of a gate.
    why: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Postpone:
    """The message may go at `until`."""

    until: datetime
    why: Why = Why.QUIET_HOURS


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
    drop = _standing_objection(message, recipient, channel, setting)
    if drop is not None or recipient is None:
        return drop or Drop(Why.NO_CUSTOMER)
    quiet = _quiet(message, recipient, channel, setting)
    if quiet is not None:
        return quiet
    try:
        return _ready(message, recipient, channel, setting.compose)
    except UnrenderableError as error:
        return Drop(error.why, error.detail)


def _quiet(
    message: Message, recipient: Recipient, channel: Channel, setting: Setting
) -> Postpone | None:
    """Return until when the message waits for its hours; None if it need not."""
    if not channel.traits.intrusive:
        return None
    gates, quiet, zone = setting.rules.gates, setting.rules.quiet, recipient.time_zone
    kind = gates.message_class(message, channel.name) if gates else MessageClass.MARKETING
    opening = quiet.next_opening(setting.now, zone, channel.name, kind)
    if opening is None:
        return None
    holiday = quiet.is_holiday(setting.now, zone, kind)
    return Postpone(opening, Why.HOLIDAY if holiday else Why.QUIET_HOURS)


def _standing_objection(
    message: Message, recipient: Recipient | None, channel: Channel, setting: Setting
) -> Drop | None:
    rules = setting.rules
    if message.strategy in rules.stopped:
        return Drop(Why.STRATEGY_STOPPED)
    if recipient is None:
        return Drop(Why.NO_CUSTOMER)
    if rules.gates is not None:
        refused = rules.gates.refusal(message, recipient.profile, channel.name, setting.now)
        if refused is not None:
            return Drop(refused.code, refused.detail)
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
    if not (channel.traits.rendered or channel.traits.address):
        return message
    content = None
    if channel.traits.rendered:
        content = compose(message, recipient, channel.name)
    return replace(
        message,
        address=recipient.address(channel.traits.address),
        name=recipient.name,
        content=content,
    )
