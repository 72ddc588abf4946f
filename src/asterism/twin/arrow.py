"""Arrow columns made quickly from whole arrays."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from asterism.twin.seeds import Array
from asterism.warehouse.canonical import TABLES, ColumnType

#: Stands for "none" in arrays of days, codes and indices.
NONE = -1

_ARROW = {
    ColumnType.TEXT: pa.string(),
    ColumnType.FLAG: pa.bool_(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.NUMBER: pa.float64(),
    ColumnType.MONEY: pa.int64(),
    ColumnType.DATE: pa.date32(),
    ColumnType.MOMENT: pa.timestamp("us"),
}

_CHUNK = 10_000
_LOOKUP = np.array([f"{i:04d}" for i in range(_CHUNK)], dtype="S4").view(np.uint8).reshape(-1, 4)


def schema(table: str) -> pa.Schema:
    """Return the Arrow schema of a canonical table; moments carry no zone and mean UTC."""
    return pa.schema([(c.name, _ARROW[c.type]) for c in TABLES[table].columns])


def numbered(prefix: str, numbers: Array, digits: int) -> pa.Array:
    """Return texts of `prefix` and the numbers, padded with zeros to `digits`."""
    width = len(prefix) + digits
    count = numbers.size
    groups = -(-digits // 4)
    cells = np.empty((count, groups * 4), dtype=np.uint8)
    rest = np.asarray(numbers, dtype=np.int64)
    for group in range(groups - 1, -1, -1):
        rest, low = np.divmod(rest, _CHUNK)
        cells[:, group * 4 : group * 4 + 4] = _LOOKUP[low]
    texts = np.empty((count, width), dtype=np.uint8)
    texts[:, : len(prefix)] = np.frombuffer(prefix.encode(), dtype=np.uint8)
    texts[:, len(prefix) :] = cells[:, groups * 4 - digits :]
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(texts))


def coded(values: Sequence[str] | pa.Array, index: Array) -> pa.Array:
    """Return a dictionary column: `values[index]`, null where the index is negative.

    Values that occur twice are one in the dictionary, so that a file's bytes depend on its rows.
    """
    given = values if isinstance(values, pa.Array) else pa.array(list(values), pa.string())
    distinct = given.dictionary_encode()
    narrow = np.asarray(index, dtype=np.int32)
    missing = narrow < 0
    if len(distinct.dictionary) < len(given):
        narrow = np.asarray(distinct.indices)[np.maximum(narrow, 0)]
    indices = pa.array(narrow, mask=missing) if missing.any() else pa.array(narrow)
    return pa.DictionaryArray.from_arrays(indices, distinct.dictionary)


def same(value: str, count: int) -> pa.Array:
    """Return a dictionary column that holds `value` everywhere."""
    return coded([value], np.zeros(count, dtype=np.int32))


def nulls(count: int) -> pa.Array:
    """Return a text column of nulls."""
    return coded([""], np.full(count, NONE))


def optional(values: Array, missing: Array, kind: pa.DataType | None = None) -> pa.Array:
    """Return a column with nulls where `missing`."""
    return pa.array(values, type=kind, mask=np.asarray(missing))


def dates(days: Array) -> pa.Array:
    """Return a date column from days since 1970, null where negative below any birth (-30,000)."""
    narrow = np.asarray(days, dtype=np.int32)
    return pa.array(narrow, type=pa.int32(), mask=narrow == np.int32(NO_DAY)).cast(pa.date32())


#: "No day" in arrays of days since 1970; people are born on negative days, so -1 is a real one.
NO_DAY = -(2**31)


def moments(seconds: Array) -> pa.Array:
    """Return a moment column from UTC seconds since 1970."""
    micros = np.asarray(seconds, dtype=np.int64) * 1_000_000
    return pa.array(micros).cast(pa.timestamp("us"))


def flags(codes: Array) -> pa.Array:
    """Return a flag column from 1, 0 and -1 (null)."""
    return pa.array(np.asarray(codes) == 1, mask=np.asarray(codes) < 0)


def compact(values: pa.Array, index: Array) -> pa.Array:
    """Return a dictionary column like `coded` whose dictionary holds used values only."""
    narrow = np.asarray(index, dtype=np.int64)
    used = np.zeros(len(values), dtype=bool)
    used[narrow[narrow >= 0]] = True
    place = np.cumsum(used) - 1
    small = np.where(narrow < 0, NONE, place[np.maximum(narrow, 0)])
    if not used.any():
        return nulls(narrow.size)
    return coded(values.filter(pa.array(used)), small)
