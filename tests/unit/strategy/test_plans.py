from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import Engine
from tests.unit.strategy.allocation.problems import drawn

from asterism.audience import Columns
from asterism.kernel.clock import SetClock
from asterism.strategy import Limits, decide, draft, library
from asterism.strategy.allocation import allocate, recount, usage
from asterism.strategy.allocation.problem import Breach, Price
from asterism.strategy.decide import day_problem
from asterism.strategy.live import charges, choose
from asterism.strategy.plans import latest_plan, publish_plan
from asterism.strategy.price_list import PriceList
from asterism.strategy.price_words import in_words, missed_in_words, shown_minor
from asterism.strategy.testing import CATALOGUE, a_day
from asterism.strategy.what_if import sampled, what_if

DAY = a_day()
LIMITS = Limits(channels={"email": 40, "app_slot": 60, "sms": 9}, per_branch=3, per_manager=1)


def test_a_plan_is_published_with_its_prices_and_starts_the_next_night(
    customers: Columns, engine: Engine, clock: SetClock
) -> None:
    strategies = [draft(strategy) for strategy in library()]
    decisions = decide(customers, strategies, day=DAY, catalogue=CATALOGUE, limits=LIMITS)
    for _ in range(2):
        publish_plan(engine, DAY, decisions.families, decisions.plan, clock)
    assert latest_plan(engine, before=DAY) is None
    found = latest_plan(engine, before=DAY + timedelta(days=1))
    assert found is not None
    assert (found.value_minor, found.bound_minor) == (decisions.plan.value, decisions.plan.bound)
    assert found.gap == decisions.plan.gap
    assert [price for price in found.prices if price.value_minor] == list(decisions.plan.prices)
    assert found.price_list == PriceList.of(decisions.families, decisions.plan)
    free = {price.limit for price in found.prices if not price.value_minor}
    assert "channel:sms" in free
    again = decide(
        customers,
        strategies,
        day=DAY,
        catalogue=CATALOGUE,
        limits=LIMITS,
        warm=found.price_list,
    )
    assert again.plan.violations == ()
    assert again.plan.value == pytest.approx(decisions.plan.value, rel=0.01)


def test_a_refusal_names_its_limit(customers: Columns) -> None:
    strategies = [draft(strategy) for strategy in library()]
    decisions = decide(customers, strategies, day=DAY, catalogue=CATALOGUE, limits=LIMITS)
    named = {
        decisions.binding_limit(int(pair) // len(strategies), one.id)
        for pair in decisions.arbitrated
        for one in decisions.programme
        if one.number == int(pair) % len(strategies)
    }
    assert ("channel:email", "") in named
    assert any(found is not None and found[0] == "branch" and found[1] for found in named)
    assert None in named


def test_streaming_at_the_plans_prices_comes_near_to_the_plan() -> None:
    """Customers come in any order; each gets what is worth more than its prices and has room."""
    problem, limits = drawn(11, 1_500, 10)
    limits = [limit for limit in limits if limit.minimum.max() == 0]
    plan = allocate(problem, limits)
    chosen = np.zeros(len(problem), np.bool_)
    used = [np.zeros(len(family.maximum)) for family in limits]
    for who in np.random.default_rng(1).permutation(problem.customers).tolist():
        rows = slice(problem.first[who], problem.first[who + 1])
        scores = np.full(problem.actions, -np.inf)
        scores[problem.action[rows]] = problem.score[rows]
        keys = [0 if family.key is None else int(family.key[who]) for family in limits]
        fits = np.ones(problem.actions, np.bool_)
        for family, key, taken in zip(limits, keys, used, strict=True):
            if key >= 0:
                fits &= (family.use == 0) | (taken[key] + family.use <= family.maximum[key])
        slots = int(problem.slots[who])
        charged = charges(limits, plan.duals, who)
        for action in choose(scores, charged, slots=slots, alike=problem.alike, fits=fits):
            chosen[rows.start + int(np.flatnonzero(problem.action[rows] == action)[0])] = True
            for family, key, taken in zip(limits, keys, used, strict=True):
                if key >= 0:
                    taken[key] += family.use[action]
    assert recount(problem, limits, chosen)[0] == ()
    lost = 1 - problem.score[chosen].sum() / plan.value
    assert -1e-9 <= lost < 0.03


def test_a_wider_limit_is_worth_something_and_a_free_one_nothing(customers: Columns) -> None:
    strategies = [draft(strategy) for strategy in library()]
    problem = day_problem(customers, strategies, day=DAY, catalogue=CATALOGUE, limits=LIMITS)
    sample = sampled(problem.candidates, problem.families)
    wider, tighter = (what_if(sample, "channel:email", factor) for factor in (2.0, 0.5))
    assert wider.change_minor > 0 > tighter.change_minor
    assert wider.price_after_minor <= wider.price_before_minor <= tighter.price_after_minor
    assert what_if(sample, "channel:email", 1.0).change_minor == pytest.approx(0, abs=1)
    with pytest.raises(KeyError):
        what_if(sample, "channel:pigeon", 2.0)
    few = sampled(problem.candidates, problem.families, size=300)
    assert 0.1 < few.share < 1
    assert few.plan.violations == ()
    assert few.plan.value / few.share == pytest.approx(sample.plan.value, rel=0.3)


def test_prices_are_told_in_words() -> None:
    def price(limit: str, value: float, unit: str = "contacts", label: str = "") -> Price:
        return Price(limit=limit, label=label, unit=unit, value_minor=value, used=5, limited_to=5)

    branch = price("branch", 21_000, label="B7")
    assert shown_minor(branch) == 84_000
    assert in_words(branch, "¥840").en == (
        "One more hour at branch B7 (4 contacts) is worth ¥840 a day"
    )
    assert in_words(price("channel:sms", 0), "¥0").en == "The channel SMS is not binding"
    assert "¥3" in in_words(price("budget:bank", 3, "money"), "¥3").zh
    assert "minimum" in in_words(price("quota:fund", -5), "¥5").en


def test_minima_that_cannot_be_met_are_told_in_words() -> None:
    alone = Breach(limit="quota:fund min", label="", used=800, wanted=1_200, attainable=873)
    assert missed_in_words(alone).en == (
        "Quota 'fund min' cannot be met: 1,200 wanted, at most 873 eligible"
    )
    together = Breach(limit="quota:fund", label="", used=800, wanted=1_200, attainable=2_000)
    assert "within the other limits" in missed_in_words(together).en


def test_usage_is_the_recounts() -> None:
    problem, limits = drawn(2, 30, 6)
    plan = allocate(problem, limits)
    for mine, again in zip(plan.usage, usage(problem, limits, plan.chosen), strict=True):
        assert mine.tolist() == again.tolist()
