"""What the bank allows itself in a day: how often, how many, by whom, at what cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from asterism.strategy.caps import Caps


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
