"""Decisions become assignments and touches, once."""

import time
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import Engine, Table, func, select

from asterism.execution import plan_touches, touch_id
from asterism.execution.life import State
from asterism.execution.tables import assignment, decision_funnel, touch, touch_event
from asterism.kernel.errors import InvalidInputError


def count(engine: Engine, table: Table) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_every_row_is_assigned_and_only_the_touched_arm_is_touched(bank: Any, decide: Any) -> None:
    told = bank.plan(
        decide(
            {"customer_id": "a"},
            {"customer_id": "b", "arm": "holdout"},
            {"customer_id": "c", "arm": "universal"},
        )
    )

    assert told == {"decided": 3, "assigned": 3, "planned": 1}
    assert count(bank.engine, assignment) == 3
    with bank.engine.connect() as connection:
        row = connection.execute(select(touch)).one()
    assert (row.customer_id, row.state) == ("a", State.PLANNED)


def test_planning_twice_changes_nothing(bank: Any, decide: Any) -> None:
    decisions = decide({"customer_id": "a"}, {"customer_id": "b", "arm": "holdout"})
    bank.plan(decisions)

    assert bank.plan(decisions) == {"decided": 2, "assigned": 0, "planned": 0}
    assert count(bank.engine, touch_event) == 1


def test_the_next_day_is_another_occasion(bank: Any, decide: Any) -> None:
    bank.plan(decide({"customer_id": "a"}))

    told = bank.plan(decide({"customer_id": "a"}), date(2026, 3, 3))

    assert told["planned"] == 1


def test_a_given_occasion_makes_another_day_the_same_touch(bank: Any, decide: Any) -> None:
    bank.plan(decide({"customer_id": "a", "occasion": "once"}))

    told = bank.plan(decide({"customer_id": "a", "occasion": "once"}), date(2026, 3, 3))

    assert told["planned"] == 0


def test_a_touch_is_named_by_what_makes_it_unique(bank: Any, decide: Any) -> None:
    bank.plan(decide({"customer_id": "a"}))

    expected = touch_id(
        strategy="first_fund",
        version=1,
        customer_id="a",
        wave=1,
        channel="email",
        occasion="2026-03-02",
    )
    with bank.engine.connect() as connection:
        assert connection.execute(select(touch.c.touch_id)).scalars().all() == [expected]


def test_parts_of_the_key_do_not_run_into_each_other() -> None:
    key: Any = {"version": 1, "wave": 1, "channel": "email", "occasion": "x"}

    assert touch_id(strategy="a", customer_id="bc", **key) != touch_id(
        strategy="ab", customer_id="c", **key
    )


def test_the_funnel_of_a_day_is_that_of_its_last_run(bank: Any, decide: Any) -> None:
    first = [("first_fund", "audience", "audience.not_meant", 5, 10)]
    last = [("first_fund", "audience", "audience.not_meant", 6, 9)]

    bank.plan(decide({"customer_id": "a"}, funnel=first))
    bank.plan(decide({"customer_id": "a"}, funnel=last))

    with bank.engine.connect() as connection:
        rows = connection.execute(select(decision_funnel.c.dropped, decision_funnel.c.left)).all()
    assert rows == [(6, 9)]


def test_every_missing_column_and_strange_arm_is_named_at_once(bank: Any, decide: Any) -> None:
    decisions = decide({"customer_id": "a", "arm": "sometimes"})
    broken = type(decisions)(decisions.touches.drop_columns(["offer", "channel"]))

    with pytest.raises(InvalidInputError) as error:
        bank.plan(broken)

    text = str(error.value)
    assert "offer" in text
    assert "channel" in text
    assert "sometimes" in text


def test_a_run_that_died_half_way_is_finished_by_the_next(
    bank: Any, decide: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asterism.execution.plan.BATCH", 2)
    decisions = decide(*({"customer_id": f"c{n}"} for n in range(5)))
    half = type(decisions)(decisions.touches.slice(0, 2))
    bank.plan(half)

    told = bank.plan(decisions)

    assert told == {"decided": 5, "assigned": 3, "planned": 3}
    assert count(bank.engine, touch) == count(bank.engine, touch_event) == 5


def test_no_decisions_are_no_work(bank: Any, decide: Any) -> None:
    decisions = decide({"customer_id": "a"})
    nothing = type(decisions)(decisions.touches.slice(0, 0))

    assert bank.plan(nothing) == {"decided": 0, "assigned": 0, "planned": 0}


def test_facts_for_cuts_come_from_the_decisions_where_they_have_them(
    bank: Any, decide: Any
) -> None:
    bank.plan(decide({"customer_id": "a", "tier": "gold", "branch_id": "B1", "manager_id": "M1"}))

    with bank.engine.connect() as connection:
        kept = connection.execute(select(assignment.c.tier, assignment.c.branch_id)).one()
        owner = connection.execute(select(touch.c.manager_id)).scalar_one()
    assert (tuple(kept), owner) == (("gold", "B1"), "M1")


def test_fifty_thousand_touches_are_planned_in_seconds(bank: Any, decide: Any) -> None:
    size = 50_000
    one = decide({"customer_id": "a"}).touches
    table = pa.table(
        {
            name: pa.array([f"C{n:07d}" for n in range(size)])
            if name == "customer_id"
            else pa.array(one[name].to_pylist() * size)
            for name in one.column_names
        }
    )
    decisions = type(decide({"customer_id": "a"}))(table)
    started = time.perf_counter()

    told = plan_touches(bank.engine, decisions, date(2026, 3, 2), bank.clock)

    assert told["planned"] == size
    assert time.perf_counter() - started < 20
