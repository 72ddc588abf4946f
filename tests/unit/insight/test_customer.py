"""One customer on one page: person, holdings, balances, and what happened, newest first."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from asterism.insight.customer import customer_view
from asterism.insight.point_reads import rows_of
from asterism.insight.search import search_customers
from asterism.insight.timeline import Cursor, Page, timeline
from asterism.kernel.errors import NotFoundError
from asterism.kernel.hashing import bucket_of
from asterism.warehouse import TABLES, Snapshot, Warehouse, connect
from asterism.warehouse.snapshot import stored_types

AS_OF = date(2026, 3, 31)
Rows = Sequence[Mapping[str, Any]]


@pytest.fixture
def connection() -> Iterator[Backend]:
    backend = connect(memory_limit="1GB", threads=1)
    yield backend
    backend.disconnect()


def arrow(name: str, rows: Rows) -> pa.Table:
    schema = ibis.schema(stored_types(TABLES[name])).to_pyarrow()
    full = [
        {**row, "bucket": bucket_of(row["customer_id"])} if "customer_id" in row else row
        for row in rows
    ]
    return pa.Table.from_pylist(full, schema=schema)


def bank(root: Path, *, days: Mapping[str, Rows] | None = None, **tables: Rows) -> Snapshot:
    """Make a snapshot; `days` gives `table:YYYY-MM-DD` → rows, one file for each."""
    with Warehouse(root).begin(None, AS_OF) as draft:
        for name, rows in tables.items():
            draft.write_table(name, arrow(name, rows), layout=TABLES[name].layout)
        for key, rows in (days or {}).items():
            name, _, day = key.partition(":")
            draft.write_table(
                name,
                arrow(name, rows),
                layout=TABLES[name].layout,
                month=day[:7],
                day=date.fromisoformat(day),
            )
        return draft.seal()


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour)  # noqa: DTZ001 - stored moments mean UTC


def moved(who: str, day: date, hour: int = 9, amount: int = -100) -> dict[str, Any]:
    return {
        "transaction_id": f"{who}-{day}-{hour}",
        "account_id": f"{who}-1",
        "customer_id": who,
        "posted_at": at(day, hour),
        "kind": "card",
        "channel": "pos",
        "amount": amount,
        "currency": "CNY",
        "merchant_category": "dining",
    }


def logged_in(who: str, day: date, hour: int = 10) -> dict[str, Any]:
    return {
        "event_id": f"{who}-{day}-{hour}",
        "customer_id": who,
        "occurred_at": at(day, hour),
        "name": "login",
        "channel": "app",
    }


PEOPLE: Rows = [
    {"customer_id": "C1", "name": "王小明", "mobile": "13812341234", "city": "杭州"},
    {"customer_id": "C2", "name": "王芳", "mobile": "13900005678", "city": "上海"},
    {"customer_id": "C12", "name": "Ana García", "mobile": None, "city": None},
]


def test_the_page_holds_person_holdings_balances_and_timeline(
    tmp_path: Path, connection: Backend
) -> None:
    day = date(2026, 3, 30)
    found = customer_view(
        bank(
            tmp_path,
            customers=PEOPLE,
            products=[{"product_id": "P1", "name": "Steady bond", "family": "bond_fund"}],
            accounts=[
                {
                    "account_id": "C1-1",
                    "customer_id": "C1",
                    "family": "demand_deposit",
                    "opened_on": date(2020, 1, 1),
                },
                {
                    "account_id": "C1-2",
                    "customer_id": "C1",
                    "family": "bond_fund",
                    "product_id": "P1",
                    "opened_on": date(2026, 3, 1),
                },
                {
                    "account_id": "C1-0",
                    "customer_id": "C1",
                    "family": "term_deposit",
                    "closed_on": date(2025, 1, 1),
                },
            ],
            balances=[
                {
                    "account_id": account,
                    "customer_id": "C1",
                    "date": on,
                    "family": family,
                    "balance": amount,
                }
                for account, on, family, amount in (
                    ("C1-1", date(2026, 2, 28), "demand_deposit", 500),
                    ("C1-1", date(2026, 3, 30), "demand_deposit", 1),
                    ("C1-1", date(2026, 3, 31), "demand_deposit", 700),
                    ("C1-2", date(2026, 3, 31), "bond_fund", 9_000),
                )
            ],
            transactions=[moved("C1", day)],
        ),
        connection,
        "C1",
    )
    assert found.person["name"] == "王小明"
    assert "email" not in found.person
    assert [(one.family, one.product, one.balance) for one in found.holdings] == [
        ("bond_fund", "Steady bond", 9_000),
        ("demand_deposit", None, 700),
        ("term_deposit", None, None),
    ]
    assert [(one.month, one.total) for one in found.months] == [
        ("2026-02", 500),
        ("2026-03", 9_700),
    ]
    assert found.months[-1].by_family == {"demand_deposit": 700, "bond_fund": 9_000}
    assert found.timeline.entries[0].details == {"merchant_category": "dining"}
    assert found.timeline.entries[0].at == at(day).replace(tzinfo=UTC)
    assert found.profile == {}


def test_a_month_reported_by_the_day_is_its_last_day(tmp_path: Path, connection: Backend) -> None:
    def row(who: str, day: date, amount: int) -> dict[str, Any]:
        return {
            "account_id": f"{who}-1",
            "customer_id": who,
            "date": day,
            "family": "demand_deposit",
            "balance": amount,
        }

    days = {
        f"balances:2026-03-{number}": [row("C1", date(2026, 3, number), number)]
        for number in (28, 29, 30)
    }
    found = customer_view(bank(tmp_path, customers=PEOPLE, days=days), connection, "C1")
    assert [one.total for one in found.months] == [30]


def test_nobody_by_that_id_is_not_found(tmp_path: Path, connection: Backend) -> None:
    snapshot = bank(tmp_path, customers=PEOPLE)
    for unknown in ("C3", "", "C1' OR 1=1"):
        with pytest.raises(NotFoundError):
            customer_view(snapshot, connection, unknown)


def walk(snapshot: Snapshot, who: str, limit: int) -> list[Page]:
    """Turn the pages to the end."""
    pages = [timeline(snapshot, who, limit=limit)]
    while pages[-1].older is not None:
        cursor = Cursor.parse(str(pages[-1].older))
        pages.append(timeline(snapshot, who, before=cursor, limit=limit))
    return pages


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_the_pages_together_hold_everything_once_newest_first(tmp_path: Path, limit: int) -> None:
    past = [date(2025, 11, 3), date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28)]
    recent = [date(2026, 3, 29), date(2026, 3, 30), date(2026, 3, 31)]
    moves = [moved("C1", day, hour) for day in past for hour in (9, 10)]
    days: dict[str, Rows] = {}
    for day in recent:
        days[f"transactions:{day}"] = [moved("C1", day), moved("C2", day)]
        days[f"events:{day}"] = [logged_in("C1", day, 9), logged_in("C1", day, 23)]
    snapshot = bank(tmp_path, customers=PEOPLE, transactions=moves, days=days)
    entries = [entry for page in walk(snapshot, "C1", limit) for entry in page.entries]
    assert len(entries) == len(moves) + 9
    assert len({(entry.kind, entry.id) for entry in entries}) == len(entries)
    assert entries == sorted(entries, key=lambda entry: entry.cursor, reverse=True)
    assert all(len(page.entries) <= limit for page in walk(snapshot, "C1", limit))


def test_a_timeline_can_be_of_one_kind_only(tmp_path: Path) -> None:
    day = date(2026, 3, 30)
    snapshot = bank(tmp_path, transactions=[moved("C1", day)], events=[logged_in("C1", day)])
    found = timeline(snapshot, "C1", kinds=("event",))
    assert [entry.kind for entry in found.entries] == ["event"]
    assert timeline(snapshot, "C2").entries == ()


def test_only_the_wanted_columns_of_ones_own_rows_are_read(tmp_path: Path) -> None:
    snapshot = bank(tmp_path, customers=PEOPLE)
    parts = snapshot.datasets["customers"]
    assert rows_of(snapshot, parts, "C2", ["name", "no_such"]) == [
        {"name": "王芳", "no_such": None}
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("C1", ["C1", "C12"]),
        ("C12", ["C12"]),
        ("王", ["C1", "C2"]),
        ("王芳", ["C2"]),
        ("Ana", ["C12"]),
        ("5678", ["C2"]),
        ("678", []),
        ("  ", []),
        ("%", []),
        ("' OR 1=1 --", []),
    ],
)
def test_customers_are_found_by_id_name_and_end_of_the_mobile_number(
    tmp_path: Path, connection: Backend, text: str, found: list[str]
) -> None:
    hits = search_customers(bank(tmp_path, customers=PEOPLE), connection, text)
    assert [hit.customer_id for hit in hits] == found


def test_what_is_found_is_masked(tmp_path: Path, connection: Backend) -> None:
    (hit,) = search_customers(bank(tmp_path, customers=PEOPLE), connection, "王小明")
    assert (hit.name, hit.mobile) == ("王**", "*******1234")
