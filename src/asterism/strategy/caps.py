"""How often one customer may be contacted: caps, cooldowns, and one voice at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from asterism.kernel.words import Text
from asterism.strategy.channels import ChannelName

#: The days before a day that a cap of a week, and of a month, look back on.
WEEK, MONTH = 7, 30


class Span(StrEnum):
    """Over what a cap counts, shortest first."""

    #: To the second, by the moment of hand-off.
    MINUTE = "minute"
    HOUR = "hour"
    #: By the bank's calendar days.
    DAY = "day"
    WEEK = "7_days"
    MONTH = "30_days"

    @property
    def days(self) -> int:
        """The days before today that count, today always besides."""
        return {Span.WEEK: WEEK, Span.MONTH: MONTH}.get(self, 0)

    @property
    def seconds(self) -> int:
        """The seconds that count; 0 for spans of calendar days."""
        return {Span.MINUTE: 60, Span.HOUR: 3_600}.get(self, 0)

    @property
    def title(self) -> Text:  # type: ignore[override] # a span is no text to be capitalised
        """The span in words."""
        return _TITLES[self]


_TITLES = {
    Span.MINUTE: Text("1 分钟", "a minute", "un minuto"),
    Span.HOUR: Text("1 小时", "an hour", "una hora"),
    Span.DAY: Text("1 天", "a day", "un día"),
    Span.WEEK: Text("7 天", "7 days", "7 días"),
    Span.MONTH: Text("30 天", "30 days", "30 días"),
}
_CHANNEL_7_DAYS = MappingProxyType[str, int](
    {
        ChannelName.EMAIL: 2,
        ChannelName.APP_SLOT: 4,
        ChannelName.CALL_LIST: 1,
        ChannelName.MANAGER_LIST: 1,
        ChannelName.SMS: 2,
    }
)
_CHANNEL_30_DAYS = MappingProxyType[str, int](
    {
        ChannelName.EMAIL: 6,
        ChannelName.APP_SLOT: 12,
        ChannelName.CALL_LIST: 2,
        ChannelName.MANAGER_LIST: 3,
        ChannelName.SMS: 4,
    }
)
_NONE: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The most contacts of one customer, the one that is decided included."""

    #: Over all channels together, people included; None limits nothing.
    per_minute: int | None = None
    per_hour: int | None = None
    per_day: int | None = None
    per_7_days: int = 4
    per_30_days: int = 10
    #: By channel; no cap for a channel that is not named.
    channel_per_minute: Mapping[str, int] = field(default_factory=lambda: _NONE)
    channel_per_hour: Mapping[str, int] = field(default_factory=lambda: _NONE)
    channel_per_day: Mapping[str, int] = field(default_factory=lambda: _NONE)
    channel_per_7_days: Mapping[str, int] = field(default_factory=lambda: _CHANNEL_7_DAYS)
    channel_per_30_days: Mapping[str, int] = field(default_factory=lambda: _CHANNEL_30_DAYS)
    #: Days after a contact by a channel before the next by the same channel.
    channel_cooldown_days: Mapping[str, int] = field(default_factory=lambda: _NONE)
    #: Channels, the one that goes first at the front: whoever is not named comes after them all.
    channel_order: Sequence[str] = ()
    #: Days for which a channel keeps silent after one that goes before it spoke: one customer
    #: hears one voice. 0 for no such rule.
    one_voice_days: int = 0

    def limit(self, span: Span, channel: str = "") -> int | None:
        """Return the cap of a span, of one channel or of all together; None if there is none."""
        if not channel:
            found: int | None = getattr(self, f"per_{span}")
            return found
        of_channel: Mapping[str, int] = getattr(self, f"channel_per_{span}")
        return of_channel.get(channel)

    def rank(self, channel: str) -> int:
        """Return the channel's place in the order, 0 for the one that goes first."""
        order = list(self.channel_order)
        return order.index(channel) if channel in order else len(order)

    def before(self, channel: str) -> tuple[str, ...]:
        """Return the channels that go before `channel`."""
        return tuple(self.channel_order[: self.rank(channel)])
