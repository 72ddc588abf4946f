"""A day's decision with all that the bank has set for it: limits in force, last prices, policy."""

from collections.abc import Sequence
from datetime import date

from asterism.audience import Catalogue, Columns
from asterism.execution import contacts
from asterism.execution.policy import read_policy
from asterism.loop.bank import Bank
from asterism.strategy import Decisions, PublishedStrategy, current_limits, decide
from asterism.strategy.plans import latest_plan


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
    policy = read_policy(bank.home, bank.time_zone)
    in_force = current_limits(bank.engine).limits
    last = latest_plan(bank.engine, before=day)
    return decide(
        columns,
        strategies,
        day=day,
        contacts=contacts(bank.engine, day, bank.clock.now(), zones=policy.zones),
        limits=in_force.limits(touches_per_customer=bank.touches_per_day, caps=policy.caps),
        catalogue=catalogue,
        universal_control=bank.universal_control,
        warm=last.price_list if last else None,
    )
