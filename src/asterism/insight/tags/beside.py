"""Puts what each source says beside the customers, by place instead of by an engine's joins.

Each source's aggregates are one row a customer. An engine would copy all columns found so far
through every further join, which at a hundred columns costs as much as adding up a year.
"""

from collections.abc import Mapping
from functools import partial

import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
from ibis.backends.duckdb import Backend

from asterism.insight.tags.batch import in_order
from asterism.insight.tags.population import (
    JOINED,
    customer_rows,
    daily_values,
    id_of,
    joined_rows,
    source_tags,
    sources_of,
)
from asterism.insight.tags.tag import Tag
from asterism.insight.tags.texts import text_of
from asterism.warehouse.views import fetch, fetch_all, name_table


def daily_table(connection: Backend, tags: Mapping[str, Tag], *, raw: bool) -> pa.Table:
    """Return what `daily_tags` says of the customers that are bound, by bucket and id."""
    key = tuple(id(tag) for tag in tags.values())
    people = in_order(fetch(connection, text_of(("people", key), lambda: _people(tags))))
    ids = people.column("customer_id").combine_chunks()
    columns = {name: people.column(name) for name in people.column_names}
    sources = sources_of(tags)
    texts = [
        text_of(("source", raw, source.name, key), partial(source_tags, tags, source, raw=raw))
        for source in sources
    ]
    for source, found in zip(sources, fetch_all(connection, texts), strict=True):
        places = pc.index_in(ids, value_set=found.column(id_of(source)).combine_chunks())
        others = found.drop_columns([id_of(source)])
        columns |= {name: others.column(name).take(places) for name in others.column_names}
    name_table(connection, JOINED, pa.table(columns))
    values = text_of(("values", key), lambda: daily_values(tags, joined_rows(tags)))
    return in_order(fetch(connection, values))


def _people(tags: Mapping[str, Tag]) -> ir.Table:
    """Return the customers with the columns that tags read."""
    read = {field.name for field in daily_values(tags, joined_rows(tags)).op().find(ops.Field)}
    people = customer_rows()
    read |= {"customer_id", "bucket"}
    return people.select(name for name in people.columns if name in read)
