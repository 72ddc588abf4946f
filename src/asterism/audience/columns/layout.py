"""The arrays of a columns directory, and what `columns.json` says about them.

All lie in `columns.data` (version 1 had a file for each); `sections` says where each begins. A
column's arrays are numbered, never named after the tag, so that no name can reach outside:

| array | holds |
|---|---|
| `NNNN.values` | one value per customer: the smallest signed integer that holds them all, double, days since 1970-01-01 as int32, or the code of a text in its dictionary |
| `NNNN.valid` | packed bits, 1 where there is a value; absent if every customer has one |
| `NNNN.planes` | the code of every value, bit by bit: plane b holds bit b of all codes as packed bits |
| `NNNN.bits` | a flag's value as packed bits (flags have neither values nor planes) |
| `NNNN.text`, `NNNN.offsets` | a text column's dictionary in code-point order: UTF-8 and where each entry starts |
| `ids.text`, `ids.offsets` | the customers' ids; no offsets if all have one length |
| `ids.order`, `ids.directory` | the index from an id's hash to the customer |

Packed bits are little-endian 64-bit words, customer 0 in the lowest bit of the first.
"""  # noqa: E501 - a table row is one line

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asterism.audience.catalogue import TagType
from asterism.audience.columns.files import Files

VERSION = 2
#: Versions that can be read: 1 had a file for each array.
_READ = (1, 2)
DESCRIPTION = "columns.json"
#: The most codes that a numeric column is cut into: one byte, eight planes.
MAX_CODES = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnLayout:
    """What is known of one column before its files are opened."""

    name: str
    type: TagType
    #: The number in its files' names.
    number: int
    #: NumPy's name of the stored type; empty for flags.
    dtype: str
    has_nulls: bool
    #: How many planes there are.
    planes: int = 0
    #: Smallest and largest stored value of each code, for numbers and dates; ascending.
    lows: tuple[int | float, ...] = ()
    highs: tuple[int | float, ...] = ()
    #: Entries of a text column's dictionary.
    entries: int = 0

    def array(self, kind: str) -> str:
        """Return the name of the column's array of a kind, such as `values`."""
        return f"{self.number:04d}.{kind}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What `columns.json` holds."""

    #: How many customers there are.
    size: int
    columns: tuple[ColumnLayout, ...]
    #: Bytes of every id; 0 if they differ.
    id_length: int
    #: Bytes of all ids together.
    id_bytes: int
    #: How many leading bits of a hash the index's directory is made by.
    index_bits: int
    #: Where each array begins in the data's file, and its bytes.
    sections: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def files(self, directory: Path) -> Files:
        """Return where the arrays lie."""
        return Files(directory, self.sections)

    def write(self, directory: Path) -> None:
        """Write the description into `directory`."""
        # not `asdict`, which copies every one of the codes' bounds
        own = {one.name: getattr(self, one.name) for one in fields(self)}
        columns = [
            {one.name: getattr(column, one.name) for one in fields(column)}
            for column in self.columns
        ]
        content = {"version": VERSION, **own, "columns": columns}
        (directory / DESCRIPTION).write_text(json.dumps(content), encoding="utf-8")

    @classmethod
    def read(cls, directory: Path) -> "Layout":
        """Return the description that `directory` holds; ValueError if of another version."""
        content = json.loads((directory / DESCRIPTION).read_text(encoding="utf-8"))
        if content.pop("version") not in _READ:
            raise ValueError(f"{directory} was written by another version: compute it anew")
        content["columns"] = tuple(
            ColumnLayout(
                **{
                    **column,
                    "type": TagType(column["type"]),
                    "lows": tuple(column["lows"]),
                    "highs": tuple(column["highs"]),
                }
            )
            for column in content["columns"]
        )
        return cls(**content)


def text_chunks(entries: list[str]) -> tuple[bytes, NDArray[np.uint64]]:
    """Return texts as one UTF-8 blob and the offsets at which they start, and the blob's end."""
    encoded = [entry.encode() for entry in entries]
    lengths = np.fromiter(map(len, encoded), np.uint64, len(encoded))
    offsets = np.zeros(len(encoded) + 1, np.uint64)
    np.cumsum(lengths, out=offsets[1:])
    return b"".join(encoded), offsets
