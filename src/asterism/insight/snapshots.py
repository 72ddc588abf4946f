"""Which snapshots have been published: one ledger row each, and the last one is the current one.

A snapshot is a directory that never changes (see `asterism.warehouse`). Until its row stands here
nobody reads it; from then on everybody who starts reading reads it. A reader keeps the version it
started with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import BigInteger, Column, Date, Engine, Integer, Row, String, Table, select
from sqlalchemy.exc import IntegrityError

from asterism.kernel.clock import Clock
from asterism.kernel.errors import NotFoundError
from asterism.kernel.words import N_
from asterism.ledger import AwareMoment, metadata, reading

snapshot_table = Table(
    "snapshot",
    metadata,
    # Orders publications that fall on the same moment.
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(100), nullable=False, unique=True),
    Column("as_of", Date, nullable=False, index=True),
    Column("published_at", AwareMoment, nullable=False),
    Column("rows", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)


class PartLike(Protocol):
    """A file of a snapshot, as far as publishing needs to know it."""

    @property
    def rows(self) -> int:
        """Rows in the file."""
        ...


class SnapshotLike(Protocol):
    """A sealed snapshot, as far as publishing needs to know it."""

    @property
    def id(self) -> str:
        """The snapshot's name."""
        ...

    @property
    def as_of(self) -> date:
        """The last day whose facts it holds."""
        ...

    @property
    def datasets(self) -> Mapping[str, Sequence[PartLike]]:
        """The files of each dataset."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A publication: the snapshot `id`, known to the end of `as_of`, open to readers since."""

    number: int
    id: str
    as_of: date
    published_at: datetime
    #: Rows in all its files together.
    rows: int


def publish(engine: Engine, snapshot: SnapshotLike, clock: Clock) -> Published:
    """Make a sealed `snapshot` the current one; publishing it again changes nothing."""
    known = _find(engine, snapshot.id)
    if known is not None:
        return known
    row = {
        "id": snapshot.id,
        "as_of": snapshot.as_of,
        "published_at": clock.now(),
        "rows": sum(part.rows for parts in snapshot.datasets.values() for part in parts),
    }
    try:
        with engine.begin() as connection:
            connection.execute(snapshot_table.insert(), row)
    except IntegrityError:
        # Another process published it between our look and our write: that is the same fact.
        pass
    return get_published(engine, snapshot.id)


def current(engine: Engine) -> Published | None:
    """Return the publication that readers should open; None before the first."""
    query = select(snapshot_table).order_by(snapshot_table.c.number.desc()).limit(1)
    with reading(engine) as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else _published(row)


def current_id(engine: Engine) -> str | None:
    """Return the id of the snapshot that readers should open; None before the first."""
    latest = current(engine)
    return latest.id if latest else None


def get_published(engine: Engine, snapshot_id: str) -> Published:
    """Return the publication of `snapshot_id`; NotFoundError if it never was published."""
    known = _find(engine, snapshot_id)
    if known is None:
        raise NotFoundError(
            N_("No snapshot {snapshot_id} has been published."), snapshot_id=repr(snapshot_id)
        )
    return known


def snapshot_history(engine: Engine) -> tuple[Published, ...]:
    """Return every publication, oldest first."""
    query = select(snapshot_table).order_by(snapshot_table.c.number)
    with reading(engine) as connection:
        return tuple(_published(row) for row in connection.execute(query))


def month_ends(engine: Engine, *, months: int) -> tuple[Published, ...]:
    """Return the latest publication within each of the last `months` months, oldest first.

    The running month counts, with the latest day there is. Of two publications with the same
    `as_of` the later one counts.
    """
    latest: dict[tuple[int, int], Published] = {}
    for published in snapshot_history(engine):
        month = (published.as_of.year, published.as_of.month)
        if month not in latest or published.as_of >= latest[month].as_of:
            latest[month] = published
    return tuple(latest[month] for month in sorted(latest)[-months:])


def _find(engine: Engine, snapshot_id: str) -> Published | None:
    query = select(snapshot_table).where(snapshot_table.c.id == snapshot_id)
    with reading(engine) as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else _published(row)


def _published(row: Row[tuple[object, ...]]) -> Published:
    return Published(**row._asdict())
