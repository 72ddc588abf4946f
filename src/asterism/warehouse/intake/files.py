"""Finds a mapping's files below the source folder, and nowhere else."""

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from asterism.kernel.errors import Problem
from asterism.kernel.words import N_
from asterism.warehouse.mapping.model import Files
from asterism.warehouse.parts import checksum

_MOST_FILES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file to load."""

    #: As people see it: relative to the source folder.
    label: str
    path: Path
    bytes: int
    modified_ns: int

    def sha256(self) -> str:
        """Return the checksum of the content."""
        return checksum(self.path)


def find_files(folder: Path, files: Files, where: str) -> tuple[list[SourceFile], list[Problem]]:
    """Return the regular files that match, by name; problems for what must not be read."""
    root = folder.resolve()
    found: dict[str, SourceFile] = {}
    problems: list[Problem] = []
    for pattern in files.patterns:
        matches = sorted(root.glob(pattern))
        if not matches:
            problems.append(_problem(where, N_("no file matches {pattern}."), pattern=pattern))
        for path in matches[:_MOST_FILES]:
            label = path.relative_to(root).as_posix()
            refusal = _refusal(path, root)
            if refusal:
                problems.append(_problem(where, refusal, file=label))
                continue
            status = path.stat()
            found[label] = SourceFile(
                label=label, path=path, bytes=status.st_size, modified_ns=status.st_mtime_ns
            )
    chosen = [found[label] for label in sorted(found, key=_natural)]
    return (chosen[-1:] if files.latest_only else chosen), problems


def _natural(label: str) -> list[tuple[int, str]]:
    """Sort numbers in names by value: day 10 comes after day 9."""
    return [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in _pieces(label)]


def _pieces(label: str) -> list[str]:
    return [piece for piece in re.split(r"([0-9]{1,18})", label) if piece]


def _refusal(path: Path, root: Path) -> str:
    if not path.resolve().is_relative_to(root):
        return N_("{file} is a link that leaves the source folder.")
    if not path.exists() or not stat.S_ISREG(path.stat().st_mode):
        return N_("{file} is not a regular file.")
    if not os.access(path, os.R_OK):
        return N_("{file} may not be read: ask for permission.")
    return ""


def _problem(where: str, message: str, **values: object) -> Problem:
    return Problem(message=message, where=where, values=values)
