"""What customers decide by themselves: to place money, to borrow, to react to a maturity."""

import numpy as np

from asterism.twin.accounts import Postings
from asterism.twin.arrow import NO_DAY
from asterism.twin.flows import Flow, flow
from asterism.twin.habits import CHANNEL, KIND
from asterism.twin.moment import Scene
from asterism.twin.nature import GROUP, GROUPS
from asterism.twin.people import OWNER, SELF_EMPLOYED
from asterism.twin.products import FAMILY, RATE_OF, TERM_OF
from asterism.twin.seeds import Array, chance, pick
from asterism.twin.state import ACTIVATE, LEAVE, OPEN, Pending, pending

#: Own openings a year for a customer with baseline 1, by group of offers.
_HAZARD = np.array([0.34, 0.13, 0.20, 0.05, 0.05, 0.0])
#: Who trades borrows so much more often.
_TRADE_BORROWS = 4.0
_LARGE = 20_000_000
_YEAR_DAYS = 365.0
#: Families chosen in each group, their weights and the risk capacity they need.
_CHOICES: dict[str, tuple[tuple[str, float, int], ...]] = {
    "savings": (("term_deposit", 1, -1),),
    "fund": (
        ("money_fund", 5, -1),
        ("bond_fund", 2, 1),
        ("mixed_fund", 1.5, 2),
        ("equity_fund", 1, 3),
    ),
    "wealth": (("wealth", 6, 1), ("insurance", 1.6, -1), ("metal", 0.6, 2), ("pension", 0.8, -1)),
    "card": (("credit_card", 1, -1),),
    "loan": (("consumer_loan", 4, -1), ("mortgage", 0.6, -1)),
    "engagement": (("other", 1, -1),),
}
#: What customers do with a matured sum by type: place it again here, take it away.
_AGAIN = np.array([0.22, 0.80, 0.15, 0.42])
_AWAY = np.array([0.60, 0.06, 0.60, 0.34])
_MATURING = np.array([FAMILY[f] for f in ("term_deposit", "large_certificate", "wealth")])
_WINDFALLS_A_YEAR = 0.035
_HOUSES = 0.06
_CARD_WAKES_A_YEAR = 0.45
_MONTH_DAYS = 30.4


def buffer(scene: Scene) -> Array:
    """Return the money that customers leave in the current account: a month of spending."""
    monthly = scene.nature.gap + scene.nature.salary + scene.nature.pension
    return np.asarray(np.maximum(monthly, round(50_000 * scene.place.scale)))


def spare(scene: Scene) -> Array:
    """Return the money in the current account beyond the buffer, without what touches brought."""
    count = scene.people.count
    own = scene.state.accounts.balance[:count] - scene.state.induced
    return np.asarray(np.maximum(own - buffer(scene), 0))


def families(scene: Scene, rng: np.random.Generator, group: int, who: Array) -> Array:
    """Return the family that each customer would choose in a group, within the risk allowed."""
    choices = _CHOICES[GROUPS[group]]
    weights = np.array([weight for _, weight, _ in choices])
    needs = np.array([need for _, _, need in choices])
    codes = np.array([FAMILY[name] for name, _, _ in choices])
    chosen = pick(rng, weights, who.size)
    fits = scene.state.risk[who] >= needs[chosen]
    family = codes[np.where(fits, chosen, 0)]
    trades = np.isin(scene.people.occupation[who], (OWNER, SELF_EMPLOYED))
    if group == GROUP["loan"]:
        family = np.where(trades, FAMILY["business_loan"], family)
    return np.asarray(family)


def openings(scene: Scene) -> list[Pending]:
    """Return the openings that customers decide on in the period, with their sums."""
    rng = scene.rng("openings")
    customer, group = _wills(scene, rng)
    size = customer.size
    when = scene.period.first + (rng.random(size) * scene.period.days).astype(np.int64)
    share = rng.uniform(0.3, 0.85, size)
    brings = chance(rng, 0.35, size)
    fresh_share = rng.uniform(0.02, 0.2, size)
    family = np.zeros(size, dtype=np.int64)
    for code in range(len(GROUPS)):
        mine = group == code
        family[mine] = families(scene, rng, code, customer[mine])
    invests = group <= GROUP["wealth"]
    fresh = round_sums(scene.state.elsewhere[customer] * fresh_share * brings, scene.place.scale)
    amount = fresh + round_sums(spare(scene)[customer] * share, scene.place.scale)
    large = (group == GROUP["savings"]) & (amount >= _LARGE * scene.place.scale)
    family = np.where(large, FAMILY["large_certificate"], family)
    keep = ~invests | (amount >= round(50_000 * scene.place.scale))
    decided = pending(
        when, customer, OPEN, family=family, amount=np.where(invests, amount, 0),
        fresh=np.where(invests, fresh, 0),
    )  # fmt: skip
    return [decided.where(keep & (when >= scene.people.opened[customer])), *_waking_cards(scene)]


def _wills(scene: Scene, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return who decides to open something in the period, and in which group of offers."""
    draw = rng.random((scene.people.count, len(GROUPS)))
    hazard = _HAZARD * scene.nature.baseline * scene.period.days / _YEAR_DAYS
    trades = np.isin(scene.people.occupation, (OWNER, SELF_EMPLOYED))
    hazard[:, GROUP["loan"]] *= np.where(trades, _TRADE_BORROWS, 1.0)
    busy = scene.active & (scene.nature.activity > 0)
    customer, group = np.nonzero((draw < 1 - np.exp(-hazard)) & busy[:, None])
    return customer, group


def _waking_cards(scene: Scene) -> list[Pending]:
    """Return activations of cards that lie unused."""
    rng = scene.rng("cards")
    accounts = scene.state.accounts
    asleep = (accounts.family == FAMILY["credit_card"]) & accounts.is_open
    who = accounts.customer[asleep & (accounts.activated == NO_DAY)]
    base = scene.nature.baseline[:, GROUP["card"]][who]
    likely = 1 - np.exp(-_CARD_WAKES_A_YEAR * base * scene.period.days / _YEAR_DAYS)
    draws = rng.random((2, scene.people.count))
    wakes = (draws[0][who] < likely) & scene.active[who]
    day = scene.period.first + (draws[1][who] * scene.period.days).astype(np.int64)
    return [pending(day, who, ACTIVATE, family=FAMILY["credit_card"]).where(wakes)]


def round_sums(money: Array, scale: float) -> Array:
    """Return sums rounded down as people place them, in thousands or ten thousands."""
    unit = np.where(money >= 5e6 * scale, 1_000_000, 100_000)
    return np.asarray((money // unit).astype(np.int64) * unit)


def maturities(scene: Scene) -> tuple[list[Flow], list[Postings], list[Pending]]:
    """Pay out what matures in the period; return what that moves and what customers then plan."""
    rng = scene.rng("maturities")
    accounts, nature = scene.state.accounts, scene.nature
    ends = accounts.is_open & scene.period.holds(accounts.matures)
    index = np.flatnonzero(ends & np.isin(accounts.family, _MATURING))
    index = index[scene.people.opened[accounts.customer[index]] <= scene.period.last]
    customer, product = accounts.customer[index].astype(np.int64), accounts.product[index]
    day = accounts.matures[index].astype(np.int64)
    balance = accounts.balance[index]
    deposit = accounts.family[index] != FAMILY["wealth"]
    years = TERM_OF[product] / _YEAR_DAYS
    interest = np.where(deposit, np.round(balance * RATE_OF[product] * years), 0).astype(np.int64)
    renews = np.where(deposit, nature.renews[customer], nature.rolls[customer]) & (balance > 0)
    flows = flow(
        scene,
        customer,
        day,
        np.full(index.size, 4 * 3600 + 600),
        amount=np.where(renews, interest, balance + interest),
        kind=np.select(
            [renews, deposit], [KIND["interest"], KIND["deposit_close"]], KIND["redemption"]
        ),
        channel=CHANNEL["automatic"],
        party=scene.place.parties.own_bank,
        product=product,
    )
    accounts.matures[index[renews]] += TERM_OF[product[renews]]
    gone = index[~renews]
    accounts.closed[gone] = day[~renews]
    paid = Postings(gone, day[~renews], -balance[~renews])
    ended = (customer[~renews], day[~renews], balance[~renews], accounts.family[gone])
    plans = _after_maturity(scene, rng, ended)
    return [flows.where(flows.amount > 0)], [paid], plans


def _after_maturity(
    scene: Scene, rng: np.random.Generator, matured: tuple[Array, Array, Array, Array]
) -> list[Pending]:
    """Return plans for matured sums (customer, day, money, family): again here, away, or none."""
    customer, day, money, family = matured
    kind = scene.nature.types[customer, GROUP["savings"]]
    draw = rng.random(customer.size)
    again = draw < _AGAIN[kind]
    away = ~again & (draw < _AGAIN[kind] + _AWAY[kind])
    soon = day + rng.integers(0, 6, customer.size)
    later = day + rng.integers(2, 15, customer.size)
    same = chance(rng, 0.75, customer.size) | (scene.state.risk[customer] < 1)
    other = np.where(family == FAMILY["wealth"], FAMILY["term_deposit"], FAMILY["wealth"])
    family = np.where(same, family, other)
    kept = round_sums(money * rng.uniform(0.85, 1.0, customer.size), scene.place.scale)
    lost = round_sums(money * rng.uniform(0.6, 0.95, customer.size), scene.place.scale)
    return [
        pending(soon, customer, OPEN, family=family, amount=kept).where(again & (kept > 0)),
        pending(
            later, customer, LEAVE, family=FAMILY["term_deposit"], amount=lost
        ).where(away & (lost > 0)),
    ]  # fmt: skip


def windfalls(scene: Scene) -> tuple[list[Flow], list[Pending]]:
    """Return large sums that arrive (a bonus, a sold home) and what people plan with them."""
    rng = scene.rng("windfalls")
    people, scale = scene.people, scene.place.scale
    count = people.count
    likely = 1 - np.exp(-_WINDFALLS_A_YEAR * scene.period.days / _YEAR_DAYS)
    draws = rng.random((4, count))
    sizes = np.exp(rng.normal(0, 0.7, count))
    lucky = (draws[0] < likely) & scene.active & (scene.nature.activity > 0)
    who = np.flatnonzero(lucky)
    house = draws[1][who] < _HOUSES
    months = np.where(house, 110.0, 7.0) * sizes[who]
    amount = np.maximum(people.income[who] * months, 2_000_000 * scale)
    amount = (amount // 1_000_000).astype(np.int64) * 1_000_000
    day = scene.period.first + (draws[2][who] * scene.period.days).astype(np.int64)
    day = np.maximum(day, people.opened[who])
    parties = scene.place.parties
    flows = flow(
        scene,
        who,
        day,
        scene.hours(rng, who),
        amount=amount,
        kind=KIND["transfer_in"],
        channel=CHANNEL["other"],
        party=np.where(house, parties.house_buyer, parties.own_account),
    ).where(amount > 0)
    leaves = draws[3][who] < _AWAY[scene.nature.types[who, GROUP["wealth"]]]
    lost = round_sums(amount * 0.8, scale)
    plan = pending(
        day + rng.integers(3, 21, who.size), who, LEAVE, family=FAMILY["wealth"], amount=lost
    )
    return [flows], [plan.where(leaves & (lost > 0))]
