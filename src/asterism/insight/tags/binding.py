"""Binds the expressions' tables to a snapshot's files, for some buckets and one day."""

from collections.abc import Sequence
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from asterism.insight.tags.population import CUSTOMERS, EMPLOYER_PREFIX
from asterism.insight.tags.source import Source
from asterism.warehouse import TABLES, Part, Snapshot


def bind_customers(
    connection: Backend, snapshot: Snapshot, today: date, buckets: Sequence[int]
) -> None:
    """Name the customers of the buckets, each with the employer beside."""
    customers = snapshot.table(connection, "customers", buckets=buckets)
    employers = snapshot.table(connection, "employers")
    employers = employers.rename({EMPLOYER_PREFIX + name: name for name in employers.columns})
    employer_id = employers[f"{EMPLOYER_PREFIX}employer_id"]
    table = customers.left_join(employers, customers["employer_id"] == employer_id)
    table = table.mutate(today=ibis.literal(today))
    connection.create_view(CUSTOMERS, table, overwrite=True)


def bind_raw(  # noqa: PLR0913 - what is read, and what it is read as
    connection: Backend,
    snapshot: Snapshot,
    source: Source,
    *,
    today: date,
    utc_offset: int,
    buckets: Sequence[int],
    parts: Sequence[Part] | None = None,
) -> None:
    """Name the canonical rows that a source reads: of its horizon, or exactly those of `parts`."""
    since = None
    if source.dated and parts is None:
        since = today - timedelta(days=source.horizon - 1)
    table = snapshot.table(connection, source.table, buckets=buckets, since=since, parts=parts)
    if since is not None:
        tomorrow = ibis.literal(today + timedelta(days=1))
        table = table.filter(table[TABLES[source.table].dated_by] < tomorrow)
    table = table.mutate(today=ibis.literal(today), utc_offset=ibis.literal(utc_offset, "int64"))
    table = with_beside(connection, snapshot, source, table, buckets)
    connection.create_view(source.raw().get_name(), table, overwrite=True)


def with_beside(
    connection: Backend,
    snapshot: Snapshot,
    source: Source,
    table: ir.Table,
    buckets: Sequence[int],
) -> ir.Table:
    """Return the rows with the column that the source looks up elsewhere, null where unknown."""
    beside = source.beside
    if beside is None:
        return table
    other = snapshot.table(connection, beside.table, buckets=buckets)
    other = other.filter(other[beside.column].notnull())
    other = other.select(beside_key=other[beside.key], **{beside.name: other[beside.column]})
    joined = table.left_join(other, table[beside.key] == other["beside_key"])
    return joined.select(*table.columns, beside.name)
