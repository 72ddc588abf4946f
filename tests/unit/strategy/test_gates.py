from collections.abc import Mapping
from datetime import date, datetime

import pytest

from asterism.audience import compile_audience
from asterism.strategy import GATES, load_strategy
from asterism.strategy.channels import ChannelName
from asterism.strategy.checks import expression_problems, strategy_problems
from asterism.strategy.conditions import Action, Below, Rested
from asterism.strategy.contacts import Contacts
from asterism.strategy.counters import Counters
from asterism.strategy.readings import Expressions, Person
from asterism.strategy.standing import Standing
from asterism.strategy.suitability import SUITABLE
from asterism.strategy.terms import BenefitKind, Rating
from asterism.strategy.testing import CATALOGUE


def allows(code: str, act: Action, profile: Mapping[str, object], moment: str) -> bool:
    """Ask a gate at a moment, through the reading of one profile."""
    standing = Standing(at=datetime.fromisoformat(moment))
    counters = Counters.of_one(Contacts(standing=standing), date(2026, 1, 7))
    person = Person(profile, Expressions(CATALOGUE), counters)
    return bool(person.holds(BY_CODE[code].condition(act))[0])


CAPACITIES = ["C1", "C2", "C3", "C4", "C5"]
BY_CODE = {gate.code: gate for gate in GATES}


def action(
    text: str,
    rating: Rating | None = None,
    channel: ChannelName = ChannelName.EMAIL,
    wave: int = 1,
) -> Action:
    strategy = load_strategy(text)
    offer = strategy.offers[0].model_copy(update={"risk_rating": rating})
    return Action(strategy=strategy, offer=offer, channel=channel, wave=wave)


def passes(code: str, act: Action, profile: Mapping[str, object]) -> bool:
    condition = BY_CODE[code].condition(act)
    assert condition is None or isinstance(condition, str)
    return condition is None or compile_audience(condition, CATALOGUE).matches(profile)


def test_codes_are_unique_and_begin_with_their_layer() -> None:
    assert len(BY_CODE) == len(GATES)
    assert all(gate.code.startswith(f"{gate.reason.layer.value}.") for gate in GATES)
    for gate in GATES:
        assert all(gate.reason.in_locale(locale) for locale in ("zh", "en", "es"))


@pytest.mark.parametrize("rating", list(Rating))
@pytest.mark.parametrize("capacity", CAPACITIES)
def test_suitability_is_the_full_five_by_five_table(
    text: str, rating: Rating, capacity: str
) -> None:
    allowed = int(rating.value[1]) <= int(capacity[1])
    assert (capacity in SUITABLE[rating]) == allowed
    act = action(text, rating)
    assert passes("eligibility.suitability", act, {"risk_capacity": capacity}) == allowed


@pytest.mark.parametrize(
    ("moment", "holds"),
    [
        ("2026-01-06T12:00:00+08:00", True),
        ("2027-01-06T11:59:58+08:00", True),
        ("2027-01-06T11:59:59+08:00", True),
        ("2027-01-06T12:00:00+08:00", False),
        ("2027-01-06T12:00:01+08:00", False),
        # the clock was set back: a test that lies ahead is no test
        ("2026-01-06T11:59:59+08:00", False),
    ],
)
def test_a_risk_test_holds_for_twelve_months_to_the_second(
    text: str, moment: str, holds: bool
) -> None:
    act = action(text, Rating.R1)
    tested = datetime.fromisoformat("2026-01-06T12:00:00+08:00")
    profile = {"risk_tested_at": int(tested.timestamp()), "time_zone": "Asia/Shanghai"}
    assert allows("eligibility.risk_test_expired", act, profile, moment) == holds
    assert not allows("eligibility.risk_test_expired", act, {}, moment)


def test_offers_without_a_rating_need_no_test(text: str) -> None:
    act = action(text)
    for code in ("suitability", "risk_test_missing", "risk_test_expired", "special_care"):
        assert passes(f"eligibility.{code}", act, {})


@pytest.mark.parametrize(
    ("rating", "channel", "age", "allowed"),
    [
        (Rating.R3, ChannelName.EMAIL, 64, True),
        (Rating.R3, ChannelName.EMAIL, 65, False),
        (Rating.R2, ChannelName.EMAIL, 65, True),
        (Rating.R5, ChannelName.MANAGER_LIST, 80, True),
        (Rating.R4, ChannelName.CALL_LIST, 80, True),
        (Rating.R4, ChannelName.APP_SLOT, None, False),
    ],
)
def test_the_elderly_hear_of_risky_products_from_people_only(
    text: str, rating: Rating | None, channel: ChannelName, age: int | None, allowed: bool
) -> None:
    act = action(text, rating, channel)
    assert passes("eligibility.special_care", act, {"age": age}) == allowed


@pytest.mark.parametrize("asked", [None, False])
@pytest.mark.parametrize("channel", list(ChannelName))
def test_consent_that_was_not_given_is_no_consent(
    text: str, channel: ChannelName, asked: bool | None
) -> None:
    act = action(text, channel=channel)
    assert not passes("permission.marketing", act, {"consent_marketing": asked})
    assert not passes("permission.channel", act, {act.spec.consent: asked})
    assert passes("permission.channel", act, {act.spec.consent: True})


@pytest.mark.parametrize(
    ("code", "tag"),
    [("eligibility.blacklisted", "blacklisted"), ("eligibility.deceased", "deceased")],
)
def test_an_unknown_flag_is_a_refusal(text: str, code: str, tag: str) -> None:
    act = action(text)
    assert passes(code, act, {tag: False})
    assert not passes(code, act, {tag: True})
    assert not passes(code, act, {})


@pytest.mark.parametrize(("age", "adult"), [(18, True), (17, False), (None, False)])
def test_minors_and_unknown_ages_are_refused(text: str, age: int | None, adult: bool) -> None:
    assert passes("eligibility.under_age", action(text), {"age": age}) == adult


def test_refusing_personalisation_ends_choosing_by_profile(text: str) -> None:
    act = action(text)
    assert not passes("permission.personalisation", act, {"personalisation_refused": True})
    assert passes("permission.personalisation", act, {"personalisation_refused": False})
    assert passes("permission.personalisation", act, {})


def test_counters_read_as_words(text: str) -> None:
    act = action(text)
    assert str(BY_CODE["permission.cooldown"].condition(act)) == "days_since_try_fund >= 30"
    cap = BY_CODE["permission.cap_channel_7d"].condition(act)
    assert cap == Below("email", 7, 2)
    assert str(cap) == "email_contacts_7d < 2"
    assert BY_CODE["permission.cooldown"].condition(action(text, wave=2)) is None
    once = text.replace("cooldown_days: 30", "cooldown_days: 30\nschedule: once")
    rested = BY_CODE["permission.cooldown"].condition(action(once))
    assert isinstance(rested, Rested)
    assert rested.days > 36_500


def test_a_service_message_carries_no_advertisement(text: str) -> None:
    strategy = load_strategy(text + "message_class: service\n")
    assert strategy_problems(strategy) == ()
    offer = strategy.offers[0]
    rated = offer.model_copy(
        update={
            "issuer_rating": Rating.R1,
            "benefit": offer.benefit.model_copy(update={"kind": BenefitKind.COUPON}),
        }
    )
    found = strategy_problems(strategy.model_copy(update={"offers": (rated,)}))
    assert [one.where for one in found] == ["offers[0].risk_rating", "offers[0].benefit"]


def test_the_issuers_higher_rating_decides(text: str) -> None:
    act = action(text, Rating.R1)
    higher = act.offer.model_copy(update={"issuer_rating": Rating.R4})
    riskier = Action(strategy=act.strategy, offer=higher, channel=act.channel, wave=1)
    assert passes("eligibility.suitability", act, {"risk_capacity": "C1"})
    assert not passes("eligibility.suitability", riskier, {"risk_capacity": "C3"})
    assert not passes("eligibility.special_care", riskier, {"age": 70})


def test_a_benefit_has_conditions_like_a_product(text: str) -> None:
    act = action(text)
    benefit = act.offer.benefit.model_copy(update={"eligibility": "aum >= 100"})
    offer = act.offer.model_copy(update={"benefit": benefit})
    ruled = Action(strategy=act.strategy, offer=offer, channel=act.channel, wave=1)
    assert passes("eligibility.benefit_rule", act, {})
    assert passes("eligibility.benefit_rule", ruled, {"aum": 10_000})
    assert not passes("eligibility.benefit_rule", ruled, {"aum": 9_999})
    wrong = {"offers": [{"benefit": {"eligibility": "aumm > 1"}}]}
    found = expression_problems(wrong, CATALOGUE)
    assert [one.where for one in found] == ["offers[0].benefit.eligibility 1:1"]
