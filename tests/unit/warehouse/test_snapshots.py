"""Snapshots appear whole, share parts, and are kept by policy."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from asterism.kernel.clock import SetClock
from asterism.kernel.errors import ConflictError, NotFoundError
from asterism.kernel.hashing import bucket_of
from asterism.warehouse import TABLES, Snapshot, Warehouse, connect
from asterism.warehouse.canonical import Layout
from asterism.warehouse.views import fetch, name_rows

DAY = date(2026, 1, 31)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 2, 1, tzinfo=UTC))


@pytest.fixture
def warehouse(tmp_path: Path, clock: SetClock) -> Warehouse:
    return Warehouse(tmp_path / "warehouse", clock)


def customers(*ids: str) -> pa.Table:
    return pa.table({"customer_id": pa.array(ids), "city": pa.array([f"city of {i}" for i in ids])})


def sealed(warehouse: Warehouse, parent: Snapshot | None, *ids: str) -> Snapshot:
    with warehouse.begin(parent, DAY) as draft:
        draft.write_table("customers", customers(*ids), layout=Layout.BUCKETS)
        return draft.seal()


def test_a_sealed_snapshot_is_listed_and_reads_what_was_written(warehouse: Warehouse) -> None:
    snapshot = sealed(warehouse, None, "a", "b", "c")
    assert [s.id for s in warehouse.list()] == [snapshot.id]
    rows = warehouse.open(snapshot.id).table(connect(), "customers").to_pyarrow().to_pylist()
    assert sorted(row["customer_id"] for row in rows) == ["a", "b", "c"]
    assert all(row["bucket"] == bucket_of(row["customer_id"]) for row in rows)
    assert snapshot.verify() == ()
    assert snapshot.rows("customers") == 3


def test_an_unsealed_draft_is_invisible_and_leaves_nothing(warehouse: Warehouse) -> None:
    with warehouse.begin(None, DAY) as draft:
        draft.write_table("customers", customers("a"), layout=Layout.BUCKETS)
        assert warehouse.list() == ()
    assert warehouse.list() == ()
    assert list(warehouse.rooms.parts.iterdir()) == []


def test_a_snapshot_refers_to_its_parents_parts(warehouse: Warehouse) -> None:
    first = sealed(warehouse, None, "a")
    with warehouse.begin(first, DAY) as draft:
        draft.write_table("scores", customers("a"), layout=Layout.WHOLE)
        second = draft.seal()
    assert second.datasets["customers"] == first.datasets["customers"]
    assert second.parent == first.id
    assert {p.path.split("/")[0] for p in second.added("scores", first)} == {second.id}
    assert second.added("customers", first) == ()


def test_a_draft_cannot_be_sealed_twice(warehouse: Warehouse) -> None:
    draft = warehouse.begin(None, DAY)
    draft.seal()
    with pytest.raises(ConflictError):
        draft.seal()


def test_a_canonical_table_without_data_is_empty_and_typed(warehouse: Warehouse) -> None:
    snapshot = warehouse.begin(None, DAY).seal()
    table = snapshot.table(connect(), "transactions")
    assert table.count().to_pyarrow().as_py() == 0
    assert table.schema()["amount"].is_int64()
    assert set(table.columns) == {*TABLES["transactions"].names, "bucket"}


def test_a_dataset_that_is_no_table_and_has_no_data_is_not_found(warehouse: Warehouse) -> None:
    snapshot = warehouse.begin(None, DAY).seal()
    with pytest.raises(NotFoundError):
        snapshot.table(connect(), "tags")
    with pytest.raises(NotFoundError):
        snapshot.path("columns")
    with pytest.raises(NotFoundError):
        warehouse.open("000099")


def test_directories_are_datasets_too(warehouse: Warehouse) -> None:
    with warehouse.begin(None, DAY) as draft:
        home = draft.directory / "columns"
        home.mkdir()
        (home / "age.npy").write_bytes(b"123")
        draft.add_directory("columns")
        snapshot = draft.seal()
    assert (snapshot.path("columns") / "age.npy").read_bytes() == b"123"
    second = warehouse.begin(snapshot, DAY).seal()
    assert second.path("columns") == snapshot.path("columns")


def events(*days: int) -> pa.Table:
    return pa.table(
        {
            "event_id": [f"e{day}" for day in days],
            "customer_id": ["a" for _ in days],
            "occurred_at": [
                datetime.fromisoformat("2026-01-01") + timedelta(days=day) for day in days
            ],
        }
    )


def test_months_are_parts_of_their_own_and_since_leaves_older_ones_out(
    warehouse: Warehouse,
) -> None:
    with warehouse.begin(None, DAY) as draft:
        draft.write_table("events", events(0, 10, 40, 70), layout=Layout.MONTHS)
        snapshot = draft.seal()
    assert [part.month for part in snapshot.datasets["events"]] == ["2026-01", "2026-02", "2026-03"]
    connection = connect()
    since = snapshot.table(connection, "events", since=date(2026, 1, 11)).to_pyarrow()
    assert since["event_id"].to_pylist() == ["e10", "e40", "e70"]
    february = snapshot.table(connection, "events", months=["2026-02"], columns=["event_id"])
    assert february.to_pyarrow().to_pydict() == {"event_id": ["e40"]}


def test_buckets_read_only_their_customers(warehouse: Warehouse) -> None:
    ids = [f"C{number}" for number in range(200)]
    snapshot = sealed(warehouse, None, *ids)
    chosen = snapshot.table(connect(), "customers", buckets=[3, 7]).to_pyarrow()
    expected = sorted(i for i in ids if bucket_of(i) in {3, 7})
    assert sorted(chosen["customer_id"].to_pylist()) == expected


@pytest.mark.parametrize("since", [None, date(2026, 1, 31), date(2026, 3, 1)])
@pytest.mark.parametrize("buckets", [None, range(16), (bucket_of("a"),), ()])
def test_the_text_of_a_table_reads_what_the_table_reads(
    warehouse: Warehouse, since: date | None, buckets: Sequence[int] | None
) -> None:
    days = [datetime.fromisoformat(day) for day in ("2026-01-30", "2026-01-31", "2026-02-01")]
    rows = pa.table({"customer_id": ["a", "it's", "客户"], "posted_at": days})
    with warehouse.begin(None, DAY) as draft:
        draft.write_table("transactions", rows, layout=Layout.MONTHS)
        snapshot = draft.seal()
    connection = connect()
    if buckets == ():
        buckets = (15 - bucket_of("a"),)
    table = snapshot.table(connection, "transactions", buckets=buckets, since=since)
    name_rows(connection, "named", snapshot.text("transactions", buckets=buckets, since=since))
    named = fetch(connection, "SELECT * FROM named")
    assert named.sort_by("posted_at").equals(table.to_pyarrow().sort_by("posted_at"))


def test_the_text_of_a_table_without_data_has_its_columns(warehouse: Warehouse) -> None:
    with warehouse.begin(None, DAY) as draft:
        snapshot = draft.seal()
    empty = fetch(connect(), snapshot.text("balances"))
    assert empty.num_rows == 0
    assert {*TABLES["balances"].names, "bucket"} == {*empty.column_names}
    with pytest.raises(NotFoundError):
        snapshot.text("scores")


def test_buckets_can_be_written_one_by_one(warehouse: Warehouse) -> None:
    first = sealed(warehouse, None, "a", "b", "c")
    with warehouse.begin(first, DAY) as draft:
        for bucket in range(16):
            ids = [i for i in ("x", "y", "z") if bucket_of(i) == bucket]
            rows = pa.table({"customer_id": pa.array(ids, pa.string())})
            draft.write_table("customers", rows, layout=Layout.BUCKETS, bucket=bucket)
        second = draft.seal()
    found = second.table(connect(), "customers", columns=["customer_id"]).to_pyarrow()
    assert sorted(found["customer_id"].to_pylist()) == ["x", "y", "z"]


def test_pruning_keeps_the_newest_the_protected_and_what_they_refer_to(
    warehouse: Warehouse, clock: SetClock
) -> None:
    first = sealed(warehouse, None, "a")
    second = sealed(warehouse, first, "b")
    third = warehouse.begin(second, DAY).seal()
    fourth = sealed(warehouse, third, "d")
    assert warehouse.prune(1, protect=[third.id]) == (first.id, second.id)
    assert [s.id for s in warehouse.list()] == [third.id, fourth.id]
    assert first.verify() == (), "readers have a grace"
    clock.set(clock.now() + timedelta(hours=2))
    warehouse.prune(1, protect=[third.id])
    assert first.verify() != ()
    assert third.verify() == (), "a parent's part that is still referred to stays"


def test_ids_are_never_used_again(warehouse: Warehouse, clock: SetClock) -> None:
    first = sealed(warehouse, None, "a")
    second = sealed(warehouse, first, "b")
    clock.set(clock.now() + timedelta(days=1))
    warehouse.prune(1)
    assert sealed(warehouse, second, "c").id > second.id > first.id


def test_a_damaged_part_is_found(warehouse: Warehouse) -> None:
    snapshot = sealed(warehouse, None, "a")
    damaged = snapshot.datasets["customers"][0]
    snapshot.file(damaged).write_bytes(b"x")
    assert snapshot.verify() == (damaged.path,)
