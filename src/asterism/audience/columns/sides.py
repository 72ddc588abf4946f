"""Comparing one tag with another, customer by customer.

This is the one condition that reads all values of its tags; it is bound by memory, so the customers
are divided among the processors.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asterism.audience import kernels
from asterism.audience.catalogue import TagType
from asterism.audience.columns.column import Column
from asterism.audience.columns.columns import Columns
from asterism.audience.mask import WORD, Words, word_count
from asterism.audience.operations import Compare, Operator, Scaled, Tag, in_doubles

Values = NDArray[Any]
_Compare = Callable[[Values, Values, Words], None]
#: The kernels' number of each test; > and >= exchange the sides, <> is what is left of =.
_TESTS = {Operator.LT: 0, Operator.LE: 1, Operator.EQ: 2, Operator.NE: 2}
#: Customers below which one thread is quicker than two.
_WORTH_DIVIDING = 1 << 18
_POOL = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="audience")


def rows_comparing(columns: Columns, comparison: Compare) -> Words:
    """Return the customers for whom a comparison of two tags, or products of tags, is true."""
    if not isinstance(comparison.right, Tag | Scaled):
        raise TypeError("a comparison with a value is a range, not two sides")
    left, operator, right = comparison.left, comparison.operator, comparison.right
    if operator in (Operator.GT, Operator.GE):
        left, operator, right = right, operator.flipped, left
    one, other = _column(columns, left), _column(columns, right)
    if one.layout.type is TagType.FLAG:
        found = ~(one.bits ^ other.bits)
    elif one.layout.type is TagType.TEXT:
        found = _divided(*_joint_codes(one, other), _whole(operator))
    elif in_doubles(comparison):
        found = _divided(one.stored, other.stored, _doubles(left, operator, right))
    else:
        found = _divided(one.stored, other.stored, _whole(operator))
    if operator is Operator.NE:
        np.invert(found, out=found)
    return _known_in_both(columns, found, one, other)


def _known_in_both(columns: Columns, words: Words, one: Column, other: Column) -> Words:
    """Keep the customers who have both values, and no bits beyond the last customer."""
    words &= columns.everyone.words
    for column in (one, other):
        if column.valid is not None:
            words &= column.valid
    return words


def _whole(operator: Operator) -> _Compare:
    test = _TESTS[operator]
    return lambda left, right, out: kernels.compare_whole(left, right, test, out)


def _doubles(left: Tag | Scaled, operator: Operator, right: Tag | Scaled) -> _Compare:
    test = _TESTS[operator]
    factors = tuple(term.factor if isinstance(term, Scaled) else 1.0 for term in (left, right))
    return lambda one, other, out: kernels.compare_doubles(one, other, factors, test, out)


def _divided(left: Values, right: Values, compare: _Compare) -> Words:
    """Compare whole words of customers on every processor."""
    size = len(left)
    out = np.empty(word_count(size), np.uint64)
    parts = (os.cpu_count() or 1) if size >= _WORTH_DIVIDING else 1
    step = max(-(-len(out) // parts), 1)

    def compare_from(word: int) -> None:
        rows = slice(word * WORD, min((word + step) * WORD, size))
        compare(left[rows], right[rows], out[word : word + step])

    if parts == 1:
        compare(left, right, out)
    else:
        list(_POOL.map(compare_from, range(0, len(out), step)))
    return out


def _joint_codes(one: Column, other: Column) -> tuple[Values, Values]:
    """Return both columns as places in one dictionary that holds the texts of both."""
    joint = {text: place for place, text in enumerate(sorted({*one.texts, *other.texts}))}

    def places(column: Column) -> Values:
        table = np.array([*(joint[text] for text in column.texts), 0], np.int32)
        found: Values = table[column.stored]
        return found

    return places(one), places(other)


def _column(columns: Columns, term: Tag | Scaled) -> Column:
    return columns.column(term.tag.name if isinstance(term, Scaled) else term.name)
