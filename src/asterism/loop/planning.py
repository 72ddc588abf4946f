"""A day's decision with all that the bank has set for it: limits in force, last prices, policy."""

from collections.abc import Sequence
from datetime import date

from asterism.audience import Catalogue, Columns
from asterism.execution import contacts
from asterism.insight.segments import segment_catalogue
from asterism.kernel.errors import NotFoundError
from asterism.kernel.words import N_
from asterism.loop.bank import Bank
from asterism.loop.practice import Practice
from asterism.loop.replay import kept_days
from asterism.strategy import (
    Decisions,
    PublishedStrategy,
    decide,
    live_strategies,
)
from asterism.strategy.plans import latest_plan

#: Days that are looked through for the one that is named.
_DAYS = 400


def decide_day(
    bank: Bank,
    day: date,
    columns: Columns,
    strategies: Sequence[PublishedStrategy],
    catalogue: Catalogue,
) -> Decisions:
    """Decide `day` on the snapshot's `columns`; nothing is written down.

    The search for prices starts from those of the last plan before the day.
    """
    practice = Practice.of(bank.home, bank)
    last = latest_plan(bank.engine, before=day)
    return decide(
        columns,
        strategies,
        day=day,
        contacts=contacts(bank.engine, day, bank.clock.now(), zones=practice.zones),
        limits=practice.limits(bank.engine),
        catalogue=catalogue,
        universal_control=bank.universal_control,
        warm=last.price_list if last else None,
    )


def plan_day(bank: Bank, day: date | None = None) -> tuple[date, Decisions]:
    """Decide a day without writing anything down; the day after the newest snapshot by default.

    NotFoundError if the day's snapshot is not kept.
    """
    kept = dict(kept_days(bank.engine, bank.warehouse, _DAYS))
    if not kept:
        bank.snapshot()
    chosen = day or max(kept, default=None)
    if chosen is None or chosen not in kept:
        raise NotFoundError(N_("The snapshot for that day is not kept; name a day that was run."))
    columns = Columns.open(kept[chosen].path("columns"))
    strategies = live_strategies(bank.engine, chosen)
    catalogue = segment_catalogue(bank.engine)
    return chosen, decide_day(bank, chosen, columns, strategies, catalogue)
