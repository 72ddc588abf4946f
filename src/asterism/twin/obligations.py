"""What is owed and paid: loan instalments and credit card bills, and how they are covered."""

import numpy as np

from asterism.twin.accounts import Postings
from asterism.twin.arrow import NO_DAY
from asterism.twin.days import Period, date_of
from asterism.twin.flows import Flow, flow
from asterism.twin.habits import CHANNEL, KIND
from asterism.twin.moment import Scene
from asterism.twin.products import FAMILY, TERM_OF
from asterism.twin.seeds import Array

_LOANS = np.array([FAMILY[f] for f in ("mortgage", "consumer_loan", "business_loan")])
_MONTH_DAYS = 30.4
_LAST_DUE = 28


def _due_days(period: Period, day_of_month: Array) -> Array:
    """Return the day in the period with each day of the month (at most 28), NO_DAY if none."""
    lookup = np.full(_LAST_DUE + 1, NO_DAY, dtype=np.int64)
    for number in period.numbers[::-1]:
        day = date_of(int(number)).day
        if day <= _LAST_DUE:
            lookup[day] = number
    days: Array = lookup[day_of_month]
    return days


def instalments(scene: Scene) -> tuple[list[Flow], list[Postings]]:
    """Return the period's loan instalments; a loan that is paid off is closed."""
    accounts = scene.state.accounts
    index = np.flatnonzero(
        np.isin(accounts.family, _LOANS) & accounts.is_open & (accounts.balance < 0)
    )
    customer = accounts.customer[index].astype(np.int64)
    due = _due_days(scene.period, 5 + customer % 20)
    pays = (due != NO_DAY) & scene.active[customer]
    index, customer, due = index[pays], customer[pays], due[pays]
    months = np.maximum(TERM_OF[accounts.product[index]] / _MONTH_DAYS, 1)
    owed = -accounts.balance[index]
    part = np.minimum(owed, np.ceil(accounts.principal[index] / months).astype(np.int64))
    last = (owed == part) | ((accounts.matures[index] - due) < _MONTH_DAYS)
    part = np.where(last, owed, part)
    interest = (owed * accounts.rates()[index] / 12).astype(np.int64)
    accounts.closed[index[last]] = due[last]
    paid = flow(
        scene, customer, due, np.full(index.size, 5 * 3600), amount=-(part + interest),
        kind=KIND["loan_repayment"], channel=CHANNEL["automatic"],
        party=scene.place.parties.own_bank, product=accounts.product[index], firm=True,
    )  # fmt: skip
    return [paid], [Postings(index, due, part)]


def card_bills(scene: Scene) -> list[Flow]:
    """Return the period's card repayments, on the current account and on the card."""
    rng = scene.rng("card bills")
    accounts = scene.state.accounts
    shares = rng.uniform(0.1, 0.7, scene.people.count)
    index = np.flatnonzero(
        (accounts.family == FAMILY["credit_card"]) & accounts.is_open & (accounts.balance < 0)
    )
    customer = accounts.customer[index].astype(np.int64)
    due = _due_days(scene.period, 3 + customer % 22)
    pays = (due != NO_DAY) & scene.active[customer]
    index, customer, due = index[pays], customer[pays], due[pays]
    share = np.where(scene.nature.pays_whole[customer], 1.0, shares[customer])
    amount = np.ceil(-accounts.balance[index] * share).astype(np.int64)
    second = np.full(index.size, 20 * 3600)
    common = {
        "kind": KIND["card_repayment"], "channel": CHANNEL["automatic"],
        "party": scene.place.parties.own_bank, "firm": True,
    }  # fmt: skip
    return [
        flow(scene, customer, due, second, amount=-amount, **common),
        flow(scene, index, due, second + 5, amount=amount, **common),
    ]


def cover(scene: Scene, firm: list[Flow]) -> list[Flow]:
    """Return transfers from other banks that cover firm payments beyond the current balance."""
    count = scene.people.count
    account = np.concatenate([f.account[f.firm] for f in firm])
    amount = np.concatenate([f.amount[f.firm] for f in firm])
    second = np.concatenate([f.second[f.firm] for f in firm])
    current = account < count
    account, amount, second = account[current], amount[current], second[current]
    net = np.bincount(account, weights=amount, minlength=count)
    short = -(net + np.maximum(scene.state.accounts.balance[:count], 0))
    first = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(first, account, second)
    who = np.flatnonzero(short > 0)
    money = np.ceil(short[who] / 10_000).astype(np.int64) * 10_000
    made = flow(
        scene, who, np.full(who.size, scene.period.first), np.zeros(who.size, dtype=np.int64),
        amount=money, kind=KIND["transfer_in"], channel=CHANNEL["app"],
        party=scene.place.parties.own_account, firm=True,
    )  # fmt: skip
    made.second = np.maximum(first[who] - 1200, made.second)
    return [made]
