"""Failed log-ins slow down: each further one makes the name, and the address, wait longer."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from asterism.kernel.clock import Clock
from asterism.ledger.store import AwareMoment, metadata, reading

#: Failures that cost nothing, per name and per address.
FREE_BY_NAME = 4
FREE_BY_ADDRESS = 30
LONGEST_WAIT = timedelta(minutes=15)
#: After this long without a failure all is forgotten.
FORGOTTEN_AFTER = timedelta(hours=1)
_DOUBLINGS = 10

attempts = sa.Table(
    "log_in_attempts",
    metadata,
    sa.Column("source", sa.String(120), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_at", AwareMoment, nullable=False),
)


def _sources(name: str, address: str) -> dict[str, int]:
    return {
        f"name:{name.strip().casefold()[:64]}": FREE_BY_NAME,
        f"address:{address[:64]}": FREE_BY_ADDRESS,
    }


def _wait(failures: int, free: int) -> timedelta:
    if failures < free:
        return timedelta()
    return min(timedelta(seconds=2 ** min(failures - free, _DOUBLINGS)), LONGEST_WAIT)


def must_wait(engine: sa.Engine, name: str, address: str, clock: Clock) -> timedelta:
    """Return how long this name or address must wait before its next try; zero for not at all."""
    now, sources = clock.now(), _sources(name, address)
    query = sa.select(attempts).where(attempts.c.source.in_(sources))
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    waits = [_left(row.failures, sources[row.source], row.last_at, now) for row in rows]
    return max(waits, default=timedelta())


def _left(failures: int, free: int, last: datetime, now: datetime) -> timedelta:
    return max(last + _wait(failures, free) - now, timedelta())


def note_failure(engine: sa.Engine, name: str, address: str, clock: Clock) -> None:
    """Count a failed log-in against the name and the address."""
    now = clock.now()
    with engine.begin() as connection:
        for source in _sources(name, address):
            row = connection.execute(
                sa.select(attempts).where(attempts.c.source == source)
            ).one_or_none()
            if row is None:
                connection.execute(
                    sa.insert(attempts).values(source=source, failures=1, last_at=now)
                )
                continue
            failures = 1 if now - row.last_at > FORGOTTEN_AFTER else row.failures + 1
            connection.execute(
                sa.update(attempts)
                .where(attempts.c.source == source)
                .values(failures=failures, last_at=now)
            )


def forget(engine: sa.Engine, name: str) -> None:
    """Clear a name's failures after it has logged in; the address keeps its own."""
    source = next(iter(_sources(name, "")))
    with engine.begin() as connection:
        connection.execute(sa.delete(attempts).where(attempts.c.source == source))
