"""What the bank allows itself in a day: how often, how many, by whom, at what cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from asterism.strategy.caps import Caps


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupShare:
    """A minimum for a group of customers, so that nobody is passed over for being small."""

    name: str
    #: Who belongs to it, in the audience language.
    audience: str
    #: Share of those in the group who may get something that must get something.
    minimum_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferQuota:
    """How many customers a day are to get an offer, over all strategies."""

    minimum: int = 0
    maximum: int | None = None


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
    #: The same for branches and managers that differ.
    branches: Mapping[str, int] = field(default_factory=dict)
    managers: Mapping[str, int] = field(default_factory=dict)
    #: By offer id.
    offers: Mapping[str, OfferQuota] = field(default_factory=dict)
    groups: tuple[GroupShare, ...] = ()
