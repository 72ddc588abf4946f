"""Loops over packed words, compiled by Numba: one pass over memory each, without the GIL.

Numba's parallel loops are not used: their default scheduler may not be entered from two threads
at once, and a web server does just that.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numba import njit, types
from numba.core.extending import intrinsic

_ONE = np.uint64(1)
_ZERO = np.uint64(0)
_EVERY = np.uint64(0xFFFFFFFFFFFFFFFF)
#: Words handled together: small enough for the planes of a block to stay in the nearest cache.
_BLOCK = 512
#: Rows compared together, value by value.
_ROWS = 4096
_compiled = njit(nogil=True, cache=True)
#: Numba describes what it returns as taking the compiler's context; its callers do not pass one.
_intrinsic = cast("Callable[[Callable[..., Any]], Callable[[Any], Any]]", intrinsic)


@_intrinsic
def _popcount(_context: Any, word: Any) -> Any:
    """Return the number of set bits, by the processor's own instruction."""

    def build(_code: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(word), build


@_intrinsic
def _lowest_bit(_context: Any, word: Any) -> Any:
    """Return the position of the lowest set bit of a word that is not zero."""

    def build(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], context.get_constant(types.boolean, True))  # noqa: FBT003

    return types.uint64(word), build


@_compiled
def count(words: Any) -> Any:
    """Return the number of set bits."""
    total = _ZERO
    for place in range(len(words)):
        total += _popcount(words[place])
    return total


@_compiled
def write_indices(words: Any, out: Any) -> Any:
    """Write the positions of the set bits into `out`, ascending; return how many."""
    written = 0
    for place in range(len(words)):
        word = words[place]
        while word != _ZERO:
            out[written] = place * 64 + np.int64(_lowest_bit(word))
            written += 1
            word &= word - _ONE
    return written


@_compiled
def set_bits(words: Any, indices: Any) -> None:
    """Set the bits at `indices`."""
    for place in range(len(indices)):
        index = np.uint64(indices[place])
        words[index >> np.uint64(6)] |= _ONE << (index & np.uint64(63))


@_compiled
def _below(planes: Any, start: Any, code: Any, found: Any) -> None:
    """Narrow `found` to the rows whose code is below `code`, for one block of words.

    From the lowest bit up: where the bound has a 1, a row with a 0 is below whatever came before;
    where it has a 0, a row with a 1 is not. One operation per plane decides 64 rows.
    """
    for bit in range(planes.shape[0]):
        plane = planes[bit, start : start + len(found)]
        if (code >> np.uint64(bit)) & _ONE:
            for step in range(len(found)):
                found[step] |= ~plane[step]
        else:
            for step in range(len(found)):
                found[step] &= ~plane[step]


@_compiled
def _equal(planes: Any, start: Any, code: Any, found: Any) -> None:
    """Narrow `found` to the rows whose code is `code`, for one block of words."""
    for bit in range(planes.shape[0]):
        plane = planes[bit, start : start + len(found)]
        if (code >> np.uint64(bit)) & _ONE:
            for step in range(len(found)):
                found[step] &= plane[step]
        else:
            for step in range(len(found)):
                found[step] &= ~plane[step]


@_compiled
def _within(planes: Any, start: Any, low: Any, high: Any, found: Any) -> None:
    """Write into `found` which rows of a block have a code in low … high, both included."""
    top = (_ONE << np.uint64(planes.shape[0])) - _ONE
    if low == high:
        found[:] = _EVERY
        _equal(planes, start, low, found)
        return
    if high < top:
        found[:] = _ZERO
        _below(planes, start, high + _ONE, found)
    else:
        found[:] = _EVERY
    if low > _ZERO:
        too_low = np.zeros(len(found), np.uint64)
        _below(planes, start, low, too_low)
        for step in range(len(found)):
            found[step] &= ~too_low[step]


@_compiled
def _within_runs(planes: Any, start: Any, runs: Any, found: Any, block: Any) -> None:
    """Write into `block` which of its rows have a code in one of the runs."""
    block[:] = _ZERO
    for run in range(len(runs)):
        _within(planes, start, runs[run, 0], runs[run, 1], found)
        for step in range(len(block)):
            block[step] |= found[step]


@_compiled
def codes_within(planes: Any, valid: Any, runs: Any, others: Any, out: Any) -> None:
    """Write into `out[0]` the rows whose code lies in one of `runs`, into `out[1]` of `others`.

    A run is its first and its last code. `planes[b]` holds bit b of every row's code, packed.
    `valid` masks rows without a value; its length is 0 if every row has one. All is done for a
    block of rows while its planes are in the cache.
    """
    for start in range(0, out.shape[1], _BLOCK):
        one, other = out[0, start : start + _BLOCK], out[1, start : start + _BLOCK]
        found = np.empty(len(one), np.uint64)
        _within_runs(planes, start, runs, found, one)
        _within_runs(planes, start, others, found, other)
        if len(valid) > 0:
            known = valid[start : start + _BLOCK]
            for step in range(len(one)):
                one[step] &= known[step]
                other[step] &= known[step]


@_compiled
def _pack(flags: Any, rows: Any, out: Any, place: Any) -> None:
    """Pack `rows` bytes, each 0 or 1, into the words of `out` from `place` on."""
    bytes_ = flags.view(np.uint64)
    for word in range((rows + 63) // 64):
        packed = _ZERO
        for step in range(8):
            # the product moves the lowest bit of each of the eight bytes into the highest byte
            eight = (bytes_[word * 8 + step] * np.uint64(0x0102040810204080)) >> np.uint64(56)
            packed |= eight << np.uint64(step * 8)
        out[place + word] = packed


@_compiled
def compare_whole(left: Any, right: Any, test: Any, out: Any) -> None:
    """Write for which rows `left < right` (test 0), `left <= right` (1) or equal (2): exactly."""
    flags = np.zeros(_ROWS, np.uint8)
    for start in range(0, len(left), _ROWS):
        one, other = left[start : start + _ROWS], right[start : start + _ROWS]
        flags[len(one) :] = 0
        if test == 0:
            for row in range(len(one)):
                flags[row] = np.int64(one[row]) < np.int64(other[row])
        elif test == 1:
            for row in range(len(one)):
                flags[row] = np.int64(one[row]) <= np.int64(other[row])
        else:
            for row in range(len(one)):
                flags[row] = np.int64(one[row]) == np.int64(other[row])
        _pack(flags, len(one), out, start // 64)


@_compiled
def compare_doubles(left: Any, right: Any, factors: Any, test: Any, out: Any) -> None:
    """Do as `compare_whole` with each side times its factor, in doubles; 1.0 changes nothing."""
    flags = np.zeros(_ROWS, np.uint8)
    first, second = factors
    for start in range(0, len(left), _ROWS):
        one, other = left[start : start + _ROWS], right[start : start + _ROWS]
        flags[len(one) :] = 0
        if test == 0:
            for row in range(len(one)):
                flags[row] = np.float64(one[row]) * first < np.float64(other[row]) * second
        elif test == 1:
            for row in range(len(one)):
                flags[row] = np.float64(one[row]) * first <= np.float64(other[row]) * second
        else:
            for row in range(len(one)):
                flags[row] = np.float64(one[row]) * first == np.float64(other[row]) * second
        _pack(flags, len(one), out, start // 64)


@_compiled
def look_up(codes: Any, wanted: Any, out: Any) -> None:
    """Write which rows have a code that is wanted, packed."""
    for place in range(len(out)):
        start = place * 64
        word = _ZERO
        for row in range(min(64, len(codes) - start)):
            word |= np.uint64(wanted[codes[start + row]]) << np.uint64(row)
        out[place] = word


@_compiled
def count_pairs(masks: Any, out: Any) -> None:
    """Add to `out[i, j]`, i ≤ j, how many bits masks i and j share."""
    words = masks.shape[1]
    for start in range(0, words, _BLOCK):
        rows = min(_BLOCK, words - start)
        for one in range(len(masks)):
            first = masks[one, start : start + rows]
            for other in range(one, len(masks)):
                second = masks[other, start : start + rows]
                shared = _ZERO
                for step in range(rows):
                    shared += _popcount(first[step] & second[step])
                out[one, other] += np.int64(shared)


@_compiled
def count_codes(planes: Any, mask: Any, counts: Any) -> None:
    """Add to `counts` how many rows of the mask have each code."""
    for place in range(len(mask)):
        word = mask[place]
        while word != _ZERO:
            row = _lowest_bit(word)
            code = _ZERO
            for bit in range(planes.shape[0]):
                code |= ((planes[bit, place] >> row) & _ONE) << np.uint64(bit)
            counts[code] += 1
            word &= word - _ONE


@_compiled
def encode(values: Any, bounds: Any, codes: Any, lows: Any, highs: Any) -> None:
    """Write each value's code, and widen the smallest and largest value seen of the codes."""
    for row in range(len(values)):
        value = values[row]
        first, last = 0, len(bounds)
        while first < last:
            middle = (first + last) // 2
            if bounds[middle] <= value:
                first = middle + 1
            else:
                last = middle
        codes[row] = first
        lows[first] = min(lows[first], value)
        highs[first] = max(highs[first], value)


@_compiled
def slice_codes(codes: Any, planes: Any) -> None:
    """Write bit b of every code into plane b, packed."""
    bits = planes.shape[0]
    for place in range(planes.shape[1]):
        start = place * 64
        rows = min(64, len(codes) - start)
        for bit in range(bits):
            word = _ZERO
            for row in range(rows):
                found = (np.uint64(codes[start + row]) >> np.uint64(bit)) & _ONE
                word |= found << np.uint64(row)
            planes[bit, place] = word
