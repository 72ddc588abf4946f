"""What is added day by day is what reading everything anew gives, and cuts add up to the whole."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ibis.backends.duckdb import Backend
from sqlalchemy import Engine, insert, select

from asterism.execution.tables import assignment, touch
from asterism.kernel.clock import SetClock
from asterism.ledger import metadata, open_ledger
from asterism.review import effect_of, effects_by, review
from asterism.review.cells import Cell, State, added
from asterism.review.daily import LATE_DAYS
from asterism.review.store import load_reviews
from asterism.review.tables import review_cell
from asterism.strategy import Strategy, library, publish_strategy
from asterism.strategy.strategy import Wave

CLOCK = SetClock(datetime(2026, 3, 20, 6, tzinfo=UTC))
FIRST = date(2026, 3, 2)
DAYS = 20
PEOPLE = 900


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def strategies(engine: Engine) -> tuple[Strategy, ...]:
    """One strategy of one wave and one of two, with windows of different length."""
    login, spend = (
        next(one for one in library() if one.goal.metric == metric)
        for metric in ("login", "card_spend")
    )
    login = login.model_copy(update={"outcome_days": 4, "waves": (Wave(), Wave(day=2))})
    spend = spend.model_copy(update={"outcome_days": 7, "waves": (Wave(),)})
    for one in (login, spend):
        publish_strategy(engine, one, CLOCK, "test")
    return login, spend


def world(
    engine: Engine, strategies: tuple[Strategy, ...], seed: int = 1
) -> dict[str, list[dict[str, Any]]]:
    """Assign customers on most days, some again, touch them, and return what they do."""
    rng = np.random.default_rng(seed)
    rows = []
    for strategy in strategies:
        for number in range(PEOPLE):
            on = FIRST + timedelta(days=int(rng.integers(0, DAYS - 4)))
            arm = str(rng.choice(["touch", "holdout", "universal"], p=[0.7, 0.2, 0.1]))
            occasions = [on, on + timedelta(days=6)] if number % 5 == 0 else [on]
            rows += [assigned(strategy, number, one, arm) for one in occasions]
    touches = [touched(row, int(rng.integers(0, 50))) for row in rows if row["arm"] == "touch"]
    with engine.begin() as connection:
        connection.execute(insert(assignment), rows)
        connection.execute(insert(touch), touches)
    moments = [
        (f"C{rng.integers(0, PEOPLE)}", datetime(2026, 2, 20) + timedelta(hours=int(hour)))  # noqa: DTZ001
        for hour in rng.integers(0, 24 * 40, 6_000)
    ]
    events = [
        {"event_id": str(n), "customer_id": who, "occurred_at": at, "name": "login"}
        for n, (who, at) in enumerate(moments)
    ]
    moves = [
        {
            "transaction_id": str(n),
            "account_id": who,
            "customer_id": who,
            "posted_at": at,
            "kind": "card",
            "amount": -int(rng.integers(1, 10**6)),
        }
        for n, (who, at) in enumerate(moments)
    ]
    return {"events": events, "transactions": moves}


def assigned(strategy: Strategy, number: int, on: date, arm: str) -> dict[str, Any]:
    return {
        "strategy": strategy.id,
        "version": 1,
        "customer_id": f"C{number}",
        "wave": 1,
        "occasion": on.isoformat(),
        "arm": arm,
        "assigned_on": on,
        "channel": ("email", "sms", "app")[number % 3],
        "tier": ("basic", "gold")[number % 2],
        "lifecycle": "mature",
    }


def touched(row: dict[str, Any], cost: int) -> dict[str, Any]:
    kept = ("strategy", "version", "customer_id", "wave", "occasion", "channel")
    return {
        **{name: row[name] for name in kept},
        "touch_id": f"{row['strategy']}{row['customer_id']}{row['occasion']}",
        "offer": "one",
        "value_minor": 0,
        "cost_minor": cost,
        "planned_for": row["assigned_on"],
        "live_until": row["assigned_on"],
        "state": "sent",
        "changed_at": CLOCK.now(),
    }


def kept(engine: Engine, through: date) -> dict[tuple[Any, ...], tuple[float, ...]]:
    """Return the sums of a day by place, states of closed windows together."""
    query = select(review_cell).where(review_cell.c.through == through)
    found: dict[tuple[Any, ...], tuple[float, ...]] = {}
    with engine.connect() as connection:
        for row in connection.execute(query):
            place = (row.strategy, row.cut, row.value, row.arm, row.state == State.OPEN)
            sums = (row.n, row.y, row.yy, row.x, row.xx, row.xy, row.cost_minor)
            old = found.get(place, (0,) * 7)
            found[place] = tuple(a + b for a, b in zip(old, sums, strict=True))
    return found


@pytest.mark.parametrize("step", [1, 3])
def test_days_added_up_are_everything_read_anew(
    step: int,
    engine: Engine,
    strategies: tuple[Strategy, ...],
    connection: Backend,
    make_bank: Any,
) -> None:
    facts = world(engine, strategies)
    zone = "Asia/Shanghai"
    for day in range(0, DAYS + 10, step):
        bank = make_bank(FIRST + timedelta(days=day), **facts)
        review(engine, bank, CLOCK, zone=zone, connection=connection)
        if day not in {9, 15, 21}:
            continue
        by_day = kept(engine, bank.as_of)
        review(engine, bank, CLOCK, zone=zone, anew=True, connection=connection)
        anew = kept(engine, bank.as_of)
        assert by_day.keys() == anew.keys()
        for place, sums in anew.items():
            assert by_day[place] == pytest.approx(sums, rel=1e-12)


def test_nothing_is_measured_again_once_all_is_settled(
    engine: Engine, strategies: tuple[Strategy, ...], connection: Backend, make_bank: Any
) -> None:
    facts = world(engine, strategies)
    last = FIRST + timedelta(days=DAYS + 7 + LATE_DAYS)
    review(engine, make_bank(last, **facts), CLOCK, connection=connection)
    before = effect_of(engine, strategies[0].id)
    later = make_bank(last + timedelta(days=1), **facts)
    assert review(engine, later, CLOCK, connection=connection) == ()
    assert effect_of(engine, strategies[0].id) == before


@pytest.mark.parametrize("cut", ["channel", "tier", "lifecycle"])
def test_every_cut_of_customers_adds_up_to_the_whole(
    cut: str,
    engine: Engine,
    strategies: tuple[Strategy, ...],
    connection: Backend,
    make_bank: Any,
) -> None:
    facts = world(engine, strategies, seed=2)
    review(engine, make_bank(FIRST + timedelta(days=12), **facts), CLOCK, connection=connection)
    wholes = {one.goal.key: added(one.cells) for one in load_reviews(engine)}
    assert wholes
    for one in load_reviews(engine, cut=cut):
        merged = added([whole_of(cell) for cell in one.cells])
        for part, whole in zip(merged, wholes[one.goal.key], strict=True):
            assert part.place == whole.place
            assert part.cost_minor == whole.cost_minor
            assert part.sums.n == whole.sums.n
            assert part.sums.yy == pytest.approx(whole.sums.yy, rel=1e-12)


def whole_of(cell: Cell) -> Cell:
    return Cell(
        cut="",
        value="",
        arm=cell.arm,
        state=cell.state,
        sums=cell.sums,
        cost_minor=cell.cost_minor,
    )


def test_the_effects_of_the_waves_add_up_to_the_effect(
    engine: Engine, strategies: tuple[Strategy, ...], connection: Backend, make_bank: Any
) -> None:
    facts = world(engine, strategies, seed=3)
    review(engine, make_bank(FIRST + timedelta(days=30), **facts), CLOCK, connection=connection)
    two_waves, one_wave = strategies
    parts = effects_by(engine, two_waves.id, 1, "wave")
    assert [value for value, _ in parts] == ["1", "2"]
    whole = effect_of(engine, two_waves.id)
    assert sum(part.complete.point for _, part in parts) == pytest.approx(whole.complete.point)
    assert effects_by(engine, one_wave.id, 1, "wave") == ()


def test_the_universal_control_is_not_the_strategys(
    engine: Engine, strategies: tuple[Strategy, ...], connection: Backend, make_bank: Any
) -> None:
    facts = world(engine, strategies)
    review(engine, make_bank(FIRST + timedelta(days=30), **facts), CLOCK, connection=connection)
    for strategy in strategies:
        cells = {c.arm: c for one in load_reviews(engine, strategy=strategy.id) for c in one.cells}
        effect = effect_of(engine, strategy.id).effect
        assert cells["universal"].sums.n > 0
        assert effect.n_control == cells["holdout"].sums.n
