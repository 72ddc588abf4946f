"""Values on their way into a column's file, written batch by batch in little memory."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

#: Rows handled at once when a column is read back; a multiple of 64.
CHUNK = 1 << 20
_WORD_BYTES = 8


class BitFile:
    """Packed bits, appended in batches of any length."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._rest = np.zeros(0, np.bool_)
        self.every = True
        path.write_bytes(b"")

    def append(self, values: NDArray[np.bool_]) -> None:
        """Append one bit per value."""
        self.every = self.every and bool(values.all())
        joined = np.concatenate([self._rest, values])
        whole = len(joined) // 8 * 8
        self._write(np.packbits(joined[:whole], bitorder="little").tobytes())
        self._rest = joined[whole:].copy()

    def close(self) -> None:
        """Write what is left, filled with zeros to a whole word."""
        self._write(np.packbits(self._rest, bitorder="little").tobytes())
        self._rest = np.zeros(0, np.bool_)
        missing = -self.path.stat().st_size % _WORD_BYTES
        self._write(bytes(missing))

    def _write(self, content: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(content)


class ValueFile:
    """Numbers, each batch kept in the smallest type that holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._batches: list[tuple[np.dtype[np.generic], int]] = []
        path.write_bytes(b"")

    def append(self, values: NDArray[np.generic]) -> None:
        """Append a batch of int64, double or uint32."""
        small = narrowed(values)
        self._batches.append((small.dtype, len(small)))
        with self.path.open("ab") as file:
            file.write(np.ascontiguousarray(small).tobytes())

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """The smallest type that holds all batches."""
        types = {dtype for dtype, _ in self._batches} or {np.dtype(np.int8)}
        return max(types, key=lambda dtype: dtype.itemsize)

    def chunks(self) -> Iterator[NDArray[np.generic]]:
        """Yield all values in chunks, as they were kept."""
        place = 0
        runs = groupby(self._batches, key=lambda batch: batch[0])
        for dtype, batches in runs:
            rows = sum(count for _, count in batches)
            for start in range(0, rows, CHUNK):
                count = min(CHUNK, rows - start)
                offset = place + start * dtype.itemsize
                yield np.fromfile(self.path, dtype, count, offset=offset)
            place += rows * dtype.itemsize

    def aligned(self) -> Iterator[NDArray[np.generic]]:
        """Yield all values in chunks of exactly `CHUNK` rows (the last may be shorter)."""
        held: list[NDArray[np.generic]] = []
        rows = 0
        for chunk in self.chunks():
            rest = chunk.astype(self.dtype, copy=False)
            while rows + len(rest) >= CHUNK:
                take = CHUNK - rows
                yield np.concatenate([*held, rest[:take]])
                held, rows, rest = [], 0, rest[take:]
            held.append(rest)
            rows += len(rest)
        if rows:
            yield np.concatenate(held)

    def settle(self) -> None:
        """Rewrite the file in one type, unless it is in one already."""
        if len({dtype for dtype, _ in self._batches}) <= 1:
            return
        whole = self.path.with_suffix(".whole")
        with whole.open("wb") as file:
            for chunk in self.aligned():
                file.write(chunk.tobytes())
        rows = sum(count for _, count in self._batches)
        self._batches = [(self.dtype, rows)]
        whole.replace(self.path)


def narrowed(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return int64 values in the smallest signed type that holds them; others as they are."""
    if values.dtype != np.int64:
        return values
    if len(values) == 0:
        return values.astype(np.int8)
    low, high = int(np.min(values)), int(np.max(values))
    for dtype in (np.int8, np.int16, np.int32):
        limits = np.iinfo(dtype)
        if limits.min <= low and high <= limits.max:
            return values.astype(dtype)
    return values
