"""A quote that never closes swallows the lines after it: take the one line out, read the rest.

Each guilty line is replaced by a mark that cannot be a row, so that rows keep their numbers, and
the text is read again.
"""

import mmap
import re
from collections.abc import Iterable
from pathlib import Path

#: Times a text is read again before swallowed lines are put aside as they are.
MOST_READINGS = 10

_CONTROL = "\x02"


class Mended:
    """A clean text whose guilty lines are replaced, one after the other."""

    def __init__(self, path: Path, quote: str) -> None:
        self.path = path
        self.lines: list[str] = []
        self._quote = quote
        self._mark = re.compile(re.escape(quote * 2 + _CONTROL) + "([0-9]+)")

    def take_out(self, positions: Iterable[int]) -> None:
        """Replace the lines in which the bytes at `positions` (from 1) stand."""
        target = self.path.with_suffix(".mended")
        with (
            self.path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text,
            target.open("wb") as out,
        ):
            done = 0
            for position in sorted(set(positions)):
                start = text.rfind(b"\n", 0, max(position - 1, 0)) + 1
                if start < done:
                    continue
                end = text.find(b"\n", max(position - 1, 0))
                end = len(text) if end < 0 else end
                out.write(text[done:start])
                out.write(self._take(text[start:end].decode()))
                done = end
            out.write(text[done:])
        target.replace(self.path)

    def original(self, line: str) -> str:
        """Return what stood in place of a mark; any other line as it is."""
        match = self._mark.fullmatch(line.rstrip("\n"))
        return self.lines[int(match[1])] if match else line

    def _take(self, line: str) -> bytes:
        self.lines.append(self.original(line))
        return f"{self._quote * 2}{_CONTROL}{len(self.lines) - 1}".encode()
