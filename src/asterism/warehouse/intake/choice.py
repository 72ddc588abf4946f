"""Which files of a table are loaded now, and which were loaded before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from asterism.warehouse.intake.files import SourceFile

#: What is remembered of a file: `load`, `file`, `sha256`, `bytes`, `modified_ns`, `rows`.
Known = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The files of one load."""

    files: list[tuple[SourceFile, str]] = field(default_factory=list)
    #: Labels of files that were loaded before, or whose content occurs twice.
    skipped: list[str] = field(default_factory=list)
    #: Checksums of all files, the skipped ones included.
    checksums: frozenset[str] = frozenset()


def choose(load: str, found: Sequence[SourceFile], known: Known, *, only_new: bool) -> Chosen:
    """Choose by content: a renamed copy is the same file. With `only_new`, known ones are left."""
    mine = [entry for entry in known if entry["load"] == load]
    before = {entry["sha256"] for entry in mine}
    marks = {(e["file"], e["bytes"], e["modified_ns"]): str(e["sha256"]) for e in mine}
    files: list[tuple[SourceFile, str]] = []
    skipped: list[str] = []
    seen: set[str] = set()
    for file in found:
        # A file that has the name, size and time it had when it was loaded need not be read.
        mark = (file.label, file.bytes, file.modified_ns)
        sha256 = marks.get(mark) or file.sha256()
        if sha256 in seen or (only_new and sha256 in before):
            skipped.append(file.label)
        else:
            files.append((file, sha256))
        seen.add(sha256)
    return Chosen(files, skipped, frozenset(seen))
