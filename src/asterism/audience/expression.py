"""The batch reading: an Ibis expression that any engine evaluates for all customers."""

import operator
from collections.abc import Callable, Mapping
from datetime import date
from functools import reduce
from typing import Any as Anything

import ibis

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
    Operator,
    Scaled,
    Tag,
    Term,
    in_doubles,
)

_COMPARE: Mapping[Operator, Callable[[Anything, Anything], Anything]] = {
    Operator.EQ: operator.eq,
    Operator.NE: operator.ne,
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
}


class IbisReading:
    """Builds the Ibis value of a condition over one table that has the tags as columns."""

    def __init__(self, table: Anything) -> None:
        self._table = table
        #: Each segment is built once, however often it is named.
        self._segments: dict[str, Anything] = {}

    def condition(self, condition: Condition) -> Anything:
        """Return the boolean value of `condition`; null where it is unknown."""
        match condition:
            case All(items):
                return reduce(operator.and_, map(self.condition, items))
            case Any(items):
                return reduce(operator.or_, map(self.condition, items))
            case Not(item):
                return ~self.condition(item)
            case InSegment():
                return self._segment(condition)
            case Between():
                low, high = condition.as_comparisons()
                return self._compare(low) & self._compare(high)
            case _:
                return self._atom(condition)

    def _segment(self, segment: InSegment) -> Anything:
        if segment.fingerprint not in self._segments:
            body = self.condition(segment.body)
            self._segments[segment.fingerprint] = body.fill_null(False)  # noqa: FBT003 - Ibis's own
        return self._segments[segment.fingerprint]

    def _atom(self, condition: Condition) -> Anything:
        match condition:
            case Constant(value):
                return ibis.literal(value)
            case Compare():
                return self._compare(condition)
            case OneOf(tag, values):
                return self._column(tag).isin([constant(value) for value in values])
            case Like(tag, pattern):
                return self._column(tag).like(pattern)
            case _:
                return self._presence(condition)

    def _presence(self, condition: Condition) -> Anything:
        match condition:
            case Flag(tag):
                return self._column(tag)
            case IsNull(tag):
                return self._column(tag).isnull()
            case IsTruth(tag, truth):
                flag = self._column(tag) if truth else ~self._column(tag)
                return flag.fill_null(False)  # noqa: FBT003 - Ibis's own
            case _:
                raise TypeError(f"{type(condition).__name__} is not a single condition")

    def _compare(self, comparison: Compare) -> Anything:
        doubles = in_doubles(comparison)
        left = self._term(comparison.left, doubles=doubles)
        right = self._term(comparison.right, doubles=doubles)
        return _COMPARE[comparison.operator](left, right)

    def _term(self, term: Term, *, doubles: bool) -> Anything:
        match term:
            case Literal(value):
                return double(float(str(value))) if doubles else constant(term)
            case Scaled(factor, tag):
                return self._column(tag).cast("float64") * double(factor)
            case Tag():
                column = self._column(term)
                return column.cast("float64") if doubles else column

    def _column(self, tag: Tag) -> Anything:
        return self._table[tag.name]


def constant(literal: Literal) -> Anything:
    """Return a literal as an Ibis value of the type in which its tag is stored."""
    match literal.value:
        case float(value):
            return double(value)
        case int(value):
            return ibis.literal(value, "int64")
        case date() as value:
            return ibis.literal(value, "date")
        case text:
            return ibis.literal(text, "string")


def double(value: float) -> Anything:
    """Return a double, handed over as text.

    Engines read a bare `0.1` as a decimal and may round it differently on the way to a double;
    all of them turn a text into the nearest double.
    """
    return ibis.literal(repr(value)).cast("float64")
