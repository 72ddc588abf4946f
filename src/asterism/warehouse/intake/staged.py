"""A source made ready: Parquet files with known columns, one for each file of the source."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLine:
    """A line of a text file that has no columns to speak of."""

    #: Row of the file, from 1, counted as the other rows are.
    row: int
    #: Why, a reason's code: `structure`, `too_long`, `undecodable`.
    reason: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedFile:
    """One file of a source, or one result of a query."""

    #: As people see it: relative to the source folder, `archive.zip/member.csv` inside archives.
    label: str
    sha256: str
    bytes: int
    modified_ns: int
    #: What to read instead of the file.
    path: Path
    #: Rows in `path`.
    rows: int
    broken: tuple[BrokenLine, ...] = ()
    #: Whether some text could not be decoded, and has U+FFFD in its place.
    has_undecodable: bool = False

    @property
    def read(self) -> int:
        """Rows of the file, the broken lines included."""
        return self.rows + len(self.broken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """All files of a source that are to be loaded now."""

    files: tuple[StagedFile, ...]
    #: DuckDB's type by column, as the files have them.
    types: Mapping[str, str]
    #: Whether the values are texts that people or programs wrote: blanks around them mean nothing.
    is_text: bool

    def batches(self, most_rows: int) -> "list[Staged]":
        """Divide the files into batches of about `most_rows` rows, in order."""
        batches: list[list[StagedFile]] = []
        room = 0
        for file in self.files:
            if room < file.rows or not batches:
                batches.append([])
                room = most_rows
            batches[-1].append(file)
            room -= file.rows
        return [replace(self, files=tuple(batch)) for batch in batches]
