"""Customers' ids: one blob of UTF-8, and an index from an id to the customer's place."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asterism.audience import text_kernels
from asterism.audience.columns.files import Files, open_array
from asterism.audience.columns.layout import Layout, text_chunks
from asterism.audience.text_kernels import Texts

Bytes = NDArray[np.uint8]
_CHUNK = 1 << 16
_ASCII = 127


class CustomerIds(Sequence[str]):
    """All ids in dense order; decoded only where they are asked for.

    `ids[5]` is a text; `ids[2:9]` and `ids[indices]` are object arrays of texts.
    """

    def __init__(self, files: Files, layout: Layout) -> None:
        size, length = layout.size, layout.id_length
        self._size = size
        self._texts = Texts(
            files.array("ids.text", "u1", (layout.id_bytes,)),
            files.array("ids.offsets", "u8", (0 if length else size + 1,)),
            length,
        )
        self._order = files.array("ids.order", "u4", (size,))
        places = (1 << layout.index_bits) + 1
        self._directory = files.array("ids.directory", "u4", (places,))

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
        text_kernels.gather(self._texts, places, padded)
        texts = padded.view(f"S{padded.shape[1]}").ravel()
        if int(padded.max()) <= _ASCII:  # several times faster than decoding UTF-8
            return texts.astype(np.str_).astype(np.object_)
        return np.char.decode(texts, "utf-8").astype(np.object_)

    def find(self, ids: Iterable[str]) -> NDArray[np.int64]:
        """Return the place of each id, −1 where there is none."""
        blob, offsets = text_chunks(list(ids))
        out = np.empty(len(offsets) - 1, np.int64)
        wanted = Texts(np.frombuffer(blob, np.uint8), offsets, 0)
        text_kernels.find(wanted, self._texts, self._order, self._directory, out)
        return out

    def _lengths(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        if self._texts.length:
            return np.full(len(places), self._texts.length, np.int64)
        lengths = self._texts.offsets[places + 1] - self._texts.offsets[places]
        return lengths.astype(np.int64)

    def _decode(self, index: int) -> str:
        length, offsets = self._texts.length, self._texts.offsets
        start = index * length if length else int(offsets[index])
        end = start + length if length else int(offsets[index + 1])
        return self._texts.blob[start:end].tobytes().decode()


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
        blob = open_array(self._directory / "ids.text", "u1", (self._bytes,))
        bits = max(size.bit_length() - 2, 0)
        order = np.empty(size, np.uint32)
        directory = np.zeros((1 << bits) + 1, np.uint32)
        double = int(text_kernels.index(Texts(blob, offsets, length), bits, order, directory))
        if double >= 0:
            start = double * length if same else int(offsets[double])
            end = start + (length or int(lengths[double]))
            raise ValueError(f"customer {blob[start:end].tobytes().decode()} appears twice")
        order.tofile(self._directory / "ids.order")
        directory.tofile(self._directory / "ids.directory")
        return length, self._bytes, bits
