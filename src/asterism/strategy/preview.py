"""On whom a script is tried before it goes out: a few customers, and the longest values."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from asterism.audience import Columns, TagType


def trial_customers(
    columns: Columns, among: NDArray[np.int64], tags: Iterable[str], count: int, seed: int
) -> NDArray[np.int64]:
    """Return about `count` customers of those at the indices `among`, drawn by `seed`.

    Besides them, for every tag of `tags`, the one whose value takes the most room: the longest
    case of a text is the longest of its values. Customers without a value stand for themselves.
    """
    if not len(among):
        return among
    chance = np.random.default_rng(seed)
    drawn = chance.choice(among, min(count, len(among)), replace=False)
    longest = [_longest(columns, among, tag) for tag in sorted(tags) if tag in columns.names]
    return np.unique(np.concatenate([drawn, np.array(longest, np.int64)]))


def _longest(columns: Columns, among: NDArray[np.int64], tag: str) -> int:
    """Return the customer whose value of a tag is written with the most characters."""
    if columns.type_of(tag) is TagType.TEXT:
        codes, words = columns.codes(tag)
        valid = columns.validity(tag)
        widths = np.array([len(word) for word in words] or [0])[codes[among]]
        if valid is not None:
            widths = np.where(valid[among], widths, 0)
        return int(among[widths.argmax()])
    values, valid = columns.take(tag, among)
    if values.dtype.kind not in "if":
        return int(among[0])
    size = np.abs(values.astype(np.float64))
    known = np.isfinite(size) if valid is None else valid & np.isfinite(size)
    return int(among[np.where(known, size, -1.0).argmax()])
