"""The contact policy: one document that says how often, when and by whom customers are contacted.

It lies in the home as `contact-policy.yaml`; without it the defaults hold.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from asterism.execution.quiet import Hours, OpenHours, QuietHours
from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_
from asterism.strategy import Limits
from asterism.strategy.caps import MONTH, Caps, Span
from asterism.strategy.channels import ChannelName
from asterism.strategy.schema_problems import schema_problems
from asterism.strategy.strategy import Part
from asterism.strategy.terms import MessageClass
from asterism.strategy.yaml_text import read_yaml
from asterism.strategy.zones import DEFAULT_ZONES, zone_named

POLICY_FILE = "contact-policy.yaml"
_SUBJECT = N_("The contact policy does not hold")
#: Days within which every zone must have an hour in common with all others.
_SOON = timedelta(days=3)
_SEASONS = (datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 7, 6, tzinfo=UTC))

Total = Annotated[int, Field(ge=1, le=10_000)] | None
OfChannel = Annotated[int, Field(ge=0, le=10_000)] | None
Days = Annotated[int, Field(ge=0, le=MONTH)]


class ChannelCaps(Part):
    """The most contacts of one customer by one channel; null takes a default cap away."""

    per_minute: OfChannel = None
    per_hour: OfChannel = None
    per_day: OfChannel = None
    per_7_days: OfChannel = None
    per_30_days: OfChannel = None
    #: Days after a contact before the next by the same channel.
    cooldown_days: Days = 0


class CapsPart(Part):
    """The most contacts of one customer, over all channels and by channel."""

    per_minute: Total = None
    per_hour: Total = None
    per_day: Total = None
    per_7_days: Annotated[int, Field(ge=1, le=10_000)] = Caps().per_7_days
    per_30_days: Annotated[int, Field(ge=1, le=10_000)] = Caps().per_30_days
    channels: Mapping[ChannelName, ChannelCaps] = {}


class Voice(Part):
    """Which channel goes first, and for how long the others then keep silent."""

    order: tuple[ChannelName, ...] = ()
    days: Days = 0


class HoursPart(Part):
    """From when to when, local time; a message at the closing time is too late."""

    opens: time = time(8)
    closes: time = time(21)

    @field_validator("opens", "closes", mode="before")
    @classmethod
    def _a_time(cls, value: object) -> object:
        """Read what YAML takes for a number of seconds or of minutes: 08:00 unquoted."""
        if isinstance(value, int):
            raise PydanticCustomError("period", 'Write the time in quotation marks, "08:00".')
        return value

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens >= self.closes:
            raise PydanticCustomError("period", "The hours close before they open.")
        return self


class ClassHours(HoursPart):
    """The hours of one class of messages."""

    channels: Mapping[ChannelName, HoursPart] = {}
    on_holidays: bool = False


class Holiday(Part):
    """Some days of the bank's own calendar."""

    first: date
    last: date | None = None
    title: Annotated[str, Field(max_length=80)] = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last is not None and not self.first <= self.last <= self.first + timedelta(days=60):
            raise PydanticCustomError(
                "period", "The holiday ends before it begins, or lasts more than 60 days."
            )
        return self

    def days(self) -> Iterator[date]:
        """Yield its days."""
        last = self.last or self.first
        for number in range((last - self.first).days + 1):
            yield self.first + timedelta(days=number)


class PolicyDocument(Part):
    """The document as it is written."""

    caps: CapsPart = CapsPart()
    one_voice: Voice = Voice()
    hours: Mapping[MessageClass, ClassHours] = {}
    holidays: Annotated[tuple[Holiday, ...], Field(max_length=500)] = ()
    #: Where the bank's customers may live.
    zones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPolicy:
    """How often, when and in what order customers may be contacted."""

    caps: Caps = field(default_factory=Caps)
    quiet: QuietHours = field(default_factory=QuietHours)

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones of the bank."""
        return self.quiet.zones

    def limits(self, touches_per_day: int) -> Limits:
        """Return a day's limits with this policy's caps."""
        return Limits(touches_per_customer=touches_per_day, caps=self.caps)


def read_policy(home: Path, zone: str = DEFAULT_ZONES[0]) -> ContactPolicy:
    """Return the policy of a home, `zone` being the bank's own; the defaults if it has none.

    InvalidInputError with everything wrong with it: nothing is sent by half a policy.
    """
    path = home / POLICY_FILE
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return load_policy(text, zone)


def load_policy(text: str, zone: str = DEFAULT_ZONES[0]) -> ContactPolicy:
    """Read a policy from YAML; InvalidInputError holds every problem, each with its path."""
    document, problems = _document(read_yaml(text, _SUBJECT) or {})
    problems += [*_cap_problems(document.caps), *_zone_problems(document)]
    problems += _order_problems(document.one_voice)
    policy = (
        ContactPolicy(caps=_caps(document), quiet=_quiet(document, zone)) if not problems else None
    )
    if policy is None or (problems := _never_open(policy.quiet)):
        raise InvalidInputError(_SUBJECT, problems)
    return policy


def _document(data: object) -> tuple[PolicyDocument, list[Problem]]:
    """Return the document, its parts that break the schema at their defaults, and what is wrong."""
    try:
        return PolicyDocument.model_validate(data), []
    except ValidationError as error:
        wrong = {item["loc"][0] for item in error.errors() if item["loc"]}
        sound = {k: v for k, v in data.items() if k not in wrong} if isinstance(data, dict) else {}
        problems = list(schema_problems(error, PolicyDocument))
        return PolicyDocument.model_validate(sound), problems


def _cap_problems(caps: CapsPart) -> Iterator[Problem]:
    """Find caps that contradict one another: such a policy says something else than it means."""
    yield from _growing(caps, "caps", caps.model_fields_set)
    for name, own in caps.channels.items():
        where = f"caps.channels.{name.value}"
        yield from _growing(own, where, own.model_fields_set)
        for span in Span:
            limit, total = getattr(own, f"per_{span}"), getattr(caps, f"per_{span}")
            if limit is not None and total is not None and limit > total:
                message = N_("{limit} is above {total}, the cap of all channels together.")
                values = {"limit": limit, "total": total}
                yield Problem(message=message, where=f"{where}.per_{span}", values=values)


def _growing(caps: CapsPart | ChannelCaps, where: str, written: set[str]) -> Iterator[Problem]:
    spans = [span for span in Span if getattr(caps, f"per_{span}") is not None]
    for shorter, longer in pairwise(spans):
        names = {f"per_{shorter}", f"per_{longer}"}
        most, within = getattr(caps, f"per_{shorter}"), getattr(caps, f"per_{longer}")
        if names & written and most > within:
            message = N_("{most} is above {within}, the cap of {longer}: it is never reached.")
            values = {"most": most, "within": within, "longer": f"per_{longer}"}
            yield Problem(message=message, where=f"{where}.per_{shorter}", values=values)


def _order_problems(voice: Voice) -> Iterator[Problem]:
    for name in sorted(set(voice.order)):
        if voice.order.count(name) > 1:
            values = {"name": name.value}
            yield Problem(message="{name} is there twice.", where="one_voice.order", values=values)
    if voice.days and not voice.order:
        message = N_("Say which channel goes first: an order is needed.")
        yield Problem(message=message, where="one_voice.order")


def _zone_problems(document: PolicyDocument) -> Iterator[Problem]:
    for number, name in enumerate(document.zones):
        if zone_named(name) is None:
            message = N_("There is no time zone {name}: write one such as Asia/Shanghai.")
            yield Problem(message=message, where=f"zones[{number}]", values={"name": name})


def _never_open(quiet: QuietHours) -> list[Problem]:
    """Find classes and channels for which the bank's zones have no hour in common."""
    calm = QuietHours(by_class=quiet.by_class, zones=quiet.zones)
    found = []
    for kind in MessageClass:
        for channel in ("", *sorted(quiet.by_class[kind].by_channel)):
            openings = [(s, calm.next_opening(s, None, channel, kind)) for s in _SEASONS]
            if any(opening and opening - start > _SOON for start, opening in openings):
                where = ".".join(filter(None, ("hours", kind.value, channel)))
                message = N_("The bank's zones have no open hour in common.")
                hint = N_("Open longer, or name fewer zones.")
                found.append(Problem(message=message, where=where, hint=hint))
    return found


def _caps(document: PolicyDocument) -> Caps:
    caps, usual = document.caps, Caps()
    by_channel: dict[str, dict[str, int]] = {}
    for span in Span:
        name = f"channel_per_{span}"
        limits: dict[str, int] = dict(getattr(usual, name))
        for channel, own in caps.channels.items():
            field = f"per_{span}"
            if field not in own.model_fields_set:
                continue
            limits.pop(channel.value, None)
            if getattr(own, field) is not None:
                limits[channel.value] = getattr(own, field)
        by_channel[name] = limits
    cooldowns = {name.value: own.cooldown_days for name, own in caps.channels.items()}
    return Caps(
        per_minute=caps.per_minute,
        per_hour=caps.per_hour,
        per_day=caps.per_day,
        per_7_days=caps.per_7_days,
        per_30_days=caps.per_30_days,
        **by_channel,
        channel_cooldown_days=cooldowns,
        channel_order=tuple(name.value for name in document.one_voice.order),
        one_voice_days=document.one_voice.days,
    )


def _quiet(document: PolicyDocument, zone: str) -> QuietHours:
    by_class = dict(QuietHours().by_class)
    for kind, part in document.hours.items():
        by_class[kind] = OpenHours(
            hours=Hours(part.opens, part.closes),
            by_channel={n.value: Hours(h.opens, h.closes) for n, h in part.channels.items()},
            on_holidays=part.on_holidays,
        )
    return QuietHours(
        by_class=by_class,
        holidays=frozenset(day for one in document.holidays for day in one.days()),
        zones=document.zones or (zone,),
    )
