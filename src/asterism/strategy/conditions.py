"""What gates ask of a customer: audience expressions and counters, per action."""

from collections.abc import Callable
from dataclasses import dataclass, field

from asterism.strategy.channels import CHANNELS, ChannelName, ChannelSpec
from asterism.strategy.limits import Caps
from asterism.strategy.strategy import Offer, Strategy
from asterism.strategy.terms import Rating, Schedule

WEEK, MONTH = 7, 30
#: More days than any cooldown and fewer than "never": taken up once, never again.
NEVER_AGAIN = 100_000
#: Product rating → capacities of customers who may be offered it; every pair is written out.
SUITABLE: dict[Rating, tuple[str, ...]] = {
    Rating.R1: ("C1", "C2", "C3", "C4", "C5"),
    Rating.R2: ("C2", "C3", "C4", "C5"),
    Rating.R3: ("C3", "C4", "C5"),
    Rating.R4: ("C4", "C5"),
    Rating.R5: ("C5",),
}
#: Age from which products of `_SPECIAL_RATINGS` are offered by people only.
SPECIAL_CARE_AGE = 65
ADULT_AGE = 18
#: A test is valid for 12 months. Tags stand at the evening before, so the test is a day older.
RISK_TEST_DAYS = 364
_SPECIAL_RATINGS = frozenset({Rating.R3, Rating.R4, Rating.R5})


@dataclass(frozen=True, slots=True)
class Below:
    """Passes while a counter is below a number."""

    #: '' for contacts by any channel.
    channel: str
    days: int
    limit: int

    def __str__(self) -> str:
        name = f"{self.channel}_contacts" if self.channel else "contacts"
        return f"{name}_{self.days}d < {self.limit}"


@dataclass(frozen=True, slots=True)
class Rested:
    """Passes if the strategy last took the customer up at least so many days ago."""

    strategy: str
    days: int

    def __str__(self) -> str:
        return f"days_since_{self.strategy} >= {self.days}"


#: What a gate asks of an action's customer: an audience expression, a counter, or nothing.
Condition = str | Below | Rested | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One way to act: a strategy's offer by a channel in a wave."""

    strategy: Strategy
    offer: Offer
    channel: ChannelName
    #: Counted from 1.
    wave: int
    caps: Caps = field(default_factory=Caps)
    #: Whether the strategy chooses customers by their profile.
    by_profile: bool = True

    @property
    def spec(self) -> ChannelSpec:
        """What is known of the channel."""
        return CHANNELS[self.channel]


def cell_expression(strategy: Strategy) -> str | None:
    """Return the strategy's place on the map as an audience expression; None for everywhere."""
    parts = [
        f"{tag} IN ({', '.join(repr(name.value) for name in names)})"
        for tag, names in (("tier", strategy.cell.tiers), ("lifecycle", strategy.cell.stages))
        if names
    ]
    return " AND ".join(parts) or None


def suitable(action: Action) -> Condition:
    """Return who has the capacity for the offer's rating."""
    rating = action.offer.risk_rating
    if rating is None:
        return None
    return f"risk_capacity IN ({', '.join(map(repr, SUITABLE[rating]))})"


def tested(action: Action) -> Condition:
    """Return who has taken a risk test, where the offer needs one."""
    return None if action.offer.risk_rating is None else "risk_capacity IS NOT NULL"


def test_valid(action: Action) -> Condition:
    """Return whose test is not too old, where the offer needs one."""
    if action.offer.risk_rating is None:
        return None
    return f"days_since_risk_test BETWEEN 0 AND {RISK_TEST_DAYS}"


def special_care(action: Action) -> Condition:
    """Return who may be offered a risky product without a person."""
    if action.spec.by_people or action.offer.risk_rating not in _SPECIAL_RATINGS:
        return None
    return f"age < {SPECIAL_CARE_AGE}"


def personalisation_allowed(action: Action) -> Condition:
    """Return who may be chosen by profile, where the strategy does so."""
    if not action.by_profile:
        return None
    return "personalisation_refused IS NULL OR NOT personalisation_refused"


def rested(action: Action) -> Condition:
    """Return who was not taken up too recently; later waves belong to one taking up."""
    if action.wave > 1:
        return None
    strategy = action.strategy
    once = strategy.schedule is Schedule.ONCE
    days = NEVER_AGAIN if once else strategy.cooldown_days
    return Rested(strategy.id, days)


def below_cap(days: int, *, by_channel: bool) -> Callable[[Action], Condition]:
    """Return the condition that contacts in the last `days` stay below the cap."""

    def condition(action: Action) -> Condition:
        caps, channel = action.caps, action.channel
        if not by_channel:
            return Below("", days, caps.per_7_days if days == WEEK else caps.per_30_days)
        limits = caps.channel_per_7_days if days == WEEK else caps.channel_per_30_days
        return Below(channel.value, days, limits[channel]) if channel in limits else None

    return condition
