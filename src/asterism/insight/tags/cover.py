"""Calendar cover: which months are read whole and which day by day, so that windows fit exactly.

A month that no window begins or ends in belongs to each window wholly or not at all: its sums by
month will do. Only the other months are read by day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Cover:
    """The months (`YYYY-MM`) of a source's horizon."""

    whole: tuple[str, ...]
    split: tuple[str, ...]

    def by_day(self, months: frozenset[str]) -> "Cover":
        """Return the cover with these months read by day."""
        whole = tuple(month for month in self.whole if month not in months)
        return Cover(whole, tuple(sorted({*self.split, *(months & set(self.whole))})))


def cover(today: date, windows: tuple[int, ...]) -> Cover:
    """Return how to cover windows of so many days that end with `today`.

    >>> cover(date(2026, 4, 10), (30, 90))
    Cover(whole=('2026-02',), split=('2026-01', '2026-03', '2026-04'))
    """
    begins = [today - timedelta(days=window - 1) for window in windows]
    whole: list[str] = []
    split: list[str] = []
    for first in months_from(min(begins), today):
        last = end_of_month(first)
        inside = any(first < begin <= last for begin in begins)
        (split if inside or last > today else whole).append(f"{first:%Y-%m}")
    return Cover(tuple(whole), tuple(split))


def stretches(
    today: date, windows: tuple[int, ...], months: Iterable[str]
) -> tuple[tuple[str, ...], ...]:
    """Return whole months, which ascend, in runs of neighbours that no window divides.

    >>> stretches(date(2026, 4, 10), (30, 100), ("2025-11", "2025-12", "2026-01", "2026-02"))
    (('2025-11', '2025-12'), ('2026-01', '2026-02'))
    """
    begins = {today - timedelta(days=window - 1) for window in windows}
    runs: list[tuple[str, ...]] = []
    following = None
    for month in months:
        first = date.fromisoformat(f"{month}-01")
        if runs and first == following and first not in begins:
            runs[-1] = (*runs[-1], month)
        else:
            runs.append((month,))
        following = end_of_month(first) + timedelta(days=1)
    return tuple(runs)


def months_from(start: date, stop: date) -> Iterator[date]:
    """Yield the first day of each month from that of `start` to that of `stop`."""
    first = start.replace(day=1)
    while first <= stop:
        yield first
        first = end_of_month(first) + timedelta(days=1)


def end_of_month(day: date) -> date:
    """Return the last day of the month that `day` is in."""
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def day_ranges(months: tuple[str, ...]) -> list[tuple[date, date]]:
    """Return the months, which ascend, as ranges of days, neighbours joined."""
    ranges: list[tuple[date, date]] = []
    for month in months:
        first = date.fromisoformat(f"{month}-01")
        if ranges and ranges[-1][1] + timedelta(days=1) == first:
            first = ranges.pop()[0]
        ranges.append((first, end_of_month(date.fromisoformat(f"{month}-01"))))
    return ranges
