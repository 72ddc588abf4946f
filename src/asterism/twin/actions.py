"""Carrying out what was decided: opening accounts, moving money, using a card."""

import numpy as np

from asterism.twin.accounts import Opening, Postings, maturity
from asterism.twin.arrow import NO_DAY, NONE
from asterism.twin.credit import open_cards, open_loans
from asterism.twin.deeds import Deeds, days_of, first_each, hours_of
from asterism.twin.flows import Flow, flow
from asterism.twin.habits import CATEGORY, CHANNEL, KIND
from asterism.twin.ladder import choose_products
from asterism.twin.moment import Scene
from asterism.twin.nature import GROUP, GROUP_OF_FAMILY
from asterism.twin.products import FAMILY, FAMILY_NAME, minimums
from asterism.twin.records import Records
from asterism.twin.seeds import Array
from asterism.twin.state import (
    ACTIVATE,
    BRING,
    LEAVE,
    LOGIN,
    OPEN,
    SPEND,
    Pending,
    pending,
)

_INVESTING = np.isin(GROUP_OF_FAMILY, [GROUP[g] for g in ("savings", "fund", "wealth")])
_SPEND_CATEGORIES = np.array(
    [CATEGORY[c] for c in ("groceries", "dining", "fashion", "electronics", "travel")]
)
_OWN_SHARE = 0.9


def carry_out(scene: Scene, due: Pending, records: Records) -> Deeds:
    """Carry out decisions that are due; `records` takes down what touches caused."""
    deeds = Deeds()
    rng = scene.rng("deeds")
    due = _own_ones_withheld(scene, due, records)
    _move(scene, rng, due, records, deeds)
    _open_investments(scene, rng, due, records, deeds)
    open_cards(scene, rng, due, records, deeds)
    open_loans(scene, rng, due, records, deeds)
    _activate(scene, rng, due, records, deeds)
    _spend(scene, rng, due, records, deeds)
    chosen = due.where(due.action == LOGIN)
    deeds.logins.append((chosen.customer, chosen.amount))
    records.caused("login", chosen, chosen.amount)
    return deeds


def _own_ones_withheld(scene: Scene, due: Pending, records: Records) -> Pending:
    """Drop own decisions that a touch has made needless or spoilt; take them down."""
    state = scene.state
    group = GROUP_OF_FAMILY[due.family]
    own = due.strategy == NONE
    opens = own & np.isin(due.action, (OPEN, ACTIVATE))
    settled = opens & (state.settled_until[due.customer, group] >= due.due)
    kept = own & (due.action == LEAVE) & (state.kept_until[due.customer] >= due.due)
    records.withheld(due.where(settled), state.settled_by[due.customer, group][settled])
    staying = due.where(kept)
    has = np.maximum(state.accounts.balance[staying.customer] * _OWN_SHARE, 0).astype(np.int64)
    staying.amount = np.minimum(staying.amount, has)
    records.stayed(staying, state.kept_by[due.customer][kept])
    gone = state.left[due.customer] & (due.action != LOGIN)
    return due.where(~settled & ~kept & ~gone)


def _move(
    scene: Scene, rng: np.random.Generator, due: Pending, records: Records, deeds: Deeds
) -> None:
    """Move money to and from other banks."""
    chosen = due.where(np.isin(due.action, (LEAVE, BRING)))
    away = chosen.action == LEAVE
    has = (scene.state.accounts.balance[chosen.customer] * _OWN_SHARE).astype(np.int64)
    amount = np.where(
        away, np.minimum(chosen.amount, np.maximum(has, 0) // 10_000 * 10_000), chosen.amount
    )
    some = amount > 0
    chosen, away, amount = chosen.where(some), away[some], amount[some]
    signed = np.where(away, -amount, amount)
    first, count = scene.place.parties.banks
    deeds.flows.append(
        flow(
            scene, chosen.customer, days_of(scene, chosen), hours_of(scene, rng, chosen),
            amount=signed, kind=np.where(away, KIND["transfer_out"], KIND["transfer_in"]),
            channel=CHANNEL["app"], party=first + rng.integers(count, size=amount.size), firm=True,
        )
    )  # fmt: skip
    np.subtract.at(scene.state.elsewhere, chosen.customer, signed)
    touched = chosen.strategy != NONE
    np.add.at(scene.state.induced, chosen.customer[touched], signed[touched])
    records.caused("aum_change", chosen, signed)


def _open_investments(
    scene: Scene, rng: np.random.Generator, due: Pending, records: Records, deeds: Deeds
) -> None:
    """Place money: deposits, funds, wealth products, insurance, gold, pension."""
    chosen, amount, product = _affordable(scene, rng, due)
    day = days_of(scene, chosen)
    second = hours_of(scene, rng, chosen)
    fresh = np.minimum(chosen.fresh, amount)
    deeds.flows.append(_bring_fresh(scene, rng, chosen, (fresh, second)))
    savings = GROUP_OF_FAMILY[chosen.family] == GROUP["savings"]
    placing = flow(
        scene,
        chosen.customer,
        day,
        second,
        amount=-amount,
        kind=np.where(savings, KIND["deposit_open"], KIND["purchase"]),
        channel=CHANNEL["app"],
        party=scene.place.parties.own_bank,
        product=product,
        firm=True,
    )
    deeds.flows.append(placing)
    nothing = np.full(chosen.count, NO_DAY)
    matures, zero = maturity(product, day), np.zeros(chosen.count, dtype=np.int64)
    opening = Opening(chosen.customer, product, day, amount, matures, nothing, zero)
    deeds.postings.append(Postings(scene.state.accounts.open(opening), day, amount))
    deeds.applications.append((chosen.customer, placing.second, product))
    touched = chosen.strategy != NONE
    np.subtract.at(scene.state.induced, chosen.customer[touched], (amount - fresh)[touched])
    records.opened(chosen)
    records.caused("aum_change", chosen, fresh)


def _affordable(
    scene: Scene, rng: np.random.Generator, due: Pending
) -> tuple[Pending, Array, Array]:
    """Return the investments that can be made, with their sums and products."""
    chosen = due.where((due.action == OPEN) & _INVESTING[due.family])
    has = np.maximum(scene.state.accounts.balance[chosen.customer] * _OWN_SHARE, 0)
    own = np.minimum(chosen.amount - chosen.fresh, has).astype(np.int64)
    amount = chosen.fresh + own // 10_000 * 10_000
    product = np.full(chosen.count, NONE, dtype=np.int64)
    least = minimums(scene.place.scale)
    for family in np.unique(chosen.family):
        mine = chosen.family == family
        name = FAMILY_NAME[int(family)]
        product[mine] = choose_products(rng, name, int(mine.sum()), amount[mine], least)
    done = (product >= 0) & (amount > 0)
    return chosen.where(done), amount[done], product[done]


def _bring_fresh(
    scene: Scene, rng: np.random.Generator, chosen: Pending, brought: tuple[Array, Array]
) -> Flow:
    """Return the transfers (sums, seconds of the day) that come half an hour before."""
    fresh, second = brought
    np.subtract.at(scene.state.elsewhere, chosen.customer, fresh)
    first, count = scene.place.parties.banks
    made = flow(
        scene,
        chosen.customer,
        days_of(scene, chosen),
        np.maximum(second - 1800, 0),
        amount=fresh,
        kind=KIND["transfer_in"],
        channel=CHANNEL["app"],
        party=first + rng.integers(count, size=chosen.count),
        firm=True,
    )
    return made.where(fresh > 0)


def _activate(
    scene: Scene, rng: np.random.Generator, due: Pending, records: Records, deeds: Deeds
) -> None:
    """Activate cards that lie unused; the first purchases follow."""
    accounts = scene.state.accounts
    asleep = np.full(scene.people.count, NONE, dtype=np.int64)
    index = np.flatnonzero(
        (accounts.family == FAMILY["credit_card"])
        & accounts.is_open
        & (accounts.activated == NO_DAY)
    )
    asleep[accounts.customer[index]] = index
    chosen = first_each(due.where(due.action == ACTIVATE), asleep >= 0)
    accounts.activated[asleep[chosen.customer]] = days_of(scene, chosen)
    spent = (scene.people.income[chosen.customer] * rng.uniform(0.01, 0.08, chosen.count)).astype(
        np.int64
    )
    plan = pending(
        chosen.due + rng.integers(1, 6, chosen.count), chosen.customer, SPEND,
        family=FAMILY["credit_card"], amount=spent, strategy=chosen.strategy,
    )  # fmt: skip
    deeds.plans.append(plan)
    records.activated(chosen)


def _spend(
    scene: Scene, rng: np.random.Generator, due: Pending, records: Records, deeds: Deeds
) -> None:
    """Buy with the credit card, or with the current account if there is none."""
    chosen = due.where(due.action == SPEND)
    card = scene.state.card_of()[chosen.customer]
    accounts = scene.state.accounts
    account = np.where(card >= 0, card, chosen.customer)
    room = accounts.balance[account] + np.where(card >= 0, accounts.limit[account], 0)
    amount = np.minimum(chosen.amount, np.maximum(room // 2, 0))
    some = amount > 0
    chosen, account, amount = chosen.where(some), account[some], amount[some]
    category = _SPEND_CATEGORIES[rng.integers(_SPEND_CATEGORIES.size, size=amount.size)]
    parties = scene.place.parties
    shop = rng.integers(1 << 15, size=amount.size)
    deeds.flows.append(
        flow(
            scene, account, days_of(scene, chosen), hours_of(scene, rng, chosen), amount=-amount,
            kind=KIND["card"], channel=CHANNEL["pos"], category=category,
            party=parties.of_items(category.astype(np.int64), shop), firm=True,
        )
    )  # fmt: skip
    touched = (chosen.strategy != NONE) & (account == chosen.customer)
    np.subtract.at(scene.state.induced, chosen.customer[touched], amount[touched])
    records.caused("card_spend", chosen, amount)
    paid_here = account == chosen.customer
    records.caused("aum_change", chosen.where(paid_here), -amount[paid_here])
