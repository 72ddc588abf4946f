"""Customers' ids: one blob of UTF-8, and an index from an id to the customer's place."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asterism.audience import kernels
from asterism.audience.columns.layout import Layout, open_array, text_chunks

Bytes = NDArray[np.uint8]
_CHUNK = 1 << 16


class CustomerIds(Sequence[str]):
    """All ids in dense order; decoded only where they are asked for.

    `ids[5]` is a text; `ids[2:9]` and `ids[indices]` are object arrays of texts.
    """

    def __init__(self, directory: Path, layout: Layout) -> None:
        size, self._length = layout.size, layout.id_length
        entries = 0 if self._length else size + 1
        self._size = size
        self._text = open_array(directory / "ids.text", "u1", (layout.id_bytes,))
        self._offsets = open_array(directory / "ids.offsets", "u8", (entries,))
        self._order = open_array(directory / "ids.order", "u4", (size,))
        places = (1 << layout.index_bits) + 1
        self._directory = open_array(directory / "ids.directory", "u4", (places,))

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, place):  # type: ignore[no-untyped-def]
        """Return the id at a place, or the ids at several."""
        if isinstance(place, int | np.integer):
            index = int(place) + (self._size if place < 0 else 0)
            if not 0 <= index < self._size:
                raise IndexError(f"there is no customer at {place}")
            return self._decode(index)
        if isinstance(place, slice):
            return self.take(np.arange(*place.indices(self._size), dtype=np.int64))
        places = np.asarray(place)
        return self.take(np.flatnonzero(places) if places.dtype == np.bool_ else places)

    def __iter__(self) -> Iterator[str]:
        for start in range(0, self._size, _CHUNK):
            end = min(start + _CHUNK, self._size)
            yield from self.take(np.arange(start, end)).tolist()

    def __array__(self, dtype: object = None, copy: object = None) -> NDArray[np.object_]:
        return self.take(np.arange(self._size))

    def take(self, indices: NDArray[np.integer]) -> NDArray[np.object_]:
        """Return the ids at `indices` as an object array of texts."""
        if len(indices) == 0:
            return np.zeros(0, np.object_)
        places = indices.astype(np.int64)
        if int(places.min()) < 0 or int(places.max()) >= self._size:
            raise IndexError("an index lies outside the customers")
        lengths = self._lengths(places)
        padded = np.zeros((len(places), max(int(lengths.max()), 1)), np.uint8)
        kernels.gather_texts(self._text, self._offsets, self._length, places, padded)
        texts = padded.view(f"S{padded.shape[1]}").ravel()
        return np.char.decode(texts, "utf-8").astype(np.object_)

    def find(self, ids: Iterable[str]) -> NDArray[np.int64]:
        """Return the place of each id, −1 where there is none."""
        blob, offsets = text_chunks(list(ids))
        out = np.empty(len(offsets) - 1, np.int64)
        kernels.find_texts(
            np.frombuffer(blob, np.uint8),
            offsets,
            self._text,
            self._offsets,
            self._length,
            self._order,
            self._directory,
            out,
        )
        return out

    def _lengths(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        if self._length:
            return np.full(len(places), self._length, np.int64)
        ends, starts = self._offsets[places + 1], self._offsets[places]
        return (ends - starts).astype(np.int64)

    def _decode(self, index: int) -> str:
        if self._length:
            start, end = index * self._length, (index + 1) * self._length
        else:
            start, end = int(self._offsets[index]), int(self._offsets[index + 1])
        return self._text[start:end].tobytes().decode()


class IdsWriter:
    """Writes the ids of one batch after another, then the index over all of them."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lengths: list[NDArray[np.uint64]] = []
        self._bytes = 0
        (directory / "ids.text").write_bytes(b"")

    def append(self, ids: Iterable[str]) -> int:
        """Append a batch of ids; return how many."""
        texts = [str(text) for text in ids]
        blob, offsets = text_chunks(texts)
        if b"\0" in blob or "" in texts:
            raise ValueError("a customer id is empty or holds a zero byte")
        with (self._directory / "ids.text").open("ab") as file:
            file.write(blob)
        self._lengths.append(np.diff(offsets))
        self._bytes += len(blob)
        return len(texts)

    def close(self) -> tuple[int, int, int]:
        """Write the index; return the ids' common length (or 0), all bytes, the index's bits."""
        lengths = np.concatenate([np.zeros(0, np.uint64), *self._lengths])
        size = len(lengths)
        same = size > 0 and bool((lengths == lengths[0]).all())
        length = int(lengths[0]) if same else 0
        offsets = np.zeros(0 if same else size + 1, np.uint64)
        if not same:
            np.cumsum(lengths, out=offsets[1:])
        offsets.tofile(self._directory / "ids.offsets")
        text = open_array(self._directory / "ids.text", "u1", (self._bytes,))
        bits = max(size.bit_length() - 2, 0)
        order = np.empty(size, np.uint32)
        directory = np.zeros((1 << bits) + 1, np.uint32)
        double = int(kernels.index_texts(text, offsets, length, bits, order, directory))
        if double >= 0:
            start = double * length if same else int(offsets[double])
            end = start + (length or int(lengths[double]))
            raise ValueError(f"customer {text[start:end].tobytes().decode()} appears twice")
        order.tofile(self._directory / "ids.order")
        directory.tofile(self._directory / "ids.directory")
        return length, self._bytes, bits
