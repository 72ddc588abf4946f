"""Tags from daily runs over rollups equal tags from one pass over all raw data."""

import tempfile
from datetime import date, timedelta
from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from asterism.insight.tags import TAGS, compute_tags
from asterism.insight.tags.batch import in_order
from asterism.insight.tags.beside import daily_table
from asterism.insight.tags.binding import bind_customers, bind_raw
from asterism.insight.tags.cover import cover, day_ranges, stretches
from asterism.insight.tags.population import daily_tags, sources_of
from asterism.insight.tags.rolls import MANY, Limits
from asterism.insight.tags.tag import FromSource
from asterism.kernel.hashing import BUCKETS
from asterism.warehouse import TABLES, Draft, Snapshot, Warehouse, connect
from asterism.warehouse.canonical import Column, ColumnType
from asterism.warehouse.snapshot import stored_types
from asterism.warehouse.views import fetch

DATED = {
    name: tag
    for name, tag in TAGS.items()
    if isinstance(tag.rule, FromSource) and tag.rule.source.dated
}
CUSTOMERS = [f"c{number}" for number in range(12)]
EVENTS = ["login", "product_view", "apply_start", "search"]
TABLES_OF_FACTS = ("transactions", "events", "interactions", "balances")
#: Everything is divided and every month is summed, however small.
SMALL = Limits(rows_at_once=100, month_rows=1)


def facts(name: str, rng: np.random.Generator, first: date, last: date, rows: int) -> pa.Table:
    """Return random rows of a canonical table, nulls and rare codes included."""
    table = TABLES[name]
    low = np.datetime64(first, "us").astype(np.int64)
    high = np.datetime64(last + timedelta(days=1), "us").astype(np.int64)
    moments = rng.integers(low, high, rows).astype("datetime64[us]")
    columns: dict[str, list[object]] = {}
    for column in table.columns:
        values = _values(column, rng, rows)
        if not column.required:
            values = [None if rng.random() < 0.1 else value for value in values]
        columns[column.name] = values
    unit = "D" if table.column(table.dated_by).type is ColumnType.DATE else "us"
    columns[table.dated_by] = moments.astype(f"datetime64[{unit}]").tolist()
    types = {k: v for k, v in stored_types(table).items() if k != "bucket"}
    found = pa.table(columns, schema=ibis.schema(types).to_pyarrow())
    return _keyed(found) if name == "balances" else found


def _values(column: Column, rng: np.random.Generator, rows: int) -> list[object]:
    chosen: dict[str, list[str]] = {"customer_id": CUSTOMERS, "name": EVENTS}
    words = chosen.get(column.name, list(column.codes))
    if words:
        return list(rng.choice(words, rows).tolist())
    if column.type is ColumnType.TEXT:
        return [f"x{number}" for number in rng.integers(0, 10**9, rows)]
    if column.type is ColumnType.NUMBER:
        return list(np.round(rng.random(rows) * 11, 2).tolist())
    most = 10**7 if column.type is ColumnType.MONEY else 31
    return list(rng.integers(-most if most > 31 else 1, most, rows).tolist())


def _keyed(balances: pa.Table) -> pa.Table:
    """Give each account one customer and one row a day at most, as the canonical key says."""
    frame = balances.to_pandas()
    frame["account_id"] = frame["customer_id"] + frame["family"].str[:3]
    frame = frame.drop_duplicates(["account_id", "date"])
    return pa.Table.from_pandas(frame, schema=balances.schema, preserve_index=False)


def add(draft: Draft, rng: np.random.Generator, first: date, last: date, rows: int) -> None:
    for name in TABLES_OF_FACTS:
        draft.write_table(name, facts(name, rng, first, last, rows), layout=TABLES[name].layout)


def begin(warehouse: Warehouse, rng: np.random.Generator, today: date) -> Snapshot:
    with warehouse.begin(None, today) as draft:
        schema = ibis.schema({"customer_id": "string", "employer_id": "string"}).to_pyarrow()
        types = {k: v for k, v in stored_types(TABLES["customers"]).items() if k != "bucket"}
        people = pa.table({"customer_id": CUSTOMERS, "employer_id": [None] * 12}, schema=schema)
        whole = pa.Table.from_pylist(people.to_pylist(), schema=ibis.schema(types).to_pyarrow())
        draft.write_table("customers", whole, layout=TABLES["customers"].layout)
        accounts = [
            {
                "account_id": f"{customer}wea",
                "customer_id": customer,
                "family": "wealth",
                "closed_on": today - timedelta(days=20 * number),
            }
            for number, customer in enumerate(CUSTOMERS[:6])
        ]
        types = {k: v for k, v in stored_types(TABLES["accounts"]).items() if k != "bucket"}
        table = pa.Table.from_pylist(accounts, schema=ibis.schema(types).to_pyarrow())
        draft.write_table("accounts", table, layout=TABLES["accounts"].layout)
        add(draft, rng, today - timedelta(days=420), today, 250)
        return draft.seal()


def tags_of(snapshot: Snapshot) -> pa.Table:
    return pa.concat_tables([pq.read_table(snapshot.file(p)) for p in snapshot.datasets["tags"]])


@settings(max_examples=2, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    today=st.dates(date(2024, 1, 25), date(2025, 3, 10)),
    step=st.integers(1, 40),
)
def test_daily_runs_give_the_tags_of_one_full_pass(seed: int, today: date, step: int) -> None:
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as directory:
        warehouse = Warehouse(Path(directory))
        snapshot = begin(warehouse, rng, today)
        for _ in range(2):
            snapshot = compute_tags(warehouse, snapshot, today, tags=DATED, limits=SMALL)
            full = compute_tags(warehouse, snapshot, today, tags=DATED, full=True)
            assert tags_of(snapshot).equals(tags_of(full))
            tomorrow = today + timedelta(days=step)
            with warehouse.begin(snapshot, tomorrow) as draft:
                # some of it late: dated before what was known already
                add(draft, rng, today - timedelta(days=5), tomorrow, 30)
                snapshot = draft.seal()
            today = tomorrow


def test_a_daily_run_reads_no_raw_part_that_was_read_before(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    today = date(2026, 3, 30)
    warehouse = Warehouse(tmp_path)
    snapshot = compute_tags(warehouse, begin(warehouse, rng, today), today, tags=DATED)
    for _ in range(3):
        old = [p for name in TABLES_OF_FACTS for p in snapshot.datasets[name]]
        today += timedelta(days=1)
        with warehouse.begin(snapshot, today) as draft:
            add(draft, rng, today, today, 40)
            snapshot = draft.seal()
        full = compute_tags(warehouse, snapshot, today, tags=DATED, full=True)
        aside = {snapshot.file(part): snapshot.file(part).read_bytes() for part in old}
        for path in aside:
            path.unlink()
        snapshot = compute_tags(warehouse, snapshot, today, tags=DATED)
        for path, content in aside.items():
            path.write_bytes(content)
        assert tags_of(snapshot).equals(tags_of(full))


@given(
    today=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    windows=st.sets(st.integers(1, 500), min_size=1, max_size=5),
)
def test_a_cover_counts_every_day_of_each_window_once(today: date, windows: set[int]) -> None:
    chosen = cover(today, tuple(sorted(windows)))
    assert set(chosen.whole) & set(chosen.split) == set()
    for window in windows:
        begin = today - timedelta(days=window - 1)
        for month in chosen.whole:
            ((first, last),) = day_ranges((month,))
            assert last < begin or first >= begin
            assert last <= today
    begin = today - timedelta(days=max(windows) - 1)
    ranges = day_ranges(tuple(sorted({*chosen.whole, *chosen.split})))
    assert len(ranges) == 1
    assert ranges[0][0] <= begin
    assert ranges[0][1] >= today


@given(
    today=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    windows=st.sets(st.integers(1, 500), min_size=1, max_size=5),
    missing=st.integers(0, 20),
)
def test_every_window_has_all_of_a_stretch_or_none(
    today: date, windows: set[int], missing: int
) -> None:
    whole = cover(today, tuple(sorted(windows))).whole
    made = [month for number, month in enumerate(whole) if number != missing]
    runs = stretches(today, tuple(sorted(windows)), made)
    assert [month for run in runs for month in run] == made
    for run in runs:
        # one range: no month between them is missing
        ((first, last),) = day_ranges(run)
        for window in windows:
            begin = today - timedelta(days=window - 1)
            assert last < begin or first >= begin


def test_the_many_small_files_of_a_month_become_one(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    today = date(2026, 3, 2)
    warehouse = Warehouse(tmp_path)
    snapshot = compute_tags(warehouse, begin(warehouse, rng, today), today, tags=DATED)
    for _ in range(MANY + 1):
        today += timedelta(days=1)
        with warehouse.begin(snapshot, today) as draft:
            add(draft, rng, today, today, 20)
            snapshot = draft.seal()
        snapshot = compute_tags(warehouse, snapshot, today, tags=DATED)
    parts = [part for part in snapshot.datasets["rollup_events_day"] if part.month == "2026-03"]
    assert len(parts) <= MANY
    full = compute_tags(warehouse, snapshot, today, tags=DATED, full=True)
    assert tags_of(snapshot).equals(tags_of(full))


def test_sources_put_beside_each_other_by_place_say_what_joins_say(tmp_path: Path) -> None:
    today = date(2026, 3, 30)
    snapshot = begin(Warehouse(tmp_path), np.random.default_rng(11), today)
    connection = connect()
    bind_customers(connection, snapshot, today, range(BUCKETS))
    for source in sources_of(TAGS):
        bind_raw(connection, snapshot, source, today=today, utc_offset=8, buckets=range(BUCKETS))
    joined = fetch(connection, ibis.to_sql(daily_tags(TAGS, raw=True), dialect="duckdb"))
    assert daily_table(connection, TAGS, raw=True).equals(in_order(joined))
