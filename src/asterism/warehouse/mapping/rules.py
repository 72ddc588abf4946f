"""Reads the part of a mapping that says how canonical columns are made."""

import re
from collections.abc import Callable
from collections.abc import Mapping as Entries
from dataclasses import replace
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from asterism.kernel.words import N_
from asterism.warehouse.canonical import Column, ColumnType, Table
from asterism.warehouse.mapping.document import Findings, Node
from asterism.warehouse.mapping.expression import Expression, parse_expression
from asterism.warehouse.mapping.model import Reading, Rule

EPOCHS = ("epoch_seconds", "epoch_milliseconds")
_MOST_CODES = 2_000
_FORMAT = re.compile(r"(%-?[YymdHMSfzbBpIjT%]|[^%])*")

Codes = Entries[str, Entries[str, str]]


def read_expression(node: Node, findings: Findings) -> Expression | None:
    """Parse an expression, its problems placed where the text stands."""
    expression, problems = parse_expression(node.text)
    for problem in problems:
        within = f" ({problem.where})" if problem.where else ""
        findings.problems.append(replace(problem, where=f"{node.where}{within}"))
    return expression


def read_codes(node: Node, findings: Findings) -> dict[str, str]:
    """Read a code table: source value → canonical code, or → {to: code, note: text}."""
    codes = {}
    for value, target in node.entries.items():
        if target.entries:
            findings.allow(target, ("to", "note"))
            target = target.get("to") or target  # noqa: PLW2901 - the long form says `to`
        if not target.text:
            findings.add(target, N_("{value} has no code to become."), value=value)
        codes[value] = target.text
    if not node.entries or len(codes) > _MOST_CODES:
        message = N_("a code table has 1 to {limit} entries, value: code.")
        findings.add(node, message, limit=_MOST_CODES)
    return codes


def read_reading(node: Node, base: Reading, findings: Findings) -> Reading:
    """Read the settings that say how texts become values; `base` has the ones left out."""
    changes: dict[str, Any] = {}
    for name, read in _SETTINGS.items():
        given = node.get(name)
        if given is not None:
            changes[name] = read(given, findings)
    return replace(base, **changes)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def read_zone(node: Node, findings: Findings) -> str:
    """Read the IANA name of a time zone."""
    if node.text not in _zones():
        findings.unknown(node, node.text, sorted(_zones()))
        return "UTC"
    return node.text


def _separator(node: Node, findings: Findings) -> str:
    text = {"space": " ", "none": ""}.get(node.text, node.text)
    if text not in {"", ".", ",", "'", " ", "\u00a0", "\u202f"}:
        findings.add(node, N_("{value} is not a separator of digits."), value=node.text)
        return ""
    return text


def _year(node: Node, findings: Findings) -> int | None:
    first, last = 1800, 2200
    if not isinstance(node.value, int) or not first <= node.value <= last:
        findings.add(node, N_("{value} is not a year."), value=node.text)
        return None
    return node.value


def read_rule(
    node: Node, column: Column, base: Reading, named: Codes, findings: Findings
) -> Rule | None:
    """Read how one canonical column is made: an expression, or its long form."""
    if not node.entries:
        expression = read_expression(node, findings)
        return Rule(where=node.where, expression=expression, reading=base) if expression else None
    findings.allow(node, _RULE_KEYS)
    value, constant = node.get("value"), node.get("constant")
    if (value is None) == (constant is None):
        findings.add(node, N_("give value (an expression) or constant."))
        return None
    codes = _codes(node.get("codes"), column, named, findings)
    otherwise, missing = node.get("otherwise"), node.get("missing")
    policy = otherwise.text if otherwise else "quarantine"
    for fallback in (otherwise, missing):
        if fallback is not None and fallback.text not in {"quarantine", "null"}:
            _check_code(fallback, fallback.text, column, findings)
    rule = Rule(
        where=node.where,
        expression=read_expression(value, findings) if value else None,
        constant=constant.text if constant else None,
        codes=codes,
        otherwise=None if policy in {"quarantine", "null"} else policy,
        unknown_is_null=policy == "null",
        missing=missing.text if missing else None,
        reading=read_reading(node, base, findings),
    )
    if constant is not None and column.codes:
        _check_code(constant, constant.text, column, findings)
    return rule


def _codes(
    node: Node | None, column: Column, named: Codes, findings: Findings
) -> Entries[str, str] | None:
    if node is None:
        return None
    if column.type is not ColumnType.TEXT and column.type is not ColumnType.FLAG:
        message = N_("{column} is no text: a code table cannot make it.")
        findings.add(node, message, column=column.name)
        return None
    if node.entries:
        codes: Entries[str, str] = read_codes(node, findings)
    elif node.text in named:
        codes = named[node.text]
    else:
        findings.unknown(node, node.text, list(named))
        return None
    for target in sorted(set(codes.values())):
        _check_code(node, target, column, findings)
    return codes


def _check_code(node: Node, code: str, column: Column, findings: Findings) -> None:
    if column.codes and code not in column.codes:
        findings.unknown(node, code, list(column.codes))


def missing_columns(table: Table, given: set[str]) -> list[str]:
    """Return required columns that have neither a rule nor a default."""
    return [
        column.name
        for column in table.columns
        if column.required and column.default is None and column.name not in given
    ]


def _listed(node: Node, _: Findings) -> tuple[str, ...]:
    return tuple(item.text for item in node.items)


def _folded(node: Node, _: Findings) -> tuple[str, ...]:
    return tuple(item.text.casefold() for item in node.items)


def _formats(node: Node, findings: Findings) -> tuple[str, ...]:
    for item in node.items:
        if item.text not in EPOCHS and not _FORMAT.fullmatch(item.text):
            findings.add(item, N_("{format} is not a date format."), format=item.text)
    return _listed(node, findings)


def _unit(node: Node, findings: Findings) -> str:
    return findings.choice(node, ("major", "minor"), "minor")


def _flag(node: Node, findings: Findings) -> bool:
    if not isinstance(node.value, bool):
        findings.add(node, N_("{value} is neither true nor false."), value=node.text)
    return node.value is True


_SETTINGS: Entries[str, Callable[[Node, Findings], object]] = {
    "nulls": _listed,
    "true": _folded,
    "false": _folded,
    "decimal": _separator,
    "thousands": _separator,
    "money": _unit,
    "round_money": _flag,
    "time_zone": read_zone,
    "formats": _formats,
    "two_digit_years_from": _year,
}
READING_KEYS = tuple(_SETTINGS)
_RULE_KEYS = ("value", "constant", "codes", "otherwise", "missing", *READING_KEYS)
