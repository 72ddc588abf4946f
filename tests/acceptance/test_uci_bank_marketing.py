"""The real telephone campaign: imported, learned from without its leak, and judged honestly."""

import csv
import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pytest

from asterism.insight.response import load_model
from asterism.warehouse import Warehouse, connect

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "uci_bank_marketing"
SHARED = Path(os.environ.get("ASTERISM_DATA", ROOT.parent / "shared" / "data"))
PUBLISHED = SHARED / "uci_bank_marketing" / "bank_additional_full.parquet"

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def example() -> Iterator[ModuleType]:
    sys.path.insert(0, str(EXAMPLE))
    yield importlib.import_module("target_list")
    sys.path.remove(str(EXAMPLE))


@pytest.fixture(scope="module")
def home(example: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not PUBLISHED.is_file():
        pytest.skip("the Bank Marketing data set is not here")
    home = tmp_path_factory.mktemp("uci")
    example.import_contacts(PUBLISHED, home)
    return home


@pytest.fixture(scope="module")
def table(example: ModuleType, home: Path) -> pa.Table:
    connection = connect(memory_limit="1GB", threads=1)
    snapshot = Warehouse(home / "warehouse").list()[-1]
    table = example.contacts(snapshot, connection)
    connection.disconnect()
    return table


def test_every_contact_is_imported_with_its_outcome_and_without_its_duration(
    table: pa.Table,
) -> None:
    assert table.num_rows == 41_188
    assert sum(table.column("yes").to_pylist()) == 4_640
    assert not [name for name in table.column_names if "duration" in name]
    days = [moment.date() for moment in table.column("occurred_at").to_pylist()]
    assert (min(days).isoformat()[:7], max(days).isoformat()[:7]) == ("2008-05", "2010-11")


def test_the_list_finds_those_who_say_yes_among_contacts_the_model_never_saw(
    example: ModuleType, table: pa.Table, home: Path
) -> None:
    result, judged = example.judge(table)
    assert 0.28 < judged.num_rows / table.num_rows < 0.32
    assert result.auc >= 0.78
    assert result.list.lift >= 2.5
    assert result.list.lift_low > 2.5
    assert result.deciles[0].lift > result.deciles[4].lift > result.deciles[9].lift
    assert sum(part.successes for part in result.deciles) == sum(judged.column("yes").to_pylist())
    for part in result.deciles[:3]:
        assert abs(part.expected - part.share) < 0.04

    result.model.save(home / "model")
    assert load_model(home / "model") == result.model
    example.write_list(result.model, judged, home / "lists" / "term_deposit.csv")
    with (home / "lists" / "term_deposit.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == result.list.customers
    shares = [float(row["probability"]) for row in rows]
    assert shares == sorted(shares, reverse=True)
    assert all(row["reasons"].count(";") == 2 for row in rows)
    assert example.table_of(result.deciles).count("\n") == 11
