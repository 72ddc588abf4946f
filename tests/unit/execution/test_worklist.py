"""The list of a manager: what to do today, and what came of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from asterism.execution import recall_touches
from asterism.execution.channels import ManagerListChannel
from asterism.execution.life import State
from asterism.execution.queries import life_of
from asterism.execution.worklist import (
    NO_ANSWER_LIMIT,
    WorkItem,
    WorkResult,
    notes_of,
    record_result,
    work_items,
)
from asterism.kernel.errors import ConflictError, InvalidInputError, NotFoundError

TODAY = date(2026, 3, 2)


@pytest.fixture
def item(bank: Any, decide: Any) -> WorkItem:
    rows = [
        {"customer_id": "a", "value_minor": 5, "manager_id": "M1", "branch_id": "B1"},
        {"customer_id": "b", "value_minor": 9, "manager_id": "M1", "branch_id": "B1"},
        {"customer_id": "c", "value_minor": 7, "manager_id": "M2", "branch_id": "B1"},
        {"customer_id": "d", "value_minor": 8, "manager_id": None, "branch_id": "B2"},
    ]
    bank.plan(decide(*({**row, "channel": "manager_list"} for row in rows)))
    bank.send(ManagerListChannel(bank.engine))
    return work_items(bank.engine, TODAY, manager_id="M1")[0]


def customers(bank: Any, day: date = TODAY, **whose: Any) -> list[str]:
    return [item.customer_id for item in work_items(bank.engine, day, **whose)]


def test_a_list_is_in_order_of_value(bank: Any, item: WorkItem) -> None:
    assert customers(bank) == ["b", "d", "c", "a"]
    assert customers(bank, manager_id="M1") == ["b", "a"]
    assert customers(bank, branch_id="B1") == ["b", "c", "a"]
    assert customers(bank, limit=2, offset=1) == ["d", "c"]


@pytest.mark.usefixtures("item")
def test_an_item_leaves_the_list_when_its_time_is_over(bank: Any) -> None:
    assert customers(bank, TODAY + timedelta(days=3)) != []
    assert customers(bank, TODAY + timedelta(days=4)) == []


@pytest.mark.parametrize(
    ("result", "reason"),
    [(WorkResult.DONE, "answer.accepted"), (WorkResult.REFUSED, "answer.refused")],
)
def test_an_answer_closes_the_item_and_is_the_touchs_answer(
    bank: Any, item: WorkItem, result: WorkResult, reason: str
) -> None:
    record_result(bank.engine, item.touch_id, result, "spoke for a while", "mei", bank.clock)

    assert customers(bank, manager_id="M1") == ["a"]
    touch, events = life_of(bank.engine, item.touch_id)
    assert (touch.state, touch.reason) == (State.ANSWERED, reason)
    assert events[-1].actor == "mei"


def test_later_comes_back_on_the_day_agreed_on(bank: Any, item: WorkItem) -> None:
    later = TODAY + timedelta(days=10)

    record_result(
        bank.engine, item.touch_id, WorkResult.LATER, "", "mei", bank.clock, later_on=later
    )

    assert customers(bank, manager_id="M1") == ["a"]
    assert customers(bank, later, manager_id="M1") == ["b"]


def test_no_answer_comes_back_tomorrow_and_not_for_ever(bank: Any, item: WorkItem) -> None:
    for attempt in range(NO_ANSWER_LIMIT):
        day = TODAY + timedelta(days=attempt)
        bank.clock.set(datetime(day.year, day.month, day.day, 2, tzinfo=UTC))
        assert "b" in customers(bank, day)
        record_result(bank.engine, item.touch_id, WorkResult.NO_ANSWER, "", "mei", bank.clock)
        assert "b" not in customers(bank, day)

    assert "b" not in customers(bank, TODAY + timedelta(days=NO_ANSWER_LIMIT))
    assert life_of(bank.engine, item.touch_id)[0].state == State.SENT


def test_a_referred_item_is_on_the_other_managers_list(bank: Any, item: WorkItem) -> None:
    record_result(
        bank.engine, item.touch_id, WorkResult.REFERRED, "", "mei", bank.clock, referred_to="M2"
    )

    assert customers(bank, manager_id="M2") == ["b", "c"]
    assert notes_of(bank.engine, item.touch_id)[0].referred_to == "M2"


def test_a_closed_item_takes_no_more_results(bank: Any, item: WorkItem) -> None:
    record_result(bank.engine, item.touch_id, WorkResult.DONE, "", "mei", bank.clock)

    with pytest.raises(ConflictError):
        record_result(bank.engine, item.touch_id, WorkResult.REFUSED, "", "mei", bank.clock)
    assert len(notes_of(bank.engine, item.touch_id)) == 1


def test_an_item_that_is_not_there_is_not_found(bank: Any) -> None:
    with pytest.raises(NotFoundError):
        record_result(bank.engine, "none", WorkResult.DONE, "", "mei", bank.clock)


@pytest.mark.parametrize(
    ("result", "fields", "where"),
    [
        (WorkResult.LATER, {}, "later_on"),
        (WorkResult.LATER, {"later_on": TODAY}, "later_on"),
        (WorkResult.REFERRED, {}, "referred_to"),
        (WorkResult.DONE, {"note": "x" * 2_001}, "note"),
    ],
)
def test_a_form_that_is_not_complete_is_refused(
    bank: Any, item: WorkItem, result: WorkResult, fields: dict[str, Any], where: str
) -> None:
    note = str(fields.pop("note", ""))

    with pytest.raises(InvalidInputError) as error:
        record_result(bank.engine, item.touch_id, result, note, "mei", bank.clock, **fields)

    assert [problem.where for problem in error.value.problems] == [where]


@pytest.mark.usefixtures("item")
def test_recalling_a_strategy_takes_its_items_off_the_lists(bank: Any) -> None:
    recall_touches(bank.engine, "first_fund", bank.clock)

    assert customers(bank) == []
