"""One customer's tags in microseconds: an LMDB file of fixed records, keyed by bucket and id.

A record is the tags' values one after another, each in the smallest type that holds every
customer's; texts are numbers of words that are listed once. Nulls are a value of each type that
no customer has. Readers in many processes need no lock and never wait for a writer.
"""

import json
import struct
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any
from weakref import WeakValueDictionary

import lmdb
import numpy as np
from numpy.typing import NDArray

from asterism.audience import TagSpec, TagType
from asterism.audience.columns.values import Batch, Coded
from asterism.kernel.hashing import BUCKETS, bucket_of

_EPOCH = date(1970, 1, 1)
_DIGITS = "0123456789abcdef"
_LAYOUT = b"\xff layout"
_UNKNOWN_FLAG = 2
_MARGIN = 1 << 26
#: NumPy's types and what `struct` calls them.
_CODES = {"i1": "b", "i2": "h", "i4": "i", "i8": "q", "f8": "d", "u1": "B", "u2": "H", "u4": "I"}


@dataclass(frozen=True, slots=True)
class Field:
    """How one tag lies in a record."""

    name: str
    type: TagType
    #: NumPy's name of the stored type, little-endian.
    dtype: str
    #: A text tag's values, in the order of their numbers.
    words: tuple[str, ...] = ()

    @property
    def null(self) -> float:
        """The stored value that means null; NaN for numbers."""
        if self.type is TagType.NUMBER:
            return float("nan")
        if self.type is TagType.FLAG:
            return _UNKNOWN_FLAG
        limits = np.iinfo(np.dtype(self.dtype))
        return int(limits.max if self.type is TagType.TEXT else limits.min)

    def to_json(self) -> list[object]:
        """Return the field as the file keeps it."""
        return [self.name, self.type.value, self.dtype, list(self.words)]


def field_for(spec: TagSpec, low: float, high: float, words: Sequence[str] = ()) -> Field:
    """Return the smallest field for values from `low` to `high`, or for the texts `words`."""
    if spec.type is TagType.FLAG:
        return Field(spec.name, spec.type, "u1")
    if spec.type is TagType.NUMBER:
        return Field(spec.name, spec.type, "f8")
    if spec.type is TagType.TEXT:
        wanted = next(t for t in ("u1", "u2", "u4") if len(words) < np.iinfo(t).max)
        return Field(spec.name, spec.type, wanted, tuple(words))
    for candidate in ("i1", "i2", "i4"):
        limits = np.iinfo(candidate)
        if limits.min < low and high <= limits.max:
            return Field(spec.name, spec.type, candidate)
    return Field(spec.name, spec.type, "i8")


class ProfilesWriter:
    """Writes the profiles of all customers: bucket by bucket, each sorted by id."""

    def __init__(self, directory: Path, fields: Sequence[Field], customers: int) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._fields = tuple(fields)
        self._dtype = np.dtype([(field.name, f"<{field.dtype}") for field in fields])
        self._numbers = {
            field.name: {word: number for number, word in enumerate(field.words)}
            for field in fields
        }
        room = customers * (self._dtype.itemsize + 64) * 2 + _MARGIN
        self._file = lmdb.open(
            str(directory), map_size=room, sync=False, lock=False, readahead=False
        )

    def append(
        self,
        buckets: NDArray[np.integer],
        customer_ids: Sequence[str],
        values: Mapping[str, Batch],
    ) -> None:
        """Append customers, ascending by bucket and the UTF-8 of their ids, behind those before."""
        records = np.empty(len(customer_ids), self._dtype)
        for field in self._fields:
            records[field.name] = self._stored(field, *values[field.name])
        size = self._dtype.itemsize
        content = memoryview(records.tobytes())
        items = (
            ((_DIGITS[bucket] + customer_id).encode(), content[start : start + size])
            for bucket, customer_id, start in zip(
                buckets.tolist(), customer_ids, range(0, len(content), size), strict=True
            )
        )
        with self._file.begin(write=True) as transaction:
            transaction.cursor().putmulti(items, append=True)

    def _stored(
        self, field: Field, values: NDArray[np.generic] | Coded, valid: NDArray[np.bool_] | None
    ) -> NDArray[np.generic]:
        if isinstance(values, Coded):
            numbers = self._numbers[field.name]
            table = np.array([numbers[word] for word in values.words] or [0], f"<{field.dtype}")
            stored: NDArray[np.generic] = table[values.codes]
        else:
            stored = values
        if valid is None:
            return stored
        return np.where(valid, stored, np.array(field.null).astype(f"<{field.dtype}"))

    def close(self) -> None:
        """Write the layout and close the file; whoever publishes it forces it to disk."""
        layout = json.dumps([field.to_json() for field in self._fields], ensure_ascii=False)
        with self._file.begin(write=True) as transaction:
            transaction.put(_LAYOUT, layout.encode())
        self._file.sync(True)  # noqa: FBT003 - the library has no name for it
        self._file.close()


class Profiles:
    """Reads the profiles of a snapshot. Safe to share between threads; close it, or use `with`."""

    def __init__(self, file: Any, fields: Sequence[Field]) -> None:
        self._file = file
        self._fields = tuple(fields)
        self._struct = struct.Struct("<" + "".join(_CODES[field.dtype] for field in fields))
        self._decoders = [_decoder(field) for field in fields]
        self._place = {field.name: place for place, field in enumerate(fields)}

    @classmethod
    def open(cls, directory: Path) -> "Profiles":
        """Open the profiles in a snapshot's directory, read-only.

        Whoever opens the same directory while it is open shares it: LMDB forbids a process to open
        a file twice.
        """
        place = directory.resolve()
        with _opening:
            shared = _open.get(place)
            if shared is None:
                shared = _open[place] = cls._read(place)
        return shared

    @classmethod
    def _read(cls, directory: Path) -> "Profiles":
        file = lmdb.open(str(directory), readonly=True, lock=False, max_readers=1024)
        with file.begin() as transaction:
            layout = json.loads(transaction.get(_LAYOUT) or b"[]")
        fields = [Field(name, TagType(kind), dtype, tuple(w)) for name, kind, dtype, w in layout]
        return cls(file, fields)

    @property
    def names(self) -> tuple[str, ...]:
        """The tags, in the record's order."""
        return tuple(self._place)

    def get(self, customer_id: str, names: Iterable[str] | None = None) -> dict[str, object] | None:
        """Return a customer's tags that are not null, or None for an unknown customer.

        Money is int minor units, dates are `datetime.date`. `names` decodes only those.
        """
        key = (_DIGITS[bucket_of(customer_id)] + customer_id).encode()
        with self._file.begin(buffers=True) as transaction:
            record = transaction.get(key)
            if record is None:
                return None
            values = self._struct.unpack(record)
        chosen = self._decoders
        if names is not None:
            chosen = [self._decoders[self._place[name]] for name in names]
            values = tuple(values[self._place[name]] for name in names)
        return {
            name: decode(value) if decode else value
            for (name, null, decode), value in zip(chosen, values, strict=True)
            if value != null and value == value  # noqa: PLR0124 - NaN is the null of numbers
        }

    def __len__(self) -> int:
        return int(self._file.stat()["entries"]) - 1

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> "Profiles":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _decoder(field: Field) -> tuple[str, float, Any]:
    """Return the field's name, its null, and what turns a stored value into a Python one."""
    if field.type is TagType.TEXT:
        return field.name, field.null, field.words.__getitem__
    if field.type is TagType.FLAG:
        return field.name, field.null, bool
    if field.type is TagType.DATE:
        return field.name, field.null, lambda days: _EPOCH + timedelta(days=days)
    return field.name, field.null, None


assert len(_DIGITS) == BUCKETS  # noqa: S101 - a bucket is one digit of the key


_open: WeakValueDictionary[Path, Profiles] = WeakValueDictionary()
_opening = threading.Lock()
