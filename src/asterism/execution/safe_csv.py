"""CSV that a spreadsheet shows and never runs.

A text cell that a spreadsheet could take for a formula gets an apostrophe in front, and so does one
that starts with an apostrophe itself: taking one leading apostrophe away gives the text back.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from asterism.kernel.files import write_atomically

_MARK = "'"
#: What starts a formula, in ASCII and full width, and control characters that spreadsheets eat.
_STARTERS = frozenset("=+-@＝＋－＠﹢﹣﹦﹫−\t\r\n\0|")
#: Characters in front of a formula that a spreadsheet may pass over.
_INVISIBLE = " \u00a0\u3000\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
#: Excel reads UTF-8 only behind this mark.
BYTE_ORDER_MARK = "\ufeff"

Cell = str | int | float | None


def cell(value: Cell) -> str:
    """Return `value` as an inert cell; numbers stay numbers, None is empty.

    >>> cell("=1+1"), cell("＝1+1"), cell("'quoted"), cell(-5), cell("Ana")
    ("'=1+1", "'＝1+1", "''quoted", '-5', 'Ana')
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value)
    start = value.lstrip(_INVISIBLE)[:1]
    return _MARK + value if (start in _STARTERS and start) or value[:1] == _MARK else value


def plain(text: str) -> str:
    """Return the text that `cell` was given.

    >>> plain(cell("=1+1"))
    '=1+1'
    """
    return text.removeprefix(_MARK)


def write_csv(path: Path, heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write a whole file or none at all, every cell quoted and inert; return how many rows."""
    content, count = as_csv(heading, rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content)
    return count


def as_csv(heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> tuple[bytes, int]:
    """Return a file's content, every cell quoted and inert, and how many rows it has."""
    buffer = io.StringIO(newline="")
    buffer.write(BYTE_ORDER_MARK)
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow([cell(name) for name in heading])
    count = 0
    for row in rows:
        writer.writerow([cell(value) for value in row])
        count += 1
    return buffer.getvalue().encode(), count


def read_csv(path: Path) -> Iterator[list[str]]:
    """Yield the rows of a file that `write_csv` wrote, heading left out, texts given back."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        next(reader, None)
        for row in reader:
            yield [plain(text) for text in row]
