import pytest
from sqlalchemy import Engine

from asterism.audience import Columns, compile_audience
from asterism.kernel.clock import SetClock
from asterism.kernel.errors import InvalidInputError
from asterism.strategy import Limits, current_limits, decide, draft, library, set_limits
from asterism.strategy.limits import GroupShare
from asterism.strategy.limits_document import BankLimits, dump_limits, load_limits
from asterism.strategy.testing import CATALOGUE, a_day

TEXT = """
budget_minor: 500000
channels: {email: 2000, call_list: 30}
per_branch: 20
per_manager: null
branches: {B007: 5}
offers: {bond_fund: {minimum: 10, maximum: 200}}
groups:
  - {name: savers, audience: aum >= 100000, minimum_share: 0.2}
"""


def test_a_file_is_read_and_written_without_loss() -> None:
    limits = load_limits(TEXT, CATALOGUE)
    assert load_limits(dump_limits(limits)) == limits
    of_day = limits.limits(touches_per_customer=2)
    assert (of_day.touches_per_customer, of_day.per_branch, of_day.per_manager) == (2, 20, None)
    assert of_day.channels == {"email": 2000, "call_list": 30}
    assert of_day.offers["bond_fund"].minimum == 10
    assert of_day.groups[0].minimum_share == 0.2


def test_what_nobody_sets_is_as_it_was() -> None:
    assert BankLimits().limits(touches_per_customer=1) == Limits()


def test_everything_wrong_is_told_at_once() -> None:
    text = """
budget_minor: -5
chanels: {}
offers: {bond: {minimum: 3, maximum: 2}}
groups: [{name: savers, audience: aum > 1, minimum_share: 2}]
"""
    with pytest.raises(InvalidInputError) as caught:
        load_limits(text)
    assert len(caught.value.problems) == 4
    with pytest.raises(InvalidInputError) as caught:
        load_limits("groups: [{name: savers, audience: nope > 1, minimum_share: 1}]", CATALOGUE)
    assert "groups[0].audience" in caught.value.problems[0].where


def test_versions_are_kept_and_the_newest_holds(engine: Engine, clock: SetClock) -> None:
    assert current_limits(engine).version == 0
    limits = load_limits(TEXT)
    assert set_limits(engine, limits, clock, "mia") == 1
    assert set_limits(engine, limits, clock, "mia") == 1
    assert set_limits(engine, BankLimits(per_branch=3), clock, "liu") == 2
    newest = current_limits(engine)
    assert (newest.version, newest.limits.per_branch, newest.set_by) == (2, 3, "liu")


def test_a_group_gets_its_share(customers: Columns) -> None:
    strategies = [draft(strategy) for strategy in library()]
    group = GroupShare(name="young", audience="age < 30", minimum_share=0.9)
    channels = {"email": 30, "app_slot": 30, "call_list": 10, "manager_list": 10}
    young = compile_young(customers)

    def touched(limits: Limits) -> int:
        decisions = decide(customers, strategies, day=a_day(), catalogue=CATALOGUE, limits=limits)
        assert decisions.plan.violations == ()
        return sum(
            row["arm"] == "touch" and row["customer_index"] in young
            for row in decisions.touches.to_pylist()
        )

    without = touched(Limits(channels=channels))
    assert touched(Limits(channels=channels, groups=(group,))) > without


def compile_young(customers: Columns) -> set[int]:
    mask = compile_audience("age < 30", CATALOGUE).mask(customers)
    return set(mask.indices().tolist())
