"""Reads one load of a mapping: a source, and how it becomes rows of a canonical table."""

from collections.abc import Mapping as Entries
from datetime import date
from decimal import Decimal, InvalidOperation

from asterism.kernel.words import N_
from asterism.warehouse.canonical import Column, ColumnType, Table
from asterism.warehouse.canonical.ranges import AS_OF
from asterism.warehouse.mapping.document import Findings, Node
from asterism.warehouse.mapping.model import Checks, Join, Keep, Load, Reading, Rule
from asterism.warehouse.mapping.rules import (
    READING_KEYS,
    Codes,
    missing_columns,
    read_expression,
    read_reading,
    read_rule,
)
from asterism.warehouse.mapping.source import FILE_KEYS, SOURCE_KEYS, read_files, read_source

_LOAD_KEYS = (
    *SOURCE_KEYS,
    *READING_KEYS,
    "name",
    "columns",
    "where",
    "join",
    "keep",
    "checks",
    "ranges",
    "references",
)
_POLICIES = ("quarantine", "warn", "ignore")


def read_load(  # noqa: PLR0913, PLR0917 - a load is read against everything the file says above it
    node: Node, table: Table, number: int, base: Reading, named: Codes, findings: Findings
) -> Load | None:
    """Read one load of `table`; None if it is too broken to go on with."""
    before = len(findings.problems)
    findings.allow(node, _LOAD_KEYS)
    source = read_source(node, findings)
    reading = read_reading(node, base, findings)
    columns = node.get("columns")
    if columns is None:
        findings.add(node, N_("say how the columns are made: columns, or columns: same."))
        return None
    star = columns.get("*")
    same = "same" in {columns.text, star.text if star else ""}
    rules = _rules(columns, table, reading, named, findings)
    if not same:
        for column in missing_columns(table, set(columns.entries)):
            findings.add(columns, N_("{column} must be mapped."), column=column)
    where = node.get("where")
    load_filter = read_expression(where, findings) if where else None
    joins = _joins(node.get("join"), findings)
    keep = _keep(node.get("keep"), table, findings)
    checks = _checks(node.get("checks"), table, findings)
    ranges = _ranges(node.get("ranges"), table, findings)
    references = _references(node.get("references"), table, findings)
    if source is None or len(findings.problems) > before:
        return None
    name = node.get("name")
    return Load(
        table=table.name,
        name=name.text if name else str(number),
        where_in_file=node.where,
        source=source,
        rules=rules,
        same=same,
        filter=load_filter,
        joins=joins,
        keep=keep,
        checks=checks,
        ranges=ranges,
        references=references,
        reading=reading,
    )


def _rules(
    columns: Node, table: Table, reading: Reading, named: Codes, findings: Findings
) -> dict[str, Rule]:
    rules = {}
    for name, entry in columns.entries.items():
        if name == "*":
            continue
        if name not in table.names:
            findings.unknown(entry, name, list(table.names))
            continue
        column = table.column(name)
        rule = read_rule(entry, column, reading, named, findings)
        if rule is None:
            continue
        rules[name] = rule
        if column.type is ColumnType.MONEY and not rule.reading.money:
            message = N_("{column} is money: say whether the source writes major or minor units.")
            findings.add(entry, message, N_("Add money: major or money: minor."), column=name)
    return rules


def _joins(node: Node | None, findings: Findings) -> tuple[Join, ...]:
    joins = []
    for item in node.items if node else []:
        findings.allow(item, (*FILE_KEYS, "as", "on", "where"))
        name, on = item.get("as"), item.get("on")
        if item.get("files") is None or name is None or on is None or not on.entries:
            findings.add(item, N_("a join needs files, as (its name) and on (column: column)."))
            continue
        files = read_files(item, findings)
        where = item.get("where")
        condition = read_expression(where, findings) if where else None
        if files is not None:
            keys = {left: right.text for left, right in on.entries.items()}
            joins.append(Join(name=name.text, files=files, on=keys, where=condition))
    return tuple(joins)


def _keep(node: Node | None, table: Table, findings: Findings) -> Keep | None:
    if node is None:
        return None
    findings.allow(node, ("last_by", "first_by", "per"))
    by = node.get("last_by") or node.get("first_by")
    if by is None:
        findings.add(node, N_("keep needs last_by or first_by, an expression."))
        return None
    expression = read_expression(by, findings)
    per = node.get("per")
    names = tuple(item.text for item in per.items) if per else table.key
    for name in names:
        if name not in table.names:
            findings.unknown(per or node, name, list(table.names))
    last = node.get("last_by") is not None
    return Keep(by=expression, per=names, last=last) if expression else None


def _checks(node: Node | None, table: Table, findings: Findings) -> Checks:
    if node is None:
        return Checks()
    findings.allow(node, ("rows", "quarantined_share", "null_shares", "on_failure"))
    rows, shares = node.get("rows"), node.get("null_shares")
    if rows:
        findings.allow(rows, ("least", "most"))
    for name, entry in shares.entries.items() if shares else ():
        if name not in table.names:
            findings.unknown(entry, name, list(table.names))
    least = _number(rows.get("least") if rows else None, findings)
    most = _number(rows.get("most") if rows else None, findings)
    quarantined = _number(node.get("quarantined_share"), findings)
    policy = findings.choice(node.get("on_failure"), ("stop", "warn"), "stop")
    return Checks(
        least_rows=None if least is None else int(least),
        most_rows=None if most is None else int(most),
        quarantined_share=0.5 if quarantined is None else quarantined,
        null_shares={
            name: _number(entry, findings) or 0.0
            for name, entry in (shares.entries.items() if shares else ())
        },
        only_warn=policy == "warn",
    )


def _number(node: Node | None, findings: Findings) -> float | None:
    if node is None:
        return None
    if isinstance(node.value, bool) or not isinstance(node.value, int | float) or node.value < 0:
        findings.add(node, N_("{value} is not a number from 0 up."), value=node.text)
        return None
    return float(node.value)


def _ranges(
    node: Node | None, table: Table, findings: Findings
) -> dict[str, tuple[str | None, str | None]]:
    ranges = {}
    for name, entry in node.entries.items() if node else ():
        if name not in table.names:
            findings.unknown(entry, name, list(table.names))
            continue
        findings.allow(entry, ("least", "most"))
        least = _end(entry.get("least"), table.column(name), findings)
        most = _end(entry.get("most"), table.column(name), findings)
        ranges[name] = (least, most)
    return ranges


def _end(node: Node | None, column: Column, findings: Findings) -> str | None:
    """Read an end of a range; money is written in major units."""
    if node is None or column.type in {ColumnType.TEXT, ColumnType.FLAG}:
        return None
    try:
        if column.type in {ColumnType.DATE, ColumnType.MOMENT}:
            return node.text if node.text == AS_OF else date.fromisoformat(node.text).isoformat()
        return f"{Decimal(node.text):f}"
    except (ValueError, InvalidOperation):
        message = N_("{value} is no end of a range of {column}.")
        findings.add(node, message, value=node.text, column=column.name)
        return None


def _references(node: Node | None, table: Table, findings: Findings) -> Entries[str, str]:
    policies = {}
    for name, entry in node.entries.items() if node else ():
        if name not in table.names or not table.column(name).references:
            known = [column.name for column in table.columns if column.references]
            findings.unknown(entry, name, known)
            continue
        policies[name] = findings.choice(entry, _POLICIES, "warn")
    return policies
