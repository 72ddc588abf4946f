"""What the bank allows itself in a day: how often, how many, by whom, at what cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from asterism.strategy.channels import ChannelName

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The most contacts of one customer, the one that is decided included."""

    #: Over all channels together, people included.
    per_7_days: int = 4
    per_30_days: int = 10
    #: By channel; no cap for a channel that is not named.
    channel_per_7_days: Mapping[str, int] = field(default_factory=lambda: _CHANNEL_7_DAYS)
    channel_per_30_days: Mapping[str, int] = field(default_factory=lambda: _CHANNEL_30_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """All limits of one day; None and missing channels limit nothing."""

    #: The most touches of one customer in a day, over all strategies and waves.
    touches_per_customer: int = 1
    caps: Caps = field(default_factory=Caps)
    #: For all strategies together, in minor units.
    budget_minor: int | None = None
    #: The most contacts by each channel.
    channels: Mapping[str, int] = field(default_factory=dict)
    #: The most contacts by people, for each branch and for each manager.
    per_branch: int | None = 60
    per_manager: int | None = 15
