"""A real Czech bank of the nineties: imported by its mapping, known by its tags, counted."""

import os
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from ibis.backends.duckdb import Backend

from asterism.audience import Columns, compile_audience
from asterism.insight.tags import catalogue, compute_tags
from asterism.kernel.progress import silent
from asterism.warehouse import (
    LoadReport,
    Snapshot,
    Warehouse,
    connect,
    import_mapping,
    load_mapping,
)

ROOT = Path(__file__).parents[2]
MAPPING = ROOT / "examples" / "berka" / "mapping.yaml"
SOURCE = Path(os.environ.get("ASTERISM_DATA", ROOT.parent / "shared" / "data")) / "berka_pkdd99"

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    if not (SOURCE / "client.parquet").is_file():
        pytest.skip("the Berka data set is not here")
    return Warehouse(tmp_path_factory.mktemp("berka") / "warehouse")


@pytest.fixture(scope="module")
def imported(bank: Warehouse) -> tuple[Snapshot, LoadReport]:
    return import_mapping(bank, None, load_mapping(MAPPING), SOURCE, memory_limit="1GB")


@pytest.fixture(scope="module")
def snapshot(imported: tuple[Snapshot, LoadReport]) -> Snapshot:
    return imported[0]


@pytest.fixture(scope="module")
def connection() -> Backend:
    return connect(memory_limit="1GB", threads=2)


def test_every_row_of_every_file_is_accounted_for(
    imported: tuple[Snapshot, LoadReport],
) -> None:
    snapshot, report = imported
    loaded = {name: table.loaded for name, table in report.tables.items()}
    assert loaded == {
        "branches": 77,
        "products": 5,
        "customers": 5_369,
        "accounts": 4_500 + 892 + 682,
        "transactions": 49_102,
        "balances": 39_960,
        "external_facts": 2 * 5_369,
    }
    assert report.quarantined == 0
    assert report.tables["balances"].duplicates == 49_102 - 39_960
    assert snapshot.as_of == date(1994, 3, 31)


def test_birth_numbers_tell_gender_and_birthday(snapshot: Snapshot, connection: Backend) -> None:
    rows = snapshot.table(connection, "customers").to_pyarrow().to_pylist()
    people = {row["customer_id"]: row for row in rows}
    assert people["C1"]["gender"] == "female", "706213 is a woman born on 13 December 1970"
    assert people["C1"]["birth_date"] == date(1970, 12, 13)
    assert (people["C2"]["gender"], people["C2"]["birth_date"]) == ("male", date(1945, 2, 4))
    assert min(row["birth_date"] for row in rows) == date(1911, 8, 20)
    assert max(row["birth_date"] for row in rows) == date(1987, 9, 27)


def test_money_flows_have_signs_and_kinds(snapshot: Snapshot, connection: Backend) -> None:
    table = snapshot.table(connection, "transactions", columns=["kind", "amount", "currency"])
    rows = table.to_pyarrow().to_pylist()
    kinds = Counter(row["kind"] for row in rows)
    assert (kinds["pension"], kinds["interest"], kinds["loan_repayment"]) == (1_770, 9_463, 123)
    incoming = {"pension", "interest", "cash_in", "transfer_in"}
    assert all((row["amount"] > 0) == (row["kind"] in incoming) for row in rows if row["amount"])
    assert {row["currency"] for row in rows} == {"CZK"}


def test_cards_and_loans_belong_to_their_owners(snapshot: Snapshot, connection: Backend) -> None:
    rows = snapshot.table(connection, "accounts").to_pyarrow().to_pylist()
    assert Counter(row["family"] for row in rows) == {
        "demand_deposit": 4_500,
        "credit_card": 892,
        "consumer_loan": 682,
    }
    loan = next(row for row in rows if row["account_id"] == "L5314")
    assert (loan["principal"], loan["opened_on"]) == (9_639_600, date(1993, 7, 5))


def test_importing_again_brings_nothing_new(bank: Warehouse, snapshot: Snapshot) -> None:
    again, report = import_mapping(bank, snapshot, load_mapping(MAPPING), SOURCE)
    assert report.tables["transactions"].skipped == ["trans_prefix.parquet"]
    assert again.rows("transactions") == 49_102
    assert again.rows("accounts") == 6_074


def test_tags_and_audiences_are_counted_on_it(bank: Warehouse, snapshot: Snapshot) -> None:
    tagged = compute_tags(bank, snapshot, snapshot.as_of, silent)
    columns = Columns.open(tagged.path("columns"))
    assert columns.size == 5_369

    def size(text: str) -> int:
        return compile_audience(text, catalogue({})).mask(columns).count()

    women = size("gender = 'female'")
    assert (women, size("gender = 'male'")) == (2_645, 2_724)
    assert size("city = 'Hl.m. Praha'") == 663
    assert size("age IS NOT NULL") == 5_369
    active = size("transactions_90d > 0")
    assert 0 < active <= 1_229, "only accounts opened by then move"
    assert size("transactions_90d > 0 AND gender = 'female'") < min(active, women)
