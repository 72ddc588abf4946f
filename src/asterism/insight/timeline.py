"""What happened to one customer, newest first, a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from asterism.insight.point_reads import rows_of
from asterism.warehouse import Part, Snapshot

PAGE = 30
#: A page looks back at most so far behind where it starts; the next page goes on from there.
LOOK_BACK = timedelta(days=31)


class Cursor(NamedTuple):
    """Where a page ends: the next one begins behind it."""

    at: datetime
    kind: str
    id: str

    def __str__(self) -> str:
        return "~".join((self.at.isoformat(), self.kind, self.id))

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Read a cursor back; ValueError if it is none."""
        at, kind, identity = text.split("~", 2)
        moment = datetime.fromisoformat(at)
        return cls(moment if moment.tzinfo else moment.replace(tzinfo=UTC), kind, identity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened."""

    #: `transaction`, `event` or `interaction`.
    kind: str
    id: str
    at: datetime
    #: What: a transaction's kind, an event's name, an interaction's kind.
    what: str
    channel: str | None
    #: Minor units, money out is negative; transactions only.
    amount: int | None = None
    currency: str | None = None
    #: The table's other columns that have a value.
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def cursor(self) -> Cursor:
        """The entry's place in the order."""
        return Cursor(self.at, self.kind, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some entries, newest first."""

    entries: tuple[Entry, ...]
    #: Give it as `before` for older entries; None at the beginning of the customer's time.
    older: Cursor | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """One table that tells of what happened."""

    table: str
    kind: str
    id: str
    at: str
    what: str
    details: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        money = ("amount", "currency") if self.kind == "transaction" else ()
        return (self.id, self.at, self.what, "channel", *money, *self.details)

    def entry(self, row: Mapping[str, Any]) -> Entry:
        return Entry(
            kind=self.kind,
            id=row[self.id],
            at=row[self.at].replace(tzinfo=UTC),
            what=row[self.what],
            channel=row["channel"],
            amount=row.get("amount"),
            currency=row.get("currency"),
            details={name: row[name] for name in self.details if row[name] is not None},
        )


BOOKS = (
    _Book(
        table="transactions",
        kind="transaction",
        id="transaction_id",
        at="posted_at",
        what="kind",
        details=("merchant_category", "counterparty", "product_id", "balance_after"),
    ),
    _Book(
        table="events",
        kind="event",
        id="event_id",
        at="occurred_at",
        what="name",
        details=("page", "product_id", "family", "duration_seconds"),
    ),
    _Book(
        table="interactions",
        kind="interaction",
        id="interaction_id",
        at="occurred_at",
        what="kind",
        details=("staff_id", "branch_id", "topic", "outcome", "score", "text"),
    ),
)


def timeline(
    snapshot: Snapshot,
    customer_id: str,
    *,
    before: Cursor | None = None,
    limit: int = PAGE,
    kinds: tuple[str, ...] = (),
) -> Page:
    """Return the customer's entries behind `before` (the newest by default), newest first.

    `kinds` keeps only those named. Files are read from the newest on, and no further than the page
    needs: a page may have fewer than `limit` entries although there are `older` ones.
    """
    start = before.at.date() if before else snapshot.as_of
    floor = start - LOOK_BACK
    found: list[Entry] = []
    files = _newest_first(snapshot, kinds)
    older = any(_first_day(part) < floor for _, _, part in files)
    for last_day, book, part in files:
        if last_day < floor or _have_enough(found, limit, last_day):
            break
        if _first_day(part) <= start:
            rows = rows_of(snapshot, [part], customer_id, book.columns)
            entries = map(book.entry, rows)
            found += [one for one in entries if _shows(one, before, floor)]
    found.sort(key=_order, reverse=True)
    if len(found) > limit:
        return Page(entries=tuple(found[:limit]), older=found[limit - 1].cursor)
    rest = Cursor(datetime.combine(floor, time.min, UTC), "", "")
    return Page(entries=tuple(found), older=rest if older else None)


def _order(entry: Entry) -> Cursor:
    return entry.cursor


def _shows(entry: Entry, before: Cursor | None, floor: date) -> bool:
    return entry.at.date() >= floor and (before is None or entry.cursor < before)


def _have_enough(found: list[Entry], limit: int, last_day: date) -> bool:
    """Tell whether a file that ends on `last_day` cannot change the page any more."""
    if len(found) <= limit:
        return False
    return sorted(found, key=_order)[-limit - 1].at.date() > last_day


def _newest_first(snapshot: Snapshot, kinds: tuple[str, ...]) -> list[tuple[date, _Book, Part]]:
    """Return the files with the last day that each may hold, latest first."""
    files = [
        (_last_day(part, snapshot.as_of), book, part)
        for book in BOOKS
        if not kinds or book.kind in kinds
        for part in snapshot.datasets.get(book.table, ())
    ]
    return sorted(files, key=lambda file: file[0], reverse=True)


def _last_day(part: Part, otherwise: date) -> date:
    if part.day is not None:
        return part.day
    if part.month is None:
        return otherwise
    year, month = map(int, part.month.split("-"))
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _first_day(part: Part) -> date:
    if part.day is not None:
        return part.day
    return date.fromisoformat(f"{part.month}-01") if part.month else date.min
