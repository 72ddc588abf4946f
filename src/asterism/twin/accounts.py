"""The accounts of a block, as growing arrays, and what happens to their balances."""

from dataclasses import dataclass, field, fields
from typing import NamedTuple

import numpy as np

from asterism.twin.arrow import NO_DAY
from asterism.twin.days import Period
from asterism.twin.products import DEMAND, FAMILY_OF, RATE_OF, TERM_OF
from asterism.twin.seeds import Array


class Opening(NamedTuple):
    """Accounts to be opened, one entry each."""

    customer: Array
    product: Array
    day: Array
    principal: Array
    matures: Array
    activated: Array
    limit: Array


def _empty(kind: str) -> Array:
    return np.zeros(0, dtype=kind)


@dataclass(slots=True)
class Accounts:
    """Accounts by order of opening; entry i below the number of customers is i's current account.

    `balance` is what the bank reports: owed is negative. Days count from 1970, NO_DAY for none.
    """

    customer: Array = field(default_factory=lambda: _empty("int32"))
    product: Array = field(default_factory=lambda: _empty("int16"))
    #: 0 for the current account, then 1, 2 … within the customer.
    serial: Array = field(default_factory=lambda: _empty("int16"))
    opened: Array = field(default_factory=lambda: _empty("int32"))
    closed: Array = field(default_factory=lambda: _empty("int32"))
    matures: Array = field(default_factory=lambda: _empty("int32"))
    activated: Array = field(default_factory=lambda: _empty("int32"))
    principal: Array = field(default_factory=lambda: _empty("int64"))
    limit: Array = field(default_factory=lambda: _empty("int64"))
    balance: Array = field(default_factory=lambda: _empty("int64"))

    @property
    def count(self) -> int:
        """Number of accounts, closed ones too."""
        return int(self.customer.size)

    @property
    def family(self) -> Array:
        """Family code of each account."""
        codes: Array = FAMILY_OF[self.product]
        return codes

    @property
    def is_open(self) -> Array:
        """Whether each account is open."""
        return np.asarray(self.closed == NO_DAY)

    def open(self, new: Opening) -> Array:
        """Open accounts with balance 0 and return their indices (int64)."""
        first = self.count
        size = new.customer.size
        order = np.argsort(new.customer, kind="stable")
        ranked = new.customer[order]
        rank = np.empty(size, dtype=np.int64)
        rank[order] = np.arange(size) - np.searchsorted(ranked, ranked)
        held = np.bincount(self.customer, minlength=int(new.customer.max(initial=0)) + 1)
        added = Accounts(
            customer=new.customer.astype(np.int32),
            product=new.product.astype(np.int16),
            serial=(held[new.customer] + rank).astype(np.int16),
            opened=new.day.astype(np.int32),
            closed=np.full(size, NO_DAY, dtype=np.int32),
            matures=new.matures.astype(np.int32),
            activated=new.activated.astype(np.int32),
            principal=new.principal.astype(np.int64),
            limit=new.limit.astype(np.int64),
            balance=np.zeros(size, dtype=np.int64),
        )
        for column in fields(self):
            old = getattr(self, column.name)
            setattr(self, column.name, np.concatenate([old, getattr(added, column.name)]))
        return np.arange(first, first + size)

    def rates(self) -> Array:
        """Return the yearly rate of each account."""
        rates: Array = RATE_OF[self.product]
        return rates


def maturity(product: Array, day: Array) -> Array:
    """Return the day on which products bought on a day mature, NO_DAY without a term."""
    term = TERM_OF[product]
    return np.where(term > 0, day + term, NO_DAY)


def current_accounts(opened: Array) -> Opening:
    """Return the opening of everybody's current account."""
    count = opened.size
    nothing = np.full(count, NO_DAY)
    zero = np.zeros(count, dtype=np.int64)
    product = np.full(count, DEMAND)
    return Opening(np.arange(count), product, opened, zero, nothing, nothing, zero)


class Postings(NamedTuple):
    """Changes of balances that are no transactions of their own: account, day, amount."""

    account: Array
    day: Array
    amount: Array


def join_postings(parts: list[Postings]) -> Postings:
    """Return all postings as one."""
    if not parts:
        empty = np.zeros(0, dtype=np.int64)
        return Postings(empty, empty, empty)
    return Postings(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def post(accounts: Accounts, postings: Postings, period: Period) -> Array:
    """Apply postings to the balances; return each account's mean balance over the period."""
    size = accounts.count
    left = period.last - postings.day + 1
    moved = np.bincount(postings.account, weights=postings.amount, minlength=size)
    weighed = np.bincount(postings.account, weights=postings.amount * left, minlength=size)
    mean = accounts.balance + np.round(weighed / period.days).astype(np.int64)
    accounts.balance = accounts.balance + np.round(moved).astype(np.int64)
    return np.asarray(mean)
