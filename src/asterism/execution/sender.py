"""One sender for each channel: a lock that dies with the process that holds it.

Because nobody else can be sending on the channel, whatever stands as 'sending' when the lock is
taken belongs to a sender that died, and is reconciled at once: no waiting for leases to run out.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, func, select

from asterism.kernel.hashing import digest


@contextmanager
def sole_sender(engine: Engine, channel: str) -> Iterator[bool]:
    """Yield whether this process is now the only sender on `channel`; release at the end."""
    if engine.dialect.name == "postgresql":
        yield from _by_session(engine, channel)
    else:
        yield from _by_file(engine, channel)


def _by_session(engine: Engine, channel: str) -> Iterator[bool]:
    """PostgreSQL: an advisory lock of the session, which the server ends with the connection."""
    key = int(digest(f"sender:{channel}")[:15], 16)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        granted = connection.execute(select(func.pg_try_advisory_lock(key))).scalar_one()
        try:
            yield bool(granted)
        finally:
            if granted:
                connection.execute(select(func.pg_advisory_unlock(key)))


def _by_file(engine: Engine, channel: str) -> Iterator[bool]:
    """SQLite: a lock on a file beside the database, which the system ends with the process."""
    database = engine.url.database
    if not database or database == ":memory:":
        yield True
        return
    path = Path(f"{database}.{digest(channel)[:8]}.sender")
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
