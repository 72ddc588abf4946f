"""Counters of past contacts, per customer: what caps, cooldowns and waves look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from asterism.audience import Columns
from asterism.strategy.contacts import Contacts
from asterism.strategy.standing import Standing

#: Days that stand for "never".
NEVER = 1_000_000
_EPOCH = date(1970, 1, 1)
TOUCH, HOLDOUT, UNIVERSAL = "touch", "holdout", "universal"
ARMS = (TOUCH, HOLDOUT, UNIVERSAL)
_NO_ARM = -1


@dataclass(frozen=True, slots=True)
class Since:
    """Where each customer stands with one strategy; arrays in dense customer order."""

    #: Days since the last occasion began, `NEVER` if there was none.
    days: NDArray[np.int32]
    #: The last wave of that occasion.
    wave: NDArray[np.int32]
    #: Index into `ARMS` of the arm in that occasion, −1 if there was none.
    arm: NDArray[np.int8]


@dataclass(frozen=True)
class Counters:
    """Contacts counted for a day, over customers at dense indices 0 … size − 1.

    A customer who was left alone on purpose counts as contacted: caps and cooldowns must bind both
    sides of a comparison alike, or the sides would drift apart.
    """

    size: int
    day: date
    touched: pa.Table
    assigned: pa.Table
    touched_at: NDArray[np.int64]
    assigned_at: NDArray[np.int64]
    #: What the ledger knows of the same customers beyond their contacts.
    standing: Standing = field(default_factory=Standing)
    _counts: dict[tuple[str, int], NDArray[np.int16]] = field(default_factory=dict)
    _since: dict[str, Since] = field(default_factory=dict)

    @classmethod
    def over(cls, columns: Columns, contacts: Contacts, day: date) -> "Counters":
        """Count the contacts of all customers of a snapshot."""
        ids = columns.customer_ids
        return cls(
            columns.size,
            day,
            contacts.touched,
            contacts.assigned,
            ids.find(contacts.touched["customer_id"].to_pylist()),
            ids.find(contacts.assigned["customer_id"].to_pylist()),
            contacts.standing,
        )

    @classmethod
    def of_one(cls, contacts: Contacts, day: date) -> "Counters":
        """Count the contacts of one customer, who has index 0; `contacts` holds no one else's."""
        touched, assigned = contacts.touched, contacts.assigned
        return cls(
            1,
            day,
            touched,
            assigned,
            np.zeros(len(touched), np.int64),
            np.zeros(len(assigned), np.int64),
            contacts.standing,
        )

    @property
    def moment(self) -> datetime:
        """The moment for which gates are asked: by default the beginning of the day, in UTC."""
        return self.standing.at or datetime.combine(self.day, time(), UTC)

    def contacts(self, channel: str, days: int) -> NDArray[np.int16]:
        """Return how often each customer was contacted in the last `days`, '' for any channel."""
        key = (channel, days)
        if key not in self._counts:
            self._counts[key] = self._count(channel, days)
        return self._counts[key]

    def since(self, strategy: str) -> Since:
        """Return where each customer stands with a strategy."""
        if strategy not in self._since:
            self._since[strategy] = self._last(strategy)
        return self._since[strategy]

    def _count(self, channel: str, days: int) -> NDArray[np.int16]:
        counts = np.zeros(self.size, np.int64)
        ghosts = self._ghosts
        for places, channels, day in (
            (self.touched_at, self.touched["channel"], _days(self.touched["day"])),
            (
                self.assigned_at[ghosts],
                self.assigned["channel"].filter(pa.array(ghosts)),
                _days(self.assigned["assigned_on"])[ghosts],
            ),
        ):
            wanted = (places >= 0) & (day >= self._today - days) & (day < self._today)
            if channel:
                wanted &= _equal(channels, channel)
            counts += np.bincount(places[wanted], minlength=self.size)
        return counts.astype(np.int16)

    def _last(self, strategy: str) -> Since:
        rows = np.flatnonzero(_equal(self.assigned["strategy"], strategy) & (self.assigned_at >= 0))
        places = self.assigned_at[rows]
        began = pc.cast(self.assigned["occasion"].take(pa.array(rows)), pa.date32())
        began_on = _days(began)
        wave = self.assigned["wave"].to_numpy()[rows].astype(np.int64)
        arm = _codes(self.assigned["arm"].take(pa.array(rows)), {n: i for i, n in enumerate(ARMS)})
        order = np.lexsort((wave, began_on))
        last = Since(
            np.full(self.size, NEVER, np.int32),
            np.zeros(self.size, np.int32),
            np.full(self.size, _NO_ARM, np.int8),
        )
        # later rows of `order` overwrite earlier ones: what stays is the latest wave
        last.days[places[order]] = self._today - began_on[order]
        last.wave[places[order]] = wave[order]
        last.arm[places[order]] = arm[order]
        return last

    @property
    def _today(self) -> int:
        return (self.day - _EPOCH).days

    @cached_property
    def _ghosts(self) -> NDArray[np.bool_]:
        """Which assignments left the customer alone."""
        return ~_equal(self.assigned["arm"], TOUCH)


def _days(column: pa.ChunkedArray | pa.Array) -> NDArray[np.int64]:
    numbers: NDArray[np.int64] = pc.cast(column, pa.int32()).to_numpy().astype(np.int64)
    return numbers


def _equal(column: pa.ChunkedArray, value: str) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = pc.fill_null(pc.equal(column, value), False).to_numpy()  # noqa: FBT003
    return found


def _codes(column: pa.ChunkedArray, codes: Mapping[str, int]) -> NDArray[np.int8]:
    found = pc.index_in(column, value_set=pa.array(list(codes)))
    numbers: NDArray[np.int8] = pc.fill_null(found, _NO_ARM).to_numpy().astype(np.int8)
    return numbers
