"""Five ratings and five capacities, at every door through which an offer reaches somebody."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, select

from asterism.audience import Catalogue, Columns, ColumnsWriter, TagSpec, TagType
from asterism.execution import Desk, app_slot, dispatch, plan_touches, queue_touches, work_items
from asterism.execution.admission import StrategyGates
from asterism.execution.channels import AppSlotChannel, ManagerListChannel, MemoryChannel, Traits
from asterism.execution.lists import Freezing, TargetLists
from asterism.execution.permission import Rules
from asterism.execution.recipients import Recipient
from asterism.execution.tables import touch
from asterism.kernel.clock import SetClock
from asterism.strategy import (
    Caps,
    Contacts,
    Limits,
    decide,
    list_strategies,
    load_strategy,
    publish_strategy,
    why,
)
from asterism.strategy.standing import Standing
from asterism.strategy.terms import Rating

DAY, NOW = date(2026, 3, 2), datetime(2026, 3, 2, 2, tzinfo=UTC)
TESTED = int(datetime(2025, 9, 1, tzinfo=UTC).timestamp())
CAPACITIES = ("C1", "C2", "C3", "C4", "C5")
CHANNELS = ("email", "app_slot", "manager_list")
NO_CAPS = Caps(per_7_days=999, per_30_days=999, channel_per_7_days={}, channel_per_30_days={})
TAGS: dict[str, tuple[TagType, object]] = {
    "deceased": (TagType.FLAG, False),
    "blacklisted": (TagType.FLAG, False),
    "personalisation_refused": (TagType.FLAG, False),
    **{f"consent_{m}": (TagType.FLAG, True) for m in ("marketing", "email", "app", "phone", "sms")},
    "has_mobile": (TagType.FLAG, True),
    "has_email": (TagType.FLAG, True),
    "age": (TagType.INTEGER, 40),
    "risk_tested_at": (TagType.INTEGER, TESTED),
    "risk_capacity": (TagType.TEXT, ""),
    "time_zone": (TagType.TEXT, "Asia/Shanghai"),
    "tier": (TagType.TEXT, "gold"),
    "lifecycle": (TagType.TEXT, "mature"),
    "manager_id": (TagType.TEXT, "m1"),
    "branch_id": (TagType.TEXT, "b1"),
}
SPECS = [TagSpec(name=name, type=kind) for name, (kind, _) in TAGS.items()]
CATALOGUE = Catalogue({spec.name: spec for spec in SPECS})
USUAL = {name: value for name, (_, value) in TAGS.items()}
#: Beside the five capacities: never tested, and expired by a second at `NOW`.
CUSTOMERS: dict[str, dict[str, object]] = {
    **{name: {**USUAL, "risk_capacity": name} for name in CAPACITIES},
    "untested": {**USUAL, "risk_capacity": None, "risk_tested_at": None},
    "expired": {
        **USUAL,
        "risk_capacity": "C5",
        "risk_tested_at": int(datetime(2025, 3, 2, 2, tzinfo=UTC).timestamp()),
    },
    "expiring": {
        **USUAL,
        "risk_capacity": "C5",
        "risk_tested_at": int(datetime(2025, 3, 2, 2, 0, 1, tzinfo=UTC).timestamp()),
    },
}
STRATEGY = """
id: {id}
title: Product
owner: wealth
goal: {{metric: account_opened, family: bond_fund, value_minor: 20000}}
scene: product
audience: 'TRUE'
offers: [{{id: product, title: A product, family: bond_fund, risk_rating: {bank},
          issuer_rating: {issuer}}}]
channels: [{channel}]
scripts: [{{channel: {channel}, subject: Hello, body: 'Look at {{{{ offer }}}}.'}}]
holdout: 0.01
response: {{uplift: 0.5}}
period: {{start: 2020-01-01}}
"""


def allowed(customer: str, rating: Rating) -> bool:
    """The table, written out once more: by the numbers in the names."""
    capacity = "C5" if customer == "expiring" else customer
    return capacity in CAPACITIES and rating.value[1] <= capacity[1]


WANTED = {(c, r) for c in CUSTOMERS for r in Rating if allowed(c, r)}


@pytest.fixture(params=[*CHANNELS])
def channel(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ratings(engine: Engine, channel: str) -> Mapping[str, Rating]:
    """Publish a strategy for each rating; the lower of two ratings stands on alternate sides."""
    known = {}
    for number, rating in enumerate(Rating):
        pair = (rating, Rating.R1) if number % 2 else (Rating.R1, rating)
        identity = f"product_{rating.value.lower()}"
        text = STRATEGY.format(id=identity, bank=pair[0], issuer=pair[1], channel=channel)
        publish_strategy(engine, load_strategy(text), SetClock(NOW), "test")
        known[identity] = rating
    return known


@pytest.fixture
def columns(tmp_path: Path) -> Columns:
    writer = ColumnsWriter(tmp_path / "columns", SPECS, len(CUSTOMERS))
    values = {}
    for name, (kind, usual) in TAGS.items():
        found = [profile[name] for profile in CUSTOMERS.values()]
        valid = np.array([value is not None for value in found])
        blank = "" if kind is TagType.TEXT else usual
        dtype = {TagType.TEXT: object, TagType.FLAG: bool}.get(kind, np.int64)
        values[name] = (np.array([blank if v is None else v for v in found], dtype), valid)
    writer.append(list(CUSTOMERS), values)
    writer.close()
    return Columns.open(tmp_path / "columns")


def people(customer_ids: Sequence[str], _: Traits) -> Mapping[str, Recipient]:
    return {
        who: Recipient(
            customer_id=who,
            name=who,
            email=f"{who}@bank.example",
            time_zone="Asia/Shanghai",
            profile={k: v for k, v in CUSTOMERS[who].items() if v is not None},
        )
        for who in customer_ids
    }


CONTACTS = Contacts(standing=Standing(at=NOW))
LIMITS = Limits(touches_per_customer=99, caps=NO_CAPS, per_manager=None, per_branch=None)


def test_the_decision_and_why_give_the_table(
    engine: Engine, ratings: Mapping[str, Rating], columns: Columns
) -> None:
    strategies = list_strategies(engine)
    given: dict[str, Any] = {
        "day": DAY,
        "contacts": CONTACTS,
        "limits": replace(LIMITS, touches_per_customer=99),
        "universal_control": 0.0,
    }
    decisions = decide(columns, strategies, catalogue=CATALOGUE, **given)
    # one channel speaks once a day: what came through the gates is what arbitration was given
    number = {one.id: one.number for one in decisions.programme}
    reached = {
        (who, rating)
        for index, who in enumerate(CUSTOMERS)
        for name, rating in ratings.items()
        if decisions.verdict(index, name) is not None and name in number
    }
    assert reached == WANTED
    for who, profile in CUSTOMERS.items():
        known = {name: value for name, value in profile.items() if value is not None}
        for one in why(strategies, who, known, CATALOGUE, **given).strategies:
            rating = ratings[one.published.strategy.id]
            assert one.eligible == ((who, rating) in WANTED), (who, rating, one.reason.code)


def planned_for_all(engine: Engine, ratings: Mapping[str, Rating], channel: str, made: Any) -> None:
    """Plan every pair, as if no decision had looked: only sending stands in between."""
    rows = [
        {
            "customer_id": who,
            "strategy": name,
            "offer": "product",
            "channel": channel,
            "manager_id": "m1",
            "branch_id": "b1",
            "live_until": DAY + timedelta(days=5),
        }
        for who in CUSTOMERS
        for name in ratings
    ]
    plan_touches(engine, made(*rows), DAY, SetClock(NOW))


def outlet(name: str, engine: Engine) -> Any:
    if name == "manager_list":
        return ManagerListChannel(engine)
    if name == "app_slot":
        return AppSlotChannel()
    return MemoryChannel(name=name, traits=Traits(consent="consent_email", intrusive=False))


def test_sending_lets_only_the_table_through(
    engine: Engine, ratings: Mapping[str, Rating], channel: str, decide: Any, tmp_path: Path
) -> None:
    clock = SetClock(NOW)
    planned_for_all(engine, ratings, channel, decide)
    queue_touches(engine, DAY, clock)
    gates = StrategyGates(engine, CATALOGUE, locale="en")
    rules = Rules(caps=NO_CAPS, per_day=999, gates=gates)
    desk = Desk(recipients=people, compose=lambda *_: None, rules=rules)  # type: ignore[arg-type]
    dispatch(engine, {channel: outlet(channel, engine)}, desk, clock)

    with engine.connect() as connection:
        rows = connection.execute(select(touch)).mappings().all()
    sent = {(row["customer_id"], ratings[row["strategy"]]) for row in rows if row["sent_at"]}
    assert sent == WANTED
    assert len(rows) == len(CUSTOMERS) * len(ratings)
    why_not = {
        (row["customer_id"], row["strategy"]): row["reason"] for row in rows if not row["sent_at"]
    }
    assert why_not["C1", "product_r5"] == "eligibility.suitability"
    assert why_not["untested", "product_r1"] == "eligibility.risk_test_missing"
    assert why_not["expired", "product_r1"] == "eligibility.risk_test_expired"
    if channel == "manager_list":
        listed = {(i.customer_id, ratings[i.strategy]) for i in work_items(engine, DAY)}
        assert listed == WANTED
    lists = TargetLists(engine, tmp_path / "lists", clock)
    for name, rating in ratings.items():
        frozen = lists.freeze_strategy(Freezing(title=name, snapshot_id="s", actor="a"), name, DAY)
        who = set(lists.members(frozen.list_id)["customer_id"].to_pylist())
        assert who == {customer for customer, one in WANTED if one is rating}


@pytest.mark.parametrize("channel", ["app_slot"], indirect=True)
def test_the_app_shows_only_the_table_as_it_is_when_it_is_shown(
    engine: Engine, ratings: Mapping[str, Rating], channel: str, decide: Any
) -> None:
    """Everything was placed while it was right; then tests ran out and capacities fell."""
    clock = SetClock(NOW)
    planned_for_all(engine, ratings, channel, decide)
    queue_touches(engine, DAY, clock)
    desk = Desk(recipients=people, compose=lambda *_: None, rules=Rules(caps=NO_CAPS, per_day=999))  # type: ignore[arg-type]
    dispatch(engine, {channel: AppSlotChannel()}, desk, clock)
    gates = StrategyGates(engine, CATALOGUE, locale="en")
    for who, profile in CUSTOMERS.items():
        shown: set[Rating] = set()
        refused: set[Rating] = set()

        def admits(found: Any, known: Mapping[str, object] = profile) -> bool:
            told = gates.refusal(found, known, "app_slot", clock.now())
            (refused if told else shown).add(ratings[found.strategy])  # noqa: B023 - called at once
            return False

        assert app_slot(engine, who, "home", clock, admits=admits) is None
        assert shown == {rating for customer, rating in WANTED if customer == who}
        assert shown | refused == set(Rating)


@pytest.mark.parametrize("channel", ["email"], indirect=True)
def test_what_cannot_be_asked_about_does_not_go_out(
    engine: Engine, ratings: Mapping[str, Rating], channel: str
) -> None:
    """A version, wave, offer or channel that nobody knows, and a tag that is gone."""

    class Offered:
        strategy, version, wave, offer = "product_r1", 1, 1, "product"

    gates, profile = StrategyGates(engine, CATALOGUE), CUSTOMERS["C5"]
    known = Offered()
    assert gates.refusal(known, profile, channel, NOW) is None
    for name, value in (("strategy", "x"), ("version", 9), ("wave", 7), ("offer", "x")):
        strange = Offered()
        setattr(strange, name, value)
        refused = gates.refusal(strange, profile, channel, NOW)
        assert refused is not None
        assert refused.code == "send.no_strategy"
    assert gates.refusal(known, profile, "pigeon", NOW) is not None
    fewer = Catalogue({name: spec for name, spec in CATALOGUE.tags.items() if name != "age"})
    text = STRATEGY.format(id="aged", bank="R1", issuer="R1", channel=channel)
    aged = load_strategy(text.replace("'TRUE'", "age > 1"))
    publish_strategy(engine, aged, SetClock(NOW), "test")
    lost = Offered()
    lost.strategy = "aged"
    assert gates.refusal(lost, profile, channel, NOW) is None
    refused = StrategyGates(engine, fewer).refusal(lost, profile, channel, NOW)
    assert refused is not None
    assert refused.code == "send.no_strategy"
