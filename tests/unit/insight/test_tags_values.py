from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from asterism.audience import Columns
from asterism.insight.profiles import Profiles
from asterism.insight.statistics import tag_statistics
from asterism.insight.tags import TAGS, compute_tags
from asterism.warehouse import TABLES, Snapshot, Warehouse
from asterism.warehouse.snapshot import stored_types


def moment(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment in UTC without a zone, as the warehouse keeps them."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC).replace(tzinfo=None)


TODAY = date(2026, 6, 15)
Rows = Sequence[Mapping[str, Any]]

CUSTOMERS: Rows = [
    {
        "customer_id": "ann",
        "kind": "person",
        "gender": "female",
        "birth_date": date(1990, 6, 20),
        "opened_on": date(2020, 1, 16),
        "mobile": "138",
        "employer_id": "E1",
        "marketing_consent": True,
        "risk_capacity": "C4",
        "risk_assessed_at": moment(2026, 6, 1, 9),
    },
    {"customer_id": "bob", "kind": "person", "birth_date": date(1992, 2, 29), "email": ""},
]
EMPLOYERS: Rows = [{"employer_id": "E1", "industry": "chips", "payroll_client": True}]
ACCOUNTS: Rows = [
    {"account_id": "a1", "customer_id": "ann", "family": "demand_deposit"},
    {
        "account_id": "a2",
        "customer_id": "ann",
        "family": "term_deposit",
        "matures_on": date(2026, 6, 20),
        "principal": 700_00,
    },
    {
        "account_id": "a3",
        "customer_id": "ann",
        "family": "wealth",
        "closed_on": date(2026, 6, 1),
        "matures_on": date(2026, 6, 18),
        "principal": 900_00,
    },
    {
        "account_id": "a4",
        "customer_id": "ann",
        "family": "credit_card",
        "credit_limit": 1000_00,
        "opened_on": date(2026, 6, 5),
    },
]


def _balance(account: str, family: str, day: date, amount: int) -> dict[str, Any]:
    return {
        "account_id": account,
        "customer_id": "ann",
        "family": family,
        "date": day,
        "balance": amount,
        "average_balance": amount,
        "period_days": day.day,
    }


BALANCES: Rows = [
    _balance("a1", "demand_deposit", date(2026, 3, 15), 80_000_00),
    _balance("a1", "demand_deposit", date(2026, 5, 31), 60_000_00),
    _balance("a1", "demand_deposit", date(2026, 6, 15), 100_000_00),
    _balance("a2", "term_deposit", date(2026, 6, 15), 50_000_00),
    _balance("a3", "wealth", date(2026, 5, 31), 10_000_00),
    _balance("a4", "credit_card", date(2026, 6, 15), -250_00),
]


def _paid(
    number: int, day: date, kind: str, amount: int, category: str | None = None
) -> dict[str, Any]:
    return {
        "transaction_id": str(number),
        "account_id": "a1",
        "customer_id": "ann",
        "posted_at": moment(day.year, day.month, day.day, 4, number),
        "amount": amount,
        "kind": kind,
        "channel": "app",
        "merchant_category": category,
    }


TRANSACTIONS: Rows = [
    _paid(1, date(2026, 6, 15), "salary", 9000_00),
    _paid(2, date(2026, 5, 15), "salary", 8000_00),
    _paid(3, date(2026, 6, 9), "transfer_in", 60_000_00),
    _paid(4, date(2026, 6, 8), "transfer_in", 70_000_00),
    _paid(5, date(2026, 6, 10), "redemption", 500_000_00),
    _paid(6, date(2026, 6, 10), "card", -300_00, "travel"),
    _paid(7, date(2026, 4, 10), "card", -300_00, "dining"),
    _paid(8, date(2026, 4, 11), "card", -100_00, "fuel"),
    _paid(9, date(2025, 6, 16), "fee", -5_00),
    _paid(10, date(2025, 6, 15), "fee", -7_00),
    _paid(11, date(2026, 6, 16), "fee", -9_00),
]


def _event(number: int, day: date, hour: int, name: str, **more: object) -> dict[str, Any]:
    return {
        "event_id": str(number),
        "customer_id": "ann",
        "occurred_at": moment(day.year, day.month, day.day, hour),
        "name": name,
        "channel": "app",
        **more,
    }


EVENTS: Rows = [
    _event(1, date(2026, 6, 14), 1, "login"),
    _event(2, date(2026, 6, 1), 2, "login"),
    _event(3, date(2026, 5, 1), 2, "login"),
    _event(4, date(2026, 6, 14), 1, "product_view", family="bond_fund"),
    _event(5, date(2026, 6, 14), 1, "apply_start"),
]
INTERACTIONS: Rows = [
    {
        "interaction_id": "1",
        "customer_id": "ann",
        "occurred_at": moment(2026, 5, 1, 8),
        "kind": "survey",
        "score": 9.5,
    },
    {
        "interaction_id": "2",
        "customer_id": "ann",
        "occurred_at": moment(2026, 5, 2, 8),
        "kind": "survey",
        "score": 3.25,
    },
    {
        "interaction_id": "3",
        "customer_id": "ann",
        "occurred_at": moment(2026, 5, 3, 8),
        "kind": "complaint",
        "outcome": "resolved",
    },
]
FACTS: Rows = [
    {"customer_id": "ann", "fact": "credit_score", "source": "x", "value_number": 712.0},
    {"customer_id": "bob", "fact": "vehicle", "source": "x"},
]


def _table(name: str, rows: Rows) -> pa.Table:
    types = {k: v for k, v in stored_types(TABLES[name]).items() if k != "bucket"}
    return pa.Table.from_pylist(list(rows), schema=ibis.schema(types).to_pyarrow())


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> tuple[Warehouse, Snapshot]:
    warehouse = Warehouse(tmp_path_factory.mktemp("warehouse"))
    contents = {
        "customers": CUSTOMERS,
        "employers": EMPLOYERS,
        "accounts": ACCOUNTS,
        "balances": BALANCES,
        "transactions": TRANSACTIONS,
        "events": EVENTS,
        "interactions": INTERACTIONS,
        "external_facts": FACTS,
    }
    with warehouse.begin(None, TODAY) as draft:
        for name, rows in contents.items():
            draft.write_table(name, _table(name, rows), layout=TABLES[name].layout)
        return warehouse, draft.seal()


@pytest.fixture(scope="module")
def tagged(bank: tuple[Warehouse, Snapshot]) -> Snapshot:
    warehouse, snapshot = bank
    return compute_tags(warehouse, snapshot, TODAY)


@pytest.fixture(scope="module")
def ann(tagged: Snapshot) -> dict[str, object]:
    with Profiles.open(tagged.path("profiles")) as profiles:
        profile = profiles.get("ann")
    assert profile is not None
    return profile


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("age", 35),
        ("days_to_birthday", 5),
        ("customer_months", 76),
        ("has_mobile", True),
        ("has_email", False),
        ("consent_marketing", True),
        ("employer_industry", "chips"),
        ("employer_payroll_client", True),
        ("days_since_risk_test", 14),
        ("risk_test_valid", True),
        ("risk_capacity", "C4"),
        ("aum", 150_000_00),
        ("aum_30d_ago", 0),
        ("aum_90d_ago", 80_000_00),
        ("aum_change_rate_90d", (150_000 - 80_000) / 80_000),
        ("aum_trend", "rising"),
        ("aum_avg_30d", round((31 * 70_000_00 + 15 * 150_000_00) / 46)),
        ("tier", "silver"),
        ("card_debt", 250_00),
        ("net_worth", 149_750_00),
        ("demand_share", 2 / 3),
        ("products_held", 3),
        ("accounts_open", 3),
        ("days_to_maturity", 5),
        ("maturing_amount_30d", 700_00),
        ("card_utilisation", 0.25),
        ("card_activated", False),
        ("card_waiting", True),
        ("days_since_card_issue", 10),
        ("days_since_closure", 14),
        ("inflow_7d", 69_000_00),
        ("largest_inflow_7d", 60_000_00),
        ("inflow_30d", 139_000_00),
        ("inflow_90d", 147_000_00),
        ("transactions_365d", 9),
        ("fees_365d", 5_00),
        ("days_since_transaction", 0),
        ("salary_detected", True),
        ("salary_amount", 8500_00),
        ("days_since_salary", 0),
        ("card_spend_30d", 300_00),
        ("card_spend_90d", 700_00),
        ("dining_spend_90d", 300_00),
        ("top_merchant_category", "dining"),
        ("top_merchant_category_30d", "travel"),
        ("top_merchant_category_before", "dining"),
        ("spend_shifted", True),
        ("logins_7d", 1),
        ("logins_30d", 2),
        ("logins_90d", 3),
        ("days_since_login", 1),
        ("preferred_hour", 10),
        ("preferred_day_part", "morning"),
        ("preferred_channel", "app"),
        ("fund_views_30d", 1),
        ("product_interest", "fund"),
        ("application_abandoned", True),
        ("last_survey_score", 3.25),
        ("complaints_90d", 1),
        ("service_temper", "unhappy"),
        ("external_credit_score", 712.0),
        ("owns_vehicle", False),
        ("lifecycle", "growing"),
        ("life_stage", "established"),
    ],
)
def test_a_known_customer_has_the_value_that_a_banker_would_count(
    ann: dict[str, object], name: str, value: object
) -> None:
    assert ann[name] == (pytest.approx(value) if isinstance(value, float) else value)


def test_someone_without_facts_has_noughts_and_nulls_but_never_a_guess(tagged: Snapshot) -> None:
    with Profiles.open(tagged.path("profiles")) as profiles:
        bob = profiles.get("bob")
        assert profiles.get("nobody") is None
        assert profiles.get("bob", ["aum", "age"]) == {"aum": 0, "age": 34}
    assert bob is not None
    assert bob["transactions_90d"] == 0
    assert bob["holds_fund"] is False
    assert bob["owns_vehicle"] is True
    assert bob["has_email"] is False
    assert bob["days_to_birthday"] == 258
    absent = {"gender", "days_since_transaction", "preferred_hour", "consent_marketing"}
    assert absent & bob.keys() == set()


def test_columns_profiles_and_table_say_the_same(tagged: Snapshot) -> None:
    rows = pa.concat_tables(
        [pq.read_table(tagged.file(part)) for part in tagged.datasets["tags"]]
    ).to_pylist()
    columns = Columns.open(tagged.path("columns"))
    assert [row["customer_id"] for row in rows] == list(columns.customer_ids)
    with Profiles.open(tagged.path("profiles")) as profiles:
        for row in rows:
            known = {name: row[name] for name in TAGS if row[name] is not None}
            assert profiles.get(row["customer_id"]) == known


def test_statistics_tell_coverage_distribution_and_freshness(tagged: Snapshot) -> None:
    statistics = tag_statistics(tagged)
    assert statistics.keys() == TAGS.keys()
    assert statistics["gender"].coverage == 0.5
    assert statistics["gender"].top == {"female": 1}
    assert statistics["aum"].high == 150_000_00
    assert statistics["holds_fund"].top == {"false": 2}
    assert statistics["inflow_30d"].newest == TODAY
    assert statistics["net_flow_30d"].newest == TODAY
    assert statistics["age"].newest is None


def test_the_full_pass_over_raw_data_gives_the_same(
    bank: tuple[Warehouse, Snapshot], tagged: Snapshot
) -> None:
    warehouse, snapshot = bank
    full = compute_tags(warehouse, snapshot, TODAY, full=True)
    for mine, other in zip(full.datasets["tags"], tagged.datasets["tags"], strict=True):
        assert pq.read_table(full.file(mine)).equals(pq.read_table(tagged.file(other)))


def test_a_bank_without_customers_has_no_tags_but_a_snapshot(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    with warehouse.begin(None, TODAY) as draft:
        empty = draft.seal()
    tagged = compute_tags(warehouse, empty, TODAY)
    assert tagged.rows("tags") == 0
    assert tag_statistics(tagged)["age"].known == 0
