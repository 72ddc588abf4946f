"""The canonical text of a condition: one spelling for one meaning, readable by the parser again."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache

from asterism.audience.catalogue import TagType
from asterism.audience.operations import (
    All,
    Any,
    Between,
    Compare,
    Condition,
    Constant,
    Flag,
    InSegment,
    IsNull,
    IsTruth,
    Like,
    Literal,
    Not,
    OneOf,
    Scaled,
    Tag,
    Term,
)
from asterism.audience.syntax import is_plain_name


def canonical(condition: Condition) -> str:
    """Return the canonical text of `condition`."""
    match condition:
        case All(items):
            return " AND ".join(_within(item) for item in items)
        case Any(items):
            return " OR ".join(_within(item) for item in items)
        case Not(item):
            return _negated(item)
        case _:
            return _atom(condition, negated=False)


def _within(item: Condition) -> str:
    # AND binds tighter than OR anyway; these parentheses are for the reader
    text = canonical(item)
    return f"({text})" if isinstance(item, Any | All) else text


def _negated(item: Condition) -> str:
    match item:
        case All() | Any() | Not() | Compare() | Constant():
            return f"NOT ({canonical(item)})"
        case _:
            return _atom(item, negated=True)


def _atom(condition: Condition, *, negated: bool) -> str:
    """Return the text of a single condition, with NOT where SQL wants it inside."""
    word = "NOT " if negated else ""
    match condition:
        case Constant(value):
            return "TRUE" if value else "FALSE"
        case Flag(tag):
            return f"{word}{quoted_name(tag.name)}"
        case InSegment(name):
            return f"{word}IN_SEGMENT({quoted_text(name)})"
        case Compare(left, operator, right):
            return f"{term(left)} {operator} {term(right)}"
        case Between(operand, low, high):
            return f"{term(operand)} {word}BETWEEN {term(low)} AND {term(high)}"
        case _:
            return _after_tag(condition, word)


def _after_tag(condition: Condition, word: str) -> str:
    """Return the text of a condition that begins with its tag."""
    match condition:
        case IsNull(tag):
            return f"{quoted_name(tag.name)} IS {word}NULL"
        case IsTruth(tag, truth):
            return f"{quoted_name(tag.name)} IS {word}{'TRUE' if truth else 'FALSE'}"
        case OneOf(tag, values):
            return f"{quoted_name(tag.name)} {word}IN ({', '.join(map(literal, values))})"
        case Like(tag, pattern):
            return f"{quoted_name(tag.name)} {word}LIKE {quoted_text(pattern)}"
        case _:
            raise TypeError(f"{type(condition).__name__} is not a single condition")


def term(value: Term) -> str:
    """Return the text of one side of a comparison."""
    match value:
        case Tag(name):
            return quoted_name(name)
        case Scaled(factor, tag):
            return f"{number(factor)} * {quoted_name(tag.name)}"
        case Literal():
            return literal(value)


def literal(value: Literal) -> str:
    """Return a value as it is written in an expression, money in major units."""
    return _LITERALS[value.type](value)


def number(value: float) -> str:
    """Return the shortest decimal text that reads as the very same double.

    >>> number(0.8), number(3.0), number(1e300)
    ('0.8', '3', '1e+300')
    """
    text = repr(value)
    return text.removesuffix(".0")


def quoted_text(text: str) -> str:
    """Return a text between single quotation marks, those inside it doubled."""
    return "'" + text.replace("'", "''") + "'"


@lru_cache(maxsize=4096)
def quoted_name(name: str) -> str:
    """Return a tag's name, between double quotation marks where the parser needs them."""
    if is_plain_name(name):
        return name
    return '"' + name.replace('"', '""') + '"'


def money(minor: int, exponent: int) -> str:
    """Return an amount of minor units in major units.

    >>> money(50_000_000, 2), money(-5, 2), money(7, 0)
    ('500000', '-0.05', '7')
    """
    amount = Decimal(minor).scaleb(-exponent)
    whole = amount.to_integral_value()
    return f"{whole:f}" if amount == whole else f"{amount:f}".rstrip("0")


def _date(value: Literal) -> str:
    if not isinstance(value.value, date):
        raise TypeError("a date literal holds a date")
    return f"DATE '{value.value.isoformat()}'"


_LITERALS: dict[TagType, Callable[[Literal], str]] = {
    TagType.INTEGER: lambda value: str(value.value),
    TagType.NUMBER: lambda value: number(float(str(value.value))),
    TagType.MONEY: lambda value: money(int(str(value.value)), value.exponent),
    TagType.TEXT: lambda value: quoted_text(str(value.value)),
    TagType.DATE: _date,
}
