"""Why, recomputed from what never changes; and what remains when something is gone."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from asterism.bootstrap import Asterism
from asterism.execution.tables import assignment
from asterism.kernel.clock import SetClock
from asterism.kernel.errors import NotFoundError
from asterism.loop.explanation import Explained, explain_customer
from asterism.loop.practice import Practice
from asterism.strategy import library, publish_strategy, stop_strategy
from asterism.strategy.past import strategies_at
from asterism.warehouse import Warehouse


def explained(asterism: Asterism, customer: str, **asked: Any) -> Explained:
    practice = Practice.of(asterism.bank.home, asterism.settings)
    return explain_customer(asterism.bank, customer, practice=practice, **asked)


@pytest.fixture
def decided(asterism: Asterism) -> Any:
    """Every decision of the first days."""
    with asterism.bank.engine.connect() as connection:
        query = select(assignment).order_by(assignment.c.assigned_on, assignment.c.customer_id)
        return connection.execute(query).mappings().all()


def test_every_decision_of_the_past_comes_out_again(asterism: Asterism, decided: Any) -> None:
    for row in decided[:: max(1, len(decided) // 40)]:
        found = explained(asterism, row["customer_id"], day=row["assigned_on"])
        answer = next(s for s in found.strategies if s.published.strategy.id == row["strategy"])
        assert answer.reason.code == "arbitration.chosen", (row, answer.reason.code)
        assert answer.published.version == row["version"]
        assert answer.arm == row["arm"]
        assert (row["offer"], row["channel"], row["wave"]) in {
            (choice.offer, choice.channel, choice.wave) for choice in answer.choices
        }
        (fact,) = [one for one in found.decided if one.strategy == row["strategy"]]
        assert fact.script == row["script"]
        assert fact.script
        assert bool(fact.life) == (row["arm"] == "touch")
        assert [event.kind for event in fact.life][:2] in ([], ["planned", "approved"])


def test_one_strategy_says_the_same_as_all(asterism: Asterism, decided: Any) -> None:
    row = decided[0]
    everything = explained(asterism, row["customer_id"], day=row["assigned_on"])
    for one in everything.strategies:
        (alone,) = explained(
            asterism,
            row["customer_id"],
            day=row["assigned_on"],
            strategy=one.published.strategy.id,
        ).strategies
        assert (alone.reason.code, alone.choices) == (one.reason.code, one.choices)


def test_a_refusal_says_what_would_make_it_a_yes(asterism: Asterism, decided: Any) -> None:
    told = [
        said
        for row in decided[:20]
        for one in explained(asterism, row["customer_id"], day=row["assigned_on"]).strategies
        for verdict in one.verdicts
        for said in verdict.explanations
        if not verdict.passed
    ]
    assert any(said.remedy for said in told)
    assert all(said.text.zh and said.text.en and said.text.es for said in told)


def test_a_day_before_the_night_is_pending(asterism: Asterism, decided: Any) -> None:
    found = explained(asterism, decided[0]["customer_id"])
    assert found.day == decided[-1]["assigned_on"] or found.decided_at is None


@pytest.mark.parametrize(
    ("customer", "asked"),
    [
        ("NOBODY", {}),
        ("", {"day": date(2020, 1, 1)}),
        ("", {"strategy": "no_such_strategy"}),
    ],
)
def test_what_does_not_exist_is_said(
    asterism: Asterism, decided: Any, customer: str, asked: dict[str, Any]
) -> None:
    with pytest.raises(NotFoundError):
        explained(asterism, customer or decided[0]["customer_id"], **asked)


def test_what_remains_of_a_pruned_day_are_its_facts(
    asterism: Asterism, decided: Any, tmp_path: Any
) -> None:
    row = next(row for row in decided if row["arm"] == "touch")

    class Emptied:
        engine, clock, warehouse = asterism.bank.engine, asterism.bank.clock, Warehouse(tmp_path)

    practice = Practice.of(asterism.bank.home, asterism.settings)
    asked = {"day": row["assigned_on"], "practice": practice}
    found = explain_customer(Emptied(), row["customer_id"], **asked)
    assert found.strategies == ()
    assert found.snapshot is None
    assert found.decided[0].life
    assert any("no longer kept" in str(notice) for notice in found.notices)
    with pytest.raises(NotFoundError, match="no longer kept"):
        explain_customer(Emptied(), "NOBODY", **asked)


def test_versions_and_stops_are_those_of_the_moment(asterism: Asterism) -> None:
    engine, clock = asterism.bank.engine, asterism.bank.clock
    ready = next(one for one in library() if one.id == "birthday")
    fresh = ready.model_copy(update={"id": "greeting"})
    day = clock.now().date()
    first = clock.now()
    publish_strategy(engine, fresh, SetClock(first), "ana")
    second = first + timedelta(hours=1)
    changed = fresh.model_copy(update={"cooldown_days": 200})
    publish_strategy(engine, changed, SetClock(second), "ana")
    third = first + timedelta(hours=2)
    stop_strategy(engine, "greeting", SetClock(third), "ana", "enough")

    def live(moment: Any) -> list[int]:
        found = strategies_at(engine, day, moment)
        return [one.version for one in found if one.strategy.id == "greeting"]

    assert live(first - timedelta(seconds=1)) == []
    assert live(first) == [1]
    assert live(second) == [2]
    assert live(third) == []
    assert live(third - timedelta(seconds=1)) == [2]
