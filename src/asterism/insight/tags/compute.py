"""Computes all tags of all customers, and makes the snapshot that holds them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend

from asterism.insight.tags.binding import bind_all_raw
from asterism.insight.tags.cuts import Cuts
from asterism.insight.tags.outputs import Outputs
from asterism.insight.tags.population import DAILY, all_tags, daily_tags
from asterism.insight.tags.registry import TAGS, catalogue
from asterism.insight.tags.tag import Tag
from asterism.kernel.hashing import BUCKETS
from asterism.kernel.progress import Progress, silent
from asterism.warehouse import Snapshot, Warehouse, connect

#: Customers that are computed at once, which is what bounds the memory.
AT_ONCE = 150_000
#: Hours that the bank's clock is ahead of UTC, where no other is given.
UTC_OFFSET = 8


def compute_tags(
    warehouse: Warehouse,
    parent: Snapshot,
    as_of: date,
    progress: Progress = silent,
    *,
    tags: Mapping[str, Tag] = TAGS,
    utc_offset: int = UTC_OFFSET,
) -> Snapshot:
    """Return a new snapshot: `parent` with tags as of the end of `as_of`.

    It has the datasets `tags`, `columns`, `profiles` and `statistics`.
    """
    connection = connect()
    try:
        with warehouse.begin(parent, as_of) as draft:
            customers = parent.rows("customers")
            outputs = Outputs(draft, specs(tags), customers)
            cuts = Cuts(tags, customers)
            groups = bucket_groups(customers)
            for done, buckets in enumerate(groups):
                progress("tags", done / len(groups))
                bind_all_raw(
                    connection, parent, tags, today=as_of, utc_offset=utc_offset, buckets=buckets
                )
                outputs.take(_pass(connection, tags, cuts, raw=True), buckets)
            progress("profiles", 0.0)
            outputs.close({})
            progress("profiles", 1.0)
            return draft.seal()
    finally:
        connection.disconnect()


def specs(tags: Mapping[str, Tag]) -> tuple[Any, ...]:
    """Return the tags as the audience language and the columns know them."""
    known = catalogue(tags=None if tags is TAGS else tags)
    return tuple(known.tags[name] for name in tags)


def bucket_groups(customers: int) -> tuple[tuple[int, ...], ...]:
    """Return the buckets in as few groups as memory allows."""
    count = 1
    while count < BUCKETS and customers / count > AT_ONCE:
        count *= 2
    size = BUCKETS // count
    return tuple(tuple(range(start, start + size)) for start in range(0, BUCKETS, size))


def _pass(connection: Backend, tags: Mapping[str, Tag], cuts: Cuts, *, raw: bool) -> pa.Table:
    """Return all tags of the customers that are bound."""
    names = tuple(tags)
    connection.raw_sql(
        f"CREATE OR REPLACE TEMP TABLE tag_base AS {_daily_text(names, tags, raw)}"
    )
    base = connection.table("tag_base")
    connection.create_view(DAILY, cuts.beside(base), overwrite=True)
    return connection.raw_sql(_all_text(names, tags)).to_arrow_table()


_texts: dict[tuple[object, ...], str] = {}


def _daily_text(names: Sequence[str], tags: Mapping[str, Tag], raw: bool) -> str:  # noqa: FBT001
    key = ("daily", raw, *(id(tags[name]) for name in names))
    if key not in _texts:
        _texts[key] = ibis.to_sql(daily_tags(tags, raw=raw), dialect="duckdb")
    return _texts[key]


def _all_text(names: Sequence[str], tags: Mapping[str, Tag]) -> str:
    key = ("all", *(id(tags[name]) for name in names))
    if key not in _texts:
        _texts[key] = ibis.to_sql(all_tags(tags), dialect="duckdb")
    return _texts[key]
