"""Hands over what is due: the one procedure for every channel."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from asterism.execution.channels.port import (
    Channel,
    ChannelDownError,
    Message,
    Outcome,
    Result,
    Standing,
)
from asterism.execution.compose import Composer
from asterism.execution.outbox import due, expire, in_hand, reconcile, settle, take_in_hand
from asterism.execution.permission import Rules, Setting, screen
from asterism.execution.recipients import Recipient, Recipients
from asterism.execution.sender import sole_sender
from asterism.kernel.clock import Clock
from asterism.kernel.progress import Progress, silent

_LOOKUP = 5_000
_PAGE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that sending consults."""

    recipients: Recipients
    compose: Composer
    rules: Rules = field(default_factory=Rules)
    #: IANA zone of the bank's calendar day, by which contacts are counted.
    time_zone: str = "Asia/Shanghai"


def dispatch(
    engine: Engine,
    channels: Mapping[str, Channel],
    desk: Desk,
    clock: Clock,
    progress: Progress = silent,
) -> dict[str, int]:
    """Send everything that is due on `channels`; return counts of what became of it.

    Safe to call at any time, by several processes, and after a crash: each channel has one sender
    at a time, which first reconciles what its predecessor left in hand.
    """
    counts: Counter[str] = Counter(expired=expire(engine, clock.now(), desk.time_zone))
    first = desk.rules.caps.rank
    in_order = sorted(channels.values(), key=lambda channel: first(channel.name))
    for number, channel in enumerate(in_order):
        progress("send", number / len(channels))
        with sole_sender(engine, channel.name) as alone:
            if not alone:
                counts["busy"] += 1
                continue
            counts.update(_recover(engine, channel, clock.now()))
            counts.update(_send_all(engine, channel, desk, clock))
    progress("send", 1.0)
    return dict(counts)


def _recover(engine: Engine, channel: Channel, now: datetime) -> Counter[str]:
    counts: Counter[str] = Counter()
    keys = in_hand(engine, channel.name)
    for start in range(0, len(keys), _LOOKUP):
        part = keys[start : start + _LOOKUP]
        known = channel.lookup(part)
        standings = {key: known.get(key, Standing.CANNOT_SAY) for key in part}
        counts.update(reconcile(engine, standings, now))
    return counts


def _send_all(engine: Engine, channel: Channel, desk: Desk, clock: Clock) -> Counter[str]:
    """Send page by page: customers are looked up for many messages at once."""
    counts: Counter[str] = Counter()
    page = max(_PAGE, channel.traits.batch)
    while messages := due(engine, channel.name, clock.now(), page):
        recipients = desk.recipients([m.customer_id for m in messages], channel.traits)
        for start in range(0, len(messages), channel.traits.batch):
            batch = messages[start : start + channel.traits.batch]
            told = _send_batch(engine, channel, batch, recipients, desk=desk, clock=clock)
            counts.update(told)
            if told["down"]:
                return counts
    return counts


def _send_batch(  # noqa: PLR0913 - one batch, and all that it needs
    engine: Engine,
    channel: Channel,
    messages: Sequence[Message],
    recipients: Mapping[str, Recipient],
    *,
    desk: Desk,
    clock: Clock,
) -> Counter[str]:
    counts = Counter(checked=len(messages), down=0)
    setting = Setting(rules=desk.rules, compose=desk.compose, now=clock.now())
    verdicts = {
        message.key: screen(message, recipients.get(message.customer_id), channel, setting)
        for message in messages
    }
    ready = take_in_hand(
        engine,
        channel.name,
        verdicts,
        rules=desk.rules,
        now=setting.now,
        zone=desk.time_zone,
    )
    if ready:
        outcomes, alive = _hand_over(channel, ready, clock.now())
        counts.update(settle(engine, ready, outcomes, clock.now()))
        counts["down"] += not alive
    return counts


def _hand_over(
    channel: Channel, messages: Sequence[Message], now: datetime
) -> tuple[Sequence[Outcome], bool]:
    """Return the outcomes, and whether the channel is alive."""
    try:
        return channel.deliver(messages, now), True
    except ChannelDownError as error:
        detail = str(error)
        return [
            Outcome(key=message.key, result=Result.NOT_SENT, detail=detail) for message in messages
        ], False
    except Exception:  # noqa: BLE001 - a plug-in's fault must not stop the other channels
        return _ask(channel, messages), False


def _ask(channel: Channel, messages: Sequence[Message]) -> list[Outcome]:
    """Ask a channel that broke off what it took."""
    keys = [message.key for message in messages]
    results = {
        Standing.TAKEN: Result.SENT,
        Standing.SAFE_TO_SEND: Result.NOT_SENT,
        Standing.CANNOT_SAY: Result.UNKNOWN,
    }
    known = channel.lookup(keys)
    return [Outcome(key=key, result=results[known.get(key, Standing.CANNOT_SAY)]) for key in keys]
