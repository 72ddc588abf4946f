"""The day's review measures every strategy from facts and keeps sums."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ibis.backends.duckdb import Backend
from sqlalchemy import Engine, func, insert, select

from asterism.execution.tables import assignment, decision_funnel, touch
from asterism.kernel.clock import SetClock
from asterism.kernel.errors import NotFoundError
from asterism.ledger import metadata, open_ledger
from asterism.review import (
    effect_course,
    effect_of,
    effects_by,
    funnel,
    latest_effects,
    review,
)
from asterism.review.tables import review_cell
from asterism.strategy import Strategy, library, publish_strategy

CLOCK = SetClock(datetime(2026, 3, 20, 6, tzinfo=UTC))
TAKEN_UP = date(2026, 3, 10)
TOUCHED, HELD = 400, 100


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def strategy(engine: Engine) -> Strategy:
    found = next(one for one in library() if one.goal.metric == "login")
    found = found.model_copy(update={"holdout": 0.2, "outcome_days": 7})
    publish_strategy(engine, found, CLOCK, "test")
    return found


def take_up(engine: Engine, strategy: Strategy, on: date = TAKEN_UP) -> None:
    """Assign customers T0… (by e-mail and app in turn) and H0…, and touch the former."""
    customers = [(f"T{i}", "touch") for i in range(TOUCHED)]
    customers += [(f"H{i}", "holdout") for i in range(HELD)]
    channels = ("email", "app")
    common = {"strategy": strategy.id, "version": 1, "wave": 1, "occasion": on.isoformat()}
    rows = [
        {
            **common,
            "customer_id": who,
            "arm": arm,
            "assigned_on": on,
            "channel": channels[i % 2],
        }
        for i, (who, arm) in enumerate(customers)
    ]
    touches = [
        {
            **common,
            "touch_id": f"{on}{row['customer_id']}",
            "customer_id": row["customer_id"],
            "channel": row["channel"],
            "offer": strategy.offers[0].id,
            "value_minor": 0,
            "cost_minor": 5,
            "planned_for": on,
            "live_until": on + timedelta(days=3),
            "state": "sent",
            "changed_at": CLOCK.now(),
        }
        for row in rows
        if row["arm"] == "touch"
    ]
    with engine.begin() as connection:
        connection.execute(insert(assignment), rows)
        connection.execute(insert(touch), touches)


def logins(share_touched: float, share_held: float) -> list[dict[str, Any]]:
    people = [f"T{i}" for i in range(int(TOUCHED * share_touched))]
    people += [f"H{i}" for i in range(int(HELD * share_held))]
    moment = datetime(2026, 3, 12, 9, tzinfo=UTC).replace(tzinfo=None)
    return [
        {"event_id": who, "customer_id": who, "occurred_at": moment, "name": "login"}
        for who in people
    ]


def test_the_effect_is_the_difference_of_the_arms(
    engine: Engine, strategy: Strategy, connection: Backend, make_bank: Any
) -> None:
    take_up(engine, strategy)
    bank = make_bank(date(2026, 3, 19), events=logins(0.5, 0.2))
    (found,) = review(engine, bank, CLOCK, connection=connection)
    effect = found.complete
    assert effect.point == pytest.approx(0.3)
    assert effect.low > 0
    assert (effect.n_touch, effect.n_control, effect.cost_minor) == (TOUCHED, HELD, TOUCHED * 5)
    assert effect.ratio_p == pytest.approx(1.0)
    assert latest_effects(engine) == (found,)
    assert effect_of(engine, strategy.id) == found
    assert found.to_json()["strategy"] == strategy.id


def test_reviewing_again_changes_nothing(
    engine: Engine, strategy: Strategy, connection: Backend, make_bank: Any
) -> None:
    take_up(engine, strategy)
    bank = make_bank(date(2026, 3, 19), events=logins(0.5, 0.2))
    first = review(engine, bank, CLOCK, connection=connection)
    assert review(engine, bank, CLOCK, connection=connection) == first
    with engine.connect() as ledger:
        assert ledger.execute(select(func.count()).select_from(review_cell)).scalar() == 6


def test_windows_still_open_count_so_far_and_not_as_complete(
    engine: Engine, strategy: Strategy, connection: Backend, make_bank: Any
) -> None:
    take_up(engine, strategy)
    bank = make_bank(date(2026, 3, 13), events=logins(0.5, 0.2))
    (found,) = review(engine, bank, CLOCK, connection=connection)
    assert (found.so_far.n_touch, found.complete.n_touch) == (TOUCHED, 0)
    assert found.effect.known
    assert not found.complete.known
    assert found.advice.code != "too_few"


def test_cuts_add_up_to_the_whole(
    engine: Engine, strategy: Strategy, connection: Backend, make_bank: Any
) -> None:
    take_up(engine, strategy)
    bank = make_bank(date(2026, 3, 19), events=logins(0.5, 0.2))
    (found,) = review(engine, bank, CLOCK, connection=connection)
    parts = dict(effects_by(engine, strategy.id, 1, "channel"))
    assert set(parts) == {"app", "email"}
    assert sum(part.effect.n_touch for part in parts.values()) == found.effect.n_touch
    assert sum(part.effect.cost_minor for part in parts.values()) == found.effect.cost_minor


def test_the_course_shows_every_day_that_was_reviewed(
    engine: Engine, strategy: Strategy, connection: Backend, make_bank: Any
) -> None:
    take_up(engine, strategy)
    for day in (12, 13, 19):
        bank = make_bank(date(2026, 3, day), events=logins(0.5, 0.2))
        review(engine, bank, CLOCK, connection=connection)
    course = effect_course(engine, strategy.id, 1)
    assert [one.through.day for one in course] == [12, 13, 19]
    assert [one.complete.n_touch for one in course] == [0, 0, TOUCHED]
    assert latest_effects(engine) == course[-1:]


def test_before_anybody_was_assigned_there_is_nothing(engine: Engine, make_bank: Any) -> None:
    assert review(engine, make_bank(date(2026, 3, 19)), CLOCK) == ()
    assert latest_effects(engine) == ()
    with pytest.raises(NotFoundError):
        effect_of(engine, "first_fund")


def test_assignments_after_the_snapshots_day_wait(
    engine: Engine, strategy: Strategy, make_bank: Any
) -> None:
    take_up(engine, strategy)
    assert review(engine, make_bank(TAKEN_UP - timedelta(days=1)), CLOCK) == ()


def test_the_funnel_leads_from_the_decision_to_the_effect(
    engine: Engine, strategy: Strategy, connection: Backend, make_bank: Any
) -> None:
    take_up(engine, strategy)
    with engine.begin() as ledger:
        ledger.execute(
            insert(decision_funnel),
            {
                "day": TAKEN_UP,
                "position": 0,
                "strategy": strategy.id,
                "layer": "audience",
                "reason": "audience.outside",
                "dropped": 9_500,
                "left": 500,
            },
        )
    assert funnel(engine, strategy.id, TAKEN_UP, TAKEN_UP).effect is None
    review(engine, make_bank(date(2026, 3, 19)), CLOCK, connection=connection)
    found = funnel(engine, strategy.id, TAKEN_UP, TAKEN_UP)
    assert found.arms == {"touch": TOUCHED, "holdout": HELD, "universal": 0}
    assert found.steps[0].left == 500
    assert found.effect is not None
