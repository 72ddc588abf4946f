"""Why a gate says no to one customer, with the customer's own values, and what would make it a yes.

Every gate has its sentence here. Texts come finished in three languages; a remedy is what the
customer or the bank can do about it, and a gate about which nothing can be done has none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from asterism.kernel.reason import Layer
from asterism.kernel.words import LOCALES, Text
from asterism.strategy import remedies
from asterism.strategy.caps import Span
from asterism.strategy.conditions import (
    ADULT_AGE,
    Action,
    Below,
    Condition,
    Rested,
    Silent,
    channel_rested,
    one_voice,
    rested,
)
from asterism.strategy.gates import Gate
from asterism.strategy.readings import Person
from asterism.strategy.suitability import (
    SPECIAL_CARE_AGE,
    SPECIAL_RATINGS,
    SUITABLE,
    day_in,
    holds_until,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What one gate says of one customer and one action."""

    #: The gate's code, such as `eligibility.risk_test_expired`.
    code: str
    layer: Layer
    #: The reason with the customer's own values.
    text: Text
    #: What would make it a yes; None where nothing can be done.
    remedy: Text | None = None
    #: The first day on which it will be a yes by itself; None if waiting alone does not help.
    from_day: date | None = None


Words = tuple[Text, Text | None, date | None]
_Explain = Callable[[Action, Person], Words | None]


def explain(gate: Gate, action: Action, person: Person) -> Explanation:
    """Explain what `gate` holds against `action` for the customer whom `person` reads.

    Where the customer's own values say nothing, or nothing is held against them, the words are the
    gate's general ones.
    """
    refuses = not person.holds(gate.condition(action))[0]
    tell = _EXPLAIN.get(gate.code)
    words = tell(action, person) if tell and refuses else None
    text, remedy, from_day = words or (gate.reason.text, remedies.GENERAL.get(gate.code), None)
    return Explanation(
        code=gate.code, layer=gate.reason.layer, text=text, remedy=remedy, from_day=from_day
    )


def fill(template: Text, **values: object) -> Text:
    """Return `template` with its `{fields}` filled; a value that is a Text is put in by language.

    >>> fill(Text("{x} 天", "{x} days", "{x} días"), x=3).en
    '3 days'
    """
    said = {
        locale: template.in_locale(locale).format(
            **{
                name: value.in_locale(locale) if isinstance(value, Text) else value
                for name, value in values.items()
            }
        )
        for locale in LOCALES
    }
    return Text(**said)


def _zones(person: Person) -> tuple[str | None, tuple[str, ...]]:
    return person.time_zone, tuple(person.counters.standing.zones)


def _expired(action: Action, person: Person) -> Words | None:
    tested = person.profile.get("risk_tested_at")
    if not isinstance(tested, int):
        return None
    moment = datetime.fromtimestamp(tested, UTC)
    zone = _zones(person)
    day = day_in(moment, *zone)
    if moment > person.counters.moment:
        return fill(remedies.TEST_AHEAD, tested=day), remedies.TAKE_TEST, None
    expired = holds_until(moment, *zone).date()
    return fill(remedies.TEST_EXPIRED, tested=day, expired=expired), remedies.TAKE_TEST, None


def _unsuitable(action: Action, person: Person) -> Words | None:
    rating, capacity = action.offer.rating, person.profile.get("risk_capacity")
    if rating is None or capacity is None:
        return None
    text = fill(remedies.UNSUITABLE, rating=rating, capacity=capacity, needed=SUITABLE[rating][0])
    return text, fill(remedies.OTHER_PRODUCT, capacity=capacity), None


def _special_care(action: Action, person: Person) -> Words | None:
    age, rating = person.profile.get("age"), action.offer.rating
    if rating not in SPECIAL_RATINGS:
        return None
    if age is None:
        return fill(remedies.AGE_UNKNOWN_CARE, rating=rating), remedies.GIVE_BIRTH_DATE, None
    text = fill(remedies.CARE, age=age, limit=SPECIAL_CARE_AGE, rating=rating)
    return text, remedies.SEND_PERSON, None


def _under_age(_: Action, person: Person) -> Words | None:
    age = person.profile.get("age")
    if age is None:
        return remedies.AGE_UNKNOWN, remedies.GIVE_BIRTH_DATE, None
    return fill(remedies.UNDER_AGE, age=age, limit=ADULT_AGE), None, None


def _said(tag: str, title: Text, person: Person) -> Text:
    """Return when and where a customer refused something, or that nobody asked."""
    word = person.counters.standing.word_on(tag)
    if word is not None and isinstance(word["at"], datetime):
        day = day_in(word["at"], *_zones(person))
        return fill(remedies.WITHDREW, what=title, day=day, source=word["source"])
    never = person.profile.get(tag) is None
    return fill(remedies.NEVER_ASKED if never else remedies.RECORDS_SAY_NO, what=title)


def _marketing(_: Action, person: Person) -> Words | None:
    return _said("consent_marketing", remedies.MARKETING, person), remedies.CONSENT_MARKETING, None


def _personalisation(_: Action, person: Person) -> Words | None:
    word = person.counters.standing.word_on("personalisation_refused")
    if word is None or not isinstance(word["at"], datetime):
        return None
    day = day_in(word["at"], *_zones(person))
    text = fill(remedies.REFUSED_PERSONALISATION, day=day, source=word["source"])
    return text, remedies.GENERAL["permission.personalisation"], None


def _channel(action: Action, person: Person) -> Words | None:
    title = action.spec.title
    text = _said(action.spec.consent, title, person)
    return text, fill(remedies.CONSENT_CHANNEL, channel=title), None


def _reachable(action: Action, _: Person) -> Words | None:
    title = action.spec.title
    return fill(remedies.UNREACHABLE, channel=title), remedies.GIVE_ADDRESS, None


def _blacklisted(_: Action, person: Person) -> Words | None:
    word = person.counters.standing.word_on("blacklisted")
    if word is None or not isinstance(word["at"], datetime):
        return None
    day = day_in(word["at"], *_zones(person))
    return fill(remedies.LISTED, day=day, reason=word["source"]), remedies.DELIST, None


def _rule(where: Callable[[Action], str], template: Text, remedy: Text) -> _Explain:
    def tell(action: Action, person: Person) -> Words | None:
        text = where(action)
        if not text:
            return None
        clauses = person.expressions.audience(text).explain(person.profile)
        lacking = [one for one in clauses if one.holds is not True]
        values = {name: value for one in lacking for name, value in one.values.items()}
        shown = ", ".join(f"{name} = {'∅' if v is None else v}" for name, v in values.items())
        asked = " AND ".join(one.text for one in lacking)
        said = fill(template, title=action.offer.title, asked=asked, values=shown)
        return said, fill(remedy, asked=asked), None

    return tell


def _rested(gate_condition: Callable[[Action], Condition], template: Text) -> _Explain:
    def tell(action: Action, person: Person) -> Words | None:
        condition = gate_condition(action)
        counters = person.counters
        if isinstance(condition, Rested):
            ago, days = int(counters.since(condition.strategy).days[0]), condition.days
            if action.strategy.schedule.value == "once":
                day = counters.day - timedelta(days=ago)
                return fill(remedies.ONCE, day=day), None, None
        elif isinstance(condition, Silent):
            ago, days = _last_contact(person, condition), condition.days + 1
        else:
            return None
        last, free = counters.day - timedelta(days=ago), counters.day + timedelta(days=days - ago)
        text = fill(template, day=last, days=days, channel=action.spec.title)
        return text, fill(remedies.WAIT, day=free), free

    return tell


def _last_contact(person: Person, condition: Silent) -> int:
    """Return how many days ago one of the channels was last heard."""
    counters = person.counters
    return next(
        days
        for days in range(1, condition.days + 1)
        if any(counters.contacts(name, days)[0] for name in condition.channels)
    )


def _cap(span: Span, *, by_channel: bool) -> _Explain:
    def tell(action: Action, person: Person) -> Words | None:
        channel = action.channel.value if by_channel else ""
        limit = action.caps.limit(span, channel)
        if limit is None:
            return None
        condition = Below(channel, span.days, limit)
        count = int(person.counters.contacts(channel, span.days)[0])
        free = _room_from(person, condition)
        template = remedies.CHANNEL_CAP if by_channel else remedies.CAP
        text = fill(template, channel=action.spec.title, count=count, span=span.title, limit=limit)
        return text, fill(remedies.WAIT, day=free) if free else None, free

    return tell


def _room_from(person: Person, condition: Below) -> date | None:
    """Return the first day on which enough contacts have left the window; None for a cap of 0."""
    if condition.limit < 1:
        return None
    counters = person.counters
    kept = next(
        days
        for days in range(condition.days, -1, -1)
        if int(counters.contacts(condition.channel, days)[0]) < condition.limit
    )
    return counters.day + timedelta(days=condition.days - kept)


_EXPLAIN: Mapping[str, _Explain] = {
    "eligibility.blacklisted": _blacklisted,
    "eligibility.under_age": _under_age,
    "eligibility.offer_rule": _rule(
        lambda action: action.offer.eligibility, remedies.OFFER_RULE, remedies.MEET_RULE
    ),
    "eligibility.benefit_rule": _rule(
        lambda action: action.offer.benefit.eligibility, remedies.BENEFIT_RULE, remedies.MEET_RULE
    ),
    "eligibility.risk_test_expired": _expired,
    "eligibility.suitability": _unsuitable,
    "eligibility.special_care": _special_care,
    "permission.marketing": _marketing,
    "permission.personalisation": _personalisation,
    "permission.channel": _channel,
    "permission.reachable": _reachable,
    "permission.cooldown": _rested(rested, remedies.STRATEGY_COOLDOWN),
    "permission.channel_cooldown": _rested(channel_rested, remedies.CHANNEL_COOLDOWN),
    "permission.one_voice": _rested(one_voice, remedies.ONE_VOICE),
    "permission.cap_channel_7d": _cap(Span.WEEK, by_channel=True),
    "permission.cap_channel_30d": _cap(Span.MONTH, by_channel=True),
    "permission.cap_7d": _cap(Span.WEEK, by_channel=False),
    "permission.cap_30d": _cap(Span.MONTH, by_channel=False),
}
