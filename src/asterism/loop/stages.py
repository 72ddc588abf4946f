"""Each stage of the day: what it reads, what it leaves behind, and the figures it reports."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from asterism.audience import Columns
from asterism.execution import dispatch, plan_touches, queue_touches
from asterism.insight.segments import segment_catalogue
from asterism.insight.snapshots import current_id, month_ends, publish
from asterism.insight.tags import compute_tags
from asterism.kernel.progress import Progress
from asterism.loop.bank import Bank
from asterism.loop.desk import desk
from asterism.loop.feeds import feeds
from asterism.loop.journal import Result
from asterism.loop.planning import decide_day
from asterism.loop.script_learning import learn_scripts
from asterism.review import review
from asterism.strategy import live_strategies
from asterism.strategy.plans import publish_plan
from asterism.strategy.wording import with_scripts
from asterism.warehouse import Snapshot, import_mapping, load_mapping

Results = Mapping[str, Result]

_MONTHS_KEPT = 120


def import_feeds(bank: Bank, day: date, _: Results, progress: Progress) -> Result:
    """Load what the feeds have that is not loaded yet."""
    identity = current_id(bank.engine)
    snapshot: Snapshot | None = bank.warehouse.open(identity) if identity else None
    loaded, quarantined = 0, 0
    for feed in feeds(bank.engine):
        mapping = load_mapping(feed.mapping)
        snapshot, report = import_mapping(
            bank.warehouse, snapshot, mapping, feed.source, day - timedelta(days=1), progress
        )
        loaded += sum(table.loaded for table in report.tables.values())
        quarantined += report.quarantined
    if snapshot is None:
        snapshot = bank.snapshot()
    return {"snapshot": snapshot.id, "loaded": loaded, "quarantined": quarantined}


def refresh_tags(bank: Bank, day: date, results: Results, progress: Progress) -> Result:
    """Compute every tag as of the evening before, and publish the snapshot."""
    parent = bank.warehouse.open(str(results["import"]["snapshot"]))
    evening = datetime.combine(day - timedelta(days=1), time.max, ZoneInfo(bank.time_zone))
    ahead = evening.utcoffset() or timedelta(0)
    snapshot = compute_tags(
        bank.warehouse, parent, evening.date(), progress, utc_offset=ahead // timedelta(hours=1)
    )
    publish(bank.engine, snapshot, bank.clock)
    return {"snapshot": snapshot.id, "customers": Columns.open(snapshot.path("columns")).size}


def measure_effects(bank: Bank, day: date, results: Results, _: Progress) -> Result:
    """Attribute outcomes and bring every strategy's effect up to date."""
    snapshot = bank.warehouse.open(str(results["tags"]["snapshot"]))
    effects = review(
        bank.engine,
        snapshot,
        bank.clock,
        zone=bank.time_zone,
        universal_control=bank.universal_control,
    )
    return {"strategies": len(effects)}


def decide_touches(bank: Bank, day: date, results: Results, _: Progress) -> Result:
    """Choose today's touches and write them down."""
    snapshot = bank.warehouse.open(str(results["tags"]["snapshot"]))
    columns = Columns.open(snapshot.path("columns"))
    strategies, catalogue = live_strategies(bank.engine, day), segment_catalogue(bank.engine)
    decisions = decide_day(bank, day, columns, strategies, catalogue)
    publish_plan(bank.engine, day, decisions.families, decisions.plan, bank.clock)
    shares = learn_scripts(bank.engine, snapshot, strategies, day)
    worded = with_scripts(decisions, columns, catalogue, shares)
    return plan_touches(bank.engine, worded, day, bank.clock)


def send_touches(bank: Bank, day: date, results: Results, progress: Progress) -> Result:
    """Hand over what is due, each touch checked once more."""
    snapshot = bank.warehouse.open(str(results["tags"]["snapshot"]))
    queued = queue_touches(bank.engine, day, bank.clock)
    counts = dispatch(bank.engine, bank.channels, desk(bank, snapshot), bank.clock, progress)
    return {"queued": queued, **counts}


def prune_snapshots(bank: Bank, day: date, _: Results, __: Progress) -> Result:
    """Remove snapshots that the policy no longer keeps: month ends stay."""
    kept = {published.id for published in month_ends(bank.engine, months=_MONTHS_KEPT)}
    removed = bank.warehouse.prune(bank.snapshots_kept, kept)
    return {"removed": len(removed)}
