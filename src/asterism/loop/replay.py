"""The past as a rehearsal needs it: the days that are kept, and what had happened before each."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Engine, Select, func, select

from asterism.audience import Columns
from asterism.execution.history import CONTACT_DAYS
from asterism.execution.life import State
from asterism.execution.tables import assignment, touch
from asterism.insight.snapshots import snapshot_history
from asterism.ledger import reading
from asterism.strategy import ASSIGNED, TOUCHED, Contacts
from asterism.strategy.price_list import PriceList
from asterism.strategy.standing import Standing
from asterism.warehouse import Snapshot, Warehouse

_ENDED = (State.SUPPRESSED, State.EXPIRED, State.RECALLED, State.FAILED)
_FETCH = 50_000
_TOUCHED = pa.schema([*TOUCHED, pa.field("strategy", pa.string())])
#: Days of assignments that are looked at before the first day: longer than cooldowns usually are.
_MEMORY = timedelta(days=400)


def kept_days(engine: Engine, warehouse: Warehouse, days: int) -> tuple[tuple[date, Snapshot], ...]:
    """Return the last `days` business days whose snapshot is still kept, oldest first.

    A day is decided from the snapshot of the evening before; of several the latest counts. Days
    whose data lacks a tag that is known today cannot be decided as today and are left out.
    """
    kept = {snapshot.id: snapshot for snapshot in warehouse.list()}
    found = {
        published.as_of + timedelta(days=1): kept[published.id]
        for published in snapshot_history(engine)
        if published.id in kept and "columns" in kept[published.id].datasets
    }
    kept_last = sorted(found.items())[-days:]
    if not kept_last:
        return ()
    known = set(columns_of(kept_last[-1][1]).names)
    return tuple(
        (day, snapshot) for day, snapshot in kept_last if known <= set(columns_of(snapshot).names)
    )


@dataclass(slots=True)
class Past:
    """What had happened before each day, the rehearsed strategy's own part as rehearsed."""

    strategy: str
    first: date
    #: Schema `TOUCHED`, with the strategy; `ASSIGNED`; and spending by strategy and day.
    touched: pa.Table
    assigned: pa.Table
    spent: Mapping[str, Mapping[date, int]]
    #: What the ledger heard is left aside: each day's snapshot says what held that evening.
    standing: Standing
    #: The prices of the day before, from which the search for the next ones starts.
    prices: PriceList | None = None
    _own_touched: list[pa.Table] = field(default_factory=list)
    _own_assigned: list[pa.Table] = field(default_factory=list)
    _own_spent: int = 0

    @classmethod
    def read(
        cls, engine: Engine, strategy: str, days: Sequence[date], zones: Sequence[str]
    ) -> "Past":
        """Read the ledger's facts from before `days` to their end, once for all of them."""
        first, last = days[0], days[-1]
        with reading(engine) as connection:
            touched = _table(connection, _touches(first, last), _TOUCHED)
            assigned = _table(connection, _assignments(first, last), ASSIGNED)
            spent = _spent(connection, last)
        rehearsed = pc.and_(
            pc.equal(touched["strategy"], strategy), pc.greater_equal(touched["day"], first)
        )
        acted = pc.and_(
            pc.equal(assigned["strategy"], strategy),
            pc.greater_equal(assigned["assigned_on"], first),
        )
        return cls(
            strategy,
            first,
            touched.filter(pc.invert(rehearsed)),
            assigned.filter(pc.invert(acted)),
            spent,
            Standing(zones=zones),
        )

    def before(self, day: date) -> Contacts:
        """Return what a decision on `day` counts."""
        recent = pc.and_(
            pc.less(self.touched["day"], day),
            pc.greater_equal(self.touched["day"], day - timedelta(days=CONTACT_DAYS)),
        )
        touched = self.touched.filter(recent).select(TOUCHED.names)
        assigned = self.assigned.filter(pc.less(self.assigned["assigned_on"], day))
        spent = {
            name: sum(cost for on, cost in by_day.items() if on < day)
            for name, by_day in self.spent.items()
        }
        own = sum(cost for on, cost in self.spent.get(self.strategy, {}).items() if on < self.first)
        return Contacts(
            touched=pa.concat_tables([touched, *self._own_touched]),
            assigned=pa.concat_tables([assigned, *self._own_assigned]),
            spent={**spent, self.strategy: own + self._own_spent},
            standing=self.standing,
        )

    def remember(self, day: date, taken_up: pa.Table) -> None:
        """Add what the rehearsed strategy did on `day`: rows of `Decisions.touches`."""
        on = pa.array([day] * taken_up.num_rows, pa.date32())
        sent = pc.equal(taken_up["arm"], "touch")
        contacts = pa.table(
            {"customer_id": taken_up["customer_id"], "channel": taken_up["channel"], "day": on}
        )
        self._own_touched.append(contacts.filter(sent).cast(TOUCHED))
        assigned = taken_up.append_column("assigned_on", on).select(ASSIGNED.names)
        self._own_assigned.append(assigned.cast(ASSIGNED))
        self._own_spent += pc.sum(taken_up["cost_minor"].filter(sent)).as_py() or 0


def columns_of(snapshot: Snapshot) -> Columns:
    """Return a snapshot's tags."""
    return Columns.open(snapshot.path("columns"))


def _touches(first: date, last: date) -> Select[Any]:
    row = touch.c
    day = func.coalesce(row.sent_on, row.planned_for)
    return select(row.customer_id, row.channel, day, row.strategy).where(
        row.planned_for >= first - timedelta(days=CONTACT_DAYS),
        row.planned_for < last,
        row.state.not_in([state.value for state in _ENDED]),
    )


def _assignments(first: date, last: date) -> Select[Any]:
    row = assignment.c
    return select(*(row[name] for name in ASSIGNED.names)).where(
        row.assigned_on >= first - _MEMORY, row.assigned_on < last
    )


def _spent(connection: Connection, last: date) -> dict[str, dict[date, int]]:
    row = touch.c
    query = (
        select(row.strategy, row.planned_for, func.sum(row.cost_minor))
        .where(row.planned_for < last, row.state.not_in([state.value for state in _ENDED]))
        .group_by(row.strategy, row.planned_for)
    )
    found: dict[str, dict[date, int]] = defaultdict(dict)
    for strategy, day, cost in connection.execute(query):
        found[strategy][day] = int(cost)
    return found


def _table(connection: Connection, query: Select[Any], schema: pa.Schema) -> pa.Table:
    """Return the rows of `query` in `schema`, fetched in pieces so that memory stays small."""
    result = connection.execution_options(yield_per=_FETCH).execute(query)
    batches = []
    for rows in result.partitions():
        columns = zip(*rows, strict=True)
        arrays = [pa.array(values, kind.type) for values, kind in zip(columns, schema, strict=True)]
        batches.append(pa.record_batch(arrays, schema=schema))
    return pa.Table.from_batches(batches, schema=schema)
