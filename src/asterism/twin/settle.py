"""Putting a period's transactions in order, refusing what is not covered, and balances."""

from typing import NamedTuple

import numpy as np

from asterism.twin.accounts import Postings, join_postings, post
from asterism.twin.arrow import NO_DAY
from asterism.twin.days import DAY_SECONDS, utc_offset
from asterism.twin.flows import Flow
from asterism.twin.moment import Scene
from asterism.twin.products import FAMILY, FAMILY_OF, RATE_OF
from asterism.twin.seeds import Array, stream

_YEAR_DAYS = 365.0
#: Daily spread of prices by family; the others accrue their rate or nothing.
_PRICES = {
    "bond_fund": 0.0012,
    "mixed_fund": 0.007,
    "equity_fund": 0.013,
    "metal": 0.009,
}
_ACCRUES = ("money_fund", "wealth", "bond_fund", "mixed_fund", "equity_fund", "metal", "insurance")


class Settled(NamedTuple):
    """A period's transactions in order, with the balance after each."""

    flow: Flow
    balance_after: Array


def settle(scene: Scene, made: Flow) -> Settled:
    """Order transactions by account and time; refuse what would overdraw the account.

    Firm ones are set aside from the start, so what is left can be spent and no more.
    """
    accounts = scene.state.accounts
    key = made.account * (1 << 33) + made.second
    made = made.where(np.argsort(key, kind="stable"))
    size = accounts.count
    firm = np.bincount(made.account[made.firm], weights=made.amount[made.firm], minlength=size)
    start = accounts.balance + np.round(firm).astype(np.int64)
    floor = -accounts.limit
    loose = np.where(made.firm, 0, made.amount)
    path = running_sums(made.account, loose) + start[made.account]
    refused = ~made.firm & (made.amount < 0) & (path < floor[made.account])
    kept = made.where(~refused)
    return Settled(kept, running_sums(kept.account, kept.amount) + accounts.balance[kept.account])


def running_sums(account: Array, amount: Array) -> Array:
    """Return sums so far within each account; rows are sorted by account."""
    total = np.cumsum(amount)
    first = np.flatnonzero(np.r_[True, account[1:] != account[:-1]]) if account.size else account
    before = total[first] - amount[first]
    lengths = np.diff(np.r_[first, account.size])
    return np.asarray(total - np.repeat(before, lengths))


def balance_period(scene: Scene, settled: Flow, postings: list[Postings]) -> Array:
    """Apply everything to the balances and return mean balances of the period by account."""
    offset = utc_offset(scene.period.last, scene.place.pack.time_zone)
    day = (settled.second + offset) // DAY_SECONDS
    day = np.clip(day, scene.period.first, scene.period.last)
    parts = [Postings(settled.account, day, settled.amount), *postings, _growth(scene)]
    return post(scene.state.accounts, join_postings(parts), scene.period)


def _growth(scene: Scene) -> Postings:
    """Return what prices and accruing interest do to the balances in the period."""
    accounts = scene.state.accounts
    codes = [FAMILY[name] for name in _ACCRUES]
    index = np.flatnonzero(
        np.isin(accounts.family, codes) & accounts.is_open & (accounts.balance > 0)
    )
    growth = _price_changes(scene)[accounts.product[index]]
    change = np.round(accounts.balance[index] * growth).astype(np.int64)
    return Postings(index, np.full(index.size, scene.period.last), change)


def _price_changes(scene: Scene) -> Array:
    """Return each product's relative change over the period; all blocks see the same market."""
    spread = np.array([_PRICES.get(_NAME_OF[int(f)], 0.0) for f in FAMILY_OF])
    moves = np.zeros(RATE_OF.size)
    for day in scene.period.numbers:
        rng = stream(scene.place.seed, "market", int(day))
        shared = rng.normal()
        own = rng.normal(size=RATE_OF.size)
        moves += RATE_OF / _YEAR_DAYS + spread * (0.8 * shared + 0.6 * own)
    return np.asarray(np.expm1(moves))


_NAME_OF = {code: name for name, code in FAMILY.items()}


class BalanceRows(NamedTuple):
    """Balances to report at the period's last day."""

    account: Array
    balance: Array
    mean: Array


def balance_rows(scene: Scene, mean: Array) -> BalanceRows:
    """Return the rows of all accounts that were open in the period."""
    accounts = scene.state.accounts
    shown = (accounts.opened <= scene.period.last) & (
        (accounts.closed == NO_DAY) | (accounts.closed >= scene.period.first)
    )
    index = np.flatnonzero(shown)
    return BalanceRows(index, accounts.balance[index], mean[index])
