"""A world that was built: it lives day by day and answers touches."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from asterism.kernel.errors import ConflictError, NotFoundError
from asterism.kernel.progress import Progress, silent
from asterism.kernel.words import N_
from asterism.twin.days import date_of, day_number
from asterism.twin.place import Place, found_place, read_charter
from asterism.twin.truth import true_effects
from asterism.twin.visit import Register, Visit


@dataclass(frozen=True, slots=True)
class Answers:
    """What came back on the day of the touches."""

    #: touch_id, kind ('seen', 'answered', 'refused', 'opted_out'), at (UTC).
    receipts: pa.Table


class World:
    """A simulated bank below a directory."""

    def __init__(self, directory: Path, place: Place) -> None:
        self.directory = directory
        self._register = Register(place)

    @classmethod
    def open(cls, directory: Path) -> "World":
        """Open the world that was built in `directory`; NotFoundError if there is none."""
        try:
            charter = read_charter(directory)
        except FileNotFoundError as error:
            raise NotFoundError(
                N_("There is no simulated bank in {directory}."), directory=directory
            ) from error
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
        folders = (self.directory / "state").iterdir()
        return date_of(max(int(path.name) for path in folders if path.name.isdigit()))

    def live(self, day: date, touches: pa.Table, progress: Progress = silent) -> Answers:
        """Live one day, given the touches that were delivered on it, and return the answers.

        `touches` has touch_id, customer_id, strategy, family (null for none), channel and sent_at
        (UTC); other columns are ignored. `day` is the one after `through`; the last lived day may
        be lived again, which replaces it (the same touches give the same files). Anything else is
        a ConflictError. A day that is interrupted has not been lived.
        """
        allowed = {self.through, self.through + timedelta(days=1)}
        if day not in allowed or day_number(day) < self._register.place.live_day:
            raise ConflictError(
                N_("The simulated bank has lived to {through}: the next day is {next}, not {day}."),
                through=self.through,
                next=self.through + timedelta(days=1),
                day=day,
            )
        visit = Visit(self.directory, self._register, day_number(day))
        return Answers(receipts=visit.live(touches, progress))

    def true_effects(self, assignments: pa.Table, through: date) -> dict[str, float]:
        """Return each strategy's true mean effect on those it was to touch; see `truth`."""
        return true_effects(self.directory, assignments, through)
