"""Customers flow between the stages of their life with the bank."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from asterism.insight.lifecycle import OUTSIDE, STAGES, flows, places, stage_counts
from asterism.insight.tags import TAGS
from asterism.kernel.hashing import bucket_of
from asterism.kernel.words import LOCALES
from asterism.warehouse import Snapshot, Warehouse, connect
from asterism.warehouse.canonical import Layout


@pytest.fixture
def connection() -> Iterator[Backend]:
    backend = connect(memory_limit="1GB", threads=1)
    yield backend
    backend.disconnect()


def snapshot(root: Path, as_of: date, stages: Mapping[str, str | None]) -> Snapshot:
    rows = [
        {"customer_id": who, "bucket": bucket_of(who), "lifecycle": stage}
        for who, stage in stages.items()
    ]
    schema = pa.schema(
        [("customer_id", pa.string()), ("bucket", pa.int8()), ("lifecycle", pa.string())]
    )
    with Warehouse(root).begin(None, as_of) as draft:
        draft.write_table("tags", pa.Table.from_pylist(rows, schema), layout=Layout.BUCKETS)
        return draft.seal()


JANUARY, FEBRUARY = date(2026, 1, 31), date(2026, 2, 28)


def test_each_stage_is_counted(tmp_path: Path, connection: Backend) -> None:
    found = snapshot(tmp_path, JANUARY, {"A": "new", "B": "new", "C": "lost", "D": None})
    counts = stage_counts(found, connection)
    assert list(counts) == list(STAGES)
    assert (counts["new"], counts["lost"], counts["mature"]) == (2, 1, 0)


def test_customers_flow_from_one_month_end_to_the_next(tmp_path: Path, connection: Backend) -> None:
    before = snapshot(tmp_path, JANUARY, {"A": "new", "B": "mature", "C": "mature", "D": None})
    after = snapshot(tmp_path, FEBRUARY, {"A": "growing", "B": "mature", "E": "new", "D": "lost"})
    (flow,) = flows([before, after], connection)
    assert (flow.since, flow.until) == (JANUARY, FEBRUARY)
    assert flow.counts["new", "growing"] == 1
    assert flow.stayed("mature") == 1
    assert flow.counts["mature", OUTSIDE] == 1
    assert flow.counts[OUTSIDE, "new"] == 1
    assert flow.counts[OUTSIDE, "lost"] == 1
    assert sum(sum(row) for row in flow.matrix()) == 5
    assert len(flow.matrix()) == len(places())


def test_one_snapshot_alone_has_no_flow(tmp_path: Path, connection: Backend) -> None:
    assert flows([snapshot(tmp_path, JANUARY, {"A": "new"})], connection) == ()


def test_stages_are_those_of_the_tag_and_have_titles() -> None:
    assert tuple(STAGES) == TAGS["lifecycle"].values
    assert all(title.in_locale(locale) for title in STAGES.values() for locale in LOCALES)
