"""Comparing one tag with another, customer by customer, in chunks that stay in the cache."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from asterism.audience.catalogue import TagType
from asterism.audience.columns.column import Column
from asterism.audience.columns.columns import Columns
from asterism.audience.mask import Words, pack, word_count
from asterism.audience.operations import Compare, Operator, Scaled, Tag, in_doubles

_TESTS: dict[Operator, Callable[..., NDArray[np.bool_]]] = {
    Operator.EQ: np.equal,
    Operator.NE: np.not_equal,
    Operator.LT: np.less,
    Operator.LE: np.less_equal,
    Operator.GT: np.greater,
    Operator.GE: np.greater_equal,
}
_Reader = Callable[[int, int], NDArray[np.generic]]
_CHUNK = 1 << 15


def rows_comparing(columns: Columns, comparison: Compare) -> Words:
    """Return the customers for whom a comparison of two tags, or products of tags, is true."""
    left, right = comparison.left, comparison.right
    if not isinstance(right, Tag | Scaled):
        raise TypeError("a comparison with a value is a range, not two sides")
    one, other = _column(columns, left), _column(columns, right)
    if one.layout.type is TagType.FLAG:
        return _flags(columns, one, other, comparison.operator)
    if one.layout.type is TagType.TEXT:
        readers = _texts(one, other)
    else:
        doubles = in_doubles(comparison)
        readers = (_numbers(one, left, doubles=doubles), _numbers(other, right, doubles=doubles))
    words = _compared(columns.size, *readers, _TESTS[comparison.operator])
    return _where_both(words, one, other)


def _compared(
    size: int, left: _Reader, right: _Reader, test: Callable[..., NDArray[np.bool_]]
) -> Words:
    out = np.zeros(word_count(size), np.uint64)
    for start in range(0, size, _CHUNK):
        end = min(start + _CHUNK, size)
        with np.errstate(over="ignore"):
            packed = pack(test(left(start, end), right(start, end)))
        out[start // 64 : start // 64 + len(packed)] = packed
    return out


def _numbers(column: Column, term: Tag | Scaled, *, doubles: bool) -> _Reader:
    stored = column.stored
    if not doubles:
        return lambda start, end: stored[start:end]
    if isinstance(term, Scaled):
        factor = term.factor
        return lambda start, end: stored[start:end].astype(np.float64) * factor
    return lambda start, end: stored[start:end].astype(np.float64)


def _texts(one: Column, other: Column) -> tuple[_Reader, _Reader]:
    """Return readers of both columns as places in one joint dictionary."""
    joint = {text: place for place, text in enumerate(sorted({*one.texts, *other.texts}))}

    def reader(column: Column) -> _Reader:
        places = np.array([*(joint[text] for text in column.texts), 0], np.int64)
        stored = column.stored
        return lambda start, end: places[stored[start:end]]

    return reader(one), reader(other)


def _flags(columns: Columns, one: Column, other: Column, operator: Operator) -> Words:
    differ = one.bits ^ other.bits
    if operator is Operator.EQ:
        differ = ~differ & columns.everyone.words
    return _where_both(differ, one, other)


def _where_both(words: Words, one: Column, other: Column) -> Words:
    for column in (one, other):
        if column.valid is not None:
            words &= column.valid
    return words


def _column(columns: Columns, term: Tag | Scaled) -> Column:
    return columns.column(term.tag.name if isinstance(term, Scaled) else term.name)
