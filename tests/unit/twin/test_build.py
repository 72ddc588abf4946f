from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from asterism.kernel.errors import InvalidInputError, NotFoundError
from asterism.twin import World, build_world
from asterism.twin.arrow import schema
from asterism.warehouse import load_mapping
from asterism.warehouse.canonical import TABLES, Table

CUSTOMERS = 3_000


def read(world: World, table: str) -> pa.Table:
    return pq.read_table(world.source / table)


def files_of(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in sorted(directory.rglob("*.parquet"))
    }


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        build_world(tmp_path / name, 300, 5, 40, date(2025, 11, 20))
    build_world(tmp_path / "three", 300, 6, 40, date(2025, 11, 20))
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
    assert files_of(tmp_path / "one") != files_of(tmp_path / "three")


def test_a_history_ends_the_day_before_the_first_live_day(built: World) -> None:
    assert built.through == date(2025, 9, 10) + timedelta(days=129)
    assert World.open(built.directory).through == built.through


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_every_canonical_table_keeps_its_declaration(built: World, table: Table) -> None:
    rows = read(built, table.name)
    assert rows.schema.names == list(table.names)
    assert rows.cast(schema(table.name)).num_rows == rows.num_rows > 0
    for column in table.columns:
        values = rows[column.name]
        assert not (column.required and values.null_count), column.name
        if column.codes:
            assert set(pc.unique(values.drop_null()).to_pylist()) <= set(column.codes), column.name
    key = rows.select(list(table.key)).group_by(list(table.key)).aggregate([])
    assert key.num_rows == rows.num_rows


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_every_reference_leads_somewhere(built: World, table: Table) -> None:
    rows = read(built, table.name)
    for column in table.columns:
        if column.references:
            target, name = column.references.split(".")
            known = set(read(built, target)[name].to_pylist())
            used = set(pc.unique(rows[column.name].drop_null()).to_pylist())
            assert used <= known, column.name


def test_every_transaction_belongs_to_an_account_of_its_customer(built: World) -> None:
    owner = dict(
        zip(
            *(read(built, "accounts")[name].to_pylist() for name in ("account_id", "customer_id")),
            strict=True,
        )
    )
    for table in ("transactions", "balances"):
        rows = read(built, table)
        pairs = rows.group_by(["account_id", "customer_id"]).aggregate([]).to_pylist()
        assert all(owner[p["account_id"]] == p["customer_id"] for p in pairs)


def test_the_mapping_is_read_by_the_warehouse(built: World) -> None:
    mapping = load_mapping(built.mapping)
    assert {load.table for load in mapping.loads} == set(TABLES)


def test_nothing_of_the_truth_is_in_the_source(built: World) -> None:
    hidden = ("uplift", "baseline", "persuadable", "annoyed", "sure", "wealth_type")
    for path in built.source.rglob("*.parquet"):
        names = pq.read_schema(path).names
        assert not [name for name in names if any(word in name for word in hidden)]
    latent = pq.read_table(built.directory / "truth" / "customers.parquet")
    assert latent.num_rows >= CUSTOMERS


def test_no_customer_is_known_before_becoming_one(built: World) -> None:
    customers = read(built, "customers")
    assert customers.num_rows == CUSTOMERS
    assert pc.max(customers["opened_on"]).as_py() <= built.through
    opened = dict(
        zip(customers["customer_id"].to_pylist(), customers["opened_on"].to_pylist(), strict=True)
    )
    first = (
        read(built, "transactions").group_by("customer_id").aggregate([("posted_at", "min")])
    ).to_pylist()
    day = timedelta(hours=8)
    assert all((r["posted_at_min"] + day).date() >= opened[r["customer_id"]] for r in first)


def test_telephone_numbers_and_mail_cannot_reach_anybody(built: World) -> None:
    customers = read(built, "customers")
    mobiles = customers["mobile"].drop_null().to_pylist()
    assert all(mobile.startswith("154") and len(mobile) == 11 for mobile in mobiles)
    assert len(set(mobiles)) == len(mobiles)
    domains = {mail.split("@")[1] for mail in customers["email"].drop_null().to_pylist()}
    assert domains <= {"example.com", "mail.example.com", "example.net", "example.org"}


@pytest.mark.parametrize(("locale", "currency"), [("en", "GBP"), ("es", "EUR")])
def test_a_bank_can_stand_in_another_country(tmp_path: Path, locale: str, currency: str) -> None:
    world = build_world(tmp_path, 400, 3, 35, date(2025, 10, 1), locale=locale)
    customers = read(world, "customers")
    assert set(customers["currency"].to_pylist()) == {currency}
    assert all(" " in name for name in customers["name"].to_pylist())
    assert f"currency: {currency}" in world.mapping.read_text(encoding="utf-8")


def test_everything_wrong_with_the_options_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError) as caught:
        build_world(tmp_path, 0, -1, 0, date(2026, 1, 1))
    assert {problem.where for problem in caught.value.problems} == {
        "customers", "seed", "history_days",
    }  # fmt: skip
    with pytest.raises(InvalidInputError, match="locale"):
        build_world(tmp_path, 10, 1, 10, date(2026, 1, 1), locale="tlh")


def test_a_directory_without_a_world_is_said_to_have_none(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        World.open(tmp_path)


def test_ids_grow_with_the_number_of_the_customer(built: World) -> None:
    ids = np.array(read(built, "customers")["customer_id"].to_pylist())
    assert ids[0] == "C000000001"
    assert (ids[1:] > ids[:-1]).all()
