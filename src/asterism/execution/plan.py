"""Decisions become assignments and touches, written once however often the day is run."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Protocol, TypeAlias

from sqlalchemy import Connection, Engine, delete, func, insert, select

from asterism.execution.bulk import among, insert_columns
from asterism.execution.life import State, exclusive
from asterism.execution.tables import assignment, decision_funnel, touch, touch_event
from asterism.kernel.clock import Clock
from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.hashing import digest
from asterism.ledger import reading

#: Rows written in one transaction: a killed run loses at most one batch, and writes it again.
BATCH = 5_000
#: Days after the planned one on which a touch may still be sent, or is still shown.
DEFAULT_LIFE_DAYS = 3
TOUCH_ARM = "touch"
_ARMS = frozenset({TOUCH_ARM, "holdout", "universal"})
_NEEDED = (
    "customer_id",
    "strategy",
    "version",
    "wave",
    "offer",
    "channel",
    "value_minor",
    "cost_minor",
    "arm",
)
_OPTIONAL = (
    "occasion",
    "family",
    "slot",
    "script",
    "manager_id",
    "branch_id",
    "tier",
    "lifecycle",
)
_OPTIONAL_DATES = ("planned_for", "live_until")
_KEY = ("strategy", "version", "customer_id", "wave", "channel", "occasion")
#: What a touch takes over from its decision.
_TOLD = (
    *_KEY,
    "offer",
    "family",
    "value_minor",
    "cost_minor",
    *_OPTIONAL_DATES,
    "manager_id",
    "branch_id",
    "slot",
    "script",
)

#: Decisions by column: lists of one length.
Columns: TypeAlias = dict[str, list[Any]]


class Decided(Protocol):
    """What a decision run leaves behind: its touches and how it came to them."""

    @property
    def touches(self) -> Any:
        """One row per customer taken up: see `plan_touches` for the columns."""
        ...

    @property
    def funnel(self) -> Sequence[Any]:
        """Steps of (strategy, layer, reason code, customers dropped, customers left)."""
        ...


def touch_id(  # noqa: PLR0913 - the six parts of the key
    *, strategy: str, version: int, customer_id: str, wave: int, channel: str, occasion: str
) -> str:
    """Return the identity of a touch: the digest of what makes it unique."""
    return digest("\x1f".join((strategy, str(version), customer_id, str(wave), channel, occasion)))


def plan_touches(engine: Engine, decisions: Decided, day: date, clock: Clock) -> dict[str, int]:
    """Write the day's decisions down; the same decisions again change nothing.

    `decisions.touches` needs customer_id, strategy, version, wave, offer, channel, value_minor,
    cost_minor and arm ('touch', 'holdout', 'universal'); it may have occasion (default: the day),
    family, manager_id, branch_id, tier, lifecycle, slot, script, planned_for (default: the day)
    and live_until. Only arm 'touch' becomes touches; every row becomes an assignment. Returns how
    many rows there were and how many of each are new. InvalidInputError names every missing column.
    """
    table = decisions.touches
    _check(table)
    assigned_before = _assigned(engine, day)
    planned = 0
    for columns in _batches(table, day):
        with engine.begin() as connection:
            exclusive(connection)
            _assign(connection, columns, day)
            planned += _plan(connection, columns, clock)
    with engine.begin() as connection:
        _store_funnel(connection, decisions.funnel, day)
    assigned = _assigned(engine, day) - assigned_before
    return {"decided": table.num_rows, "assigned": assigned, "planned": planned}


def _check(table: Any) -> None:
    missing = [name for name in _NEEDED if name not in table.column_names]
    problems = [
        Problem(message="The decisions lack the column {column}.", values={"column": name})
        for name in missing
    ]
    if "arm" not in missing:
        strange = set(table["arm"].unique().to_pylist()) - _ARMS
        problems += [
            Problem(message="There is no arm called {arm}.", values={"arm": arm})
            for arm in sorted(map(str, strange))
        ]
    if problems:
        raise InvalidInputError("The decisions cannot be planned", problems)


def _batches(table: Any, day: date) -> Iterator[Columns]:
    """Yield the decisions, column by column, with every optional fact present."""
    names = (*_NEEDED, *_OPTIONAL, *_OPTIONAL_DATES)
    kept = table.select([name for name in names if name in table.column_names])
    for start in range(0, kept.num_rows, BATCH):
        part = kept.slice(start, BATCH)
        columns = {name: part[name].to_pylist() for name in kept.column_names}
        for name in names:
            columns.setdefault(name, [None] * part.num_rows)
        columns["occasion"] = [occasion or day.isoformat() for occasion in columns["occasion"]]
        columns["planned_for"] = [planned or day for planned in columns["planned_for"]]
        columns["live_until"] = [
            last or planned + timedelta(days=DEFAULT_LIFE_DAYS)
            for last, planned in zip(columns["live_until"], columns["planned_for"], strict=True)
        ]
        yield columns


def _assigned(engine: Engine, day: date) -> int:
    query = select(func.count()).where(assignment.c.assigned_on == day)
    with reading(engine) as connection:
        return connection.execute(query).scalar_one()


def _assign(connection: Connection, columns: Columns, day: date) -> None:
    names = [column.name for column in assignment.columns if column.name != "assigned_on"]
    days = [day] * len(columns["customer_id"])
    rows = {**{name: columns[name] for name in names}, "assigned_on": days}
    insert_columns(connection, assignment, rows)


def _plan(connection: Connection, columns: Columns, clock: Clock) -> int:
    """Write the touches that are not there yet; return how many."""
    places = {
        touch_id(**dict(zip(_KEY, key, strict=True))): place
        for place, (arm, *key) in enumerate(
            zip(columns["arm"], *(columns[name] for name in _KEY), strict=True)
        )
        if arm == TOUCH_ARM
    }
    known = select(touch.c.touch_id).where(among(connection, touch.c.touch_id, places))
    for key in connection.execute(known).scalars():
        del places[key]
    if places:
        state, now = [State.PLANNED.value] * len(places), [clock.now()] * len(places)
        rows: Columns = {n: [columns[n][place] for place in places.values()] for n in _TOLD}
        rows |= {"touch_id": list(places), "state": state, "changed_at": now}
        insert_columns(connection, touch, rows)
        events: Columns = {"touch_id": list(places), "kind": state, "at": now}
        insert_columns(connection, touch_event, events)
    return len(places)


def _store_funnel(connection: Connection, funnel: Sequence[Any], day: date) -> None:
    """Replace the day's funnel: the decisions of a day are one run's, the last."""
    connection.execute(delete(decision_funnel).where(decision_funnel.c.day == day))
    rows = [
        {
            "day": day,
            "position": position,
            "strategy": strategy,
            "layer": str(layer),
            "reason": str(reason),
            "dropped": dropped,
            "left": left,
        }
        for position, (strategy, layer, reason, dropped, left) in enumerate(funnel)
    ]
    if rows:
        connection.execute(insert(decision_funnel), rows)
