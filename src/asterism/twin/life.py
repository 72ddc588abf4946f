"""One period in the life of one block: everything that its customers do, as tables."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from asterism.twin.actions import carry_out
from asterism.twin.behaviour import EVENT, events_of_period
from asterism.twin.contacts import contacts_of_period, drift
from asterism.twin.decisions import maturities, openings, windfalls
from asterism.twin.flows import balancing, bank_charges, everyday, join_flows, salaries
from asterism.twin.moment import Scene
from asterism.twin.obligations import card_bills, cover, instalments
from asterism.twin.records import Records
from asterism.twin.seeds import Array
from asterism.twin.settle import balance_period, balance_rows, settle
from asterism.twin.state import Pending, join_pending
from asterism.twin.tables import (
    balances_table,
    block_ids,
    events_table,
    interactions_table,
    transactions_table,
)

#: The tables that every period adds to.
GROWING = ("transactions", "balances", "events", "interactions")


@dataclass(frozen=True, slots=True)
class Lived:
    """What a block did in a period."""

    #: Canonical tables by name: transactions, balances, events, interactions.
    tables: dict[str, pa.Table]
    #: Rows of truth; empty in a history.
    truth: tuple[Array, ...]


def live_period(scene: Scene, answers: Pending | None = None) -> Lived:
    """Let a block live through a period; its state moves on.

    `answers` are the decisions that the period's touches led to.
    """
    state = scene.state
    records = Records(first=int(scene.people.number[0]), live=scene.live)
    sums, plans = windfalls(scene)
    paid_out, repaid, more_plans = maturities(scene)
    told = [] if answers is None else [answers]
    waiting = join_pending([state.pending, *told, *plans, *more_plans, *openings(scene)])
    ready = waiting.due <= scene.period.last
    due = waiting.where(ready)
    deeds = carry_out(scene, due, records)
    state.pending = join_pending([waiting.where(~ready), *deeds.plans])
    owed, reduced = instalments(scene)
    bills = card_bills(scene)
    firm = [*deeds.flows, *owed, *bills]
    made = join_flows(
        [
            everyday(scene), *salaries(scene), *balancing(scene), *bank_charges(scene),
            *sums, *paid_out, *firm, *cover(scene, firm),
        ]
    )  # fmt: skip
    settled = settle(scene, made)
    mean = balance_period(scene, settled.flow, [*repaid, *reduced, *deeds.postings])
    events, _ = events_of_period(scene, deeds.logins, deeds.applications)
    _own_logins(records, events.customer[events.name == EVENT["login"]], deeds.logins)
    contacts = contacts_of_period(scene, due)
    drift(scene)
    ids = block_ids(scene.people, state.accounts)
    tables = {
        "transactions": transactions_table(scene, ids, settled),
        "balances": balances_table(scene, ids, balance_rows(scene, mean)),
        "events": events_table(scene, ids, events),
        "interactions": interactions_table(scene, ids, contacts),
    }
    return Lived(tables, records.arrays())


def _own_logins(records: Records, customers: Array, extra: list[tuple[Array, Array]]) -> None:
    """Take down who logged in without being asked, once a day."""
    if not records.live or not customers.size:
        return
    times = np.bincount(customers)
    for who, count in extra:
        np.subtract.at(times, who, count)
    index = np.flatnonzero(times > 0)
    records.logged_in(index, times[index])
