"""One definition, two readings: what the night decides for all is what `why` says of each."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asterism.audience import Columns
from asterism.strategy import (
    ASSIGNED,
    TOUCHED,
    Caps,
    Contacts,
    Decisions,
    Limits,
    decide,
    draft,
    library,
    why,
)
from asterism.strategy.testing import CATALOGUE, a_day, made_up_customers, profile_of
from asterism.strategy.why import StrategyWhy

DAY = a_day()
LIBRARY = [draft(strategy) for strategy in library()]
IDS = [row.strategy.id for row in LIBRARY]
LIMITS = Limits(caps=Caps(per_7_days=2, per_30_days=4), per_branch=5)


@pytest.fixture(scope="module")
def customers(tmp_path_factory: pytest.TempPathFactory) -> Columns:
    return made_up_customers(tmp_path_factory.mktemp("columns"), 600, seed=11)


def history(customers: Columns, seed: int) -> Contacts:
    """Return made-up contacts and assignments of the last two months."""
    generator = np.random.default_rng(seed)
    ids = customers.customer_ids.take(generator.integers(0, customers.size, 500))
    ago = generator.integers(1, 60, 500).tolist()
    channels = generator.choice(["email", "app_slot", "call_list"], 500).tolist()
    touched = [
        {"customer_id": who, "channel": channel, "day": DAY - timedelta(days=days)}
        for who, channel, days in zip(ids, channels, ago, strict=True)
    ]
    assigned = [
        {
            "customer_id": who,
            "strategy": str(generator.choice(IDS)),
            "version": 1,
            "wave": int(generator.integers(1, 3)),
            "occasion": (DAY - timedelta(days=days)).isoformat(),
            "arm": str(generator.choice(["touch", "holdout", "universal"])),
            "assigned_on": DAY - timedelta(days=days),
            "offer": "",
            "channel": channel,
        }
        for who, channel, days in zip(ids, channels, ago, strict=True)
    ]
    return Contacts(
        touched=pa.Table.from_pylist(touched, schema=TOUCHED),
        assigned=pa.Table.from_pylist(assigned, schema=ASSIGNED),
    )


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
def test_the_night_and_why_agree_on_every_customer_and_strategy(
    customers: Columns, seed: int
) -> None:
    contacts = history(customers, seed)
    given_to_both: dict[str, Any] = {"day": DAY, "contacts": contacts, "limits": LIMITS}
    decisions = decide(customers, LIBRARY, catalogue=CATALOGUE, **given_to_both)
    dropped = {(step.strategy, step.reason): step.dropped for step in decisions.funnel}
    touches = {
        (row["customer_index"], row["strategy"]): row for row in decisions.touches.to_pylist()
    }
    generator = np.random.default_rng(seed)
    for index in generator.choice(customers.size, 12, replace=False).tolist():
        answer = why(
            LIBRARY,
            customers.customer_ids[index],
            profile_of(customers, index),
            CATALOGUE,
            decisions=(decisions, index),
            **given_to_both,
        )
        for one in answer.strategies:
            agrees(one, index, decisions, dropped, touches)


def agrees(
    one: StrategyWhy,
    index: int,
    decisions: Decisions,
    dropped: Mapping[tuple[str, str], int],
    touches: Mapping[tuple[int, str], Mapping[str, Any]],
) -> None:
    strategy = one.published.strategy.id
    row = touches.get((index, strategy))
    assert one.eligible == (decisions.verdict(index, strategy) is not None)
    assert (one.reason.code == "arbitration.chosen") == (row is not None)
    assert one.reason.code != "arbitration.pending"
    if row is None:
        assert dropped[strategy, one.reason.code] > 0
        return
    assert row["arm"] == one.arm
    offered = {(c.offer, c.channel, c.wave, c.value_minor, c.cost_minor) for c in one.choices}
    chosen = tuple(row[key] for key in ("offer", "channel", "wave", "value_minor", "cost_minor"))
    assert chosen in offered


def test_reasons_over_all_customers_are_the_funnels_counts(customers: Columns) -> None:
    contacts = history(customers, 3)
    strategies = [row for row in LIBRARY if row.strategy.id in {"card_activation", "first_fund"}]
    given_to_both: dict[str, Any] = {"day": DAY, "contacts": contacts, "limits": LIMITS}
    decisions = decide(customers, strategies, catalogue=CATALOGUE, **given_to_both)
    counted: dict[tuple[str, str], int] = {}
    for index in range(customers.size):
        answer = why(
            strategies,
            customers.customer_ids[index],
            profile_of(customers, index),
            CATALOGUE,
            decisions=(decisions, index),
            **given_to_both,
        )
        for one in answer.strategies:
            key = (one.published.strategy.id, one.reason.code)
            counted[key] = counted.get(key, 0) + 1
    for step in decisions.funnel:
        assert counted.get((step.strategy, step.reason), 0) == step.dropped


def test_who_refuses_personalisation_is_ranked_alike_whatever_the_profile(
    customers: Columns,
) -> None:
    refused = {"personalisation_refused": True, "age": 40, "consent_marketing": True}
    profiles = [
        refused | {"tier": "private", "lifecycle": "mature", "aum": 10**10},
        refused | {"tier": "basic", "lifecycle": "dormant", "aum": 0},
    ]
    first, second = (why(LIBRARY, "C1", p, CATALOGUE, day=DAY).strategies for p in profiles)
    assert [one.choices for one in first] == [one.choices for one in second]
