"""Which strategies acted at a moment that is past: versions, stops and ramps as they stood then."""

from datetime import date, datetime

from sqlalchemy import Engine, select

from asterism.ledger import reading
from asterism.strategy.publish import PUBLISHED, PublishedStrategy, list_strategies, list_versions
from asterism.strategy.publish import strategy_stop as stop_table
from asterism.strategy.ramp import EVERYBODY, Ramp, strategy_ramp


def strategies_at(engine: Engine, day: date, moment: datetime) -> tuple[PublishedStrategy, ...]:
    """Return the versions that acted on `day`, as the ledger knew them at `moment`.

    Of each strategy the newest version published by then, unless it was stopped by then; ordered
    by id, each with the share that its ramp had reached.
    """
    stopped, ramps = _stopped(engine, moment), _ramps(engine, moment)
    found = []
    for newest in list_strategies(engine):
        name = newest.strategy.id
        known = [
            version
            for version in (
                (newest,) if _published(newest, moment) else list_versions(engine, name)
            )
            if _published(version, moment)
        ]
        if not known or known[-1].version <= stopped.get(name, 0):
            continue
        then = known[-1]
        if then.strategy.period.contains(day):
            ramp = ramps.get((name, then.version))
            found.append(_as_it_was(then, ramp.share_on(day) if ramp else EVERYBODY))
    return tuple(found)


def _published(version: PublishedStrategy, moment: datetime) -> bool:
    return version.published_at is not None and version.published_at <= moment


def _as_it_was(version: PublishedStrategy, ramp: float) -> PublishedStrategy:
    return PublishedStrategy(
        strategy=version.strategy,
        version=version.version,
        state=PUBLISHED,
        content_hash=version.content_hash,
        published_at=version.published_at,
        published_by=version.published_by,
        approved_by=version.approved_by,
        ramp=ramp,
    )


def _stopped(engine: Engine, moment: datetime) -> dict[str, int]:
    """Return the newest version of each strategy that had been stopped."""
    row = stop_table.c
    query = select(row.strategy_id, row.version).where(row.stopped_at <= moment)
    found: dict[str, int] = {}
    with reading(engine) as connection:
        for name, version in connection.execute(query):
            found[name] = max(found.get(name, 0), version)
    return found


def _ramps(engine: Engine, moment: datetime) -> dict[tuple[str, int], Ramp]:
    """Return the ramp of each version as it was set last."""
    row = strategy_ramp.c
    query = select(strategy_ramp).where(row.at <= moment).order_by(row.ramp_id)
    with reading(engine) as connection:
        return {
            (one.strategy_id, one.version): Ramp(
                share=one.share, since=one.since, step_days=one.step_days
            )
            for one in connection.execute(query)
        }
