"""Binds the expressions' tables to a snapshot's files, for some buckets and one day."""

from collections.abc import Sequence
from datetime import date, timedelta

from ibis.backends.duckdb import Backend

from asterism.insight.tags.population import CUSTOMERS, EMPLOYER_PREFIX
from asterism.insight.tags.source import Source
from asterism.warehouse import TABLES, Part, Snapshot
from asterism.warehouse.views import literal, name_rows, quoted, where


def bind_customers(
    connection: Backend, snapshot: Snapshot, today: date, buckets: Sequence[int]
) -> None:
    """Name the customers of the buckets, each with the employer beside."""
    customers = snapshot.text("customers", buckets=buckets)
    employers = snapshot.text("employers")
    named = ", ".join(f"e.{name} AS {EMPLOYER_PREFIX}{name}" for name in TABLES["employers"].names)
    text = (
        f"SELECT c.*, {named}, {literal(today)} AS today FROM ({customers}) AS c"  # noqa: S608
        f" LEFT JOIN ({employers}) AS e ON c.employer_id = e.employer_id"
    )
    name_rows(connection, CUSTOMERS, text)


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
    rows = snapshot.text(source.table, buckets=buckets, since=since, parts=parts)
    if since is not None:
        tomorrow = literal(today + timedelta(days=1))
        rows = where(rows, [f"{quoted(TABLES[source.table].dated_by)} < {tomorrow}"])
    own = f"{literal(today)} AS today, CAST({utc_offset} AS BIGINT) AS utc_offset"
    text = with_beside(snapshot, source, rows, own, buckets)
    name_rows(connection, source.raw().get_name(), text)


def with_beside(
    snapshot: Snapshot, source: Source, rows: str, own: str, buckets: Sequence[int]
) -> str:
    """Return the text for the rows with the columns `own` that the run gives all of them.

    What the source looks up elsewhere stands beside, null where unknown.
    """
    beside = source.beside
    if beside is None:
        return f"SELECT *, {own} FROM ({rows})"  # noqa: S608 - of our own declarations
    key, column = quoted(beside.key), quoted(beside.column)
    other = where(snapshot.text(beside.table, buckets=buckets), [f"{column} IS NOT NULL"])
    return (
        f"SELECT r.*, {own}, b.{column} AS {beside.name} FROM ({rows}) AS r"  # noqa: S608
        f" LEFT JOIN (SELECT {key}, {column} FROM ({other})) AS b ON r.{key} = b.{key}"
    )
