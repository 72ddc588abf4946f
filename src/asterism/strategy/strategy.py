"""A strategy: what the bank wants of which customers, and how it goes about it."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from asterism.kernel.words import LOCALES, Text
from asterism.strategy.channels import ChannelName
from asterism.strategy.suitability import higher
from asterism.strategy.terms import (
    BenefitKind,
    Family,
    MessageClass,
    Metric,
    Rating,
    Scene,
    Schedule,
    Stage,
    Tier,
)


def _words(value: object) -> Text:
    """Read a text in three languages, or one text that stands for all of them."""
    if isinstance(value, Text):
        return value
    if isinstance(value, str):
        return Text(value, value, value)
    if (
        isinstance(value, Mapping)
        and set(value) == set(LOCALES)
        and all(isinstance(text, str) for text in value.values())
    ):
        return Text(**value)
    raise PydanticCustomError("words", "Write one text, or one for each of zh, en and es.")


def _plain_words(text: Text) -> str | dict[str, str]:
    if text.zh == text.en == text.es:
        return text.zh
    return {"zh": text.zh, "en": text.en, "es": text.es}


Words = Annotated[Text, PlainValidator(_words), PlainSerializer(_plain_words)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,62}$")]
Expression = Annotated[str, StringConstraints(min_length=1, max_length=4_000)]
Minor = Annotated[int, Field(ge=0, le=10**15)]
Share = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]
Uplift = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
Factor = Annotated[float, Field(ge=0.0, le=1_000.0, allow_inf_nan=False)]


class Part(BaseModel):
    """What every part of a strategy has in common: it never changes and knows all its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class Goal(Part):
    """What the strategy is for, and what it is worth to the bank."""

    metric: Metric
    #: Product family, where the metric needs one.
    family: Family | None = None
    #: What `per` units of the metric are worth to the bank, in minor units.
    value_minor: Minor
    #: Units of the metric that `value_minor` stands for: 1 customer, or minor units of money.
    per: Annotated[int, Field(ge=1, le=10**15)] = 1
    #: How much of the metric the strategy should bring over its period, if that was set.
    target: Annotated[int, Field(ge=0)] | None = None

    def worth(self, amount: float) -> float:
        """Return what `amount` of the metric is worth, in minor units."""
        return amount * self.value_minor / self.per


def each_once(names: tuple[StrEnum, ...]) -> tuple[StrEnum, ...]:
    """Return a set of words as it is always written: each once, in the order of their list."""
    return tuple(name for name in type(names[0]) if name in names) if names else ()


class Cell(Part):
    """The place on the strategy map; an empty list means every one."""

    tiers: Annotated[tuple[Tier, ...], AfterValidator(each_once)] = ()
    stages: Annotated[tuple[Stage, ...], AfterValidator(each_once)] = ()


class Benefit(Part):
    """What the customer gets on top of the product."""

    kind: BenefitKind = BenefitKind.NONE
    title: Words = Text("", "", "")
    #: What it costs the bank when a customer takes it, in minor units.
    cost_minor: Minor = 0
    #: Who may have it, in the audience language; empty for everyone who may have the offer.
    eligibility: Annotated[str, StringConstraints(max_length=4_000)] = ""


class Quota(Part):
    """How many customers a day are to get the offer."""

    minimum: Annotated[int, Field(ge=0)] = 0
    maximum: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.maximum is not None and self.minimum > self.maximum:
            raise PydanticCustomError("quota", "The minimum is above the maximum.")
        return self


class Offer(Part):
    """One thing that is put to the customer."""

    id: Identifier
    title: Words
    family: Family
    #: The bank's own rating of an investment product: suitability is then checked.
    risk_rating: Rating | None = None
    #: The issuer's rating, where the product is another house's; the higher of the two counts.
    issuer_rating: Rating | None = None
    #: Who may have it, in the audience language; empty for everyone.
    eligibility: Annotated[str, StringConstraints(max_length=4_000)] = ""
    benefit: Benefit = Benefit()
    quota: Quota = Quota()

    @property
    def rating(self) -> Rating | None:
        """The rating that suitability goes by; None for what is no investment."""
        return higher(self.risk_rating, self.issuer_rating)


class Wave(Part):
    """One round of contacts."""

    #: Days after the customer was taken up.
    day: Annotated[int, Field(ge=0, le=365)] = 0
    #: Channels in order; the strategy's own if empty.
    channels: tuple[ChannelName, ...] = ()
    #: Who is still meant by then; the strategy's own audience if empty.
    audience: Annotated[str, StringConstraints(max_length=4_000)] = ""


class Script(Part):
    """What is said by one channel, as a Liquid template.

    Scripts of the same channel, wave and audience are versions of one another: they are tested
    against each other from the first day on.
    """

    channel: ChannelName
    #: Its name among the scripts of its channel and wave; facts are kept by it.
    name: Identifier = "main"
    #: The wave it is for, counted from 1; every wave that has none of its own if left out.
    wave: Annotated[int, Field(ge=1, le=20)] | None = None
    #: Whom these words are for, in the audience language; everyone else's words if empty.
    audience: Annotated[str, StringConstraints(max_length=4_000)] = ""
    subject: Words = Text("", "", "")
    body: Words


def _frozen(mapping: Mapping[StrEnum, float]) -> Mapping[StrEnum, float]:
    """Return a mapping that stays as it is, its keys in the order of their list."""
    return MappingProxyType({name: mapping[name] for name in each_once(tuple(mapping))})


_FrozenTiers = Annotated[Mapping[Tier, Uplift], AfterValidator(_frozen), PlainSerializer(dict)]
_FrozenChannels = Annotated[
    Mapping[ChannelName, Factor], AfterValidator(_frozen), PlainSerializer(dict)
]


class Response(Part):
    """What is expected of one contact, until the strategy's own effect is known."""

    #: Increase of the metric that a contact brings: a probability, or minor units of money.
    uplift: Uplift
    #: The same for tiers that differ.
    by_tier: _FrozenTiers = Field(default_factory=lambda: MappingProxyType({}))
    #: Factor on the uplift for channels that work better or worse than the first.
    by_channel: _FrozenChannels = Field(default_factory=lambda: MappingProxyType({}))
    #: Share of those contacted who take the benefit.
    take_up: Share = 0.0


class Budget(Part):
    """What may be spent on contacts and benefits, in minor units; no limit where left out."""

    per_day_minor: Minor | None = None
    total_minor: Minor | None = None


class Period(Part):
    """First and last day on which the strategy acts; without end if left out."""

    start: date
    end: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end is not None and self.end < self.start:
            raise PydanticCustomError("period", "The period ends before it starts.")
        return self

    def contains(self, day: date) -> bool:
        """Tell whether the strategy acts on `day`."""
        return self.start <= day and (self.end is None or day <= self.end)


class Strategy(Part):
    """One strategy of the bank: the content of one file. Its version is the ledger's business."""

    id: Identifier
    title: Words
    description: Words = Text("", "", "")
    owner: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    goal: Goal
    cell: Cell = Cell()
    scene: Scene
    audience: Expression
    offers: Annotated[tuple[Offer, ...], Field(min_length=1, max_length=50)]
    channels: Annotated[tuple[ChannelName, ...], Field(min_length=1)]
    waves: Annotated[tuple[Wave, ...], Field(min_length=1, max_length=20)] = (Wave(),)
    scripts: Annotated[tuple[Script, ...], Field(min_length=1)]
    #: Share of the customers who are left alone, to measure the effect against.
    holdout: Annotated[float, Field(ge=0.01, le=0.5, allow_inf_nan=False)]
    response: Response
    budget: Budget = Budget()
    period: Period
    schedule: Schedule = Schedule.DAILY
    #: Decides quiet hours and holidays; consent is asked for in either class.
    message_class: MessageClass = MessageClass.MARKETING
    #: Days after which a customer may be taken up again.
    cooldown_days: Annotated[int, Field(ge=0, le=3_650)] = 30
    #: Days after being taken up in which outcomes count.
    outcome_days: Annotated[int, Field(ge=1, le=365)] = 14
    #: Weight of its net value in arbitration; 1 takes the value as it is.
    priority: Annotated[float, Field(gt=0.0, le=100.0, allow_inf_nan=False)] = 1.0

    def offer(self, identity: str) -> Offer:
        """Return the offer of that id; KeyError if there is none."""
        for offer in self.offers:
            if offer.id == identity:
                return offer
        raise KeyError(identity)

    def wave_channels(self, wave: int) -> tuple[ChannelName, ...]:
        """Return the channels of a wave (counted from 1), in order of preference."""
        return self.waves[wave - 1].channels or self.channels

    def wave_audience(self, wave: int) -> str:
        """Return whom a wave (counted from 1) is meant for, in the audience language."""
        return self.waves[wave - 1].audience or self.audience

    def scripts_of(self, channel: str, wave: int) -> tuple[Script, ...]:
        """Return what may be said by `channel` in a wave: its own words, else the general ones."""
        own = tuple(s for s in self.scripts if s.channel == channel and s.wave == wave)
        return own or tuple(s for s in self.scripts if s.channel == channel and s.wave is None)

    def script(self, channel: str, wave: int, name: str | None = None) -> Script | None:
        """Return the script called `name`; by default the first that is for everyone."""
        scripts = self.scripts_of(channel, wave)
        named = next((script for script in scripts if script.name == name), None)
        return named or next((script for script in scripts if not script.audience), None)

    def cost_minor(self, offer: Offer, channel_cost_minor: int) -> int:
        """Return what one contact is expected to cost, the benefit's share included."""
        return channel_cost_minor + round(offer.benefit.cost_minor * self.response.take_up)

    def takes_up_on(self, day: date) -> bool:
        """Tell whether new customers may be taken up on `day`; `once` is any day of the period."""
        if not self.period.contains(day):
            return False
        start = self.period.start
        if self.schedule is Schedule.WEEKLY:
            return day.weekday() == start.weekday()
        if self.schedule is Schedule.MONTHLY:
            last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
            return day.day == min(start.day, last.day)
        return True
