"""From a source's value to a canonical one, as SQL; what cannot be converted becomes null.

A value is a failure if the source had one and the canonical value is null: the row then goes to
quarantine, it is never loaded with a hole.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from babel.numbers import list_currencies

from asterism.kernel.money import exponent
from asterism.warehouse.canonical import Column, ColumnType
from asterism.warehouse.intake.sql import name, text, texts
from asterism.warehouse.mapping.model import Reading, Rule
from asterism.warehouse.mapping.rules import EPOCHS

_INTEGERS = frozenset(
    [
        "TINYINT",
        "SMALLINT",
        "INTEGER",
        "BIGINT",
        "HUGEINT",
        "UTINYINT",
        "USMALLINT",
        "UINTEGER",
        "UBIGINT",
        "UHUGEINT",
    ]
)
_FLOATS = frozenset({"FLOAT", "DOUBLE"})
#: Wide enough for any amount, narrow enough to be multiplied without overflow.
_EXACT = "DECIMAL(28, 6)"
_STORED = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.FLAG: "BOOLEAN",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.NUMBER: "DOUBLE",
    ColumnType.MONEY: "BIGINT",
    ColumnType.DATE: "DATE",
    ColumnType.MOMENT: "TIMESTAMP",
}
_DEFAULT_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
_DEFAULT_MOMENTS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
)
_WIDTHS = {"%Y": 4, "%y": 2, "%m": 2, "%d": 2, "%H": 2, "%M": 2, "%S": 2, "%j": 3}


@dataclass(frozen=True, slots=True)
class Value:
    """A source's value: the SQL that reads it, and DuckDB's name of its type."""

    sql: str
    type: str

    @property
    def is_text(self) -> bool:
        """Tell whether the value is text."""
        return self.type == "VARCHAR"


def stored_type(column: Column) -> str:
    """Return DuckDB's name of the type a canonical column is stored in."""
    return _STORED[column.type]


def convert(value: Value, column: Column, rule: Rule, currency: str) -> str:
    """Return the SQL of the canonical value; `currency` is the SQL of the row's currency."""
    if rule.codes is not None:
        return _coded(value, rule, column)
    if column.type is ColumnType.MONEY and rule.reading.money == "major":
        return _major(value, rule.reading, currency)
    return _BY_TYPE[column.type](value, rule.reading)


def cleaned(sql: str, reading: Reading) -> str:
    """Return the SQL of a text as a number is written: without separators, with a point."""
    if reading.thousands:
        sql = f"replace({sql}, {text(reading.thousands)}, '')"
    if reading.decimal != ".":
        sql = f"replace({sql}, {text(reading.decimal)}, '.')"
    return sql


def exact_number(sql: str, reading: Reading) -> str:
    """Return the SQL of a text read as an exact number; it fails on any other text."""
    return f"CAST({cleaned(f'CAST({sql} AS VARCHAR)', reading)} AS {_EXACT})"


def _coded(value: Value, rule: Rule, column: Column) -> str:
    codes = rule.codes or {}
    branches = " ".join(f"WHEN {text(key)} THEN {text(code)}" for key, code in codes.items())
    fallback = f" ELSE {text(rule.otherwise)}" if rule.otherwise is not None else ""
    raw = _text(value)
    coded = f"CASE {raw} {branches}{fallback} END"
    if rule.otherwise is not None:
        coded = f"CASE WHEN {raw} IS NOT NULL THEN {coded} END"
    return f"TRY_CAST({coded} AS BOOLEAN)" if column.type is ColumnType.FLAG else coded


def _text(value: Value, _: Reading | None = None) -> str:
    if value.is_text:
        return value.sql
    if value.type in _FLOATS:  # an id that passed through a spreadsheet: 123.0 means 123
        whole = f"{value.sql} = trunc({value.sql}) AND abs({value.sql}) < 9e15"
        as_whole = f"CAST(TRY_CAST({value.sql} AS BIGINT) AS VARCHAR)"
        return f"CASE WHEN {whole} THEN {as_whole} ELSE CAST({value.sql} AS VARCHAR) END"
    return f"CAST({value.sql} AS VARCHAR)"


def _flag(value: Value, reading: Reading) -> str:
    if value.type == "BOOLEAN":
        return value.sql
    raw = f"lower({_text(value)})"
    yes, no = texts(reading.true), texts(reading.false)
    return f"CASE WHEN {raw} IN ({yes}) THEN TRUE WHEN {raw} IN ({no}) THEN FALSE END"


def _whole(value: Value, reading: Reading) -> str:
    if value.type in _INTEGERS:
        return f"TRY_CAST({value.sql} AS BIGINT)"
    if value.is_text:
        clean = cleaned(value.sql, reading)
        pattern = text(r"[+-]?[0-9]{1,19}(\.0*)?")
        return (
            f"CASE WHEN regexp_full_match({clean}, {pattern}) THEN TRY_CAST({clean} AS BIGINT) END"
        )
    return f"CASE WHEN {value.sql} = trunc({value.sql}) THEN TRY_CAST({value.sql} AS BIGINT) END"


def _number(value: Value, reading: Reading) -> str:
    raw = cleaned(value.sql, reading) if value.is_text else value.sql
    number = f"TRY_CAST({raw} AS DOUBLE)"
    return f"CASE WHEN isfinite({number}) THEN {number} END"


def _major(value: Value, reading: Reading, currency: str) -> str:
    scale = _scale(currency)
    if value.type in _FLOATS:
        return _major_from_float(value.sql, scale, rounded=reading.round_money)
    raw = cleaned(value.sql, reading) if value.is_text else value.sql
    scaled = f"(TRY_CAST({raw} AS {_EXACT}) * {scale})"
    if reading.round_money:
        return f"TRY_CAST(round({scaled}, 0) AS BIGINT)"
    return f"CASE WHEN {scaled} = trunc({scaled}) THEN TRY_CAST({scaled} AS BIGINT) END"


def _major_from_float(sql: str, scale: str, *, rounded: bool) -> str:
    """Binary fractions are never exact: a thousandth of a minor unit counts as none."""
    scaled = f"({sql} * {scale})"
    whole = f"TRY_CAST(round({scaled}) AS BIGINT)"
    if rounded:
        return whole
    return f"CASE WHEN abs({scaled} - round({scaled})) < 0.001 THEN {whole} END"


def _scale(currency: str) -> str:
    """Return the SQL of how many minor units a major one has in the row's currency."""
    groups: dict[int, list[str]] = {}
    for code in sorted(list_currencies()):
        if exponent(code) != exponent("CNY"):
            groups.setdefault(exponent(code), []).append(code)
    branches = " ".join(
        f"WHEN {currency} IN ({texts(codes)}) THEN {10**digits}" for digits, codes in groups.items()
    )
    return f"CAST(CASE {branches} ELSE 100 END AS SMALLINT)"


def _date(value: Value, reading: Reading) -> str:
    if value.type == "DATE":
        return value.sql
    if value.type == "TIMESTAMP WITH TIME ZONE":
        return f"CAST(timezone({text(reading.time_zone)}, {value.sql}) AS DATE)"
    if value.type.startswith("TIMESTAMP"):
        return f"CAST({value.sql} AS DATE)"
    formats = reading.formats or _DEFAULT_DATES
    parsed = f"TRY_CAST({_parsed(value, formats)} AS DATE)"
    start = reading.two_digit_years_from
    if start is None or not any("%y" in form for form in formats):
        return parsed
    year = f"({start} + (year({parsed}) - {start} + 400) % 100)"
    return f"TRY_CAST(printf('%04d-%02d-%02d', {year}, month({parsed}), day({parsed})) AS DATE)"


def _moment(value: Value, reading: Reading) -> str:
    zone = text(reading.time_zone)
    local = value.sql
    if value.type == "TIMESTAMP WITH TIME ZONE":
        return f"timezone('UTC', {value.sql})"
    if not value.type.startswith("TIMESTAMP") and value.type != "DATE":
        if set(reading.formats) & set(EPOCHS):
            return _epoch(value, reading)
        formats = reading.formats or _DEFAULT_MOMENTS
        local = _parsed(value, formats)
        if any("%z" in form for form in formats):
            return f"timezone('UTC', {local})"
    local = f"CAST({local} AS TIMESTAMP)"
    if reading.time_zone == "UTC":
        return local
    return f"timezone('UTC', timezone({zone}, {local}))"


def _epoch(value: Value, reading: Reading) -> str:
    factor = 1_000_000 if "epoch_seconds" in reading.formats else 1_000
    number = f"TRY_CAST({value.sql} AS DECIMAL(20, 6))"
    within = f"abs({number}) < {9_000_000_000_000_000 // factor}"
    return f"CASE WHEN {within} THEN make_timestamp(CAST({number} * {factor} AS BIGINT)) END"


def _parsed(value: Value, formats: tuple[str, ...]) -> str:
    raw = value.sql
    if not value.is_text:
        raw = f"CAST({value.sql} AS VARCHAR)"
        if value.type in _INTEGERS:  # 60229 is 060229 that lost its zero
            raw = f"lpad({raw}, {_width(formats[0])}, '0')"
    return f"try_strptime({raw}, [{texts(formats)}])"


def _width(form: str) -> int:
    directives = re.findall(r"%.", form)
    return len(form) - 2 * len(directives) + sum(_WIDTHS.get(d, 2) for d in directives)


_BY_TYPE: Mapping[ColumnType, Callable[[Value, Reading], str]] = {
    ColumnType.TEXT: _text,
    ColumnType.FLAG: _flag,
    ColumnType.INTEGER: _whole,
    ColumnType.NUMBER: _number,
    ColumnType.MONEY: _whole,
    ColumnType.DATE: _date,
    ColumnType.MOMENT: _moment,
}


def column_name(canonical: str) -> str:
    """Return the quoted name under which a column's source value is selected."""
    return name(f"source of {canonical}")
