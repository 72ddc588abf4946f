"""The operational database: SQLite by default, PostgreSQL when a bank outgrows it.

A noun's tables live beside the noun and join `metadata`; only the owner writes them.
"""

import sqlite3
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    create_engine,
    event,
    inspect,
    text,
)
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

_READING = "asterism_reading"
#: Alembic is imported only where there is something to migrate: that takes half a second.
_MIGRATIONS = Path(__file__).parent / "migrations"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class AwareMoment(TypeDecorator[datetime]):
    """A moment in UTC: naive values are refused, what comes back is aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("the ledger takes aware moments only")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give SQLite's naive moments their zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def open_ledger(url: str) -> Engine:
    """Open the ledger at an SQLAlchemy `url`, for example `sqlite:///…/ledger.db`."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def reading(engine: Engine) -> Connection:
    """Connect to read only: on SQLite, such a transaction waits for no writer and stops none."""
    return engine.connect().execution_options(**{_READING: True})


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once, so that no transaction finds half-way that it cannot write."""
    only_reads = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


def _prepare_sqlite(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    """FULL: an acknowledged commit survives a power cut, which NORMAL does not promise in WAL."""
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=30000",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def upgrade(engine: Engine) -> None:
    """Bring the ledger's tables to this version's shape."""
    if _version(engine) == newest_version():
        return
    config = import_module("alembic.config").Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        import_module("alembic.command").upgrade(config, "head")


def newest_version() -> str:
    """Return the last migration's number, which its file's name begins with: `0002`."""
    return max(path.name[1:5] for path in (_MIGRATIONS / "versions").glob("s[0-9]*.py"))


def _version(engine: Engine) -> str | None:
    """Return the number of the migration that the ledger is at; None for a new one."""
    with reading(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.execute(
            text("SELECT version_num FROM alembic_version")
        ).scalar()
        return found
