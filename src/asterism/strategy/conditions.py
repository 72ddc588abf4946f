"""What gates ask of a customer: audience expressions, counters and the risk test, per action."""

from collections.abc import Callable
from dataclasses import dataclass, field

from asterism.strategy.caps import Caps, Span
from asterism.strategy.channels import CHANNELS, ChannelName, ChannelSpec
from asterism.strategy.strategy import Offer, Strategy
from asterism.strategy.suitability import SPECIAL_CARE_AGE, SPECIAL_RATINGS, SUITABLE
from asterism.strategy.terms import Schedule

#: More days than any cooldown and fewer than "never": taken up once, never again.
NEVER_AGAIN = 100_000
ADULT_AGE = 18


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
class Silent:
    """Passes if none of some channels contacted the customer in the last days."""

    channels: tuple[str, ...]
    days: int

    def __str__(self) -> str:
        return f"{'_or_'.join(self.channels)}_contacts_{self.days}d = 0"


@dataclass(frozen=True, slots=True)
class Rested:
    """Passes if the strategy last took the customer up at least so many days ago."""

    strategy: str
    days: int

    def __str__(self) -> str:
        return f"days_since_{self.strategy} >= {self.days}"


@dataclass(frozen=True, slots=True)
class TestHolds:
    """Passes while the customer's risk test is less than twelve months old, to the second."""

    __test__ = False

    def __str__(self) -> str:
        return "risk_tested_at within 12 months"


#: What a gate asks of an action's customer: an audience expression, or what only facts of the
#: moment tell; None for nothing.
Condition = str | Below | Silent | Rested | TestHolds | None


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
    rating = action.offer.rating
    if rating is None:
        return None
    return f"risk_capacity IN ({', '.join(map(repr, SUITABLE[rating]))})"


def tested(action: Action) -> Condition:
    """Return who has taken a risk test, where the offer needs one."""
    if action.offer.rating is None:
        return None
    return "risk_capacity IS NOT NULL AND risk_tested_at IS NOT NULL"


def test_valid(action: Action) -> Condition:
    """Return whose test still holds, where the offer needs one."""
    return None if action.offer.rating is None else TestHolds()


def special_care(action: Action) -> Condition:
    """Return who may be offered a risky product without a person."""
    if action.spec.by_people or action.offer.rating not in SPECIAL_RATINGS:
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


def channel_rested(action: Action) -> Condition:
    """Return who did not hear from the channel in the days of its cooldown."""
    days = action.caps.channel_cooldown_days.get(action.channel, 0) - 1
    return Silent((action.channel.value,), days) if days > 0 else None


def one_voice(action: Action) -> Condition:
    """Return who did not hear, a short while ago, from a channel that goes before this one."""
    days, first = action.caps.one_voice_days - 1, action.caps.before(action.channel)
    return Silent(first, days) if first and days > 0 else None


def below_cap(span: Span, *, by_channel: bool) -> Callable[[Action], Condition]:
    """Return the condition that contacts in a span of days stay below the cap."""

    def condition(action: Action) -> Condition:
        channel = action.channel.value if by_channel else ""
        limit = action.caps.limit(span, channel)
        return None if limit is None else Below(channel, span.days, limit)

    return condition
