"""Loops over texts kept as one blob of bytes, compiled by Numba, without the GIL."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

_compiled = njit(nogil=True, cache=True)


class Texts(NamedTuple):
    """Many texts in UTF-8, one after another."""

    blob: NDArray[np.uint8]
    #: Where each starts, and where the last ends; empty if all have one length.
    offsets: NDArray[np.uint64]
    #: The bytes of every text, or 0 if they differ.
    length: int


@_compiled
def _span(texts: Any, row: Any) -> Any:
    """Return where a text starts and ends in its blob."""
    if texts.length > 0:
        return np.int64(row) * texts.length, (np.int64(row) + 1) * texts.length
    return np.int64(texts.offsets[row]), np.int64(texts.offsets[row + 1])


@_compiled
def _same(texts: Any, row: Any, others: Any, other: Any) -> Any:
    start, end = _span(texts, row)
    first, last = _span(others, other)
    same = end - start == last - first
    step = 0
    while same and step < end - start:
        same = texts.blob[start + step] == others.blob[first + step]
        step += 1
    return same


@_compiled
def _slot(texts: Any, row: Any, bits: Any) -> Any:
    """Return the directory's slot of a text: the leading bits of its hash.

    The hash is FNV-1a, mixed so that its leading bits are as good as its last.
    """
    start, end = _span(texts, row)
    digest = np.uint64(0xCBF29CE484222325)
    for place in range(start, end):
        digest = (digest ^ np.uint64(texts.blob[place])) * np.uint64(0x100000001B3)
    digest ^= digest >> np.uint64(33)
    digest *= np.uint64(0xFF51AFD7ED558CCD)
    digest ^= digest >> np.uint64(33)
    return np.int64(digest >> np.uint64(64 - bits)) if bits > 0 else np.int64(0)


@_compiled
def index(texts: Any, bits: Any, order: Any, directory: Any) -> Any:
    """Sort rows by their text's slot; return a row that repeats an earlier one, or −1."""
    rows = len(order)
    slots = np.empty(rows, np.uint32)
    for row in range(rows):
        slots[row] = _slot(texts, row, bits)
        directory[slots[row] + 1] += np.uint32(1)
    for slot in range(1, len(directory)):
        directory[slot] += directory[slot - 1]
    filled = directory.copy()
    for row in range(rows):
        slot = slots[row]
        for place in range(directory[slot], filled[slot]):
            if _same(texts, row, texts, order[place]):
                return np.int64(row)
        order[filled[slot]] = np.uint32(row)
        filled[slot] += np.uint32(1)
    return np.int64(-1)


@_compiled
def find(wanted: Any, texts: Any, order: Any, directory: Any, out: Any) -> None:
    """Write the row of each wanted text, −1 where there is none."""
    bits = 0
    while (1 << bits) + 1 < len(directory):
        bits += 1
    for query in range(len(out)):
        slot = _slot(wanted, query, bits)
        out[query] = -1
        for place in range(directory[slot], directory[slot + 1]):
            if _same(wanted, query, texts, order[place]):
                out[query] = order[place]
                break


@_compiled
def gather(texts: Any, rows: Any, out: Any) -> None:
    """Copy the texts of `rows` into the lines of `out`, which is filled with zeros."""
    for line in range(len(rows)):
        start, end = _span(texts, rows[line])
        for step in range(end - start):
            out[line, step] = texts.blob[start + step]
