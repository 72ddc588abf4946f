"""What nobody at the bank can see: types, wealth elsewhere, and what each touch really did."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_
from asterism.twin.arrow import coded
from asterism.twin.days import day_number
from asterism.twin.moment import Scene
from asterism.twin.nature import GROUPS, TYPES
from asterism.twin.records import METRICS
from asterism.twin.seeds import Array
from asterism.twin.tables import customer_ids, customer_numbers

#: Metrics that count customers (1 or 0), whatever the number of times.
_WHETHER = ("account_opened", "card_activated", "login")
_NEEDED = ("strategy", "metric", "family", "customer_id", "assigned_on", "outcome_days", "arm")


def latent_table(scene: Scene) -> pa.Table:
    """Return the hidden side of a block's customers."""
    nature, people = scene.nature, scene.people
    columns = {
        "customer_id": customer_ids(people.number),
        "wealth": pa.array(people.wealth),
        "elsewhere": pa.array(scene.state.elsewhere),
        "activity_a_day": pa.array(nature.activity),
        "mood_home": pa.array(nature.mood_home),
    }
    for group, name in enumerate(GROUPS):
        columns[f"{name}_type"] = coded(TYPES, nature.types[:, group])
        columns[f"{name}_baseline"] = pa.array(np.ascontiguousarray(nature.baseline[:, group]))
        columns[f"{name}_uplift"] = pa.array(np.ascontiguousarray(nature.uplift[:, group]))
    return pa.table(columns)


def outcomes_path(directory: Path, day: date) -> Path:
    """Return the file of what happened on a day, by touch and by own will."""
    return directory / "truth" / "outcomes" / f"{day}.parquet"


def true_effects(directory: Path, assignments: pa.Table, through: date) -> dict[str, float]:
    """Return each strategy's true mean effect on the customers assigned to be touched.

    For every customer the outcome as it was is compared with the outcome had this strategy alone
    not touched them, all other chances being the same. Windows are the day of assignment and the
    `outcome_days` after it, as far as `through`; a customer counts once, by the first assignment.
    Metrics of money are in minor units, the others are shares of customers. Held-out customers are
    not touched, so their effect is nothing and they are left out of the mean.
    """
    _check(assignments)
    first = _first_assignments(assignments)
    effects: dict[str, float] = {}
    for key in pc.unique(first["strategy"]).to_pylist():
        rows = first.filter(pc.equal(first["strategy"], key))
        effects[key] = _effect(directory, str(key), rows, through)
    return effects


def _check(assignments: pa.Table) -> None:
    missing = [name for name in _NEEDED if name not in assignments.column_names]
    problems = [
        Problem(message=N_("The assignments need a column {name}."), values={"name": name})
        for name in missing
    ]
    if not missing:
        strange = set(pc.unique(assignments["metric"]).to_pylist()) - set(METRICS)
        problems = [
            Problem(
                message=N_("There is no truth about {metric}: {known} are known."),
                values={"metric": metric, "known": ", ".join(METRICS)},
            )
            for metric in sorted(map(str, strange))
        ]
    if problems:
        raise InvalidInputError(N_("The true effects cannot be told"), problems)


def _first_assignments(assignments: pa.Table) -> pa.Table:
    """Return touched customers' first assignments to each strategy."""
    touched = assignments.filter(pc.equal(assignments["arm"], "touch"))
    number = customer_numbers(touched["customer_id"])
    strategy = touched["strategy"].combine_chunks().dictionary_encode()
    if isinstance(strategy, pa.ChunkedArray):
        strategy = strategy.combine_chunks()
    day = np.asarray(touched["assigned_on"].cast(pa.date32()).cast(pa.int32()))
    code = np.asarray(strategy.indices)
    order = np.lexsort((day, number, code))
    code, number = code[order], number[order]
    new = np.r_[True, (code[1:] != code[:-1]) | (number[1:] != number[:-1])][: order.size]
    return touched.take(pa.array(order[new]))


def _effect(directory: Path, strategy: str, rows: pa.Table, through: date) -> float:
    metric = str(rows["metric"][0].as_py())
    family = rows["family"][0].as_py() or None
    start = np.asarray(rows["assigned_on"].cast(pa.date32()).cast(pa.int32())).astype(np.int64)
    end = np.minimum(start + np.asarray(rows["outcome_days"]), day_number(through))
    number = customer_numbers(rows["customer_id"])
    order = np.argsort(number)
    number, start, end = number[order], start[order], end[order]
    found = _read(directory, metric, family, strategy, (int(start.min()), int(end.max())))
    place = np.searchsorted(number, found["customer"])
    inside = place < number.size
    place = np.minimum(place, number.size - 1)
    inside &= number[place] == found["customer"]
    inside &= (found["day"] >= start[place]) & (found["day"] <= end[place])
    place, value, role = place[inside], found["value"][inside], found["role"][inside]
    sums = {
        name: np.bincount(place[role == name], weights=value[role == name], minlength=number.size)
        for name in ("own", "caused", "withheld")
    }
    if metric not in _WHETHER:
        return float(sums["caused"].mean())
    with_touch = (sums["own"] + sums["caused"]) > 0
    without = (sums["own"] + sums["withheld"]) > 0
    return float((with_touch.astype(float) - without).mean())


def _read(
    directory: Path, metric: str, family: str | None, strategy: str, span: tuple[int, int]
) -> dict[str, Array]:
    """Return the rows that bear on one strategy: customer, day, value, role as text."""
    files = sorted((directory / "truth" / "outcomes").glob("*.parquet"))
    tables = []
    for path in files:
        day = day_number(date.fromisoformat(path.stem))
        if not span[0] <= day <= span[1]:
            continue
        wanted = (pc.field("metric") == metric) & (
            (pc.field("role") == "own") | (pc.field("strategy") == strategy)
        )
        if family and metric != "login":
            wanted &= pc.field("family") == family
        table = pq.read_table(path, filters=wanted, columns=["customer", "value", "role"])
        tables.append(table.append_column("day", pa.array(np.full(table.num_rows, day))))
    if not tables:
        return {name: np.zeros(0, dtype=np.int64) for name in ("customer", "value", "day", "role")}
    all_rows = pa.concat_tables(tables)
    found = {name: np.asarray(all_rows[name]) for name in ("customer", "value", "day")}
    return found | {"role": np.asarray(all_rows["role"].cast(pa.string())).astype(str)}
