"""What moves the customers of a block: activity, tastes, moods, and how they answer the bank.

For every group of offers a customer is of one type: persuadable, sure (buys anyway), lost (never)
or annoyed (worse off for being asked). The type is hidden; `baseline` and `uplift` say how much.
"""

from dataclasses import dataclass

import numpy as np

from asterism.twin.habits import MEAN_OUT, PERSONA, PERSONA_SHARES, TEMPERS
from asterism.twin.people import OWNER, RETIRED, SELF_EMPLOYED, People
from asterism.twin.place import Place
from asterism.twin.products import FAMILY
from asterism.twin.seeds import Array, chance, pick, stream

GROUPS = ("savings", "fund", "wealth", "card", "loan", "engagement")
GROUP = {name: code for code, name in enumerate(GROUPS)}
_GROUP_FAMILIES = {
    "savings": ("demand_deposit", "term_deposit", "large_certificate"),
    "fund": ("money_fund", "bond_fund", "mixed_fund", "equity_fund"),
    "wealth": ("wealth", "insurance", "metal", "pension"),
    "card": ("credit_card", "debit_card"),
    "loan": ("mortgage", "consumer_loan", "business_loan"),
    "engagement": ("payroll", "other"),
}
#: Group of every family, by code.
GROUP_OF_FAMILY = np.zeros(len(FAMILY), dtype=np.int8)
for _group, _families in _GROUP_FAMILIES.items():
    GROUP_OF_FAMILY[[FAMILY[f] for f in _families]] = GROUP[_group]

TYPES = ("persuadable", "sure", "lost", "annoyed")
PERSUADABLE, SURE, LOST, ANNOYED = range(4)
#: Shares of the types in each group, before what a customer is like shifts them.
_TYPE_SHARES = np.array(
    [
        (0.30, 0.22, 0.38, 0.10),
        (0.24, 0.12, 0.52, 0.12),
        (0.26, 0.15, 0.47, 0.12),
        (0.28, 0.18, 0.42, 0.12),
        (0.18, 0.10, 0.57, 0.15),
        (0.34, 0.26, 0.30, 0.10),
    ]
)
#: Mean probability of answering one well-placed touch, by group, for a persuadable customer.
_UPLIFT = np.array([0.20, 0.16, 0.18, 0.24, 0.10, 0.40])
_YEAR_DAYS = 365.0
_ACTS_A_YEAR = 46.0
#: Ages at which people are young, settled, in their middle, retired, old.
_YOUNG, _SETTLED, _MIDDLE, _ELDER, _OLD = 30, 45, 50, 62, 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """Lasting dispositions, by customer; `[n, 6]` arrays are by group of offers."""

    #: Free acts with money a day, on average.
    activity: Array
    persona: Array
    temper: Array
    #: App and web sessions a day.
    digital: Array
    #: Scale of what is spent at once, 1 in the middle.
    spends: Array
    #: Salary or pension paid into this bank each month, 0 if none.
    salary: Array
    pension: Array
    #: Money that must come from elsewhere each month (positive) or goes there (negative).
    gap: Array
    #: Share of card spending put on a credit card; whether the whole bill is paid.
    on_credit: Array
    pays_whole: Array
    #: Whether term deposits are renewed, and wealth products rolled over, by themselves.
    renews: Array
    rolls: Array
    #: Where the mood returns to, about 0; how readily a complaint is made.
    mood_home: Array
    complains: Array
    #: Interest in each group, 1 in the middle; shows in what is looked at.
    interest: Array
    types: Array
    baseline: Array
    uplift: Array


def nature_of_block(place: Place, block: int, people: People) -> Nature:
    """Draw the dispositions of a block's customers."""
    rng = stream(place.seed, "nature", block)
    count = people.count
    age = people.age(place.first_day)
    idle = chance(rng, np.where(age > _OLD, 0.22, 0.12), count) | people.deceased
    power = np.minimum(rng.lognormal(-0.5, 1.0, count), 14.0) * np.clip(1.25 - age / 160, 0.6, 1.2)
    activity = np.where(idle, 0.0, power * _ACTS_A_YEAR / _YEAR_DAYS)
    persona = _personas(rng, people, age)
    spends = np.clip((people.income / (place.pack.middle_income * 100)) ** 0.55, 0.25, 6.0)
    salary, pension = _regular(place, rng, people)
    out = activity * 30.4 * MEAN_OUT[persona] * spends * place.scale
    gap = np.where(idle, 0.0, out - salary - pension)
    digital = np.where(idle, 0.0, _sessions(rng, age))
    mood = rng.normal(0.25, 0.55, count)
    interest = rng.gamma(1.6, 1 / 1.6, (count, len(GROUPS)))
    types = _types(rng, people, age, interest, mood)
    return Nature(
        activity=activity.astype(np.float32),
        persona=persona.astype(np.int8),
        temper=_tempers(rng, age, people.occupation),
        digital=digital.astype(np.float32),
        spends=spends.astype(np.float32),
        salary=salary,
        pension=pension,
        gap=np.round(gap).astype(np.int64),
        on_credit=rng.beta(2.0, 2.0, count).astype(np.float32),
        pays_whole=chance(rng, 0.8, count),
        renews=chance(rng, 0.3, count),
        rolls=chance(rng, 0.62, count),
        mood_home=mood.astype(np.float32),
        complains=rng.gamma(0.8, 1.0, count).astype(np.float32),
        interest=interest.astype(np.float32),
        types=types,
        baseline=_baselines(rng, types, interest),
        uplift=_uplifts(rng, types),
    )


def _personas(rng: np.random.Generator, people: People, age: Array) -> Array:
    """Return personas; parents of young children, the old and traders are often what they seem."""
    count = people.count
    persona = pick(rng, PERSONA_SHARES, count)
    parent = (people.children > 0) & (age < _MIDDLE) & chance(rng, 0.5, count)
    careful = (age > _ELDER) & chance(rng, 0.5, count)
    trades = np.isin(people.occupation, (OWNER, SELF_EMPLOYED)) & chance(rng, 0.6, count)
    conditions = [trades, parent, careful]
    return np.select(
        conditions, [PERSONA["trader"], PERSONA["parent"], PERSONA["careful"]], persona
    )


def _tempers(rng: np.random.Generator, age: Array, occupation: Array) -> Array:
    temper = pick(rng, (0.25, 0.4, 0.25, 0.1), age.size)
    temper = np.where(
        (age > _ELDER) & chance(rng, 0.6, age.size), TEMPERS.index("office_hours"), temper
    )
    young = (age < _YOUNG) & chance(rng, 0.4, age.size) & (occupation != RETIRED)
    return np.where(young, TEMPERS.index("night"), temper).astype(np.int8)


def _regular(place: Place, rng: np.random.Generator, people: People) -> tuple[Array, Array]:
    """Return monthly salary and pension paid into this bank."""
    employed = people.employer >= 0
    client = place.employers.payroll_client[np.maximum(people.employer, 0)]
    here = employed & chance(rng, np.where(client, 0.9, 0.08), people.count)
    net = np.round(people.income * rng.uniform(0.82, 0.95, people.count)).astype(np.int64)
    pensioner = (people.occupation == RETIRED) & chance(rng, 0.5, people.count)
    alive = ~people.deceased
    return np.where(here & alive, net, 0), np.where(pensioner & alive, people.income, 0)


def _sessions(rng: np.random.Generator, age: Array) -> Array:
    """Return app sessions a day: about fifteen a year, none for a third, many for a few."""
    uses = chance(rng, np.clip(1.12 - age / 110.0, 0.12, 0.9), age.size)
    return np.where(uses, rng.gamma(0.7, 0.075, age.size), 0.0)


def _types(
    rng: np.random.Generator, people: People, age: Array, interest: Array, mood: Array
) -> Array:
    """Return the type for each group: money elsewhere persuades, a bad mood annoys."""
    elsewhere = (1.0 - people.share_here)[:, None]
    tilt = np.ones((people.count, len(GROUPS), len(TYPES)))
    tilt[:, :, PERSUADABLE] *= 0.5 + 0.7 * elsewhere + 0.35 * interest
    tilt[:, :, SURE] *= 0.4 + 0.6 * interest
    tilt[:, :, LOST] *= 1.6 / (0.6 + interest)
    tilt[:, :, ANNOYED] *= np.exp(-0.8 * mood)[:, None]
    tilt[:, GROUP["loan"], PERSUADABLE] *= np.where(age < _SETTLED, 1.5, 0.4)
    tilt[:, GROUP["card"], PERSUADABLE] *= np.where(age < _MIDDLE, 1.3, 0.5)
    tilt[:, GROUP["savings"], PERSUADABLE] *= np.where(age > _MIDDLE, 1.3, 0.9)
    edges = np.cumsum(tilt * _TYPE_SHARES, axis=2)
    draw = rng.random((people.count, len(GROUPS), 1)) * edges[:, :, -1:]
    return np.asarray(np.minimum((draw > edges).sum(axis=2), len(TYPES) - 1).astype(np.int8))


def _baselines(rng: np.random.Generator, types: Array, interest: Array) -> Array:
    """Return how much oftener than the middle each buys untouched."""
    by_type = np.array([0.5, 3.6, 0.12, 0.6])[types]
    return (by_type * (0.5 + 0.5 * interest) * rng.lognormal(-0.08, 0.4, types.shape)).astype(
        np.float32
    )


def _uplifts(rng: np.random.Generator, types: Array) -> Array:
    """Return the probability that one well-placed touch makes a difference; below 0 if annoyed."""
    strength = rng.beta(3.0, 2.0, types.shape) / 0.6
    sign = np.array([1.0, 0.06, 0.02, -1.0])[types]
    return np.asarray((strength * sign * _UPLIFT).astype(np.float32))
