"""What comes back moves touches on, once."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import select

from asterism.execution import contacts, delivered, record_receipts
from asterism.execution.channels import ManagerListChannel, MemoryChannel, Traits
from asterism.execution.history import assignments
from asterism.execution.life import State
from asterism.execution.queries import life_of
from asterism.execution.tables import touch
from asterism.execution.worklist import work_items
from asterism.kernel.errors import InvalidInputError
from asterism.strategy import ASSIGNED, TOUCHED
from asterism.strategy.consent import consent

FREE = Traits(consent="", intrusive=False)
AT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def receipts(*rows: tuple[str, str]) -> Any:
    return pa.table(
        {
            "touch_id": [row[0] for row in rows],
            "kind": [row[1] for row in rows],
            "at": pa.array([AT] * len(rows), pa.timestamp("us", tz="UTC")),
        }
    )


@pytest.fixture
def sent(bank: Any, decide: Any) -> Mapping[str, str]:
    """Send to a and b; return their touches by customer."""
    bank.plan(decide({"customer_id": "a"}, {"customer_id": "b", "channel": "app_slot"}))
    bank.send(MemoryChannel(name="email", traits=FREE), MemoryChannel(name="app_slot", traits=FREE))
    with bank.engine.connect() as connection:
        rows = connection.execute(select(touch.c.customer_id, touch.c.touch_id)).all()
    return {row.customer_id: row.touch_id for row in rows}


def state_of(bank: Any, touch_id: str) -> str:
    return life_of(bank.engine, touch_id)[0].state


def test_receipts_move_a_touch_on_in_whatever_order_they_come(bank: Any, sent: Any) -> None:
    told = record_receipts(bank.engine, receipts((sent["a"], "answered"), (sent["a"], "seen")))

    assert told == {"recorded": 2, "repeated": 0, "unknown": 0, "suppressed": 0}
    assert state_of(bank, sent["a"]) == State.ANSWERED
    kinds = [event.kind for event in life_of(bank.engine, sent["a"])[1]]
    assert kinds == ["planned", "approved", "queued", "sent", "seen", "answered"]


def test_a_receipt_told_twice_is_told_once(bank: Any, sent: Any) -> None:
    table = receipts((sent["a"], "seen"), (sent["a"], "opted_out"))
    record_receipts(bank.engine, table)

    assert record_receipts(bank.engine, table)["recorded"] == 0
    with bank.engine.connect() as connection:
        assert len(connection.execute(select(consent)).all()) == 1


def test_an_answer_says_yes_or_no(bank: Any, sent: Any) -> None:
    record_receipts(bank.engine, receipts((sent["a"], "answered"), (sent["b"], "refused")))

    assert life_of(bank.engine, sent["a"])[0].reason == "answer.accepted"
    assert life_of(bank.engine, sent["b"])[0].reason == "answer.refused"


def test_a_receipt_for_what_never_left_is_counted_and_left_out(bank: Any, decide: Any) -> None:
    bank.plan(decide({"customer_id": "a"}))
    with bank.engine.connect() as connection:
        planned = connection.execute(select(touch.c.touch_id)).scalar_one()

    told = record_receipts(bank.engine, receipts((planned, "seen"), ("no such", "seen")))

    assert told["unknown"] == 2
    assert state_of(bank, planned) == State.PLANNED


def test_an_opt_out_suppresses_what_waits_on_that_channel(
    bank: Any, decide: Any, sent: Any
) -> None:
    tomorrow = date(2026, 3, 3)
    bank.plan(decide({"customer_id": "a"}, {"customer_id": "a", "channel": "app_slot"}), tomorrow)

    told = record_receipts(bank.engine, receipts((sent["a"], "opted_out")))

    assert told["suppressed"] == 1
    with bank.engine.connect() as connection:
        left = connection.execute(
            select(touch.c.channel, touch.c.state).where(touch.c.planned_for == tomorrow)
        ).all()
    assert set(map(tuple, left)) == {("email", "suppressed"), ("app_slot", "planned")}


def test_a_strange_kind_is_refused_whole(bank: Any, sent: Any) -> None:
    with pytest.raises(InvalidInputError, match="applauded"):
        record_receipts(bank.engine, receipts((sent["a"], "seen"), (sent["a"], "applauded")))

    assert state_of(bank, sent["a"]) == State.SENT


def test_an_answer_takes_the_touch_off_the_managers_list(bank: Any, decide: Any) -> None:
    bank.plan(decide({"customer_id": "a", "channel": "manager_list"}))
    bank.send(ManagerListChannel(bank.engine))
    day = date(2026, 3, 2)
    item = work_items(bank.engine, day)[0]

    record_receipts(bank.engine, receipts((item.touch_id, "refused")))

    assert work_items(bank.engine, day) == ()


def test_delivered_is_what_reached_customers_that_day(bank: Any, sent: Any) -> None:
    table = delivered(bank.engine, date(2026, 3, 2))

    assert table.column("customer_id").to_pylist() == [
        customer for customer, _ in sorted(sent.items(), key=lambda item: item[1])
    ]
    assert table.column("sent_at").to_pylist() == [bank.clock.now()] * 2
    assert delivered(bank.engine, date(2026, 3, 3)).num_rows == 0


def test_the_family_of_an_offer_goes_along(bank: Any, decide: Any) -> None:
    bank.plan(decide({"customer_id": "a", "family": "money_fund"}))
    bank.send(MemoryChannel(name="email", traits=FREE))

    assert delivered(bank.engine, date(2026, 3, 2))["family"].to_pylist() == ["money_fund"]


def test_contacts_are_those_before_the_day_only(bank: Any, sent: Any) -> None:
    today = contacts(bank.engine, date(2026, 3, 2))
    tomorrow = contacts(bank.engine, date(2026, 3, 3))

    assert today.touched.num_rows == today.assigned.num_rows == 0
    assert sorted(tomorrow.touched["channel"].to_pylist()) == ["app_slot", "email"]
    assert tomorrow.touched.schema == TOUCHED
    assert tomorrow.spent == {"first_fund": 4}
    assert contacts(bank.engine, date(2026, 4, 2)).touched.num_rows == 0


def test_what_is_still_on_its_way_counts_as_a_contact(bank: Any, decide: Any) -> None:
    bank.plan(decide({"customer_id": "a"}))

    found = contacts(bank.engine, date(2026, 3, 3))

    assert found.touched.to_pylist() == [
        {"customer_id": "a", "channel": "email", "day": date(2026, 3, 2)}
    ]


def test_what_was_suppressed_is_no_contact(bank: Any, decide: Any, reachable: Any) -> None:
    bank.recipients["a"] = reachable("a", profile={"deceased": True})
    bank.plan(decide({"customer_id": "a"}))
    bank.send(MemoryChannel(name="email", traits=FREE))

    assert contacts(bank.engine, date(2026, 3, 3)).touched.num_rows == 0


def test_assignments_remember_both_arms(bank: Any, decide: Any) -> None:
    bank.plan(decide({"customer_id": "a"}, {"customer_id": "b", "arm": "holdout"}))

    found = contacts(bank.engine, date(2026, 3, 3)).assigned

    assert found.schema == ASSIGNED
    assert sorted(found["arm"].to_pylist()) == ["holdout", "touch"]
    assert found["occasion"].to_pylist() == ["2026-03-02"] * 2


def test_assignments_are_a_table_with_facts_for_cuts(bank: Any, decide: Any) -> None:
    bank.plan(decide({"customer_id": "a", "tier": "gold"}))

    everything = assignments(bank.engine)

    assert everything["tier"].to_pylist() == ["gold"]
    assert assignments(bank.engine, since=date(2026, 3, 2) + timedelta(days=1)).num_rows == 0
    assert assignments(bank.engine, strategy="other").num_rows == 0
