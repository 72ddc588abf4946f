"""Questions about touches."""

from datetime import date
from typing import Any

import pytest

from asterism.execution.channels import MemoryChannel, Traits
from asterism.execution.life import State
from asterism.execution.queries import TouchFilter, counts_by_day, funnel_of, life_of, touches
from asterism.kernel.errors import NotFoundError

DAY = date(2026, 3, 2)
FREE = Traits(consent="", intrusive=False)


@pytest.fixture(autouse=True)
def _sent(bank: Any, decide: Any, reachable: Any) -> None:
    bank.recipients["c"] = reachable("c", profile={"blacklisted": True})
    rows = [
        {"customer_id": "a", "branch_id": "B1", "value_minor": 3},
        {"customer_id": "b", "branch_id": "B2", "value_minor": 2},
        {"customer_id": "c", "branch_id": "B1", "value_minor": 1},
        {"customer_id": "d", "strategy": "other", "channel": "app_slot"},
    ]
    steps = [
        ("first_fund", "audience", "audience.not_meant", 7, 13),
        ("first_fund", "permission", "permission.cap_week", 3, 10),
    ]
    bank.plan(decide(*rows, funnel=steps))
    bank.send(MemoryChannel(name="email", traits=FREE))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (TouchFilter(), ["d", "a", "b", "c"]),
        (TouchFilter(strategy="first_fund"), ["a", "b", "c"]),
        (TouchFilter(state=State.SUPPRESSED), ["c"]),
        (TouchFilter(channel="app_slot"), ["d"]),
        (TouchFilter(customer_id="b"), ["b"]),
        (TouchFilter(branches=frozenset({"B1"})), ["a", "c"]),
        (TouchFilter(branches=frozenset()), []),
        (TouchFilter(managers=frozenset({"M"})), []),
        (TouchFilter(since=date(2026, 3, 3)), []),
        (TouchFilter(until=DAY), ["d", "a", "b", "c"]),
    ],
)
def test_a_filter_leaves_what_was_asked_for(
    bank: Any, asked: TouchFilter, expected: list[str]
) -> None:
    rows, total = touches(bank.engine, asked)

    assert [row.customer_id for row in rows] == expected
    assert total == len(expected)


def test_a_page_is_part_of_the_whole(bank: Any) -> None:
    rows, total = touches(bank.engine, TouchFilter(), limit=2, offset=1)

    assert [row.customer_id for row in rows] == ["a", "b"]
    assert total == 4


def test_a_touch_that_is_not_there_is_not_found(bank: Any) -> None:
    with pytest.raises(NotFoundError):
        life_of(bank.engine, "none")


def test_counts_have_every_state(bank: Any) -> None:
    counts = counts_by_day(bank.engine, TouchFilter(strategy="first_fund"))

    assert set(counts) == {("first_fund", DAY)}
    assert set(counts["first_fund", DAY]) == set(State)
    assert counts["first_fund", DAY][State.SENT] == 2
    assert counts["first_fund", DAY][State.SUPPRESSED] == 1


def test_the_funnel_goes_from_the_audience_to_the_answers(bank: Any) -> None:
    steps = funnel_of(bank.engine, "first_fund", DAY, DAY)

    assert [(step.reason, step.dropped, step.left) for step in steps] == [
        ("audience.not_meant", 7, 13),
        ("permission.cap_week", 3, 10),
        ("planned", 0, 3),
        ("sent", 1, 2),
        ("delivered", 2, 0),
        ("seen", 0, 0),
        ("answered", 0, 0),
        ("converted", 0, 0),
    ]
