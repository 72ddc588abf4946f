"""The universal control tells what all strategies together earned."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ibis.backends.duckdb import Backend
from sqlalchemy import Engine, insert

from asterism.execution.tables import assignment, touch
from asterism.kernel.clock import SetClock
from asterism.kernel.hashing import in_share
from asterism.ledger import metadata, open_ledger
from asterism.review import latest_effects, programme_of, review
from asterism.review.programme import PERIOD_DAYS, WEEK
from asterism.strategy import library, publish_strategy

CLOCK = SetClock(datetime(2026, 3, 20, 6, tzinfo=UTC))
FIRST = date(2026, 3, 2)
SHARE = 0.2
PEOPLE = 3_000
COST = 700
OLD, NEW = date(2020, 1, 1), FIRST + timedelta(days=2)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(engine)
    strategy = next(one for one in library() if one.goal.metric == "login")
    publish_strategy(engine, strategy, CLOCK, "test")
    row = {
        "strategy": strategy.id,
        "version": 1,
        "customer_id": "C1",
        "wave": 1,
        "occasion": FIRST.isoformat(),
    }
    told = {
        **row,
        "touch_id": "1",
        "channel": "sms",
        "offer": "one",
        "value_minor": 0,
        "cost_minor": COST,
        "planned_for": FIRST,
        "live_until": FIRST,
        "state": "sent",
        "changed_at": CLOCK.now(),
    }
    with engine.begin() as connection:
        connection.execute(insert(assignment), {**row, "arm": "touch", "assigned_on": FIRST})
        connection.execute(insert(touch), told)
    yield engine
    engine.dispose()


def controlled(number: int) -> bool:
    return in_share("universal", f"C{number}", SHARE)


@pytest.fixture
def facts() -> dict[str, list[dict[str, Any]]]:
    """Two thirds of those who may be touched log in in the first days, one third of the others."""
    rng = np.random.default_rng(1)
    people = [
        {"customer_id": f"C{number}", "opened_on": NEW if number % 100 == 0 else OLD}
        for number in range(PEOPLE)
    ]
    moment = datetime(2026, 3, 5, 9)  # noqa: DTZ001 - stored moments mean UTC
    events = [
        {"event_id": str(n), "customer_id": f"C{n}", "occurred_at": moment, "name": "login"}
        for n in range(PEOPLE)
        if rng.random() < (1 / 3 if controlled(n) else 2 / 3)
    ]
    return {"customers": people, "events": events}


def measure(engine: Engine, connection: Backend, bank: Any) -> None:
    review(engine, bank, CLOCK, universal_control=SHARE, connection=connection)


def test_the_whole_bank_is_compared_touched_by_a_strategy_or_not(
    engine: Engine, connection: Backend, make_bank: Any, facts: Any
) -> None:
    measure(engine, connection, make_bank(FIRST + timedelta(days=WEEK - 1), **facts))
    (found,) = programme_of(engine)
    there = [n for n in range(PEOPLE) if n % 100]
    held = [n for n in there if controlled(n)]
    effect = found.effects["login"]
    assert (effect.n_control, effect.n_touch) == (len(held), len(there) - len(held))
    assert found.population == len(there) - len(held)
    assert effect.low > 0.2
    assert effect.point == pytest.approx(1 / 3, abs=0.06)
    assert effect.incremental.point == pytest.approx(effect.point * found.population)
    assert effect.ratio_p is not None
    assert effect.ratio_p > 0.01
    assert found.cost_minor == COST
    assert found.profit.point == pytest.approx(found.value.point - COST)
    assert (found.began_on, found.number) == (FIRST, 1)


def test_the_total_is_brought_up_to_date_once_a_week(
    engine: Engine, connection: Backend, make_bank: Any, facts: Any
) -> None:
    days = range(2 * WEEK)
    seen = []
    for day in days:
        measure(engine, connection, make_bank(FIRST + timedelta(days=day), **facts))
        seen.append(programme_of(engine)[0].through if programme_of(engine) else None)
    assert seen == [None] * (WEEK - 1) + [FIRST + timedelta(days=WEEK - 1)] * WEEK + [
        FIRST + timedelta(days=2 * WEEK - 1)
    ]


def test_a_period_ends_and_the_next_begins(
    engine: Engine, connection: Backend, make_bank: Any, facts: Any
) -> None:
    measure(engine, connection, make_bank(FIRST + timedelta(days=PERIOD_DAYS + 6), **facts))
    second, first = programme_of(engine)
    assert first.effects["login"].complete
    assert not second.effects["login"].complete
    assert second.began_on == FIRST + timedelta(days=PERIOD_DAYS)
    # What was done in the first period is the second's covariate, and no effect of its own.
    assert second.effects["login"].point == pytest.approx(0, abs=0.02)


def test_the_programme_is_no_strategy(
    engine: Engine, connection: Backend, make_bank: Any, facts: Any
) -> None:
    measure(engine, connection, make_bank(FIRST + timedelta(days=20), **facts))
    assert all(not one.strategy.startswith("*") for one in latest_effects(engine))
