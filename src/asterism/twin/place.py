"""The setting of a world: its country, employers, branches and dates; the same for all blocks."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from asterism.kernel.files import write_atomically
from asterism.twin.days import day_number
from asterism.twin.employers import Employers, found_employers
from asterism.twin.locales import LocalePack, locale_pack
from asterism.twin.outlets import Outlets, found_outlets
from asterism.twin.parties import Parties, found_parties

#: Customers simulated together: large enough for fast arrays, small enough for memory.
BLOCK = 32_768
#: Days of arrivals prepared beyond the first live day, and the yearly growth they make.
_ARRIVAL_DAYS = 400
_GROWTH = 0.06
#: The middle income that the amounts in the tables of spending are written for.
_MODEL_INCOME = 6_800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """What a world is built from; written beside it and enough to found its setting again."""

    customers: int
    seed: int
    history_days: int
    #: First day of the history; the first live day comes `history_days` later.
    start: str
    locale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The setting of a world."""

    charter: Charter
    pack: LocalePack
    employers: Employers
    outlets: Outlets
    parties: Parties
    #: First day of the history and first live day, days since 1970.
    first_day: int
    live_day: int

    @property
    def seed(self) -> int:
        """The world's seed."""
        return self.charter.seed

    @property
    def customers(self) -> int:
        """Customers on the last day of the history."""
        return self.charter.customers

    @property
    def arrivals_a_day(self) -> int:
        """New customers on each live day."""
        return max(1, round(self.customers * _GROWTH / 365))

    @property
    def population(self) -> int:
        """Customers now and to come."""
        return self.customers + self.arrivals_a_day * _ARRIVAL_DAYS

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        return -(-self.population // BLOCK)

    @property
    def scale(self) -> float:
        """Money of this country for one unit of the model's."""
        return self.pack.middle_income / _MODEL_INCOME

    def block_size(self, block: int) -> int:
        """Return the number of customers in a block."""
        return min(BLOCK, self.population - block * BLOCK)


def found_place(charter: Charter) -> Place:
    """Found the setting that a charter describes."""
    pack = locale_pack(charter.locale)
    first = day_number(date.fromisoformat(charter.start))
    live = first + charter.history_days
    employers = found_employers(charter.seed, pack, charter.customers)
    return Place(
        charter=charter,
        pack=pack,
        employers=employers,
        parties=found_parties(charter.seed, pack, employers.names),
        outlets=found_outlets(charter.seed, pack, charter.customers, first),
        first_day=first,
        live_day=live,
    )


def write_charter(directory: Path, charter: Charter) -> None:
    """Write the charter to `directory/charter.json`."""
    write_atomically(directory / "charter.json", json.dumps(asdict(charter), indent=2).encode())


def read_charter(directory: Path) -> Charter:
    """Read the charter of a world; FileNotFoundError if there is none."""
    return Charter(**json.loads((directory / "charter.json").read_text(encoding="utf-8")))
