"""What customers said: kept for ever, the latest word holds, whatever the clock did."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from asterism.kernel.errors import InvalidInputError
from asterism.kernel.words import LOCALES
from asterism.strategy.blacklist import (
    BlacklistEntry,
    blacklist_entries,
    check_entry,
    write_entry,
)
from asterism.strategy.channels import CHANNELS
from asterism.strategy.consent import (
    MEDIA,
    Consent,
    Purpose,
    check_consents,
    consent_history,
    tag_of,
    withdrawing,
    write_consents,
)
from asterism.strategy.consent_state import consent_states
from asterism.strategy.heard import standing_at
from asterism.strategy.testing import SPECS

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


def word(given: bool, **changes: Any) -> Consent:
    usual = {"customer_id": "a", "at": NOW, "source": "test"}
    return Consent(given=given, **{**usual, **changes})


def say(engine: Engine, *words: Consent) -> None:
    with engine.begin() as connection:
        write_consents(connection, words)


def test_every_channel_has_a_consent_that_the_tags_know() -> None:
    tags = {spec.name for spec in SPECS}
    for name in CHANNELS:
        assert tag_of(Purpose.MARKETING, name.value) in tags
    assert {tag_of(Purpose.MARKETING, medium) for medium in MEDIA} <= tags
    assert tag_of(Purpose.PERSONALISATION, "*") in tags


def test_the_latest_word_holds_even_after_the_clock_was_set_back(engine: Engine) -> None:
    earlier = NOW - timedelta(hours=3)
    say(engine, word(True, medium="sms"), word(False, medium="sms", at=earlier))
    standing = standing_at(engine, earlier - timedelta(days=1))
    assert standing.amend({"consent_sms": True}) == {"consent_sms": False}
    assert [one.given for one in consent_history(engine, "a")] == [False, True]


def test_a_decision_of_the_past_is_explained_by_what_was_heard_by_then(engine: Engine) -> None:
    say(engine, word(False, medium="sms"))
    before = standing_at(engine, NOW, heard_by=NOW - timedelta(seconds=1))
    assert before.amend({"consent_sms": True}) == {"consent_sms": True}
    assert standing_at(engine, NOW, heard_by=NOW).amend({}) == {"consent_sms": False}


def test_media_and_purposes_do_not_mix(engine: Engine) -> None:
    say(
        engine,
        word(False, medium="call_list"),
        word(True, medium="email"),
        word(False, purpose=Purpose.PERSONALISATION),
    )
    found = standing_at(engine, NOW, customer_ids=["a"]).amend({})
    assert found == {
        "consent_phone": False,
        "consent_email": True,
        "personalisation_refused": True,
    }
    with engine.connect() as connection:
        assert withdrawing(connection, ["a", "b"], "manager_list") == {"a"}
        assert withdrawing(connection, ["a"], "email") == set()


def test_refusing_everything_outranks_agreeing_to_one_channel(engine: Engine) -> None:
    say(engine, word(False), word(True, medium="sms"))
    with engine.connect() as connection:
        assert withdrawing(connection, ["a"], "sms") == {"a"}
    say(engine, word(True))
    with engine.connect() as connection:
        assert withdrawing(connection, ["a"], "sms") == set()


def test_a_refusal_in_the_banks_own_records_after_a_yes_holds(engine: Engine) -> None:
    say(engine, word(True, medium="sms", records_said=None))
    standing = standing_at(engine, NOW)
    assert standing.amend({})["consent_sms"] is True
    assert standing.amend({"consent_sms": False})["consent_sms"] is False
    say(engine, word(True, medium="sms", records_said=False))
    assert standing_at(engine, NOW).amend({"consent_sms": False})["consent_sms"] is True


def test_what_holds_is_told_with_its_source(engine: Engine) -> None:
    say(engine, word(False, medium="sms", source="hotline"))
    records = {"consent_marketing": True, "consent_sms": True}
    states = {
        (one.purpose, one.medium): one for one in consent_states(records, standing_at(engine, NOW))
    }
    assert len(states) == 2 + len(MEDIA)
    sms = states[Purpose.MARKETING, "sms"]
    assert (sms.given, sms.source, sms.at) == (False, "hotline", NOW)
    marketing = states[Purpose.MARKETING, "*"]
    assert (marketing.given, marketing.source, marketing.at) == (True, "records", None)
    assert states[Purpose.PERSONALISATION, "*"].given is None
    assert all(one.title.in_locale(locale) for one in states.values() for locale in LOCALES)


def test_wrong_words_are_refused_with_every_problem() -> None:
    wrong = [
        word(True, medium="pigeon", source=""),
        word(True, purpose=Purpose.PERSONALISATION, medium="sms", evidence="x" * 401),
    ]
    with pytest.raises(InvalidInputError) as raised:
        check_consents(wrong)
    places = [problem.where for problem in raised.value.problems]
    assert places == [
        "consents[0].medium",
        "consents[0].source",
        "consents[1].medium",
        "consents[1].evidence",
    ]


def entry(**changes: Any) -> BlacklistEntry:
    usual = {"customer_id": "a", "reason": "fraud case 7", "at": NOW, "actor": "ana"}
    return BlacklistEntry(**{**usual, **changes})


def test_a_blacklist_entry_holds_until_it_ends_or_is_taken_back(engine: Engine) -> None:
    end = NOW + timedelta(days=3)
    with engine.begin() as connection:
        write_entry(connection, entry(until=end))
        write_entry(connection, entry(list="complaints", customer_id="b"))
    for moment, listed in ((NOW, True), (end - timedelta(seconds=1), True), (end, False)):
        assert (
            standing_at(engine, moment, customer_ids=["a"]).amend({}).get("blacklisted", False)
            is listed
        )
    with engine.begin() as connection:
        write_entry(connection, entry(list="complaints", customer_id="b", listed=False))
    assert standing_at(engine, NOW, customer_ids=["b"]).amend({"blacklisted": False}) == {
        "blacklisted": False
    }
    assert [one.customer_id for one in blacklist_entries(engine)] == ["b", "a"]
    assert [one.listed for one in blacklist_entries(engine, name="complaints")] == [False]


def test_the_banks_own_blacklist_is_not_lifted_by_the_ledger(engine: Engine) -> None:
    with engine.begin() as connection:
        write_entry(connection, entry())
        write_entry(connection, entry(listed=False))
    assert standing_at(engine, NOW).amend({"blacklisted": True}) == {"blacklisted": True}


def test_an_entry_without_a_reason_or_with_an_end_in_the_past_is_refused() -> None:
    wrong = replace(entry(), reason="  ", until=NOW, list="")
    with pytest.raises(InvalidInputError) as raised:
        check_entry(wrong)
    assert {problem.where for problem in raised.value.problems} == {"reason", "until", "list"}
