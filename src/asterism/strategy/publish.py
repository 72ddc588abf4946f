"""Strategies in the ledger: immutable versions, which of them are live, and the stop button."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    Integer,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    tuple_,
    update,
)

from asterism.kernel.clock import Clock
from asterism.kernel.errors import ConflictError, NotFoundError
from asterism.kernel.words import N_
from asterism.ledger import AwareMoment, metadata, reading
from asterism.strategy.document import dump_strategy, load_strategy
from asterism.strategy.ramp import EVERYBODY, ramps
from asterism.strategy.strategy import Strategy

PUBLISHED = "published"
STOPPED = "stopped"
DRAFT = "draft"

#: One row per published version; rows are never changed.
strategy_version = Table(
    "strategy_version",
    metadata,
    Column("strategy_id", String(63), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("yaml", Text, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("published_at", AwareMoment, nullable=False),
    Column("published_by", String(80), nullable=False),
    #: Who approved it, if another person did; null where the installation asks for no approval.
    Column("approved_by", String(80)),
    Column("state", String(12), nullable=False),
)

#: A stop ends a version and all before it; only a new version starts the strategy again.
strategy_stop = Table(
    "strategy_stop",
    metadata,
    Column("strategy_id", String(63), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("stopped_at", AwareMoment, nullable=False),
    Column("stopped_by", String(80), nullable=False),
    Column("reason", String(400), nullable=False),
    #: What the stop called back and what was in flight, by channel; null until it is counted.
    Column("report", JSON),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedStrategy:
    """A strategy together with what the ledger knows of its version."""

    strategy: Strategy
    #: Counted from 1; 0 for a draft that is not in the ledger.
    version: int
    #: 'published', 'stopped' or 'draft'.
    state: str
    content_hash: str
    published_at: datetime | None = None
    published_by: str = ""
    #: Who approved it; empty where nobody had to.
    approved_by: str = ""
    #: Share of its customers that it may take up yet.
    ramp: float = EVERYBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class StopNote:
    """When, by whom and why a version was stopped, and what the stop found."""

    version: int
    stopped_at: datetime
    stopped_by: str
    reason: str
    #: As `execution.stop.Stopped.to_json` writes it; empty until it is counted.
    report: Mapping[str, object]


def content_hash(strategy: Strategy) -> str:
    """Return the SHA-256 of the strategy's canonical YAML, 64 hexadecimal digits."""
    return hashlib.sha256(dump_strategy(strategy).encode()).hexdigest()


def draft(strategy: Strategy) -> PublishedStrategy:
    """Return `strategy` as an unpublished version 0, to decide or explain with."""
    return PublishedStrategy(
        strategy=strategy, version=0, state=DRAFT, content_hash=content_hash(strategy)
    )


def publish_strategy(engine: Engine, strategy: Strategy, clock: Clock, actor: str) -> int:
    """Make `strategy` live and return its version, counted from 1.

    Content equal to the newest version is that version, unless it was stopped. The caller has
    checked the strategy with `validate_strategy`. This asks nobody: what people publish goes
    through `approval.go_live` and `approval.publish_alone`.
    """
    with engine.begin() as connection:
        return publish_in(connection, strategy, clock, actor)


def publish_in(
    connection: Connection, strategy: Strategy, clock: Clock, actor: str, approved_by: str = ""
) -> int:
    """Make `strategy` live within a transaction and return its version; see `publish_strategy`."""
    found = content_hash(strategy)
    newest = newest_version(connection, strategy.id)
    if newest is not None and newest.state == PUBLISHED and newest.content_hash == found:
        return newest.version
    version = 1 if newest is None else newest.version + 1
    connection.execute(
        insert(strategy_version).values(
            strategy_id=strategy.id,
            version=version,
            yaml=dump_strategy(strategy),
            content_hash=found,
            published_at=clock.now(),
            published_by=actor,
            approved_by=approved_by or None,
            state=PUBLISHED,
        )
    )
    return version


def list_strategies(engine: Engine) -> tuple[PublishedStrategy, ...]:
    """Return the newest version of every strategy, stopped ones too, ordered by id."""
    with reading(engine) as connection:
        return _rows(connection, newest_only=True)


def list_versions(engine: Engine, strategy_id: str) -> tuple[PublishedStrategy, ...]:
    """Return every version of one strategy, oldest first; NotFoundError if there is none."""
    with reading(engine) as connection:
        rows = _rows(connection, strategy_id)
    if not rows:
        raise NotFoundError(f"There is no published strategy {strategy_id}.")
    return rows


def get_strategy(engine: Engine, strategy_id: str, version: int | None = None) -> PublishedStrategy:
    """Return one version, the newest by default; NotFoundError if it does not exist."""
    for row in reversed(list_versions(engine, strategy_id)):
        if version is None or row.version == version:
            return row
    raise NotFoundError(f"The strategy {strategy_id} has no version {version}.")


def live_strategies(engine: Engine, day: date) -> tuple[PublishedStrategy, ...]:
    """Return the newest versions that act on `day`: in their period and not stopped.

    Each knows the share of its customers that its ramp has reached by then.
    """
    ramp_of = ramps(engine)
    return tuple(
        replace(row, ramp=ramp.share_on(day)) if ramp else row
        for row in list_strategies(engine)
        if row.state == PUBLISHED and row.strategy.period.contains(day)
        for ramp in (ramp_of.get((row.strategy.id, row.version)),)
    )


def stop_strategy(engine: Engine, strategy_id: str, clock: Clock, actor: str, reason: str) -> int:
    """Stop a strategy's newest version and return it; what was decided before may be in flight.

    NotFoundError if it was never published, ConflictError if it is stopped already.
    """
    with engine.begin() as connection:
        newest = newest_version(connection, strategy_id)
        if newest is None:
            raise NotFoundError(f"There is no published strategy {strategy_id}.")
        if newest.state == STOPPED:
            raise ConflictError(f"The strategy {strategy_id} is stopped already.")
        connection.execute(
            insert(strategy_stop).values(
                strategy_id=strategy_id,
                version=newest.version,
                stopped_at=clock.now(),
                stopped_by=actor,
                reason=reason,
            )
        )
    return newest.version


def keep_stop_report(
    engine: Engine, strategy_id: str, version: int, report: Mapping[str, object]
) -> None:
    """Keep beside a stop what it called back and what was in flight."""
    row = strategy_stop.c
    with engine.begin() as connection:
        connection.execute(
            update(strategy_stop)
            .where(row.strategy_id == strategy_id, row.version == version)
            .values(report=dict(report))
        )


def last_stop(engine: Engine, strategy_id: str) -> StopNote:
    """Return a strategy's last stop; NotFoundError if it was never stopped."""
    row = strategy_stop.c
    query = select(row.version, row.stopped_at, row.stopped_by, row.reason, row.report)
    query = query.where(row.strategy_id == strategy_id).order_by(row.version.desc()).limit(1)
    with reading(engine) as connection:
        found = connection.execute(query).mappings().first()
    if found is None:
        raise NotFoundError(N_("The strategy {id} was never stopped."), id=strategy_id)
    return StopNote(**{**found, "report": found["report"] or {}})


def newest_version(connection: Connection, strategy_id: str) -> PublishedStrategy | None:
    """Return a strategy's newest version as a transaction sees it; None if it has none."""
    rows = _rows(connection, strategy_id)
    return rows[-1] if rows else None


def _rows(
    connection: Connection, strategy_id: str | None = None, *, newest_only: bool = False
) -> tuple[PublishedStrategy, ...]:
    """Read versions by id, oldest first, with what a stop made of them."""
    table, stop = strategy_version.c, strategy_stop.c
    versions = select(strategy_version).order_by(table.strategy_id, table.version)
    stops = select(stop.strategy_id, stop.version)
    if newest_only:
        newest = select(table.strategy_id, func.max(table.version)).group_by(table.strategy_id)
        versions = versions.where(tuple_(table.strategy_id, table.version).in_(newest))
    if strategy_id is not None:
        versions = versions.where(table.strategy_id == strategy_id)
        stops = stops.where(stop.strategy_id == strategy_id)
    stopped: dict[str, int] = {}
    for name, version in connection.execute(stops):
        stopped[name] = max(stopped.get(name, 0), version)
    return tuple(
        PublishedStrategy(
            strategy=_stored(row.yaml),
            version=row.version,
            state=STOPPED if row.version <= stopped.get(row.strategy_id, 0) else row.state,
            content_hash=row.content_hash,
            published_at=row.published_at,
            published_by=row.published_by,
            approved_by=row.approved_by or "",
        )
        for row in connection.execute(versions)
    )


@lru_cache(maxsize=1_024)
def _stored(text: str) -> Strategy:
    """Read a version's content once in a process: versions never change."""
    return load_strategy(text)
