from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from asterism.audience import Columns
from asterism.kernel.hashing import in_share
from asterism.strategy import (
    ASSIGNED,
    TOUCHED,
    Caps,
    Contacts,
    Decisions,
    Limits,
    PublishedStrategy,
    decide,
    draft,
    load_strategy,
)
from asterism.strategy import library as ready_strategies
from asterism.strategy.testing import CATALOGUE, a_day, made_up_customers

DAY = a_day()
LIBRARY = [draft(strategy) for strategy in ready_strategies()]


def run(
    customers: Columns, strategies: Sequence[PublishedStrategy] | None = None, **given: Any
) -> Decisions:
    chosen = LIBRARY if strategies is None else strategies
    everything: dict[str, Any] = {"day": DAY, "catalogue": CATALOGUE} | given
    return decide(customers, chosen, **everything)


def one(text: str) -> list[PublishedStrategy]:
    return [draft(load_strategy(text))]


def rows(decisions: Decisions, **wanted: object) -> list[dict[str, Any]]:
    found = decisions.touches.to_pylist()
    return [row for row in found if all(row[key] == value for key, value in wanted.items())]


def assigned(*facts: tuple[str, str, int], arm: str = "touch", wave: int = 1) -> pa.Table:
    """Facts are (customer_id, strategy, days ago)."""
    return pa.Table.from_pylist(
        [
            {
                "customer_id": customer,
                "strategy": strategy,
                "version": 1,
                "wave": wave,
                "occasion": (DAY - timedelta(days=days)).isoformat(),
                "arm": arm,
                "assigned_on": DAY - timedelta(days=days),
                "offer": "bond",
                "channel": "email",
            }
            for customer, strategy, days in facts
        ],
        schema=ASSIGNED,
    )


def touched(customers: Sequence[str], channel: str, days: int, times: int = 1) -> pa.Table:
    day = DAY - timedelta(days=days)
    return pa.Table.from_pylist(
        [{"customer_id": who, "channel": channel, "day": day} for who in customers] * times,
        schema=TOUCHED,
    )


def test_the_funnel_adds_up_exactly(customers: Columns) -> None:
    decisions = run(customers)
    by_strategy = defaultdict(list)
    for step in decisions.funnel:
        by_strategy[step.strategy].append(step)
    assert set(by_strategy) == {row.strategy.id for row in LIBRARY}
    for strategy, steps in by_strategy.items():
        assert steps[0].left == customers.size
        for before, after in pairwise(steps):
            assert after.dropped >= 0
            assert before.left - after.dropped == after.left
        assert steps[-1].left == len(rows(decisions, strategy=strategy))


def test_the_same_day_decides_the_same(customers: Columns) -> None:
    first, second = run(customers), run(customers, list(reversed(LIBRARY)))
    assert first.touches.equals(second.touches)
    assert first.funnel == second.funnel


def test_the_universal_control_is_never_touched(customers: Columns) -> None:
    decisions = run(customers)
    for row in decisions.touches.to_pylist():
        assert (row["arm"] == "universal") == in_share("universal", row["customer_id"], 0.05)
    assert rows(decisions, arm="universal")


def test_hold_outs_are_the_stable_draw_of_their_strategy(customers: Columns, text: str) -> None:
    for row in run(customers, one(text)).touches.to_pylist():
        if row["arm"] != "universal":
            held_out = in_share("try_fund", row["customer_id"], 0.2)
            assert (row["arm"] == "holdout") == held_out


def test_arms_keep_their_shares_when_room_is_short(customers: Columns, text: str) -> None:
    limits = Limits(channels={"email": 100, "app_slot": 0})
    decisions = run(customers, one(text), limits=limits, universal_control=0.0)
    touch, held = (len(rows(decisions, arm=arm)) for arm in ("touch", "holdout"))
    assert touch == 100
    share = held / (touch + held)
    assert abs(share - 0.2) < 4 * np.sqrt(0.16 / (touch + held))


def test_a_customer_keeps_the_arm_of_an_earlier_occasion(customers: Columns, text: str) -> None:
    held = rows(run(customers, one(text)), arm="holdout")[0]["customer_id"]
    sent = rows(run(customers, one(text)), arm="touch")[0]["customer_id"]
    arms = pa.concat_tables(
        [
            assigned((held, "try_fund", 90), arm="touch"),
            assigned((sent, "try_fund", 90), arm="holdout"),
        ]
    )
    decisions = run(customers, one(text), contacts=Contacts(assigned=arms))
    assert rows(decisions, customer_id=held)[0]["arm"] == "touch"
    assert rows(decisions, customer_id=sent)[0]["arm"] == "holdout"


@pytest.mark.parametrize(("days", "again"), [(29, False), (30, True)])
def test_the_cooldown_is_respected(customers: Columns, text: str, days: int, again: bool) -> None:
    who = rows(run(customers, one(text)))[0]["customer_id"]
    contacts = Contacts(assigned=assigned((who, "try_fund", days)))
    assert bool(rows(run(customers, one(text), contacts=contacts), customer_id=who)) == again


@pytest.mark.parametrize(
    ("before", "left"),
    [
        (("email", 7, 2), "app_slot"),
        (("email", 8, 2), "email"),
        (("email", 30, 6), "app_slot"),
        (("call_list", 7, 4), None),
        (("call_list", 30, 10), None),
        (("call_list", 31, 10), "email"),
    ],
)
def test_frequency_caps_hold_by_channel_and_over_all(
    customers: Columns, text: str, before: tuple[str, int, int], left: str | None
) -> None:
    who = rows(run(customers, one(text)), channel="email")
    ids = [
        row["customer_id"]
        for row in who
        if customers.take("consent_app", np.array([row["customer_index"]]))[0][0]
    ][:40]
    contacts = Contacts(touched=touched(ids, *before))
    decisions = run(customers, one(text), contacts=contacts)
    channels = {row["channel"] for row in rows(decisions) if row["customer_id"] in ids}
    assert left in (channels or {None})
    assert "email" not in channels or left == "email"


def test_customers_left_alone_count_as_contacted(customers: Columns, text: str) -> None:
    who = rows(run(customers, one(text)))[0]["customer_id"]
    ghosts = assigned((who, "other_one", 3), (who, "other_two", 4), arm="universal")
    limits = Limits(caps=Caps(per_7_days=2))
    contacts = Contacts(assigned=ghosts)
    assert not rows(run(customers, one(text), contacts=contacts, limits=limits), customer_id=who)


@pytest.mark.parametrize("touches", [1, 2, 3])
def test_nobody_gets_more_touches_a_day_than_allowed(customers: Columns, touches: int) -> None:
    decisions = run(customers, limits=Limits(touches_per_customer=touches))
    per_customer, per_channel = Counter[str](), Counter[tuple[str, str]]()
    for row in decisions.touches.to_pylist():
        per_customer[row["customer_id"]] += 1
        per_channel[row["customer_id"], row["channel"]] += 1
    assert max(per_customer.values()) == touches
    assert max(per_channel.values()) == 1
    assert decisions.plan.violations == ()


def test_people_have_only_so_much_time(customers: Columns) -> None:
    decisions = run(customers, limits=Limits(per_branch=4, per_manager=2))
    branches, managers = Counter[str | None](), Counter[str | None]()
    for row in rows(decisions, arm="touch"):
        if row["channel"] in {"call_list", "manager_list"}:
            branches[row["branch_id"]] += 1
        if row["channel"] == "manager_list":
            managers[row["manager_id"]] += 1
    branches.pop(None, None)
    assert max(branches.values()) <= 4
    assert max(managers.values()) <= 2
    assert None not in managers
    assert decisions.plan.prices
    assert decisions.plan.bound >= decisions.plan.value


def test_budgets_and_quotas_are_never_exceeded(customers: Columns, text: str) -> None:
    paid = text.replace("uplift: 0.02", "uplift: 0.02, take_up: 0.5").replace(
        "family: bond_fund}", "family: bond_fund, benefit: {kind: gift, cost_minor: 100}}"
    )
    budget = paid.replace("holdout:", "budget: {per_day_minor: 5000, total_minor: 4000}\nholdout:")
    contacts = Contacts(spent={"try_fund": 1_000})
    for strategies, given in (
        (one(budget), {"contacts": contacts}),
        (one(paid), {"limits": Limits(budget_minor=3_000)}),
    ):
        sent = rows(run(customers, strategies, **given), arm="touch")
        assert 2_900 < sum(row["cost_minor"] for row in sent) <= 3_000
    quota = text.replace("family: bond_fund}", "family: bond_fund, quota: {maximum: 7}}")
    assert len(rows(run(customers, one(quota)), arm="touch")) == 7


def test_the_first_channel_comes_first_and_the_next_when_it_is_full(
    customers: Columns, text: str
) -> None:
    free = run(customers, one(text))
    full = run(customers, one(text), limits=Limits(channels={"email": 5}))
    assert len(rows(full, channel="email", arm="touch")) == 5
    assert len(rows(full, channel="app_slot")) > len(rows(free, channel="app_slot")) > 0


def test_waves_follow_on_their_day_and_only_for_those_taken_up(
    customers: Columns, text: str
) -> None:
    waves = "waves: [{day: 0}, {day: 5, channels: [app_slot]}]\nholdout:"
    strategies = one(text.replace("holdout:", waves))
    first = rows(run(customers, strategies), arm="touch")
    ids = [
        row["customer_id"]
        for row in first
        if customers.take("consent_app", np.array([row["customer_index"]]))[0][0]
    ]
    between = Contacts(assigned=assigned(*((who, "try_fund", 4) for who in ids)))
    assert not rows(run(customers, strategies, contacts=between), wave=2)
    due = Contacts(assigned=assigned(*((who, "try_fund", 5) for who in ids)))
    second = rows(run(customers, strategies, contacts=due), wave=2)
    assert second
    assert {row["customer_id"] for row in second} <= set(ids)
    assert {row["occasion"] for row in second} == {"2026-01-02"}
    assert {row["arm"] for row in second} <= {"touch", "universal"}


@pytest.mark.parametrize(
    ("schedule", "day", "acts"),
    [
        ("weekly", date(2026, 1, 7), True),
        ("weekly", date(2026, 1, 8), False),
        ("monthly", date(2026, 1, 1), True),
        ("monthly", date(2026, 1, 7), False),
        ("once", date(2026, 1, 8), True),
        ("daily", date(2019, 12, 31), False),
    ],
)
def test_strategies_act_on_their_days(
    customers: Columns, text: str, schedule: str, day: date, acts: bool
) -> None:
    strategies = one(text.replace("holdout:", f"schedule: {schedule}\nholdout:"))
    assert bool(rows(run(customers, strategies, day=day))) == acts


def test_a_customer_is_taken_up_once_where_the_schedule_says_so(
    customers: Columns, text: str
) -> None:
    strategies = one(text.replace("holdout:", "schedule: once\nholdout:"))
    who = rows(run(customers, strategies))[0]["customer_id"]
    contacts = Contacts(assigned=assigned((who, "try_fund", 2_000)))
    assert not rows(run(customers, strategies, contacts=contacts), customer_id=who)


def test_what_costs_more_than_it_brings_is_not_done(customers: Columns, text: str) -> None:
    worthless = one(text.replace("uplift: 0.02", "uplift: 0.0"))
    decisions = run(customers, worthless)
    assert decisions.touches.num_rows == 0
    assert any(step.reason == "value.not_worth" and step.dropped for step in decisions.funnel)


def test_no_strategies_and_no_customers_decide_nothing(customers: Columns, tmp_path: Path) -> None:
    assert run(customers, []).touches.num_rows == 0
    nobody = made_up_customers(tmp_path / "nobody", 0, seed=1)
    assert run(nobody).touches.num_rows == 0


def test_contacts_of_customers_who_are_gone_do_no_harm(customers: Columns, text: str) -> None:
    contacts = Contacts(
        touched=touched(["nobody"], "email", 1), assigned=assigned(("nobody", "try_fund", 1))
    )
    plain, with_strangers = run(customers, one(text)), run(customers, one(text), contacts=contacts)
    assert plain.touches.equals(with_strangers.touches)
