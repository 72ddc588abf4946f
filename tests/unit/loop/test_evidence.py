"""What past experiments say of a strategy that has not run yet, or that nothing does."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from asterism.bootstrap import Asterism
from asterism.execution.tables import assignment
from asterism.loop.evidence import evidence_for
from asterism.review import effects_by, latest_effects, review
from asterism.strategy import Strategy, get_strategy, publish_strategy
from asterism.strategy.terms import Metric


@pytest.fixture(scope="module")
def measured(altered: Asterism) -> Strategy:
    """A strategy with an experiment behind it: half of the customers touched in the app."""
    bank = altered.bank
    birthday = get_strategy(bank.engine, "birthday").strategy
    strategy = birthday.model_copy(update={"id": "measured_one", "holdout": 0.5})
    version = publish_strategy(bank.engine, strategy, bank.clock, "ana")
    snapshot = bank.snapshot()
    day = snapshot.as_of - timedelta(days=4)
    with bank.engine.begin() as connection:
        customers = connection.execute(select(assignment.c.customer_id).distinct()).scalars()
        rows = [
            {
                "strategy": strategy.id,
                "version": version,
                "customer_id": customer,
                "wave": 1,
                "occasion": day.isoformat(),
                "arm": "touch" if number % 2 else "holdout",
                "assigned_on": day,
                "offer": "birthday_points",
                "channel": "app_slot",
                "script": "main",
                "value_minor": 1,
            }
            for number, customer in enumerate(customers)
        ]
        connection.execute(assignment.insert(), rows)
    review(
        bank.engine,
        snapshot,
        bank.clock,
        zone=bank.time_zone,
        universal_control=bank.universal_control,
    )
    return strategy


def test_a_strategys_own_experiment_comes_first(altered: Asterism, measured: Strategy) -> None:
    engine = altered.bank.engine
    effect = next(one.effect for one in latest_effects(engine) if one.strategy == measured.id)
    found = evidence_for(engine, measured, {"app_slot": 10})
    assert found is not None
    assert found.own
    assert found.strategies == (measured.id,)
    assert found.per_customer == effect.per_customer
    assert found.over(100).point == pytest.approx(100 * effect.point)


def test_others_like_it_stand_in_and_the_interval_holds_all_of_theirs(
    altered: Asterism, measured: Strategy
) -> None:
    engine = altered.bank.engine
    fresh = measured.model_copy(update={"id": "fresh_one"})
    found = evidence_for(engine, fresh, {"app_slot": 10})
    assert found is not None
    assert not found.own
    assert measured.id in found.strategies
    version = get_strategy(engine, measured.id).version
    by_channel = dict(effects_by(engine, measured.id, version, "channel"))
    theirs = by_channel["app_slot"].effect.per_customer
    assert found.per_customer.low <= theirs.low
    assert found.per_customer.high >= theirs.high


def test_another_metric_or_channel_is_no_evidence(altered: Asterism, measured: Strategy) -> None:
    engine = altered.bank.engine
    fresh = measured.model_copy(update={"id": "fresh_one"})
    assert evidence_for(engine, fresh, {"call_list": 10}) is None
    goal = fresh.goal.model_copy(update={"metric": Metric.CARD_ACTIVATED})
    other = fresh.model_copy(update={"goal": goal})
    assert evidence_for(engine, other, {"app_slot": 10}) is None
