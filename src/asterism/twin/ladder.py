"""What customers hold when the history begins: a ladder from the current account upwards."""

import numpy as np

from asterism.twin.accounts import Accounts, Opening, current_accounts, maturity
from asterism.twin.arrow import NO_DAY, NONE
from asterism.twin.nature import Nature
from asterism.twin.people import OWNER, SELF_EMPLOYED, People
from asterism.twin.place import Place
from asterism.twin.products import (
    PRODUCTS,
    TERM_OF,
    in_family,
    minimums,
    weights_in,
)
from asterism.twin.seeds import Array, chance, pick, stream
from asterism.twin.state import OPEN, State, nothing_settled, pending

#: Investments: likelihood in the middle, its growth with each tenfold of money, risk it needs.
_INVEST = {
    "term_deposit": (-0.7, 1.0, 0),
    "large_certificate": (-3.2, 2.2, 0),
    "money_fund": (-0.9, 0.9, 0),
    "bond_fund": (-2.6, 1.2, 1),
    "mixed_fund": (-2.9, 1.1, 2),
    "equity_fund": (-3.0, 1.0, 3),
    "wealth": (-1.7, 1.5, 1),
    "insurance": (-2.6, 1.2, 0),
    "metal": (-3.6, 0.9, 2),
    "pension": (-3.3, 0.8, 0),
}
_SHARE = np.array([3.0, 4.0, 0.8, 1.2, 1.0, 0.9, 3.0, 1.6, 0.5, 0.4])
#: Money (model units, major) at which likelihoods are in their middle.
_MIDDLE_MONEY = 30_000.0
#: Liquid money from which a customer has a relationship manager.
_MANAGED_MONEY = 300_000.0
_UNTESTED = 0.3
_CARD_LIMITS = (5_000.0, 120_000.0)


def starting_state(place: Place, block: int, people: People, nature: Nature) -> State:
    """Return the state of a block at the dawn of the history's first day."""
    rng = stream(place.seed, "ladder", block)
    count = people.count
    accounts = Accounts()
    accounts.open(current_accounts(people.opened))
    here = np.where(people.opened < place.first_day, people.wealth * people.share_here, 0.0)
    risk, risk_day = _risk_tests(place, rng, people)
    settled_until, settled_by = nothing_settled(count)
    state = State(
        accounts=accounts,
        pending=pending(NO_DAY, np.zeros(0, dtype=np.int64), OPEN),
        **_consents(rng, people),
        risk=risk,
        risk_day=risk_day,
        mood=nature.mood_home.copy(),
        fatigue=np.zeros(count, dtype=np.float32),
        irritation=np.zeros(count, dtype=np.float32),
        elsewhere=(people.wealth - here).astype(np.int64),
        left=np.zeros(count, dtype=bool),
        induced=np.zeros(count, dtype=np.int64),
        settled_until=settled_until,
        settled_by=settled_by,
        kept_until=np.full(count, NO_DAY, dtype=np.int32),
        kept_by=np.full(count, NONE, dtype=np.int16),
        manager=_managers(place, rng, people),
    )
    invested = _invest(place, rng, people, state, here)
    accounts.balance[:count] = np.maximum(here - invested, 0).astype(np.int64)
    _borrow(place, rng, people, nature, accounts)
    return state


def _consents(rng: np.random.Generator, people: People) -> dict[str, Array]:
    """Return consents: some were never asked, some refuse all, some refuse a channel."""
    count = people.count
    marketing = np.where(
        chance(rng, 0.08, count), NONE, chance(rng, 0.84, count).astype(np.int8)
    ).astype(np.int8)
    consents = {"marketing": marketing}
    shares = {"sms": 0.86, "email": 0.7, "phone": 0.6, "app": 0.9}
    for channel, share in shares.items():
        asked = ~chance(rng, 0.06, count)
        agreed = chance(rng, share, count) & (marketing != 0)
        consents[f"consent_{channel}"] = np.where(asked, agreed, NONE).astype(np.int8)
    return consents


def _risk_tests(place: Place, rng: np.random.Generator, people: People) -> tuple[Array, Array]:
    """Return risk capacity and the day of its test: young, schooled and rich dare more."""
    count = people.count
    age = people.age(place.first_day)
    score = (
        1.6 - (age - 40) * 0.03 + people.education * 0.22
        + np.log10(np.maximum(people.wealth, 1) / (5e6 * place.scale)) * 0.5
        + rng.normal(0, 0.8, count)
    )  # fmt: skip
    risk = np.clip(np.round(score), 0, 4).astype(np.int8)
    tested = ~chance(rng, _UNTESTED, count)
    since = np.maximum(people.opened, place.live_day - rng.integers(1, 900, count))
    return np.where(tested, risk, NONE).astype(np.int8), np.where(tested, since, NO_DAY).astype(
        np.int32
    )


def _managers(place: Place, rng: np.random.Generator, people: People) -> Array:
    own = people.wealth * people.share_here >= _MANAGED_MONEY * 100 * place.scale
    manager = place.outlets.manager_for(people.branch, rng.random(people.count))
    return np.where(own, manager, NONE).astype(np.int32)


def choose_products(
    rng: np.random.Generator, family: str, count: int, money: Array, least: Array
) -> Array:
    """Return a product of the family for each sum of money; NONE where no minimum is met."""
    codes = in_family(family)
    chosen = codes[pick(rng, weights_in(codes), count)]
    cheapest = codes[np.argmin(least[codes])]
    chosen = np.where(least[chosen] <= money, chosen, cheapest)
    return np.where(least[chosen] <= money, chosen, NONE)


def _invest(
    place: Place, rng: np.random.Generator, people: People, state: State, here: Array
) -> Array:
    """Open the investments of the first day and return the money in them, by customer."""
    count = people.count
    least = minimums(place.scale)
    level = np.log10(np.maximum(here, 1) / (_MIDDLE_MONEY * 100 * place.scale))
    holds = np.zeros((count, len(_INVEST)), dtype=bool)
    for column, (middle, growth, needs) in enumerate(_INVEST.values()):
        likely = 1 / (1 + np.exp(-(middle + growth * level)))
        fits = (state.risk >= needs) | (needs == 0)
        holds[:, column] = chance(rng, likely, count) & fits & (here > 0)
    weights = holds * rng.gamma(1.5, 1.0, holds.shape) * _SHARE
    total = np.clip(0.45 + 0.14 * level, 0.1, 0.92) * rng.uniform(0.6, 1.0, count)
    parts = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9) * (here * total)[:, None]
    invested = np.zeros(count, dtype=np.int64)
    for column, family in enumerate(_INVEST):
        money = _round_sum(parts[:, column], place.scale)
        product = choose_products(rng, family, count, money, least)
        holders = np.flatnonzero((money > 0) & (product >= 0))
        _hold(place, rng, state.accounts, people, (holders, product[holders], money[holders]))
        invested[holders] += money[holders]
    return invested


def _round_sum(money: Array, scale: float) -> Array:
    """Return sums as people place them: in hundreds, thousands or ten thousands."""
    unit = np.select([money >= 5e6 * scale, money >= 5e5 * scale], [1_000_000, 100_000], 10_000)
    return np.asarray((money // unit).astype(np.int64) * unit)


def _hold(
    place: Place,
    rng: np.random.Generator,
    accounts: Accounts,
    people: People,
    holding: tuple[Array, Array, Array],
) -> None:
    """Open holdings (customer, product, money) on days before the history."""
    customer, product, money = holding
    term = TERM_OF[product]
    longest = np.minimum(np.where(term > 0, term, 1_500), place.first_day - people.opened[customer])
    day = (
        place.first_day
        - 1
        - (rng.random(customer.size) * np.maximum(longest - 1, 0)).astype(np.int64)
    )
    nothing = np.full(customer.size, NO_DAY)
    zero = np.zeros(customer.size, dtype=np.int64)
    new = accounts.open(
        Opening(customer, product, day, money, maturity(product, day), nothing, zero)
    )
    accounts.balance[new] = money


def _borrow(
    place: Place, rng: np.random.Generator, people: People, nature: Nature, accounts: Accounts
) -> None:
    """Open credit cards and loans that exist when the history begins."""
    count = people.count
    age = people.age(place.first_day)
    here = (people.opened < place.first_day) & ~people.deceased
    earns = people.income / (place.pack.middle_income * 100)
    grown = np.clip((age - 20) / 8, 0, 1) * np.clip((72 - age) / 15, 0, 1)
    card = here & chance(rng, np.clip(0.16 + 0.16 * earns, 0, 0.6) * grown, count)
    _lend(place, rng, people, accounts, ("credit_card", np.flatnonzero(card)))
    payroll = np.where(nature.salary > 0, 1.6, 0.8)
    house = here & chance(rng, 0.07 * payroll * np.clip((56 - age) / 20, 0, 1) * grown, count)
    _lend(place, rng, people, accounts, ("mortgage", np.flatnonzero(house)))
    consumer = here & chance(rng, 0.05 * payroll * grown, count)
    _lend(place, rng, people, accounts, ("consumer_loan", np.flatnonzero(consumer)))
    trade = np.isin(people.occupation, (OWNER, SELF_EMPLOYED))
    business = here & trade & chance(rng, 0.14, count)
    _lend(place, rng, people, accounts, ("business_loan", np.flatnonzero(business)))


def credit_limits(place: Place, rng: np.random.Generator, income: Array) -> Array:
    """Return card limits: two to four months' income in whole thousands."""
    low, high = (bound * 100 * place.scale for bound in _CARD_LIMITS)
    return (np.clip(income * rng.uniform(1.8, 4.0, income.size), low, high) // 100_000).astype(
        np.int64
    ) * 100_000


def loan_sums(place: Place, rng: np.random.Generator, family: str, income: Array) -> Array:
    """Return the principal of loans: some months of income in whole thousands."""
    months = {"mortgage": (60, 130), "consumer_loan": (3, 12), "business_loan": (6, 30)}[family]
    least = PRODUCTS[int(in_family(family)[0])].minimum * 100 * place.scale
    sums = np.maximum(income * rng.uniform(*months, income.size), least)
    return (sums // 100_000).astype(np.int64) * 100_000


def _lend(
    place: Place,
    rng: np.random.Generator,
    people: People,
    accounts: Accounts,
    loan: tuple[str, Array],
) -> None:
    family, who = loan
    codes = in_family(family)
    product = codes[pick(rng, weights_in(codes), who.size)]
    age_days = (place.first_day - people.opened[who]) * rng.random(who.size)
    term = TERM_OF[product]
    age_days = np.where(term > 0, np.minimum(age_days, term * 0.85), age_days)
    day = place.first_day - 1 - age_days.astype(np.int64)
    nothing = np.full(who.size, NO_DAY)
    zero = np.zeros(who.size, dtype=np.int64)
    if family == "credit_card":
        active = chance(rng, 0.78, who.size)
        limit = credit_limits(place, rng, people.income[who])
        used = np.where(active, day + rng.integers(0, 20, who.size), NO_DAY)
        accounts.open(
            Opening(who, product, day, zero, nothing, np.minimum(used, place.first_day - 1), limit)
        )
        return
    principal = loan_sums(place, rng, family, people.income[who])
    new = accounts.open(
        Opening(who, product, day, principal, maturity(product, day), nothing, zero)
    )
    accounts.balance[new] = -(principal * (1 - age_days / term)).astype(np.int64)
