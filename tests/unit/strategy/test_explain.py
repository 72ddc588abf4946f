"""Every gate says no in the customer's own values, and what would make it a yes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from asterism.kernel.words import LOCALES
from asterism.strategy import GATES, TOUCHED, Caps, Contacts, load_strategy
from asterism.strategy.channels import ChannelName
from asterism.strategy.conditions import Action
from asterism.strategy.contacts import ASSIGNED
from asterism.strategy.counters import Counters
from asterism.strategy.explain import Explanation, explain
from asterism.strategy.gates import Gate
from asterism.strategy.readings import Expressions, Person
from asterism.strategy.standing import WORDS, Standing
from asterism.strategy.terms import Rating
from asterism.strategy.testing import CATALOGUE

BY_CODE = {gate.code: gate for gate in GATES}
DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
TESTED = int(datetime(2025, 10, 2, 4, tzinfo=UTC).timestamp())
Profile = Mapping[str, object]


def told(
    code: str, action: Action, profile: Profile, contacts: Contacts | None = None
) -> Explanation:
    """Explain a gate that refuses; it has to, or the sentence would be about nothing."""
    contacts = contacts or Contacts()
    standing = replace(contacts.standing, at=NOW)
    counters = Counters.of_one(replace(contacts, standing=standing), DAY)
    person = Person(profile, Expressions(CATALOGUE), counters)
    gate = BY_CODE[code]
    assert not person.holds(gate.condition(action))[0]
    return explain(gate, action, person)


@pytest.fixture
def make(text: str) -> Any:
    def action(channel: ChannelName = ChannelName.EMAIL, **changes: Any) -> Action:
        strategy = load_strategy(text)
        caps = changes.pop("caps", Caps())
        offer = strategy.offers[0].model_copy(update=changes)
        return Action(strategy=strategy, offer=offer, channel=channel, wave=1, caps=caps)

    return action


def test_an_expired_test_says_when_it_was_and_when_it_ended(make: Any) -> None:
    profile = {"risk_tested_at": TESTED, "time_zone": "Asia/Shanghai"}
    found = told("eligibility.risk_test_expired", make(risk_rating=Rating.R2), profile)
    assert found.text.en == "The risk test of 2025-10-02 expired on 2026-10-02"
    assert found.text.zh == "2025-10-02 的风险测评已于 2026-10-02 到期"
    assert found.remedy is not None
    assert found.remedy.en == "Take a new risk test"


def test_a_product_too_risky_names_both_sides(make: Any) -> None:
    action = make(risk_rating=Rating.R2, issuer_rating=Rating.R4)
    found = told("eligibility.suitability", action, {"risk_capacity": "C2"})
    assert "rated R4" in found.text.en
    assert "C2" in found.text.en
    assert found.remedy is not None
    assert "C2" in found.remedy.en


def test_the_elderly_are_told_their_age_and_who_may_come(make: Any) -> None:
    found = told("eligibility.special_care", make(risk_rating=Rating.R3), {"age": 71})
    assert "71" in found.text.es
    assert found.remedy is not None
    assert "person" not in found.remedy.zh
    assert told("eligibility.special_care", make(risk_rating=Rating.R3), {}).remedy is not None
    assert "16" in told("eligibility.under_age", make(), {"age": 16}).text.en


@pytest.mark.parametrize("rule", ["eligibility", "benefit"])
def test_products_and_benefits_say_which_condition_is_not_met(make: Any, rule: str) -> None:
    text = "aum >= 500000 AND NOT holds_fund"
    action = make(eligibility=text)
    if rule == "benefit":
        benefit = action.offer.benefit.model_copy(update={"eligibility": text})
        action = make(benefit=benefit)
    code = "eligibility.offer_rule" if rule == "eligibility" else "eligibility.benefit_rule"
    found = told(code, action, {"aum": 12_300_000, "holds_fund": False})
    assert "aum >= 500000" in found.text.en
    assert "holds_fund" not in found.text.en
    assert "aum = 12300000" in found.text.en
    assert found.remedy is not None
    assert found.remedy.en == "Meet aum >= 500000"


def heard(tag: str, value: bool) -> Contacts:
    at = datetime(2026, 11, 2, 3, tzinfo=UTC)
    row = {"customer_id": "a", "tag": tag, "value": value, "over": None, "at": at}
    words = pa.Table.from_pylist([{**row, "source": "unsubscribe_link"}], schema=WORDS)
    return Contacts(standing=Standing(words=words))


def test_consent_says_whether_it_was_refused_when_and_where_or_never_asked(make: Any) -> None:
    sms = make(ChannelName.SMS)
    withdrawn = told("permission.channel", sms, {}, heard("consent_sms", value=False))
    assert withdrawn.text.en == "The customer refused SMS on 2026-11-02 (unsubscribe_link)"
    assert "never asked" in told("permission.channel", sms, {}).text.en
    assert "records" in told("permission.channel", sms, {"consent_sms": False}).text.en
    assert withdrawn.remedy is not None
    assert "SMS" in withdrawn.remedy.es
    refused = told(
        "permission.personalisation", sms, {}, heard("personalisation_refused", value=True)
    )
    assert "2026-11-02" in refused.text.zh
    listed = told("eligibility.blacklisted", sms, {}, heard("blacklisted", value=True))
    assert "unsubscribe_link" in listed.text.en


def contacts(channel: str, *ago: int) -> Contacts:
    rows = [{"customer_id": "a", "channel": channel, "day": DAY - timedelta(days=d)} for d in ago]
    return Contacts(touched=pa.Table.from_pylist(rows, schema=TOUCHED))


def test_caps_say_how_many_and_from_when_there_is_room(make: Any) -> None:
    caps = Caps(per_7_days=2, channel_per_7_days={"email": 1})
    found = told("permission.cap_7d", make(caps=caps), {}, contacts("sms", 1, 3, 6))
    assert found.text.en == "3 contacts in 7 days, all channels together; the cap is 2"
    # on the fifth day from now only the contact of yesterday is within seven days
    assert found.from_day == DAY + timedelta(days=5)
    own = told("permission.cap_channel_7d", make(caps=caps), {}, contacts("email", 2))
    assert own.from_day == DAY + timedelta(days=6)
    assert own.remedy is not None
    assert "2026-11-26" in own.remedy.en


def test_the_day_with_room_is_the_first_on_which_the_gate_opens(make: Any) -> None:
    """Ask the gate itself, day by day, about contacts scattered over a month."""
    action = make(caps=Caps(per_7_days=3, per_30_days=4, channel_cooldown_days={"email": 9}))
    history = contacts("email", 1, 2, 5, 6, 11, 20, 29)
    for code in ("permission.cap_7d", "permission.cap_30d", "permission.channel_cooldown"):
        found = told(code, action, {}, history)
        assert found.from_day is not None
        for days in range(40):
            counters = Counters.of_one(history, DAY + timedelta(days=days))
            person = Person({}, Expressions(CATALOGUE), counters)
            open_ = bool(person.holds(BY_CODE[code].condition(action))[0])
            assert open_ == (DAY + timedelta(days=days) >= found.from_day), (code, days)


def test_cooldowns_and_one_voice_say_who_spoke_when(make: Any) -> None:
    caps = Caps(channel_cooldown_days={"email": 5}, channel_order=("call_list",), one_voice_days=4)
    action = make(caps=caps)
    cooling = told("permission.channel_cooldown", action, {}, contacts("email", 3))
    assert "2026-11-17" in cooling.text.en
    assert cooling.from_day == DAY + timedelta(days=2)
    voice = told("permission.one_voice", action, {}, contacts("call_list", 1))
    assert voice.from_day == DAY + timedelta(days=3)
    assigned = {
        "customer_id": "a",
        "strategy": action.strategy.id,
        "version": 1,
        "wave": 1,
        "occasion": "2026-11-10",
        "arm": "touch",
        "assigned_on": date(2026, 11, 10),
        "offer": "bond",
        "channel": "email",
    }
    taken = Contacts(assigned=pa.Table.from_pylist([assigned], schema=ASSIGNED))
    rested = told("permission.cooldown", action, {}, taken)
    assert "2026-11-10" in rested.text.en
    assert rested.from_day == date(2026, 12, 10)


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.code)
def test_every_gate_has_words_for_a_customer_of_whom_nothing_is_known(
    make: Any, gate: Gate
) -> None:
    action = make(risk_rating=Rating.R5, eligibility="aum > 1")
    counters = Counters.of_one(Contacts(standing=Standing(at=NOW)), DAY)
    found = explain(gate, action, Person({}, Expressions(CATALOGUE), counters))
    assert (found.code, found.layer) == (gate.code, gate.reason.layer)
    for locale in LOCALES:
        assert found.text.in_locale(locale).strip()
        assert "{" not in found.text.in_locale(locale)
        assert found.remedy is None or "{" not in found.remedy.in_locale(locale)
