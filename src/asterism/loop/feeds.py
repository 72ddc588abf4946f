"""Where a bank's data comes from each day: a mapping and the folder that it reads."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Column, Engine, String, Table, insert, select, update

from asterism.kernel.clock import Clock
from asterism.ledger import AwareMoment, metadata, reading

feed_table = Table(
    "feed",
    metadata,
    Column("mapping", String, primary_key=True),
    Column("source", String, nullable=False),
    Column("added_at", AwareMoment, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A mapping file, and the folder whose files it turns into canonical tables."""

    mapping: Path
    source: Path


def add_feed(engine: Engine, feed: Feed, clock: Clock) -> None:
    """Read `feed` every day from now on; the same mapping again moves its source."""
    row = {"source": str(feed.source.absolute()), "added_at": clock.now()}
    mapping = str(feed.mapping.absolute())
    with engine.begin() as connection:
        known = connection.execute(
            update(feed_table)
            .where(feed_table.c.mapping == mapping)
            .values(row)
            .returning(feed_table.c.mapping)
        ).first()
        if known is None:
            connection.execute(insert(feed_table).values(mapping=mapping, **row))


def feeds(engine: Engine) -> tuple[Feed, ...]:
    """Return all feeds in the order in which they were added."""
    with reading(engine) as connection:
        rows = connection.execute(select(feed_table).order_by(feed_table.c.added_at)).all()
    return tuple(Feed(mapping=Path(row.mapping), source=Path(row.source)) for row in rows)
