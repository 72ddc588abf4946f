"""Days, paydays, seasons and local time. A day is its number since 1970-01-01."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

from asterism.twin.seeds import Array

_EPOCH = date(1970, 1, 1)
DAY_SECONDS = 86_400
_SATURDAY = 5
_THURSDAY_OFFSET = 3
#: How much people spend by weekday (Monday first) and month, and at the year's great sales.
_WEEKDAY = np.array([0.92, 0.90, 0.93, 0.96, 1.08, 1.17, 1.04])
_MONTH = np.array([1.10, 0.98, 0.94, 0.95, 1.02, 1.05, 0.97, 0.98, 1.02, 1.06, 1.10, 1.03])
_SALES = {(6, 18): 1.5, (11, 11): 1.9, (12, 12): 1.25, (10, 1): 1.3, (5, 1): 1.3, (1, 1): 1.2}


def day_number(day: date) -> int:
    """Return the number of a day since 1970-01-01."""
    return (day - _EPOCH).days


def date_of(number: int) -> date:
    """Return the day of a number.

    >>> date_of(day_number(date(2026, 1, 31)))
    datetime.date(2026, 1, 31)
    """
    return _EPOCH + timedelta(days=int(number))


def weekday(days: Array | int) -> Array:
    """Return weekdays, Monday is 0."""
    return np.asarray((np.asarray(days) + _THURSDAY_OFFSET) % 7)


def workday_before(day: int) -> int:
    """Return the day itself, or the Friday before if it falls on a weekend."""
    return day - max(0, int(weekday(day)) - _SATURDAY + 1)


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both within."""

    first: int
    last: int

    @property
    def days(self) -> int:
        """Number of days."""
        return self.last - self.first + 1

    @property
    def numbers(self) -> Array:
        """Every day's number."""
        return np.arange(self.first, self.last + 1)

    @property
    def label(self) -> str:
        """Name of the period's files: the month of a history, the day when live."""
        return date_of(self.first).isoformat()

    def holds(self, days: Array) -> Array:
        """Tell which days fall into the period."""
        return np.asarray((days >= self.first) & (days <= self.last))


def months(first: int, last: int) -> list[Period]:
    """Return the calendar months from `first` to `last`, the outer ones cut."""
    periods = []
    start = first
    while start <= last:
        month = date_of(start).replace(day=1)
        following = day_number((month + timedelta(days=32)).replace(day=1))
        periods.append(Period(start, min(following - 1, last)))
        start = following
    return periods


def paydays(period: Period, day_of_month: int) -> list[int]:
    """Return the days in the period on which what is due on a day of the month is paid."""
    found = []
    for part in months(period.first - 3, period.last + 31):
        due = day_number(date_of(part.first).replace(day=1)) + day_of_month - 1
        paid = workday_before(due)
        if period.first <= paid <= period.last:
            found.append(paid)
    return sorted(set(found))


@cache
def spending(first: int, last: int) -> Array:
    """Return the relative spending of each day from `first` to `last`."""
    dates = [date_of(n) for n in range(first, last + 1)]
    season = np.array([_MONTH[d.month - 1] * _SALES.get((d.month, d.day), 1.0) for d in dates])
    weights: Array = season * _WEEKDAY[weekday(np.arange(first, last + 1))]
    return weights


@cache
def utc_offset(day: int, zone: str) -> int:
    """Return the seconds that local time is ahead of UTC at noon of a day."""
    noon = datetime.combine(date_of(day), datetime.min.time(), UTC) + timedelta(hours=12)
    offset = noon.astimezone(ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def to_utc(days: Array, seconds: Array | int, period: Period, zone: str) -> Array:
    """Return UTC seconds since 1970 of local seconds within days of the period."""
    offsets = np.array([utc_offset(day, zone) for day in range(period.first, period.last + 1)])
    moment: Array = np.asarray(days, dtype=np.int64) * DAY_SECONDS + seconds
    return np.asarray(moment - offsets[np.asarray(days) - period.first])
