"""Tags that analysts make: a small closed set of templates, through the same door as built-ins.

A template names a table, a measure, the days, and what columns must equal; nothing of it is code.
The tag has a source of its own, so that its rollups live and die with it and no other is redone.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import reduce
from operator import and_

import ibis.expr.types as ir

from asterism.audience import TagType
from asterism.insight.tags.source import (
    Measure,
    Source,
    count,
    last_of,
    most,
    most_within,
    total,
    within,
)
from asterism.insight.tags.tag import Category, FromSource, Tag
from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_, Text
from asterism.warehouse import TABLES
from asterism.warehouse.canonical import ColumnType, Layout, Table

#: Tables whose rows a template may count.
COUNTABLE = ("transactions", "events", "interactions")
MAX_DAYS = 365
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_NUMERIC = {ColumnType.MONEY, ColumnType.INTEGER, ColumnType.NUMBER}


class Template(StrEnum):
    """What a template works out over the rows of the last N days."""

    SUM = "sum"
    COUNT = "count"
    MOST = "most"
    DAYS_SINCE = "days_since"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateTag:
    """An analyst's tag, as typed in."""

    name: str
    title: Text
    category: Category
    template: Template
    table: str
    days: int
    #: The numeric column to add up or to take the greatest of; empty for the others.
    column: str = ""
    #: Columns and the values of which one must stand there.
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Whether money out, which is negative, is counted as positive.
    negate: bool = False
    owner: str = ""


def made_of(wanted: TemplateTag, known: Mapping[str, Tag]) -> Tag:
    """Return the tag; InvalidInputError names everything that is wrong with it at once."""
    problems = _problems(wanted, known)
    if problems:
        raise InvalidInputError(wanted.name, problems)
    table = TABLES[wanted.table]
    source = Source(
        name=f"own_{wanted.name}",
        table=wanted.table,
        windows=(wanted.days,),
        rows=_condition(wanted.where),
        measures={"value": _measure(wanted, table)},
    )
    compute, empty, since = _reading(wanted)
    return Tag(
        name=wanted.name,
        title=wanted.title,
        description=wanted.title,
        category=wanted.category,
        type=_type(wanted, table),
        unit=_unit(wanted, table),
        rule=FromSource(source, compute, empty=empty, since=since),
        owner=wanted.owner or "analyst",
    )


def _condition(
    where: Mapping[str, tuple[str, ...]],
) -> Callable[[ir.Table], ir.BooleanValue] | None:
    if not where:
        return None
    return lambda t: reduce(and_, (t[name].isin(values) for name, values in where.items()))


def _measure(wanted: TemplateTag, table: Table) -> Measure:
    if wanted.template is Template.COUNT:
        return count()
    if wanted.template is Template.DAYS_SINCE:
        return most(lambda t: t[table.dated_by].date())
    sign = -1 if wanted.negate else 1
    make = total if wanted.template is Template.SUM else most
    return make(lambda t: sign * t[wanted.column])


def _reading(wanted: TemplateTag) -> tuple[Callable[[ir.Table], ir.Value], int | None, bool]:
    if wanted.template is Template.DAYS_SINCE:
        return last_of("value"), None, True
    if wanted.template is Template.MOST:
        return most_within("value", wanted.days), None, False
    return within("value", wanted.days), 0, False


def _type(wanted: TemplateTag, table: Table) -> TagType:
    if wanted.template in {Template.COUNT, Template.DAYS_SINCE}:
        return TagType.INTEGER
    kind = table.column(wanted.column).type
    return {ColumnType.MONEY: TagType.MONEY, ColumnType.NUMBER: TagType.NUMBER}.get(
        kind, TagType.INTEGER
    )


def _unit(wanted: TemplateTag, table: Table) -> str:
    if wanted.template is Template.COUNT:
        return "count"
    if wanted.template is Template.DAYS_SINCE:
        return "day"
    column = table.column(wanted.column)
    return "currency" if column.type is ColumnType.MONEY else column.unit


def _problems(wanted: TemplateTag, known: Mapping[str, Tag]) -> list[Problem]:
    problems = []

    def note(message: str, where: str, **values: object) -> None:
        problems.append(Problem(message=message, where=where, values=values))

    if not _NAME.fullmatch(wanted.name):
        note(N_("A tag's name is made of small letters, digits and underscores."), "name")
    if wanted.name in known:
        note(N_("There is a tag {name} already."), "name", name=wanted.name)
    if not 1 <= wanted.days <= MAX_DAYS:
        note(N_("The days lie between 1 and {most}."), "days", most=MAX_DAYS)
    table = TABLES.get(wanted.table) if wanted.table in COUNTABLE else None
    if table is None or table.layout is not Layout.MONTHS:
        note(N_("A tag can be made of {tables}."), "table", tables=", ".join(COUNTABLE))
        return problems
    problems += _column_problems(wanted, table)
    return problems


def _column_problems(wanted: TemplateTag, table: Table) -> list[Problem]:
    problems = []
    if wanted.template in {Template.SUM, Template.MOST}:
        columns = {c.name for c in table.columns if c.type in _NUMERIC}
        if wanted.column not in columns:
            values = {"columns": ", ".join(sorted(columns))}
            message = N_("The column must be one of {columns}.")
            problems.append(Problem(message=message, where="column", values=values))
    for name, chosen in wanted.where.items():
        codes = {c.name: c.codes for c in table.columns if c.type is ColumnType.TEXT}
        if name not in codes:
            message = N_("{table} has no text column {column}.")
            values = {"table": table.name, "column": name}
            problems.append(Problem(message=message, where=f"where.{name}", values=values))
        elif codes[name] and set(chosen) - set(codes[name]):
            message = N_("{values} are no values of {column}.")
            wrong = ", ".join(sorted(set(chosen) - set(codes[name])))
            values = {"values": wrong, "column": name}
            problems.append(Problem(message=message, where=f"where.{name}", values=values))
    return problems
