"""Facts that fall into customers' windows, added up: any window is a difference of two sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ints = NDArray[np.int64]
#: Days since 1970 take fewer bits than this.
_DAY_BITS = 20
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What happened to customers: arrays of one length."""

    #: Numbers into the cohort's customers.
    customer: Ints
    #: Days since 1970, the bank's calendar.
    day: Ints
    #: Minor units, or 1 for something that happened.
    amount: Ints
    #: Product family of each; None where facts have none.
    family: pa.Array | None = None

    def of_family(self, family: str | None) -> "Facts":
        """Return the facts of one family; all of them for None, or where facts have none."""
        if family is None or self.family is None:
            return self
        kept = _true(pc.equal(self.family, family))
        return Facts(customer=self.customer[kept], day=self.day[kept], amount=self.amount[kept])


class RunningSums:
    """Facts in the order of customers and days, with their running sum."""

    def __init__(self, facts: Facts) -> None:
        places = _places(facts.customer, facts.day)
        order = np.argsort(places, kind="stable")
        self._places = places[order]
        self._sums = np.concatenate([[0], np.cumsum(facts.amount[order])])

    def before(self, customer: Ints, day: Ints) -> Ints:
        """Return the sum of all facts of earlier customers, and of these before `day`.

        Only the difference of two days of the same customer means anything.
        """
        found = np.searchsorted(self._places, _places(customer, day))
        return np.asarray(self._sums[found], dtype=np.int64)


def facts_of(table: pa.Table, customers: pa.Array) -> Facts:
    """Return rows of (customer_id, day, amount, family if any) as facts about `customers`.

    Other customers' rows are left out, as are rows without a day.
    """
    found = pc.index_in(table["customer_id"], value_set=customers)
    kept = _true(pc.and_(found.is_valid(), table["day"].is_valid()))
    family = table["family"].combine_chunks() if "family" in table.column_names else None
    return Facts(
        customer=as_ints(found)[kept],
        day=as_ints(table["day"].cast(pa.int32()))[kept],
        amount=as_ints(table["amount"])[kept],
        family=family.filter(pa.array(kept)) if family is not None else None,
    )


def local_days(moments: pa.ChunkedArray, zone: str, first: date, last: date) -> pa.Array:
    """Return the bank's calendar day of each moment (UTC without zone), null outside the days.

    Midnights of `zone` from `first` to the end of `last` are found one by one, so that days of 23
    and 25 hours are right.
    """
    count = (last - first).days + 2
    midnights = [
        datetime.combine(first + timedelta(days=number), time(), ZoneInfo(zone)).timestamp()
        for number in range(count)
    ]
    edges = (np.array(midnights) * 1e6).astype(np.int64)
    stamps = moments.cast(pa.timestamp("us")).cast(pa.int64())
    found = np.searchsorted(edges, as_ints(stamps), side="right") - 1
    outside = (found < 0) | (found >= count - 1)
    days = (found + day_number(first)).astype(np.int32)
    return pa.array(days, mask=outside | ~_true(moments.is_valid())).cast(pa.date32())


def day_number(day: date) -> int:
    """Return days since 1970."""
    return (day - _EPOCH).days


def as_ints(values: pa.Array | pa.ChunkedArray | Sequence[int]) -> Ints:
    """Return numbers as int64; nulls as −1."""
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        filled = values.cast(pa.int64()).fill_null(-1)
        return np.asarray(filled.to_numpy(), dtype=np.int64)
    return np.asarray(values, dtype=np.int64)


def _places(customer: Ints, day: Ints) -> Ints:
    return (customer << _DAY_BITS) + day


def _true(mask: pa.Array | pa.ChunkedArray) -> NDArray[np.bool_]:
    return np.asarray(mask.fill_null(False).to_numpy(zero_copy_only=False), dtype=np.bool_)  # noqa: FBT003
