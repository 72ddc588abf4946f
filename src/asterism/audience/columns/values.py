"""Batches as callers have them, turned into the arrays that are stored."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asterism.audience.catalogue import TagType

Validity = NDArray[np.bool_] | None
#: Doubles beyond this are not whole numbers that one can be sure of.
_EXACT = 2**53


@dataclass(frozen=True, slots=True)
class Coded:
    """A batch of texts as codes into a list of words; quicker to write than an array of texts."""

    codes: NDArray[np.integer]
    words: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.codes)


Batch = tuple[NDArray[np.generic] | Coded, Validity]


def numbers(tag_type: TagType, values: NDArray[np.generic]) -> tuple[NDArray[np.generic], Validity]:
    """Return a batch as int64 or double, and where it has values (None: everywhere).

    NaN, NaT, infinities and None count as null. ValueError if the batch does not fit the type.
    """
    if tag_type is TagType.DATE:
        return _days(values)
    if values.dtype == object:
        present = np.array([value is not None for value in values], np.bool_)
        filled = np.array([0 if value is None else value for value in values])
        return _joined(present, *numbers(tag_type, filled))
    if tag_type is TagType.NUMBER:
        doubles = values.astype(np.float64)
        finite = np.isfinite(doubles)
        # minus nought is stored as nought, so that equal values have equal bits
        return np.where(finite, doubles, 0.0) + 0.0, None if finite.all() else finite
    if values.dtype.kind == "f":
        return _whole(values.astype(np.float64))
    if values.dtype.kind not in "iub":
        raise ValueError(f"{values.dtype} does not hold whole numbers")
    if values.dtype == np.uint64 and len(values) and int(values.max()) >= 2**63:
        raise ValueError("a value is larger than an int64 can hold")
    return values.astype(np.int64), None


def flags(values: NDArray[np.generic]) -> tuple[NDArray[np.bool_], Validity]:
    """Return a batch of flags as bools, and where it has values (None: everywhere)."""
    if values.dtype == object:
        present = np.array([value is not None for value in values], np.bool_)
        return np.array([bool(value) for value in values], np.bool_), present
    if values.dtype.kind == "f":
        doubles = values.astype(np.float64)
        present = ~np.isnan(doubles)
        return np.where(present, doubles, 0.0) != 0.0, present
    return values.astype(np.bool_), None


def _whole(values: NDArray[np.float64]) -> tuple[NDArray[np.int64], Validity]:
    finite = np.isfinite(values)
    filled = np.where(finite, values, 0.0)
    if np.any(filled != np.trunc(filled)) or np.any(np.abs(filled) > _EXACT):
        raise ValueError("doubles given for whole numbers have fractions or are beyond 2**53")
    return filled.astype(np.int64), None if finite.all() else finite


def _days(values: NDArray[np.generic]) -> tuple[NDArray[np.int64], Validity]:
    if values.dtype.kind in "iu":
        return values.astype(np.int64), None
    dates = values.astype("datetime64[D]")
    present = ~np.isnat(dates)
    days = np.where(present, dates.astype(np.int64), 0)
    return days, None if present.all() else present


def _joined(
    present: NDArray[np.bool_], values: NDArray[np.generic], valid: Validity
) -> tuple[NDArray[np.generic], Validity]:
    return values, present if valid is None else present & valid


class Dictionary:
    """Texts on their way into codes: each new one gets the next number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def codes(
        self, values: NDArray[np.generic] | Coded, valid: Validity
    ) -> tuple[NDArray[np.uint32], Validity]:
        """Return the batch as numbers of texts; where there is no value, 0."""
        if isinstance(values, Coded):
            table = np.array([self._number(word) for word in values.words] or [0], np.uint32)
            places = values.codes if valid is None else np.where(valid, values.codes, 0)
            return table[places] if len(values.words) else np.zeros(len(values), np.uint32), valid
        texts: list[str | None] = values.astype(object).tolist()
        present = np.fromiter((isinstance(text, str) for text in texts), np.bool_, len(texts))
        if valid is not None:
            present &= valid
        numbered = (
            self._number(text) if there and text is not None else 0
            for text, there in zip(texts, present.tolist(), strict=True)
        )
        return np.fromiter(numbered, np.uint32, len(texts)), None if present.all() else present

    def _number(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))

    def ordered(self) -> tuple[list[str], NDArray[np.uint32]]:
        """Return the texts in code-point order, and the place there of each number."""
        texts = sorted(self._numbers)
        places = np.zeros(max(len(texts), 1), np.uint32)
        for place, text in enumerate(texts):
            places[self._numbers[text]] = place
        return texts, places
