"""One definition, two readings: what the night decides for all is what `why` says of each."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asterism.audience import Columns, ColumnsWriter
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
from asterism.strategy.standing import WORDS, Standing
from asterism.strategy.strategy import Cell, Wave
from asterism.strategy.terms import Schedule
from asterism.strategy.testing import CATALOGUE, SPECS, a_day, made_up_customers, profile_of
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
    words = [
        {
            "customer_id": who,
            "tag": str(generator.choice(["consent_email", "personalisation_refused"])),
            "value": bool(generator.integers(2)),
            "over": None,
            "at": None,
            "source": "test",
        }
        for who in dict.fromkeys(ids[:100])
    ]
    return Contacts(
        touched=pa.Table.from_pylist(touched, schema=TOUCHED),
        assigned=pa.Table.from_pylist(assigned, schema=ASSIGNED),
        standing=Standing(words=pa.Table.from_pylist(words, schema=WORDS)),
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


#: What every customer is asked for by law, or needs to be reached at all: not their profile.
NOT_PROFILE = frozenset(
    {
        *("age", "deceased", "blacklisted", "has_mobile", "has_email", "manager_id"),
        *("consent_marketing", "consent_sms", "consent_email", "consent_phone", "consent_app"),
        *("risk_capacity", "risk_tested_at", "time_zone"),
    }
)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
def test_after_a_refusal_the_ranking_does_not_depend_on_the_profile(
    customers: Columns, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    """Two banks with the same people in other circumstances: who refused gets the same of both.

    Strategies for everyone, tiers that are worth different sums, and a refusal that only the ledger
    knows of.
    """
    generator = np.random.default_rng(seed)
    everyone = [
        draft(
            row.strategy.model_copy(
                update={
                    "audience": "age >= 18",
                    "cell": Cell(),
                    "offers": tuple(
                        offer.model_copy(update={"eligibility": ""})
                        for offer in row.strategy.offers
                    ),
                    "waves": (Wave(),),
                    "schedule": Schedule.DAILY,
                }
            )
        )
        for row in LIBRARY
    ]
    ids = [str(who) for who in customers.customer_ids]
    words = [
        {"customer_id": who, "tag": "personalisation_refused", "value": True, "over": None}
        for who in ids
    ]
    standing = Standing(words=pa.Table.from_pylist(words, schema=WORDS))
    fates = []
    for _ in range(2):
        other = shuffled(customers, tmp_path_factory.mktemp("bank"), generator)
        found = decide(
            other,
            everyone,
            day=DAY,
            catalogue=CATALOGUE,
            contacts=Contacts(standing=standing),
            limits=Limits(per_branch=None, per_manager=None),
        )
        names = ["customer_id", "strategy", "offer", "channel", "wave", "value_minor"]
        fates.append(sorted(found.touches.select(names).to_pylist(), key=str))
    assert fates[0] == fates[1]
    assert fates[0]


def shuffled(customers: Columns, directory: Path, generator: np.random.Generator) -> Columns:
    """Return the same customers with everything about them but law and reach dealt out anew."""
    writer = ColumnsWriter(directory, SPECS, customers.size)
    order = generator.permutation(customers.size)
    everyone = np.arange(customers.size)
    values = {
        spec.name: customers.take(spec.name, everyone if spec.name in NOT_PROFILE else order)
        for spec in SPECS
    }
    writer.append([str(who) for who in customers.customer_ids], values)
    writer.close()
    return Columns.open(directory)
