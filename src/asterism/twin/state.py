"""What changes about a block's customers from day to day, and how it is kept between days."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from asterism.twin.accounts import Accounts
from asterism.twin.arrow import NO_DAY, NONE
from asterism.twin.nature import GROUPS
from asterism.twin.seeds import Array

#: What customers have decided and not done yet.
ACTIONS = ("open", "leave", "bring", "activate", "spend", "login", "complain")
OPEN, LEAVE, BRING, ACTIVATE, SPEND, LOGIN, COMPLAIN = range(len(ACTIONS))


@dataclass(slots=True)
class Pending:
    """Decisions that wait for their day; all arrays of one length."""

    due: Array
    customer: Array
    action: Array
    family: Array
    #: Money in minor units: the sum to place, to move or to spend; a number for logins.
    amount: Array
    #: Part of it that comes from other banks.
    fresh: Array
    #: Code of the strategy whose touch caused it, NONE if nobody asked.
    strategy: Array

    def where(self, chosen: Array) -> "Pending":
        """Return the chosen entries."""
        return Pending(*(getattr(self, f.name)[chosen] for f in fields(self)))

    @property
    def count(self) -> int:
        """Number of decisions."""
        return int(self.due.size)


def pending(due: Array | int, customer: Array, action: int, **more: Any) -> Pending:
    """Return decisions of one kind; the rest as arrays or numbers."""
    size = customer.size
    defaults = {"family": 0, "amount": 0, "fresh": 0, "strategy": NONE}
    columns = {
        name: np.broadcast_to(np.asarray(more.get(name, default), dtype=np.int64), size).copy()
        for name, default in defaults.items()
    }
    days = np.broadcast_to(np.asarray(due, dtype=np.int64), size).copy()
    return Pending(
        due=days,
        customer=np.asarray(customer, dtype=np.int64),
        action=np.full(size, action, dtype=np.int64),
        **columns,
    )


def join_pending(parts: list[Pending]) -> Pending:
    """Return all decisions in order."""
    if not parts:
        return pending(np.zeros(0), np.zeros(0, dtype=np.int64), OPEN)
    return Pending(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Pending)))


@dataclass(slots=True)
class State:
    """The changing side of a block."""

    accounts: Accounts
    pending: Pending
    #: Consents: 1, 0, or -1 for never asked; by customer.
    marketing: Array
    consent_sms: Array
    consent_email: Array
    consent_phone: Array
    consent_app: Array
    #: Risk capacity 0..4 for C1..C5, -1 without a test, and the day of the test.
    risk: Array
    risk_day: Array
    #: Satisfaction, about 0; weariness of being touched, 0 and above.
    mood: Array
    fatigue: Array
    #: Anger that touches caused; it fades.
    irritation: Array
    #: Liquid money at other banks, minor units.
    elsewhere: Array
    #: Whether the customer has gone to another bank.
    left: Array
    #: Money in the current account that touches put there, so that habits do not depend on it.
    induced: Array
    #: Until which day an own decision in a group of offers is off, and whose touch did that.
    settled_until: Array
    settled_by: Array
    #: Until which day money meant for another bank stays, and whose touch did that.
    kept_until: Array
    kept_by: Array
    #: Relationship manager (staff index), NONE without.
    manager: Array

    def card_of(self) -> Array:
        """Return the index of each customer's activated credit card account, NONE without."""
        card = np.full(self.mood.size, NONE, dtype=np.int64)
        open_cards = np.flatnonzero((self.accounts.activated != NO_DAY) & self.accounts.is_open)
        card[self.accounts.customer[open_cards]] = open_cards
        return card


_NESTED = {"accounts": Accounts, "pending": Pending}


def save_state(path: Path, state: State) -> None:
    """Write a block's state to `path`, whole or not at all."""
    arrays: dict[str, Array] = {}
    for f in fields(State):
        value = getattr(state, f.name)
        if f.name in _NESTED:
            arrays |= {f"{f.name}.{g.name}": getattr(value, g.name) for g in fields(value)}
        else:
            arrays[f.name] = value
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    partial.replace(path)


def load_state(path: Path) -> State:
    """Read a block's state."""
    with np.load(path, allow_pickle=False) as stored:
        values: dict[str, Any] = {}
        for f in fields(State):
            if f.name in _NESTED:
                kind = _NESTED[f.name]
                values[f.name] = kind(
                    **{g.name: stored[f"{f.name}.{g.name}"] for g in fields(kind)}
                )
            else:
                values[f.name] = stored[f.name]
    return State(**values)


def nothing_settled(count: int) -> tuple[Array, Array]:
    """Return `settled_until` and `settled_by` of customers with all decisions open."""
    return (
        np.full((count, len(GROUPS)), NO_DAY, dtype=np.int32),
        np.full((count, len(GROUPS)), NONE, dtype=np.int16),
    )
