from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import Engine

from asterism.audience import Columns
from asterism.strategy import decide, draft, load_strategy
from asterism.strategy.readings import Expressions
from asterism.strategy.script_tests import FLOOR_SHARE, Batch, arms_of, learn, shares_on, store_arms
from asterism.strategy.testing import CATALOGUE, a_day, profile_of
from asterism.strategy.wording import Place, meant_for, places_under_test, versions, with_scripts

DAY = a_day()
MORE = """
  - {channel: email, name: short, subject: S, body: 'Short for {{ name }}.'}
  - {channel: email, name: senior, audience: age >= 60, subject: S, body: 'Slowly, {{ name }}.'}
holdout:"""
PLACE = Place("try_fund", 0, "email", 1)


@pytest.fixture
def tested(text: str) -> str:
    return text.replace("\nholdout:", MORE)


def scripted(tested: str, customers: Columns, share: float = 0.5) -> list[dict[str, object]]:
    strategy = draft(load_strategy(tested, CATALOGUE))
    decisions = decide(customers, [strategy], day=DAY, catalogue=CATALOGUE)
    shares = {PLACE: {"main": 1 - share, "short": share}}
    rows: list[dict[str, object]] = with_scripts(
        decisions, customers, CATALOGUE, shares
    ).touches.to_pylist()
    return rows


def test_versions_are_grouped_by_whom_they_are_for(tested: str) -> None:
    strategy = load_strategy(tested)
    names = {a: [s.name for s in found] for a, found in versions(strategy, "email", 1).items()}
    assert names == {"age >= 60": ["senior"], "": ["main", "short"]}
    assert places_under_test(strategy, 0) == {PLACE: ("main", "short")}


def test_everybody_gets_the_words_that_are_meant_for_them(tested: str, customers: Columns) -> None:
    strategy = load_strategy(tested)
    for row in scripted(tested, customers):
        profile = profile_of(customers, int(str(row["customer_index"])))
        meant = meant_for(strategy, str(row["channel"]), 1, profile, Expressions(CATALOGUE))
        assert row["script"] in {script.name for script in meant}


def test_who_refused_personalisation_gets_everyones_words(tested: str) -> None:
    strategy = load_strategy(tested)
    for refused, expected in ((True, "main"), (False, "senior")):
        profile = {"age": 70, "personalisation_refused": refused}
        assert meant_for(strategy, "email", 1, profile, Expressions(CATALOGUE))[0].name == expected


def test_shares_are_kept_and_both_arms_are_drawn(tested: str, customers: Columns) -> None:
    rows = [r for r in scripted(tested, customers, 0.3) if r["script"] in {"main", "short"}]
    rows = [r for r in rows if r["channel"] == "email"]
    for arm in ("touch", "holdout"):
        mine = [r["script"] for r in rows if r["arm"] == arm]
        share = mine.count("short") / len(mine)
        assert abs(share - 0.3) < 4 * np.sqrt(0.21 / len(mine))


def test_a_customer_keeps_the_version_while_shares_stand(tested: str, customers: Columns) -> None:
    first, second = scripted(tested, customers), scripted(tested, customers)
    assert [r["script"] for r in first] == [r["script"] for r in second]
    wider = {r["customer_id"]: r["script"] for r in scripted(tested, customers, 0.6)}
    assert all(wider[r["customer_id"]] == "short" for r in first if r["script"] == "short")


def batches(rates: dict[str, float], days: int, each: int, seed: int = 1) -> list[Batch]:
    chance = np.random.default_rng(seed)
    return [
        Batch(
            script=name,
            assigned_on=DAY + timedelta(days=day),
            customers=each,
            outcome=float(taken),
            squares=float(taken),
        )
        for day in range(days)
        for name, rate in rates.items()
        for taken in [chance.binomial(each, rate)]
    ]


def test_nothing_known_is_shared_alike() -> None:
    arms = learn(PLACE, ("a", "b", "c"), [], DAY)
    assert [round(arm.share, 6) for arm in arms] == [round(1 / 3, 6)] * 3


def test_the_better_version_gets_more_and_the_worse_is_still_told() -> None:
    found = batches({"a": 0.02, "b": 0.06}, days=20, each=200)
    worse, better = learn(PLACE, ("a", "b"), found, DAY)
    assert better.share > 0.85
    assert worse.share >= FLOOR_SHARE
    assert worse.customers == better.customers == 4_000
    assert abs(better.mean - 0.06) < 3 * better.deviation


def test_shares_add_up_and_follow_from_their_input_alone() -> None:
    found = batches({"a": 0.05, "b": 0.05, "c": 0.04}, days=5, each=50)
    arms = learn(PLACE, ("a", "b", "c"), found, DAY)
    assert abs(sum(arm.share for arm in arms) - 1) < 1e-9
    assert arms == learn(PLACE, ("a", "b", "c"), list(reversed(found)), DAY)


def test_a_good_day_for_everyone_favours_no_version() -> None:
    """The favourite was told more on the good day; within each day the two did alike."""
    quiet = [("a", 900, 18), ("b", 100, 2)]
    good = [("a", 100, 20), ("b", 900, 180)]
    found = [
        Batch(script=s, assigned_on=day, customers=n, outcome=y, squares=y)
        for day, told in ((DAY, quiet), (DAY + timedelta(days=1), good))
        for s, n, y in told
    ]
    a, b = learn(PLACE, ("a", "b"), found, DAY)
    assert abs(a.mean - b.mean) < 1e-9
    assert abs(a.best - 0.5) < 0.1


def test_days_on_which_a_version_was_not_told_are_not_lost() -> None:
    found = [
        Batch(
            script="a" if day % 2 else "b",
            assigned_on=DAY + timedelta(days=day),
            customers=100,
            outcome=20 if day % 2 else 5,
            squares=20 if day % 2 else 5,
        )
        for day in range(11)
    ]
    a, b = learn(PLACE, ("a", "b"), found, DAY)
    assert a.mean > b.mean
    assert a.share > 0.8
    assert a.customers + b.customers == 1_100


def test_a_version_that_was_never_told_waits_for_its_share() -> None:
    found = batches({"a": 0.05}, days=5, each=100)
    assert [arm.share for arm in learn(PLACE, ("a", "b"), found, DAY)] == [0.5, 0.5]


def test_a_days_shares_are_kept_once(engine: Engine) -> None:
    first = learn(PLACE, ("a", "b"), batches({"a": 0.1, "b": 0.1}, 3, 100), DAY)
    second = learn(PLACE, ("a", "b"), batches({"a": 0.1, "b": 0.3}, 9, 100), DAY)
    store_arms(engine, DAY, {PLACE: first})
    store_arms(engine, DAY, {PLACE: second})
    assert arms_of(engine, "try_fund")[DAY][PLACE] == first
    assert shares_on(engine, DAY) == {PLACE: {arm.script: arm.share for arm in first}}
    assert shares_on(engine, DAY + timedelta(days=1)) == {}
