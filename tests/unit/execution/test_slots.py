"""What the app shows."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from asterism.execution import (
    Refusal,
    app_slot,
    recall_touches,
    record_click,
    record_impression,
    record_refusals,
)
from asterism.execution.channels import AppSlotChannel
from asterism.execution.life import State
from asterism.execution.permission import Rules
from asterism.execution.queries import life_of
from asterism.execution.slots import AppOffer
from asterism.kernel.errors import NotFoundError


@pytest.fixture
def show(bank: Any, decide: Any) -> Any:
    bank.desk_changes["rules"] = Rules(per_day=9)
    rows = [
        {"strategy": "small", "value_minor": 5},
        {"strategy": "large", "value_minor": 9},
        {"strategy": "banner_only", "value_minor": 99, "slot": "banner"},
        {"strategy": "held", "value_minor": 999, "arm": "holdout"},
    ]
    bank.plan(decide(*({"customer_id": "a", "channel": "app_slot", **row} for row in rows)))
    bank.send(AppSlotChannel())

    def ask(slot: str = "home", customer: str = "a") -> AppOffer | None:
        return app_slot(bank.engine, customer, slot, bank.clock)

    return ask


def test_the_offer_worth_most_is_shown_in_its_slot(show: Any) -> None:
    assert show("home").strategy == "large"
    assert show("banner").strategy == "banner_only"
    assert show("home", "stranger") is None


def test_seen_stays_tapped_goes(bank: Any, show: Any) -> None:
    first = show()

    assert record_impression(bank.engine, first.touch_id, bank.clock, slot="home")
    assert not record_impression(bank.engine, first.touch_id, bank.clock, slot="home")
    assert show() == first
    assert record_click(bank.engine, first.touch_id, bank.clock)

    assert show().strategy == "small"
    row, events = life_of(bank.engine, first.touch_id)
    assert row.state == State.ANSWERED
    assert [event.detail for event in events if event.kind == "seen"] == ["home"]


def test_a_tap_without_an_impression_was_seen_too(bank: Any, show: Any) -> None:
    record_click(bank.engine, show().touch_id, bank.clock)

    # The next best is now on top.
    assert show().strategy == "small"


def test_an_offer_runs_out_at_the_end_of_its_last_day(bank: Any, show: Any) -> None:
    bank.clock.set(datetime(2026, 3, 5, 15, 59, tzinfo=UTC))
    assert show() is not None

    bank.clock.set(datetime(2026, 3, 5, 16, 0, tzinfo=UTC))

    assert show() is None


def test_a_customer_who_refused_the_app_sees_nothing(bank: Any, show: Any) -> None:
    refusal = Refusal(customer_id="a", channel="app_slot", at=bank.clock.now(), source="app")
    record_refusals(bank.engine, [refusal])

    assert show() is None


def test_a_recalled_strategy_disappears_from_the_app(bank: Any, show: Any) -> None:
    recall_touches(bank.engine, "large", bank.clock)

    assert show().strategy == "small"


def test_a_tap_on_nothing_is_not_found(bank: Any) -> None:
    with pytest.raises(NotFoundError):
        record_click(bank.engine, "none", bank.clock)


def test_an_offer_says_until_when_it_holds(show: Any) -> None:
    assert show().live_until == date(2026, 3, 5)
