"""Carrying out what was decided: opening accounts, moving money, using a card."""

from dataclasses import dataclass, field

import numpy as np

from asterism.twin.accounts import Opening, Postings, maturity
from asterism.twin.arrow import NO_DAY, NONE
from asterism.twin.flows import Flow, flow
from asterism.twin.habits import CATEGORY, CHANNEL, KIND
from asterism.twin.ladder import choose_products, credit_limits, loan_sums
from asterism.twin.moment import Scene
from asterism.twin.nature import GROUP, GROUP_OF_FAMILY
from asterism.twin.products import FAMILY, PRODUCTS, TERM_OF, in_family, minimums
from asterism.twin.records import Records
from asterism.twin.seeds import Array, chance
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
_LOANS = tuple(FAMILY[f] for f in ("mortgage", "consumer_loan", "business_loan"))
_SPEND_CATEGORIES = np.array(
    [CATEGORY[c] for c in ("groceries", "dining", "fashion", "electronics", "travel")]
)
_OWN_SHARE = 0.9


@dataclass(slots=True)
class Deeds:
    """What carrying out decisions made."""

    flows: list[Flow] = field(default_factory=list)
    postings: list[Postings] = field(default_factory=list)
    plans: list[Pending] = field(default_factory=list)
    #: Applications for the event stream: customer, UTC second, product.
    applications: list[tuple[Array, Array, Array]] = field(default_factory=list)
    #: Extra log-ins: customer and number.
    logins: list[tuple[Array, Array]] = field(default_factory=list)


def carry_out(scene: Scene, due: Pending, records: Records) -> Deeds:
    """Carry out decisions that are due; `records` takes down what touches caused."""
    deeds = Deeds()
    rng = scene.rng("deeds")
    due = _own_ones_withheld(scene, due, records)
    _move(scene, rng, due, records, deeds)
    _open_investments(scene, rng, due, records, deeds)
    _open_cards(scene, rng, due, records, deeds)
    _open_loans(scene, rng, due, records, deeds)
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
    records.stayed(due.where(kept), state.kept_by[due.customer][kept])
    gone = state.left[due.customer] & (due.action != LOGIN)
    return due.where(~settled & ~kept & ~gone)


def _days(scene: Scene, due: Pending) -> Array:
    return np.clip(due.due, scene.period.first, scene.period.last)


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
            scene, chosen.customer, _days(scene, chosen), scene.hours(rng, chosen.customer),
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
    chosen = due.where((due.action == OPEN) & _INVESTING[due.family])
    own = np.minimum(
        chosen.amount - chosen.fresh,
        np.maximum(scene.state.accounts.balance[chosen.customer] * _OWN_SHARE, 0),
    )
    amount = chosen.fresh + own.astype(np.int64) // 10_000 * 10_000
    product = np.full(chosen.count, NONE, dtype=np.int64)
    least = minimums(scene.place.scale)
    for family in np.unique(chosen.family):
        mine = chosen.family == family
        name = PRODUCTS_FAMILY[family]
        product[mine] = choose_products(rng, name, int(mine.sum()), amount[mine], least)
    done = (product >= 0) & (amount > 0)
    chosen, amount, product = chosen.where(done), amount[done], product[done]
    day = _days(scene, chosen)
    second = scene.hours(rng, chosen.customer)
    fresh = np.minimum(chosen.fresh, amount)
    _bring_fresh(scene, rng, chosen, fresh, second, deeds)
    savings = GROUP_OF_FAMILY[chosen.family] == GROUP["savings"]
    placing = flow(
        scene, chosen.customer, day, second, amount=-amount,
        kind=np.where(savings, KIND["deposit_open"], KIND["purchase"]), channel=CHANNEL["app"],
        party=scene.place.parties.own_bank, product=product, firm=True,
    )  # fmt: skip
    deeds.flows.append(placing)
    nothing = np.full(chosen.count, NO_DAY)
    new = scene.state.accounts.open(
        Opening(
            chosen.customer, product, day, amount, maturity(product, day), nothing,
            np.zeros(chosen.count, dtype=np.int64),
        )
    )  # fmt: skip
    deeds.postings.append(Postings(new, day, amount))
    deeds.applications.append((chosen.customer, placing.second, product))
    touched = chosen.strategy != NONE
    np.subtract.at(scene.state.induced, chosen.customer[touched], (amount - fresh)[touched])
    records.opened(chosen)
    records.caused("aum_change", chosen, fresh)


PRODUCTS_FAMILY = {FAMILY[p.family]: p.family for p in PRODUCTS}


def _bring_fresh(  # noqa: PLR0913, PLR0917 - one transfer and where it is written
    scene: Scene,
    rng: np.random.Generator,
    chosen: Pending,
    fresh: Array,
    second: Array,
    deeds: Deeds,
) -> None:
    first, count = scene.place.parties.banks
    some = fresh > 0
    deeds.flows.append(
        flow(
            scene, chosen.customer[some], _days(scene, chosen)[some], np.maximum(second[some] - 1800, 0),
            amount=fresh[some], kind=KIND["transfer_in"], channel=CHANNEL["app"],
            party=first + rng.integers(count, size=int(some.sum())), firm=True,
        )
    )  # fmt: skip
    np.subtract.at(scene.state.elsewhere, chosen.customer, fresh)


def _holders(scene: Scene, family: int) -> Array:
    """Return which customers hold an open account of the family."""
    accounts = scene.state.accounts
    holds = np.zeros(scene.people.count, dtype=bool)
    holds[accounts.customer[(accounts.family == family) & accounts.is_open]] = True
    return holds


def _open_cards(
    scene: Scene, rng: np.random.Generator, due: Pending, records: Records, deeds: Deeds
) -> None:
    """Issue credit cards; most are activated within some days."""
    card = FAMILY["credit_card"]
    chosen = due.where((due.action == OPEN) & (due.family == card))
    chosen = _first_each(chosen, ~_holders(scene, card))
    day = _days(scene, chosen)
    codes = in_family("credit_card")
    product = codes[rng.integers(codes.size, size=chosen.count)]
    nothing = np.full(chosen.count, NO_DAY)
    zero = np.zeros(chosen.count, dtype=np.int64)
    limit = credit_limits(scene.place, rng, scene.people.income[chosen.customer])
    scene.state.accounts.open(Opening(chosen.customer, product, day, zero, nothing, nothing, limit))
    made = flow(
        scene, chosen.customer, day, scene.hours(rng, chosen.customer), amount=0,
        kind=KIND["other"], channel=CHANNEL["app"],
    )  # fmt: skip
    deeds.applications.append((chosen.customer, made.second, product))
    wakes = chance(rng, 0.7, chosen.count)
    plan = pending(
        day + rng.integers(3, 16, chosen.count), chosen.customer, ACTIVATE, family=card,
        strategy=chosen.strategy,
    )  # fmt: skip
    deeds.plans.append(plan.where(wakes))
    records.opened(chosen)


def _first_each(chosen: Pending, allowed: Array) -> Pending:
    """Return the first decision of each customer who may."""
    chosen = chosen.where(allowed[chosen.customer])
    _, first = np.unique(chosen.customer, return_index=True)
    return chosen.where(np.sort(first))


def _open_loans(
    scene: Scene, rng: np.random.Generator, due: Pending, records: Records, deeds: Deeds
) -> None:
    """Grant loans to those who have none of the kind; a mortgage is paid to the seller."""
    for family in _LOANS:
        chosen = due.where((due.action == OPEN) & (due.family == family))
        chosen = _first_each(chosen, ~_holders(scene, family))
        if not chosen.count:
            continue
        day = _days(scene, chosen)
        codes = in_family(PRODUCTS_FAMILY[family])
        product = codes[rng.integers(codes.size, size=chosen.count)]
        sums = loan_sums(
            scene.place, rng, PRODUCTS_FAMILY[family], scene.people.income[chosen.customer]
        )
        nothing = np.full(chosen.count, NO_DAY)
        zero = np.zeros(chosen.count, dtype=np.int64)
        new = scene.state.accounts.open(
            Opening(chosen.customer, product, day, sums, day + TERM_OF[product], nothing, zero)
        )
        deeds.postings.append(Postings(new, day, -sums))
        paid = flow(
            scene, chosen.customer, day, scene.hours(rng, chosen.customer), amount=sums,
            kind=KIND["loan_drawdown"], channel=CHANNEL["automatic"],
            party=scene.place.parties.own_bank, product=product,
        )  # fmt: skip
        deeds.applications.append((chosen.customer, paid.second, product))
        if family != FAMILY["mortgage"]:
            deeds.flows.append(paid)
        records.opened(chosen)
        records.caused("aum_change", chosen, sums * (family != FAMILY["mortgage"]))


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
    chosen = _first_each(due.where(due.action == ACTIVATE), asleep >= 0)
    accounts.activated[asleep[chosen.customer]] = _days(scene, chosen)
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
    deeds.flows.append(
        flow(
            scene, account, _days(scene, chosen), scene.hours(rng, chosen.customer), amount=-amount,
            kind=KIND["card"], channel=CHANNEL["pos"], category=category,
            party=parties.of_items(category.astype(np.int64), rng.integers(1 << 15, size=amount.size)),
            firm=True,
        )
    )  # fmt: skip
    touched = (chosen.strategy != NONE) & (account == chosen.customer)
    np.subtract.at(scene.state.induced, chosen.customer[touched], amount[touched])
    records.caused("card_spend", chosen, amount)
    paid_here = account == chosen.customer
    records.caused("aum_change", chosen.where(paid_here), -amount[paid_here])
