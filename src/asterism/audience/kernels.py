"""Loops over packed words, compiled by Numba: one pass over memory each, without the GIL.

Numba's parallel loops are not used: their default scheduler may not be entered from two threads
at once, and a web server does just that.
"""

from typing import Any

import numpy as np
from numba import njit, types
from numba.core.extending import intrinsic

_ONE = np.uint64(1)
_ZERO = np.uint64(0)
_EVERY = np.uint64(0xFFFFFFFFFFFFFFFF)
_compiled = njit(nogil=True, cache=True, inline="never")


@intrinsic  # type: ignore[untyped-decorator]
def _popcount(_context: Any, word: Any) -> Any:
    """Return the number of set bits, by the processor's own instruction."""

    def build(_code: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(word), build


@intrinsic  # type: ignore[untyped-decorator]
def _lowest_bit(_context: Any, word: Any) -> Any:
    """Return the position of the lowest set bit of a word that is not zero."""

    def build(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], context.get_constant(types.boolean, True))  # noqa: FBT003

    return types.uint64(word), build


@_compiled  # type: ignore[untyped-decorator]
def count(words: Any) -> Any:
    """Return the number of set bits."""
    total = _ZERO
    for place in range(len(words)):
        total += _popcount(words[place])
    return total


@_compiled  # type: ignore[untyped-decorator]
def count_shared(first: Any, second: Any) -> Any:
    """Return the number of bits set in both."""
    total = _ZERO
    for place in range(len(first)):
        total += _popcount(first[place] & second[place])
    return total


@_compiled  # type: ignore[untyped-decorator]
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


@_compiled  # type: ignore[untyped-decorator]
def set_bits(words: Any, indices: Any) -> None:
    """Set the bits at `indices`."""
    for place in range(len(indices)):
        index = np.uint64(indices[place])
        words[index >> np.uint64(6)] |= _ONE << (index & np.uint64(63))


@_compiled  # type: ignore[untyped-decorator]
def codes_between(planes: Any, valid: Any, low: Any, high: Any, out: Any) -> None:
    """Add to `out` the rows whose code lies in low … high, both included.

    `planes[b]` holds bit b of every row's code. Comparing bit by bit from the highest, a row is
    below the bound as soon as it has a 0 where the bound has a 1 and was equal so far; 64 rows
    are compared at once. `valid` masks rows without value; it may have length 0 for "all".
    """
    bits = planes.shape[0]
    masked = len(valid) > 0
    for place in range(out.shape[0]):
        below, above = _ZERO, _ZERO
        same_low, same_high = _EVERY, _EVERY
        for bit in range(bits - 1, -1, -1):
            plane = planes[bit, place]
            low_bit = _ZERO - ((low >> np.uint64(bit)) & _ONE)
            high_bit = _ZERO - ((high >> np.uint64(bit)) & _ONE)
            below |= same_low & ~plane & low_bit
            same_low &= ~(plane ^ low_bit)
            above |= same_high & plane & ~high_bit
            same_high &= ~(plane ^ high_bit)
        word = ~(below | above)
        if masked:
            word &= valid[place]
        out[place] |= word


@_compiled  # type: ignore[untyped-decorator]
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


@_compiled  # type: ignore[untyped-decorator]
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


@_compiled  # type: ignore[untyped-decorator]
def _hash(text: Any, start: Any, end: Any) -> Any:
    """Return FNV-1a of the bytes, mixed so that the leading bits are as good as the last."""
    digest = np.uint64(0xCBF29CE484222325)
    for place in range(start, end):
        digest = (digest ^ np.uint64(text[place])) * np.uint64(0x100000001B3)
    digest ^= digest >> np.uint64(33)
    digest *= np.uint64(0xFF51AFD7ED558CCD)
    return digest ^ (digest >> np.uint64(33))


@_compiled  # type: ignore[untyped-decorator]
def _span(offsets: Any, length: Any, row: Any) -> Any:
    """Return where a text starts and ends in its blob."""
    if length > 0:
        return np.int64(row) * length, (np.int64(row) + 1) * length
    return np.int64(offsets[row]), np.int64(offsets[row + 1])


@_compiled  # type: ignore[untyped-decorator]
def _same(text: Any, start: Any, end: Any, other: Any, first: Any, last: Any) -> Any:
    if end - start != last - first:
        return False
    for step in range(end - start):
        if text[start + step] != other[first + step]:
            return False
    return True


@_compiled  # type: ignore[untyped-decorator]
def _slot(digest: Any, bits: Any) -> Any:
    """Return the directory's slot: the hash's leading bits."""
    if bits == 0:
        return np.int64(0)
    return np.int64(digest >> np.uint64(64 - bits))


@_compiled  # type: ignore[untyped-decorator]
def index_texts(text: Any, offsets: Any, length: Any, bits: Any, order: Any, directory: Any) -> Any:
    """Sort rows by their text's slot; return a row that repeats an earlier one, or −1."""
    rows = len(order)
    slots = np.empty(rows, np.uint32)
    for row in range(rows):
        start, end = _span(offsets, length, row)
        slots[row] = _slot(_hash(text, start, end), bits)
        directory[slots[row] + 1] += np.uint32(1)
    for slot in range(1, len(directory)):
        directory[slot] += directory[slot - 1]
    filled = directory.copy()
    for row in range(rows):
        slot = slots[row]
        start, end = _span(offsets, length, row)
        for place in range(directory[slot], filled[slot]):
            first, last = _span(offsets, length, order[place])
            if _same(text, start, end, text, first, last):
                return np.int64(row)
        order[filled[slot]] = np.uint32(row)
        filled[slot] += np.uint32(1)
    return np.int64(-1)


@_compiled  # type: ignore[untyped-decorator]
def find_texts(
    wanted: Any,
    wanted_offsets: Any,
    text: Any,
    offsets: Any,
    length: Any,
    order: Any,
    directory: Any,
    out: Any,
) -> None:
    """Write the row of each wanted text, −1 where there is none."""
    bits = 0
    while (1 << bits) + 1 < len(directory):
        bits += 1
    for query in range(len(out)):
        start, end = np.int64(wanted_offsets[query]), np.int64(wanted_offsets[query + 1])
        slot = _slot(_hash(wanted, start, end), bits)
        out[query] = -1
        for place in range(directory[slot], directory[slot + 1]):
            row = order[place]
            first, last = _span(offsets, length, row)
            if _same(wanted, start, end, text, first, last):
                out[query] = row
                break


@_compiled  # type: ignore[untyped-decorator]
def gather_texts(text: Any, offsets: Any, length: Any, rows: Any, out: Any) -> None:
    """Copy the texts of `rows` into the lines of `out`, which is filled with zeros."""
    for line in range(len(rows)):
        start, end = _span(offsets, length, rows[line])
        for step in range(end - start):
            out[line, step] = text[start + step]
