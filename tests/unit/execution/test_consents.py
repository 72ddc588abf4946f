"""A withdrawal ends at once what waits, what lies in a list, and what stands in the app."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from asterism.execution import app_slot, work_items
from asterism.execution.channels import (
    AppSlotChannel,
    ManagerListChannel,
    MemoryChannel,
    Traits,
)
from asterism.execution.reasons import Why
from asterism.execution.recipients import AttentiveRecipients
from asterism.execution.refusals import Heeded, record_blacklist, record_consents
from asterism.execution.tables import touch
from asterism.strategy.blacklist import BlacklistEntry
from asterism.strategy.consent import Consent, Purpose

EMAIL = Traits(consent="consent_email", intrusive=True, address="email", rendered=True, batch=2)


def email() -> MemoryChannel:
    return MemoryChannel(name="email", traits=EMAIL)


def consent(bank: Any, customer: str, *, given: bool, **changes: Any) -> Heeded:
    said = Consent(customer_id=customer, given=given, at=bank.clock.now(), source="test", **changes)
    return record_consents(bank.engine, [said])


def reasons(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        rows = connection.execute(select(touch.c.customer_id, touch.c.reason)).all()
    return {row[0]: row[1] for row in rows}


def test_refusing_personalisation_calls_off_what_the_profile_chose(bank: Any, decide: Any) -> None:
    bank.plan(decide({"customer_id": "a"}, {"customer_id": "b"}))
    assert consent(bank, "a", given=False, purpose=Purpose.PERSONALISATION) == Heeded(1, 1)
    channel = email()
    bank.send(channel)
    assert [message.customer_id for message in channel.taken] == ["b"]
    assert reasons(bank.engine)["a"] == Why.NOT_PERSONALISED


def test_refusing_the_telephone_takes_work_items_off_the_lists(bank: Any, decide: Any) -> None:
    rows = [{"customer_id": c, "channel": "manager_list", "manager_id": "m"} for c in "ab"]
    bank.plan(decide(*rows))
    bank.send(ManagerListChannel(bank.engine))
    day = bank.clock.now().date()
    assert {item.customer_id for item in work_items(bank.engine, day)} == {"a", "b"}
    consent(bank, "a", given=False, medium="call_list")
    assert {item.customer_id for item in work_items(bank.engine, day)} == {"b"}


def test_refusing_personalisation_takes_offers_out_of_the_app(bank: Any, decide: Any) -> None:
    live = {"live_until": bank.clock.now().date() + timedelta(days=9)}
    bank.plan(decide(*({"customer_id": c, "channel": "app_slot", **live} for c in "ab")))
    bank.send(AppSlotChannel())
    consent(bank, "a", given=False, purpose=Purpose.PERSONALISATION)
    assert app_slot(bank.engine, "a", "home", bank.clock) is None
    assert app_slot(bank.engine, "b", "home", bank.clock) is not None


def test_a_blacklisted_customer_is_not_sent_what_waits_nor_what_comes(
    bank: Any, decide: Any
) -> None:
    bank.plan(decide({"customer_id": "a"}))
    entry = BlacklistEntry(
        customer_id="a",
        reason="court order",
        at=bank.clock.now(),
        actor="ana",
        until=bank.clock.now() + timedelta(days=2),
    )
    assert record_blacklist(bank.engine, entry) == 1
    channel = email()
    bank.plan(decide({"customer_id": "a", "strategy": "other"}))
    bank.send(channel)
    assert channel.taken == []
    assert reasons(bank.engine) == {"a": Why.BLACKLISTED}
    bank.clock.set(bank.clock.now() + timedelta(days=2))
    bank.plan(decide({"customer_id": "a"}), bank.clock.now().date())
    bank.send(channel)
    assert len(channel.taken) == 1


@pytest.mark.parametrize("medium", ["email", "*"])
def test_a_word_between_look_up_and_hand_off_still_stops_the_message(
    bank: Any, decide: Any, monkeypatch: Any, medium: str
) -> None:
    """The message is composed, the customer refuses, and only then is it taken in hand."""
    bank.plan(decide({"customer_id": "a"}))
    written = bank.send.__func__.__globals__["words"]

    def refuse_meanwhile(*arguments: Any) -> Any:
        consent(bank, "a", given=False, medium=medium)
        return written(*arguments)

    monkeypatch.setitem(bank.send.__func__.__globals__, "words", refuse_meanwhile)
    channel = email()
    bank.send(channel)
    assert channel.taken == []
    assert reasons(bank.engine) == {"a": Why.REFUSED}


def test_recipients_are_looked_up_with_what_they_said_since(bank: Any) -> None:
    consent(bank, "a", given=False, purpose=Purpose.PERSONALISATION)
    consent(bank, "b", given=False, medium="email")
    attentive = AttentiveRecipients(bank.look_up, bank.engine, bank.clock)
    found = attentive(["a", "b", "c", "nobody"], EMAIL)
    assert set(found) == {"a", "b", "c"}
    assert found["a"].profile["personalisation_refused"] is True
    assert found["b"].profile["consent_email"] is False
    assert found["c"].profile == bank.look_up(["c"], EMAIL)["c"].profile


def test_told_twice_in_one_receipt_is_told_once(bank: Any) -> None:
    for new in (1, 0):
        assert consent(bank, "a", given=False, medium="email", touch_id="t1").new == new
