"""Decisions become assignments and touches, written once however often the day is run."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, delete, func, insert, select

from asterism.execution.life import State, exclusive, insert_new
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
    for rows in _batches(table, day):
        with engine.begin() as connection:
            exclusive(connection)
            _assign(connection, rows, day)
            planned += _plan(connection, rows, clock)
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


def _batches(table: Any, day: date) -> Iterator[list[dict[str, Any]]]:
    """Yield the decisions as rows with every optional fact present."""
    columns = set(table.column_names)
    kept = table.select([n for n in (*_NEEDED, *_OPTIONAL, *_OPTIONAL_DATES) if n in columns])
    absent = {name: None for name in (*_OPTIONAL, *_OPTIONAL_DATES) if name not in columns}
    for start in range(0, kept.num_rows, BATCH):
        rows: list[dict[str, Any]] = kept.slice(start, BATCH).to_pylist()
        for row in rows:
            row.update(absent)
            row["occasion"] = row["occasion"] or day.isoformat()
            row["planned_for"] = row["planned_for"] or day
            row["live_until"] = row["live_until"] or row["planned_for"] + timedelta(
                days=DEFAULT_LIFE_DAYS
            )
        yield rows


def _assigned(engine: Engine, day: date) -> int:
    query = select(func.count()).where(assignment.c.assigned_on == day)
    with reading(engine) as connection:
        return connection.execute(query).scalar_one()


def _assign(connection: Connection, rows: list[dict[str, Any]], day: date) -> None:
    names = [column.name for column in assignment.columns if column.name != "assigned_on"]
    values = [{**{name: row[name] for name in names}, "assigned_on": day} for row in rows]
    if values:
        connection.execute(insert_new(connection, assignment), values)


def _plan(connection: Connection, rows: list[dict[str, Any]], clock: Clock) -> int:
    now = clock.now()
    values = [_touch_row(row, now) for row in rows if row["arm"] == TOUCH_ARM]
    if not values:
        return 0
    known = set(
        connection.execute(
            select(touch.c.touch_id).where(touch.c.touch_id.in_([v["touch_id"] for v in values]))
        ).scalars()
    )
    fresh = {v["touch_id"]: v for v in values if v["touch_id"] not in known}
    if fresh:
        connection.execute(insert_new(connection, touch), list(fresh.values()))
        connection.execute(
            insert_new(connection, touch_event),
            [{"touch_id": key, "kind": State.PLANNED.value, "at": now} for key in fresh],
        )
    return len(fresh)


def _touch_row(row: Mapping[str, Any], now: object) -> dict[str, Any]:
    key = ("strategy", "version", "customer_id", "wave", "channel", "occasion")
    names = (
        *key,
        "offer",
        "family",
        "value_minor",
        "cost_minor",
        "planned_for",
        "live_until",
        "manager_id",
        "branch_id",
        "slot",
        "script",
    )
    return {
        "touch_id": touch_id(**{name: row[name] for name in key}),
        "state": State.PLANNED.value,
        "changed_at": now,
        **{name: row[name] for name in names},
    }


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
