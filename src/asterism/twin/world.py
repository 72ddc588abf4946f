"""A world that was built: it lives day by day and answers touches."""

from datetime import date
from pathlib import Path

import pyarrow as pa

from asterism.kernel.errors import InvalidInputError, NotFoundError, Problem
from asterism.twin.days import date_of
from asterism.twin.place import Place, found_place, read_charter
from asterism.twin.truth import true_effects


def state_path(directory: Path, day: int, block: int) -> Path:
    """Return where a block's state at the end of a day (since 1970) is kept."""
    return directory / "state" / str(day) / f"block-{block:05d}.npz"


class World:
    """A simulated bank below a directory."""

    def __init__(self, directory: Path, place: Place) -> None:
        self.directory = directory
        self._place = place

    @classmethod
    def open(cls, directory: Path) -> "World":
        """Open the world that was built in `directory`; NotFoundError if there is none."""
        try:
            charter = read_charter(directory)
        except FileNotFoundError as error:
            raise NotFoundError(f"there is no simulated bank in {directory}") from error
        return cls(directory, found_place(charter))

    @property
    def source(self) -> Path:
        """Where the bank's exports are: one folder for each canonical table."""
        return self.directory / "source"

    @property
    def mapping(self) -> Path:
        """The mapping file that imports the exports."""
        return self.directory / "mapping.yaml"

    @property
    def through(self) -> date:
        """The last day that was lived."""
        days = [int(path.name) for path in (self.directory / "state").iterdir() if path.is_dir()]
        return date_of(max(days))

    def true_effects(self, assignments: pa.Table, through: date) -> dict[str, float]:
        """Return each strategy's true mean effect on those it was to touch; see `truth`."""
        return true_effects(self.directory, assignments, through)


__all__ = ["InvalidInputError", "Problem", "World", "state_path"]
