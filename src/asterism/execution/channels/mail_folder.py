"""Letters left in a folder, for a bank whose own mailer picks them up, and for a first look."""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from asterism.execution.channels.email import Letter
from asterism.execution.channels.port import Outcome, Result, Standing
from asterism.kernel.files import sync_directory


class MailFolder:
    """Appends to `email-DAY.jsonl` (UTC days): one line per letter with its key and the e-mail.

    A batch is on disk before it counts as sent. A line that a crash cut off is removed before the
    next is written, so each line is a whole letter.
    """

    def __init__(self, directory: Path) -> None:
        """Write in `directory`."""
        self._directory = directory

    def carry(self, letters: Sequence[Letter], now: datetime) -> Sequence[Outcome]:
        """Append the letters and force them to disk."""
        self._directory.mkdir(parents=True, exist_ok=True)
        path = self._directory / f"email-{now:%Y-%m-%d}.jsonl"
        fresh = not path.exists()
        with path.open("ab+") as file:
            file.truncate(_whole(path))
            file.write(b"".join(_line(letter) for letter in letters))
            file.flush()
            os.fsync(file.fileno())
        if fresh:
            sync_directory(self._directory)
        return [Outcome(key=letter.key, result=Result.SENT) for letter in letters]

    def lookup(self, keys: Sequence[str]) -> Mapping[str, Standing]:
        """Say exactly which letters are there."""
        there = self.keys()
        return {key: Standing.TAKEN if key in there else Standing.SAFE_TO_SEND for key in keys}

    def keys(self) -> frozenset[str]:
        """Return the keys of all whole letters in the folder."""
        found: set[str] = set()
        for path in sorted(self._directory.glob("email-*.jsonl")):
            content = path.read_bytes()[: _whole(path)]
            found.update(json.loads(line)["key"] for line in content.splitlines())
        return frozenset(found)

    def close(self) -> None:
        """Hold nothing, close nothing."""


def _line(letter: Letter) -> bytes:
    return (
        json.dumps(
            {"key": letter.key, "to": letter.address, "mail": letter.mail.decode("ascii")}
        ).encode()
        + b"\n"
    )


def _whole(path: Path) -> int:
    """Return how many bytes of the file are whole lines."""
    size = path.stat().st_size
    if size == 0:
        return 0
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        if file.read(1) == b"\n":
            return size
    return path.read_bytes().rfind(b"\n") + 1
