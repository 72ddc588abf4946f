"""What is already in the ledger about customers, as deciding and the world outside need it."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Engine, Select, func, select, type_coerce
from sqlalchemy.types import NullType

from asterism.execution.life import REACHED, State
from asterism.execution.tables import assignment, touch
from asterism.kernel.errors import NotFoundError
from asterism.ledger import reading
from asterism.strategy import ASSIGNED, TOUCHED, Contacts, get_strategy, list_strategies
from asterism.strategy.heard import standing_at
from asterism.strategy.terms import Schedule
from asterism.strategy.zones import DEFAULT_ZONES

#: Days of contacts that frequency caps look back on.
CONTACT_DAYS = 30
_FETCH = 20_000
_ON_ITS_WAY = (State.PLANNED.value, State.APPROVED.value, State.QUEUED.value)

#: Touches that reached customers on a day, for whoever answers them.
DELIVERED = pa.schema(
    [
        ("touch_id", pa.string()),
        ("customer_id", pa.string()),
        ("strategy", pa.string()),
        ("offer", pa.string()),
        ("family", pa.string()),
        ("channel", pa.string()),
        ("sent_at", pa.timestamp("us", tz="UTC")),
    ]
)


def contacts(
    engine: Engine,
    day: date,
    at: datetime | None = None,
    *,
    zones: Sequence[str] = DEFAULT_ZONES,
) -> Contacts:
    """Return what deciding on `day` counts: contacts, assignments and spending before that day.

    No contact of the day itself is in it. A contact is a touch that was sent, or may have been, on
    any channel, and one decided earlier that is still on its way. Customers' own words are in it to
    this moment, `at`; the bank's customers live in `zones`.
    """
    assigned = _assigned_before(engine, day)
    with reading(engine) as connection:
        return Contacts(
            touched=_table(connection, _contacts_before(day), TOUCHED),
            assigned=_table(connection, assigned, ASSIGNED),
            spent=_spent_before(connection, day),
            standing=standing_at(engine, at, zones=zones),
        )


def _contacts_before(day: date) -> Select[Any]:
    row = touch.c
    earliest = day - timedelta(days=CONTACT_DAYS)
    sent = select(row.customer_id, row.channel, row.sent_on.label("day")).where(
        row.sent_on >= earliest, row.sent_on < day
    )
    waiting = select(row.customer_id, row.channel, row.planned_for.label("day")).where(
        row.planned_for >= earliest,
        row.planned_for < day,
        row.state.in_(_ON_ITS_WAY),
        row.sent_on.is_(None),
    )
    return sent.union_all(waiting).subquery().select()


def _assigned_before(engine: Engine, day: date) -> Select[Any]:
    """Return assignments back to the longest time for which any strategy remembers them."""
    strategies = [entry.strategy for entry in list_strategies(engine)]
    columns = [assignment.c[name] for name in ASSIGNED.names]
    query = select(*columns).where(assignment.c.assigned_on < day)
    if any(strategy.schedule is Schedule.ONCE for strategy in strategies):
        return query
    remembered = [
        max(strategy.cooldown_days, *(wave.day for wave in strategy.waves))
        for strategy in strategies
    ]
    earliest = day - timedelta(days=max(remembered, default=0) + 1)
    return query.where(assignment.c.assigned_on >= earliest)


def _spent_before(connection: Connection, day: date) -> dict[str, int]:
    row = touch.c
    counted = (*_ON_ITS_WAY, State.UNKNOWN.value, *(state.value for state in REACHED))
    query = (
        select(row.strategy, func.sum(row.cost_minor))
        .where(row.planned_for < day, row.state.in_(counted))
        .group_by(row.strategy)
    )
    return {strategy: int(cost) for strategy, cost in connection.execute(query)}


def delivered(engine: Engine, day: date) -> pa.Table:
    """Return the touches that reached customers on the bank's calendar day, schema `DELIVERED`."""
    row = touch.c
    names = [name for name in DELIVERED.names if name != "family"]
    query = (
        select(*(row[name] for name in names), row.family, row.version)
        .where(row.sent_on == day, row.state.in_([state.value for state in REACHED]))
        .order_by(row.touch_id)
    )
    with reading(engine) as connection:
        rows = connection.execute(query).mappings().all()
    families = _families(engine, {(r["strategy"], r["version"], r["offer"]) for r in rows})
    columns: dict[str, Sequence[object]] = {name: [r[name] for r in rows] for name in names}
    columns["family"] = [
        r["family"] or families.get((r["strategy"], r["version"], r["offer"])) for r in rows
    ]
    return pa.table(
        {field.name: pa.array(columns[field.name], field.type) for field in DELIVERED},
        schema=DELIVERED,
    )


def _families(
    engine: Engine, offers: Iterable[tuple[str, int, str]]
) -> dict[tuple[str, int, str], str]:
    found = {}
    for strategy, version, offer in offers:
        try:
            entry = get_strategy(engine, strategy, version)
            found[strategy, version, offer] = entry.strategy.offer(offer).family.value
        except (NotFoundError, KeyError):
            continue
    return found


def assignments(engine: Engine, *, strategy: str | None = None, since: date | None = None) -> Any:
    """Return assignments as an arrow table with the ledger's columns, all of them by default."""
    query = select(assignment).order_by(assignment.c.assigned_on, assignment.c.customer_id)
    if strategy is not None:
        query = query.where(assignment.c.strategy == strategy)
    if since is not None:
        query = query.where(assignment.c.assigned_on >= since)
    fields = [
        *ASSIGNED,
        pa.field("value_minor", pa.int64()),
        *(pa.field(name, pa.string()) for name in ("script", "branch_id", "tier", "lifecycle")),
    ]
    schema = pa.schema(fields)
    with reading(engine) as connection:
        return _table(
            connection, query.with_only_columns(*(assignment.c[f.name] for f in fields)), schema
        )


def _table(connection: Connection, query: Select[Any], schema: pa.Schema) -> pa.Table:
    """Return the rows of `query` in `schema`, fetched in pieces so that memory stays small.

    The values are taken as the driver gives them: SQLite's days are texts, which arrow reads.
    """
    plain = [type_coerce(column, NullType()) for column in query.selected_columns]
    result = connection.execution_options(yield_per=_FETCH).execute(
        query.with_only_columns(*plain, maintain_column_froms=True)
    )
    texts_for_days = connection.dialect.name == "sqlite"
    batches = []
    with _uncollected():
        for rows in result.partitions():
            columns = zip(*rows, strict=True)
            arrays = [
                pa.array(values, pa.string()).cast(kind.type)
                if texts_for_days and pa.types.is_date(kind.type)
                else pa.array(values, kind.type)
                for values, kind in zip(columns, schema, strict=True)
            ]
            batches.append(pa.record_batch(arrays, schema=schema))
    return pa.Table.from_batches(batches, schema=schema)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let the garbage collector rest: rows hold no cycles, and it would walk them all, often."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
