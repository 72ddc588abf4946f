"""A strategy as a form, and back: every field of the schema by its path, as text.

The form follows from the schema, so that a new field of a strategy is in the form, and in what
comes back of it, without a word here. Money stands in major units, shares in percent.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from math import isfinite
from types import UnionType
from typing import Any, Union, get_args, get_origin

from annotated_types import Le
from pydantic.fields import FieldInfo

from asterism.kernel.words import LOCALES, Text
from asterism.strategy.strategy import Part, Strategy, each_once

#: Most rows that a list of the form may have; the schema has its own, lower limits.
MOST_ROWS = 60
Fields = Mapping[str, Sequence[str]]
_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)


class Kind(StrEnum):
    """How a field is written."""

    TEXT = "text"
    WORDS = "words"
    WHOLE = "whole"
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"
    FLAG = "flag"
    CHOICE = "choice"
    #: A set of words, by check boxes.
    SET = "set"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A field that holds one value."""

    kind: Kind
    choices: tuple[str, ...] = ()
    #: What stands in the form where nothing was said.
    default: object = None


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of parts or of values."""

    of: "Shape"


Shape = Leaf | Rows | dict[str, Any]


@cache
def shape(part: type[Part] = Strategy) -> dict[str, Any]:
    """Return the form of a part of a strategy: field names with what each holds."""
    return {name: _shape(name, field) for name, field in part.model_fields.items()}


def _shape(name: str, field: FieldInfo) -> Shape:
    kind = _without_none(field.annotation)
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    if get_origin(kind) is tuple:
        inner = _bare(get_args(kind)[0])
        if any(getattr(one, "func", None) is each_once for one in field.metadata):
            return Leaf(Kind.SET, tuple(one.value for one in inner))
        return Rows(_value_shape(name, inner, (), None))
    if get_origin(kind) is not None and issubclass(get_origin(kind), Mapping):
        keys, values = get_args(kind)
        leaf = _value_shape(name, _bare(values), (), None)
        return {one.value: leaf for one in keys}
    return _value_shape(name, kind, field.metadata, default)


def _value_shape(name: str, kind: Any, metadata: Sequence[object], default: object) -> Shape:
    if issubclass(kind, Part):
        return dict(shape(kind))
    if issubclass(kind, StrEnum):
        return Leaf(Kind.CHOICE, tuple(one.value for one in kind), default)
    share = any(isinstance(one, Le) and float(str(one.le)) <= 1.0 for one in metadata)
    kinds = {
        Text: Kind.WORDS,
        bool: Kind.FLAG,
        int: Kind.MONEY if name.endswith("_minor") else Kind.WHOLE,
        float: Kind.PERCENT if share else Kind.NUMBER,
        date: Kind.DATE,
        str: Kind.TEXT,
    }
    return Leaf(kinds[kind], default=None if kind is Text else default)


def _without_none(annotation: Any) -> Any:
    kinds = [one for one in get_args(annotation) if one is not type(None)]
    if get_origin(annotation) in {Union, UnionType}:
        return _bare(kinds[0])
    return _bare(annotation)


def _bare(annotation: Any) -> Any:
    """Return an annotation without what Annotated puts around it."""
    while hasattr(annotation, "__metadata__"):
        annotation = get_args(annotation)[0]
    return annotation


def kind_at(path: str) -> Kind | None:
    """Return how the field at a path without numbers is written; None for what is no field.

    >>> kind_at("offers.benefit.cost_minor"), kind_at("offers")
    (<Kind.MONEY: 'money'>, None)
    """
    found: Shape | None = shape()
    for step in path.split("."):
        found = found.of if isinstance(found, Rows) else found
        found = found.get(step) if isinstance(found, dict) else None
    return found.kind if isinstance(found, Leaf) else None


def fields_of(content: Mapping[str, object], digits: int) -> dict[str, list[str]]:
    """Return the form's fields for a draft's content; `digits` are those of the currency."""
    return dict(_fields("", shape(), content, digits))


def _fields(at: str, held: Shape, value: object, digits: int) -> Iterator[tuple[str, list[str]]]:
    if isinstance(held, dict):
        inner = value if isinstance(value, Mapping) else {}
        for name, part in held.items():
            yield from _fields(f"{at}.{name}" if at else name, part, inner.get(name), digits)
    elif isinstance(held, Rows):
        rows = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
        for place, row in enumerate(rows):
            yield from _fields(f"{at}[{place}]", held.of, row, digits)
    elif held.kind is Kind.WORDS:
        yield from _words_out(at, value)
    elif held.kind is Kind.SET:
        yield at, [str(one) for one in value] if isinstance(value, Sequence) else []
    else:
        given = held.default if value is None else value
        yield at, ["" if given is None else _text(given, held.kind, digits)]


def _words_out(at: str, value: object) -> Iterator[tuple[str, list[str]]]:
    if isinstance(value, Mapping):
        yield f"{at}.same", []
        for locale in LOCALES:
            yield f"{at}.{locale}", [str(value.get(locale, ""))]
    else:
        yield f"{at}.same", ["1"]
        for locale in LOCALES:
            yield f"{at}.{locale}", ["" if value is None or locale != LOCALES[0] else str(value)]


def _text(value: object, kind: Kind, digits: int) -> str:
    if isinstance(value, StrEnum):
        return value.value
    if kind is Kind.FLAG:
        return "1" if value else ""
    if kind is Kind.MONEY and _WHOLE.fullmatch(str(value)):
        return _plain(Decimal(str(value)).scaleb(-digits))
    if kind is Kind.PERCENT and _number(str(value)) is not None:
        return _plain(Decimal(str(value)) * 100)
    if kind is Kind.NUMBER and isinstance(value, float) and isfinite(value):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)  # noqa: PLR2004 - whole numbers that a float tells apart
    return value.isoformat() if isinstance(value, date) else str(value)


def _plain(number: Decimal) -> str:
    """Write a decimal without exponent and without zeros that say nothing."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def content_from(fields: Fields, digits: int) -> dict[str, object]:
    """Return the content that a form's fields stand for; what cannot be read stays as text."""
    found = _read("", shape(), fields, digits)
    return found if isinstance(found, dict) else {}


def _read(at: str, held: Shape, fields: Fields, digits: int) -> object:
    if isinstance(held, dict):
        parts = {
            name: _read(f"{at}.{name}" if at else name, part, fields, digits)
            for name, part in held.items()
        }
        return {name: value for name, value in parts.items() if value is not None}
    if isinstance(held, Rows):
        rows = [_read(f"{at}[{place}]", held.of, fields, digits) for place in _places(at, fields)]
        return ["" if row is None else row for row in rows] or None
    if held.kind is Kind.WORDS:
        return _words_in(at, fields)
    if held.kind is Kind.SET:
        chosen = fields.get(at, ())
        return [one for one in held.choices if one in chosen] or None
    if held.kind is Kind.FLAG:
        return bool(_one(at, fields)) or None
    return _value(_one(at, fields), held.kind, digits)


def _places(at: str, fields: Fields) -> list[int]:
    """Return the numbers of a list's rows that the form has."""
    start = f"{at}["
    numbers = {
        int(number)
        for name in fields
        if name.startswith(start)
        and (number := name[len(start) :].partition("]")[0]).isascii()
        and number.isdigit()
        and len(number) <= 4  # noqa: PLR2004 - no list is that long
    }
    return sorted(numbers)[:MOST_ROWS]


def _words_in(at: str, fields: Fields) -> object:
    texts = {locale: _one(f"{at}.{locale}", fields) for locale in LOCALES}
    if fields.get(f"{at}.same"):
        return texts[LOCALES[0]] or None
    return texts if any(texts.values()) else None


def _one(name: str, fields: Fields) -> str:
    """Return a field's text with the line ends that files have: browsers send others."""
    values = fields.get(name, ())
    return values[0].replace("\r\n", "\n").replace("\r", "\n") if values else ""


def _value(text: str, kind: Kind, digits: int) -> object:
    if not text:
        return None
    if kind is Kind.WHOLE:
        return int(text) if _WHOLE.fullmatch(text.strip()) else text
    number = None if kind in {Kind.TEXT, Kind.CHOICE, Kind.DATE} else _number(text)
    if number is None:
        return text
    if kind is Kind.MONEY:
        minor = number.scaleb(digits)
        return int(minor) if minor == minor.to_integral_value() else text
    return float(number / 100 if kind is Kind.PERCENT else number)


def _number(text: str) -> Decimal | None:
    """Return a finite decimal; thousands may be set apart by commas."""
    try:
        found = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) < 400 else None  # noqa: PLR2004 - beyond floats
