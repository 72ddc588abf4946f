"""Parts: the immutable files that snapshots are made of."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of a dataset."""

    #: Relative to the warehouse's `parts` directory; its first step is the draft that wrote it.
    path: str
    #: Rows in a Parquet file; 0 in any other.
    rows: int
    #: Of the file's content, hexadecimal.
    sha256: str
    #: Size of the file.
    bytes: int
    #: The only bucket in it, if there is only one.
    bucket: int | None = None
    #: The only month in it, `YYYY-MM` (UTC), if there is only one.
    month: str | None = None
    #: The only day in it (UTC), if there is only one.
    day: date | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the part as the manifest keeps it."""
        content: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        content["day"] = self.day.isoformat() if self.day else None
        return {name: value for name, value in content.items() if value is not None}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Part":
        """Read a part back from the manifest."""
        day = content.get("day")
        return cls(**{**content, "day": date.fromisoformat(day) if day else None})


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file's content, hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
