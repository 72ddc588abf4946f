"""The conditions under which a row goes to quarantine, column by column."""

from dataclasses import dataclass
from datetime import date, timedelta

from asterism.kernel.money import exponent
from asterism.warehouse.canonical import Column, ColumnType
from asterism.warehouse.canonical.ranges import AS_OF, range_of
from asterism.warehouse.intake.reasons import Reason
from asterism.warehouse.intake.sql import name, text, texts
from asterism.warehouse.mapping.model import Load

#: A bank's day ends up to half a day later in UTC: moments may lie so much beyond the last day.
_LATEST_ZONE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Fault:
    """A condition under which a row goes to quarantine."""

    column: str
    reason: Reason
    #: SQL over the canonical and the source values; null counts as false.
    condition: str


def faults_of(  # noqa: PLR0913 - a column's faults follow from everything declared about it
    column: Column,
    table: str,
    load: Load,
    *,
    source: str,
    as_of: date,
    currency: str,
    may_not_convert: bool,
    coded: bool,
) -> list[Fault]:
    """Return the faults a mapped column can have; `source` is the SQL of its source value."""
    value = name(column.name)
    faults = []
    if may_not_convert:
        reason = Reason.CODE if coded else Reason.TYPE
        faults.append(Fault(column.name, reason, f"{source} IS NOT NULL AND {value} IS NULL"))
    if column.required:
        missing = f"{value} IS NULL AND {source} IS NULL" if may_not_convert else f"{value} IS NULL"
        faults.append(Fault(column.name, Reason.REQUIRED, missing))
    if column.codes and not coded:
        outside = f"{value} NOT IN ({texts(column.codes)})"
        faults.append(Fault(column.name, Reason.CODE, outside))
    outside = _outside(column, table, load, as_of=as_of, currency=currency)
    if outside:
        faults.append(Fault(column.name, Reason.RANGE, outside))
    return faults


def _outside(column: Column, table: str, load: Load, *, as_of: date, currency: str) -> str:
    declared = range_of(table, column)
    least, most = declared.least, declared.most
    if column.name in load.ranges:
        stated = load.ranges[column.name]
        factor = 10 ** exponent(currency) if column.type is ColumnType.MONEY else 1
        least, most = (
            _scaled(end, factor) or old for end, old in zip(stated, (least, most), strict=True)
        )
    value = name(column.name)
    conditions = []
    if least is not None:
        conditions.append(f"{value} < {_literal(column, least, as_of)}")
    if most is not None:
        beyond = ">=" if column.type is ColumnType.MOMENT else ">"
        conditions.append(f"{value} {beyond} {_literal(column, most, as_of, last=True)}")
    return " OR ".join(conditions)


def _scaled(end: str | None, factor: int) -> str | None:
    return end if end is None or factor == 1 else str(int(float(end) * factor))


def _literal(column: Column, end: str, as_of: date, *, last: bool = False) -> str:
    if column.type is ColumnType.DATE:
        return f"DATE {text(as_of.isoformat() if end == AS_OF else end)}"
    if column.type is ColumnType.MOMENT:
        day = as_of if end == AS_OF else date.fromisoformat(end)
        bound = day + _LATEST_ZONE if last else day
        return f"TIMESTAMP {text(bound.isoformat())}"
    return str(float(end)) if column.type is ColumnType.NUMBER else str(int(float(end)))
