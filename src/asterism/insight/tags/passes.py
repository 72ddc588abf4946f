"""The passes: from a source's rows to one row a customer, in a few group-bys.

Everything here is an expression over named tables that are bound later, so its text does not
change from day to day or from bucket to bucket: what does change (`today`) is a column.
"""

from collections.abc import Iterable
from functools import cache

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from asterism.insight.tags.source import Measure, Merge, Source, condition_of


def cast(value: ir.Value, kind: str) -> ir.Value:
    """Cast even where Ibis thinks it needless: engines widen sums behind its back."""
    return ops.Cast(value, to=kind).to_expr()


def day_of_latest(measure: str) -> str:
    """Return the column that says which day a `LATEST` measure is of."""
    return f"{measure}_day"


def _age(rows: ir.Table, day: ir.Value) -> ir.IntegerValue:
    return rows["today"].delta(day, unit="day")


def daily(source: Source) -> ir.Table:
    """Return the rollup by customer, key and day of the raw rows, any day, unbound."""
    raw = source.rows_of(source.raw())
    keys = {name: key(raw) for name, key in source.keys.items()}
    by = {"customer_id": raw["customer_id"], "bucket": raw["bucket"], **keys}
    day = source.day(raw)
    sums = dict(_contributions(raw, day, source.measures.items()))
    rolled = raw.group_by(**by, day=day).agg(**sums)
    return rolled.order_by("bucket", "customer_id")


@cache
def rows_to_sum(source: Source) -> ir.Table:
    """Return the unbound table that rows by day, or by month, are bound to."""
    return ibis.table(daily(source).schema(), name=f"sum_{source.name}")


def summed(source: Source, rows: ir.Table) -> ir.Table:
    """Return what rows by day add up to by customer and key; `day` is the last that has any.

    What no window divides adds up again: days to months, months to stretches of months.
    """
    by = ("customer_id", "bucket", *source.keys)
    sums = rows.group_by(*by).agg(day=rows["day"].max(), **dict(_merged(rows, source)))
    return sums.order_by("bucket", "customer_id")


@cache
def rolled_rows(source: Source) -> ir.Table:
    """Return the unbound table that rows by day and by month are bound to."""
    schema = daily(source).schema()
    types = dict(zip(schema.names, schema.types, strict=True))
    types |= {"today": "date", **source.beside_types}
    return ibis.table(types, name=f"rolled_{source.name}")


@cache
def level_rows(source: Source, *, raw: bool) -> ir.Table:
    """Return the rows that the source's last level aggregates: with `age`, and per key if any.

    `raw` reads the canonical table, else the rollups; the outcome is the same.
    """
    if not source.dated:
        return source.rows_of(source.raw())
    rows = _contributed(source) if raw else _aged(source)
    if not source.keys:
        return rows
    by = ("customer_id", *source.keys)
    levels = {name: _narrow(level(rows)) for name, level in source.levels.items()}
    return rows.group_by(*by).agg(**levels)


def _narrow(value: ir.Value) -> ir.Value:
    """Return whole numbers as int64, which engines widen when they add up."""
    return cast(value, "int64") if value.type().is_integer() else value


def _contributed(source: Source) -> ir.Table:
    """Return each raw row with what it contributes, its keys, `age` and `today`.

    Which days there are is up to who binds the raw table: a literal bound leaves out whole files.
    """
    rows = source.rows_of(source.raw())
    day = source.day(rows)
    columns: dict[str, ir.Value] = {"customer_id": rows["customer_id"], "today": rows["today"]}
    columns |= {name: key(rows) for name, key in source.keys.items()}
    columns["age"] = _age(rows, day)
    columns |= {name: rows[name] for name in source.beside_types}
    for name, measure in source.measures.items():
        one = ibis.literal(1, "int8")
        columns[name] = one if measure.value is None else measure.value(rows)
        if measure.where is not None:
            columns[condition_of(name)] = measure.where(rows)
        if measure.merge is Merge.LATEST:
            columns[day_of_latest(name)] = day
    return rows.select(**columns)


def _aged(source: Source) -> ir.Table:
    rows = rolled_rows(source)
    return rows.mutate(age=_age(rows, rows["day"]))


def _contributions(
    raw: ir.Table, day: ir.Value, measures: Iterable[tuple[str, Measure]]
) -> Iterable[tuple[str, ir.Value]]:
    """Yield the aggregates of raw rows."""
    for name, measure in measures:
        where = None if measure.where is None else measure.where(raw)
        if measure.value is None:
            yield name, raw.count(where=where)
            continue
        value = measure.value(raw)
        if measure.merge is Merge.LATEST:
            yield name, value.argmax(day, where=where)
            yield day_of_latest(name), day.max(where=where)
        elif measure.merge is Merge.MOST:
            yield name, value.max(where=where)
        else:
            yield name, _narrow(value.sum(where=where))


def _merged(rows: ir.Table, source: Source) -> Iterable[tuple[str, ir.Value]]:
    """Yield the aggregates of rows that are aggregates already."""
    for name, measure in source.measures.items():
        if measure.merge is Merge.LATEST:
            latest = rows[day_of_latest(name)]
            yield name, rows[name].argmax(latest)
            yield day_of_latest(name), latest.max()
        elif measure.merge is Merge.MOST:
            yield name, rows[name].max()
        else:
            yield name, _narrow(rows[name].sum())
