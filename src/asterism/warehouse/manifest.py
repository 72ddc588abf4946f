"""The manifest of a snapshot: everything that is in it, in one small file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec

from asterism.kernel.errors import ConflictError
from asterism.kernel.files import write_atomically
from asterism.kernel.words import N_
from asterism.warehouse.parts import Part

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a snapshot consists of."""

    id: str
    #: The last day whose data is in it.
    as_of: date
    #: The snapshot it was made from.
    parent: str | None
    created_at: datetime
    #: Parts by dataset.
    datasets: Mapping[str, tuple[Part, ...]]
    #: Whatever the writer wants to tell readers; JSON values.
    stats: Mapping[str, Any] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Write the manifest so that it appears whole or not at all."""
        content = {
            "format": FORMAT,
            "id": self.id,
            "as_of": self.as_of.isoformat(),
            "parent": self.parent,
            "created_at": self.created_at.isoformat(),
            "datasets": {
                name: [part.to_json() for part in parts] for name, parts in self.datasets.items()
            },
            "stats": dict(self.stats),
        }
        encoded = msgspec.json.encode(content)
        write_atomically(path, msgspec.json.format(encoded, indent=1))

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        """Read a manifest; ConflictError for one that a newer version wrote."""
        content = json.loads(path.read_bytes())
        if content["format"] != FORMAT:
            raise ConflictError(
                N_("{name} has format {format}: use a newer version."),
                name=path.name,
                format=content["format"],
            )
        return cls(
            id=content["id"],
            as_of=date.fromisoformat(content["as_of"]),
            parent=content["parent"],
            created_at=datetime.fromisoformat(content["created_at"]),
            datasets={
                name: tuple(Part.from_json(part) for part in parts)
                for name, parts in content["datasets"].items()
            },
            stats=content["stats"],
        )

    @property
    def files(self) -> frozenset[str]:
        """The paths of all parts."""
        return frozenset(part.path for parts in self.datasets.values() for part in parts)
