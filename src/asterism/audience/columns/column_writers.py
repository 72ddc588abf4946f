"""How the column of one type is written: staged by batch, then coded and sliced into planes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from asterism.audience import kernels
from asterism.audience.catalogue import TagSpec, TagType
from asterism.audience.columns.codes import Numbers, cuts_of
from asterism.audience.columns.layout import ColumnLayout, text_chunks
from asterism.audience.columns.stage import CHUNK, BitFile, ValueFile
from asterism.audience.columns.values import Coded, Dictionary, Validity, flags, numbers
from asterism.audience.mask import WORD, word_count

_Values = NDArray[np.generic] | Coded


class ColumnWriter(Protocol):
    """Writes one column."""

    def append(self, values: _Values, valid: Validity) -> None:
        """Append a batch: its values and where they are present (None: everywhere)."""
        ...

    def close(self, rows: int) -> ColumnLayout:
        """Finish the column's files after `rows` customers and describe them."""
        ...


def column_writer(directory: Path, number: int, spec: TagSpec) -> ColumnWriter:
    """Return the writer of the tag's type; `number` stands in its files' names."""
    writers: dict[TagType, Callable[[Path, int, TagSpec], ColumnWriter]] = {
        TagType.FLAG: _FlagWriter,
        TagType.TEXT: _TextWriter,
    }
    return writers.get(spec.type, _NumberWriter)(directory, number, spec)


class _Writer:
    """What the writers of all types share: the files' names and where values are present."""

    def __init__(self, directory: Path, number: int, spec: TagSpec) -> None:
        self._spec = spec
        self._directory = directory
        self._layout = ColumnLayout(
            name=spec.name, type=spec.type, number=number, dtype="", has_nulls=False
        )
        self._valid = BitFile(self._path("valid"))

    def _path(self, kind: str) -> Path:
        return self._directory / self._layout.array(kind)

    def _keep(self, rows: int, given: Validity, found: Validity) -> NDArray[np.bool_]:
        """Note where a batch has values: where the caller says so and a value was found."""
        valid = np.ones(rows, np.bool_)
        for part in (given, found):
            if part is not None:
                valid &= part
        self._valid.append(valid)
        return valid

    def _close_valid(self) -> bool:
        """Close the validity and return whether there are nulls; without any, the file goes."""
        self._valid.close()
        if self._valid.every:
            self._valid.path.unlink()
        return not self._valid.every

    def _valid_chunks(self, rows: int) -> Iterator[NDArray[np.bool_]]:
        for start in range(0, rows, CHUNK):
            count = min(CHUNK, rows - start)
            if self._valid.every:
                yield np.ones(count, np.bool_)
            else:
                packed = np.fromfile(self._valid.path, np.uint8, -(-count // 8), offset=start // 8)
                yield np.unpackbits(packed, count=count, bitorder="little").view(np.bool_)


class _FlagWriter(_Writer):
    """A flag: two packed masks."""

    def __init__(self, directory: Path, number: int, spec: TagSpec) -> None:
        super().__init__(directory, number, spec)
        self._bits = BitFile(self._path("bits"))

    def append(self, values: _Values, valid: Validity) -> None:
        bits, found = flags(_array(values))
        self._bits.append(bits & self._keep(len(values), valid, found))

    def close(self, rows: int) -> ColumnLayout:
        self._bits.close()
        return replace(self._layout, has_nulls=self._close_valid())


class _NumberWriter(_Writer):
    """Whole numbers, money, doubles and dates: values, and the planes of their codes."""

    def __init__(self, directory: Path, number: int, spec: TagSpec) -> None:
        super().__init__(directory, number, spec)
        self._values = ValueFile(self._path("values"))
        self._wide: type[np.int64] | type[np.float64] = (
            np.float64 if spec.type is TagType.NUMBER else np.int64
        )

    def append(self, values: _Values, valid: Validity) -> None:
        found, present = numbers(self._spec.type, _array(values))
        kept = self._keep(len(found), valid, present)
        self._values.append(np.where(kept, found, np.zeros(1, found.dtype)))

    def close(self, rows: int) -> ColumnLayout:
        has_nulls = self._close_valid()
        self._values.settle()
        cuts = cuts_of(self._present(rows), self._wide)
        lows = np.full(cuts.count, _largest(self._wide), self._wide)
        highs = np.full(cuts.count, _smallest(self._wide), self._wide)
        coded = (
            _encode(values.astype(self._wide), cuts.bounds, lows, highs, valid)
            for values, valid in self._chunks(rows)
        )
        planes = max((cuts.count - 1).bit_length(), 1)
        write_planes(self._path("planes"), coded, planes, rows)
        _fill_empty(lows, highs, cuts.bounds)
        return replace(
            self._layout,
            dtype=self._values.dtype.str,
            has_nulls=has_nulls,
            planes=planes,
            lows=tuple(lows.tolist()),
            highs=tuple(highs.tolist()),
        )

    def _chunks(self, rows: int) -> Iterator[tuple[NDArray[np.generic], NDArray[np.bool_]]]:
        return zip(self._values.aligned(), self._valid_chunks(rows), strict=True)

    def _present(self, rows: int) -> Iterator[Numbers]:
        for values, valid in self._chunks(rows):
            yield values[valid].astype(self._wide)


class _TextWriter(_Writer):
    """Texts: codes into a dictionary in code-point order, and the planes of the codes."""

    def __init__(self, directory: Path, number: int, spec: TagSpec) -> None:
        super().__init__(directory, number, spec)
        self._staged = ValueFile(self._path("staged"))
        self._dictionary = Dictionary()

    def append(self, values: _Values, valid: Validity) -> None:
        codes, present = self._dictionary.codes(values, valid)
        self._keep(len(codes), valid, present)
        self._staged.append(codes)

    def close(self, rows: int) -> ColumnLayout:
        has_nulls = self._close_valid()
        texts, places = self._dictionary.ordered()
        dtype = np.dtype(_code_type(len(texts)))
        planes = max((len(texts) - 1).bit_length(), 1) if texts else 1
        with self._path("values").open("wb") as file:
            coded = self._coded(rows, places.astype(dtype))
            write_planes(self._path("planes"), _teed(coded, file.write), planes, rows)
        self._staged.path.unlink()
        blob, offsets = text_chunks(texts)
        self._path("text").write_bytes(blob)
        offsets.tofile(self._path("offsets"))
        return replace(
            self._layout,
            dtype=dtype.str,
            has_nulls=has_nulls,
            planes=planes,
            entries=len(texts),
        )

    def _coded(self, rows: int, places: NDArray[np.generic]) -> Iterator[NDArray[np.generic]]:
        chunks = zip(self._staged.aligned(), self._valid_chunks(rows), strict=True)
        for staged, valid in chunks:
            yield np.where(valid, places[staged], places.dtype.type(0))


def write_planes(path: Path, chunks: Iterator[NDArray[np.generic]], planes: int, rows: int) -> None:
    """Write the codes of all chunks, bit by bit, one plane after another."""
    words = word_count(rows)
    if words == 0:
        path.write_bytes(b"")
        return
    out = np.memmap(path, np.uint64, "w+", shape=(planes, words))
    start = 0
    for codes in chunks:
        sliced = np.zeros((planes, word_count(len(codes))), np.uint64)
        kernels.slice_codes(codes.astype(np.uint32), sliced)
        out[:, start : start + sliced.shape[1]] = sliced
        start += CHUNK // WORD


def _encode(
    values: Numbers, bounds: Numbers, lows: Numbers, highs: Numbers, valid: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    codes = np.zeros(len(values), np.uint8)
    found = np.zeros(int(valid.sum()), np.uint8)
    kernels.encode(values[valid], bounds, found, lows, highs)
    codes[valid] = found
    return codes


def _fill_empty(lows: Numbers, highs: Numbers, bounds: Numbers) -> None:
    """Give codes that no customer has the bound beside them, which keeps the order."""
    empty = np.flatnonzero(lows > highs)
    if len(bounds) == 0:
        lows[empty] = highs[empty] = 0
        return
    beside = bounds[np.maximum(empty - 1, 0)]
    lows[empty] = beside
    highs[empty] = beside


def _teed(
    chunks: Iterator[NDArray[np.generic]], write: Callable[[bytes], object]
) -> Iterator[NDArray[np.generic]]:
    for chunk in chunks:
        write(chunk.tobytes())
        yield chunk


def _array(values: _Values) -> NDArray[np.generic]:
    if isinstance(values, Coded):
        raise TypeError("only texts are given as codes")
    return values


def _code_type(entries: int) -> type[np.unsignedinteger]:
    for candidate in (np.uint8, np.uint16):
        if entries <= np.iinfo(candidate).max + 1:
            return candidate
    return np.uint32


def _largest(wide: type[np.int64] | type[np.float64]) -> int | float:
    return np.inf if wide is np.float64 else np.iinfo(np.int64).max


def _smallest(wide: type[np.int64] | type[np.float64]) -> int | float:
    return -np.inf if wide is np.float64 else np.iinfo(np.int64).min
