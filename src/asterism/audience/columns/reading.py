"""The instant reading: a condition over all customers as packed masks.

Negation is pushed down to the single conditions: each is asked either for the customers for whom
it is true or for those for whom it is false, and nobody for whom it is unknown is in either. So
three-valued logic costs one mask per condition, not two.
"""

from collections.abc import Callable, Iterable
from datetime import date

import numpy as np

from asterism.audience.catalogue import TagType
from asterism.audience.columns.column import Column
from asterism.audience.columns.columns import Columns
from asterism.audience.columns.ranges import Ray, codes_in, rows_in, rows_one_of
from asterism.audience.columns.sides import rows_comparing
from asterism.audience.mask import Mask, Words
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
    in_doubles,
    own_tags,
)
from asterism.audience.truth import matcher

_EPOCH = date(1970, 1, 1).toordinal()
_Join = Callable[[Words, Words, Words], Words]


class MaskReading:
    """Answers conditions over one snapshot's columns; single conditions are remembered there."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    def mask(self, condition: Condition) -> Mask:
        """Return the customers for whom the condition is true."""
        return Mask(self._true(condition), self._columns.size)

    def _true(self, condition: Condition) -> Words:
        match condition:
            case All(items):
                return _joined(map(self._true, items), np.bitwise_and)
            case Any(items):
                return _joined(map(self._true, items), np.bitwise_or)
            case Not(item):
                return self._false(item)
            case InSegment(body=body, fingerprint=fingerprint):
                return self._columns.cache.get(fingerprint, lambda: self._true(body))
            case Between() if not _between_values(condition):
                return self._true(All(condition.as_comparisons()))
            case _:
                return self._columns.cache.get(condition, lambda: self._rows(condition))

    def _false(self, condition: Condition) -> Words:
        match condition:
            case All(items):
                return _joined(map(self._false, items), np.bitwise_or)
            case Any(items):
                return _joined(map(self._false, items), np.bitwise_and)
            case Not(item):
                return self._true(item)
            case Between() if not _between_values(condition):
                # false as soon as one end excludes the value, even if the other is null
                return self._false(All(condition.as_comparisons()))
            case InSegment() | IsNull() | IsTruth() | Constant():
                return self._columns.everyone.words & ~self._true(condition)
            case _:
                key = ("not", condition)
                return self._columns.cache.get(key, lambda: self._unlike(condition))

    def _unlike(self, condition: Condition) -> Words:
        """Return the customers for whom a single condition is false."""
        out = ~self._true(condition)
        out &= self._known(condition)
        return out

    def _known(self, condition: Condition) -> Words:
        """Return the customers who have every tag that a single condition reads."""
        known = self._columns.everyone.words
        for tag in own_tags(condition):
            valid = self._columns.column(tag.name).valid
            known = known if valid is None else known & valid
        return known

    def _rows(self, condition: Condition) -> Words:
        """Return the customers for whom a single condition is true."""
        match condition:
            case Compare():
                return self._compare(condition)
            case Between():
                return self._between(condition)
            case OneOf(tag, values):
                return _one_of(self._columns.column(tag.name), values)
            case Like(tag, pattern):
                return _like(self._columns.column(tag.name), pattern)
            case _:
                return self._presence(condition)

    def _presence(self, condition: Condition) -> Words:
        everyone = self._columns.everyone.words
        match condition:
            case Constant(value):
                return everyone.copy() if value else np.zeros_like(everyone)
            case IsNull(tag):
                valid = self._columns.column(tag.name).valid
                return np.zeros_like(everyone) if valid is None else everyone & ~valid
            case Flag(tag) | IsTruth(tag, True):
                return self._columns.column(tag.name).bits.copy()
            case IsTruth(tag):
                return self._false(Flag(tag))
            case _:
                raise TypeError(f"{type(condition).__name__} is not a single condition")

    def _compare(self, comparison: Compare) -> Words:
        if not isinstance(comparison.right, Literal):
            return rows_comparing(self._columns, comparison)
        if comparison.operator is Operator.NE:
            equal = Compare(comparison.left, Operator.EQ, comparison.right)
            return self._false(equal)
        column = self._column_of(comparison)
        if column.layout.type is TagType.TEXT:
            return _text_range(column, (comparison,))
        return rows_in(column, (_ray(comparison),))

    def _between(self, between: Between) -> Words:
        low, high = between.as_comparisons()
        column = self._column_of(low)
        if column.layout.type is TagType.TEXT:
            return _text_range(column, (low, high))
        return rows_in(column, (_ray(low), _ray(high)))

    def _column_of(self, comparison: Compare) -> Column:
        left = comparison.left
        return self._columns.column(left.tag.name if isinstance(left, Scaled) else left.name)


def _between_values(between: Between) -> bool:
    return isinstance(between.low, Literal) and isinstance(between.high, Literal)


def _joined(masks: Iterable[Words], join: _Join) -> Words:
    first, *others = masks
    if not others:
        return first
    out = join(first, others[0], np.empty_like(first))
    for words in others[1:]:
        join(out, words, out)
    return out


def stored_value(literal: Literal) -> int | float:
    """Return a number or date as columns store it."""
    if isinstance(literal.value, date):
        return literal.value.toordinal() - _EPOCH
    if isinstance(literal.value, str):
        raise TypeError("texts are stored as codes")
    return literal.value


def _ray(comparison: Compare) -> Ray:
    left, right = comparison.left, comparison.right
    if not isinstance(right, Literal):
        raise TypeError("a ray ends at a value")
    bound = stored_value(right)
    if in_doubles(comparison):
        bound = float(bound)
    return Ray(comparison.operator, bound, left.factor if isinstance(left, Scaled) else None)


def _text_range(column: Column, comparisons: Iterable[Compare]) -> Words:
    places = np.arange(max(len(column.texts), 1))
    wanted = np.full(len(places), len(column.texts) > 0)
    for comparison in comparisons:
        first, last = _text_codes(column, comparison)
        wanted &= (places >= first) & (places < last)
    return codes_in(column, wanted)


def _text_codes(column: Column, comparison: Compare) -> tuple[int, int]:
    """Return the codes of the texts that compare so with a value: from, and up to without."""
    value = comparison.right.value if isinstance(comparison.right, Literal) else ""
    before, through = column.text_span(str(value))
    match comparison.operator:
        case Operator.EQ:
            return before, through
        case Operator.LT:
            return 0, before
        case Operator.LE:
            return 0, through
        case Operator.GT:
            return through, len(column.texts)
        case _:
            return before, len(column.texts)


def _one_of(column: Column, values: tuple[Literal, ...]) -> Words:
    if column.layout.type is not TagType.TEXT:
        return rows_one_of(column, [stored_value(value) for value in values])
    wanted = np.zeros(max(len(column.texts), 1), np.bool_)
    for value in values:
        first, last = column.text_span(str(value.value))
        wanted[first:last] = True
    return codes_in(column, wanted)


def _like(column: Column, pattern: str) -> Words:
    matches = matcher(pattern)
    found = [matches(text) for text in column.texts]
    return codes_in(column, np.array(found or [False], np.bool_))
