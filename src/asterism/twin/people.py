"""Who the customers are: age, family, work, income, wealth, where they live.

Every array is by customer of one block. Money is in minor units, days count from 1970.
"""

from dataclasses import dataclass

import numpy as np

from asterism.twin.arrow import NO_DAY, NONE
from asterism.twin.locales import OCCUPATIONS
from asterism.twin.place import Place
from asterism.twin.seeds import Array, chance, pick, stream

#: Shares of a bank's customers by age, from 18 in steps of five years.
_AGE_EDGES = (18, 23, 28, 33, 38, 43, 48, 53, 58, 63, 68, 73, 78, 83, 92)
_AGE_SHARES = (5.5, 8.5, 11.0, 12.0, 10.5, 9.0, 9.0, 9.5, 7.5, 6.5, 5.0, 3.2, 1.8, 1.0)
#: Schooling by year of birth: up to 1955, 1970, 1985, later.
_COHORTS = (1955, 1970, 1985)
_SCHOOLING = (
    (0.38, 0.44, 0.09, 0.07, 0.015, 0.005),
    (0.16, 0.52, 0.16, 0.13, 0.025, 0.005),
    (0.06, 0.34, 0.24, 0.28, 0.07, 0.01),
    (0.02, 0.24, 0.26, 0.37, 0.10, 0.01),
)
_SCHOOL_INCOME = np.array([0.55, 0.75, 0.95, 1.25, 1.65, 2.0])
_CODE = {name: code for code, name in enumerate(OCCUPATIONS)}
_WORK = np.array(
    # employee, civil servant, teacher, doctor, engineer, worker, service, self-employed, owner,
    # freelancer, retired, student, homemaker, farmer, executive: with little and with much school
    [
        (18, 1, 0.3, 0.3, 1, 26, 22, 12, 2.0, 5, 0, 0, 5, 9, 0.2),
        (34, 7, 6, 5, 14, 4, 9, 6, 3.0, 5, 0, 0, 2, 0.5, 4.0),
    ]
)
_WORK_INCOME = np.array(
    [1.0, 1.15, 1.1, 1.35, 1.5, 0.8, 0.7, 1.1, 2.6, 0.9, 0.55, 0.2, 0.3, 0.5, 3.2]
)
_EMPLOYED = np.isin(
    np.arange(len(OCCUPATIONS)),
    [
        _CODE[o]
        for o in (
            "employee",
            "civil_servant",
            "teacher",
            "doctor",
            "engineer",
            "worker",
            "service",
            "executive",
        )
    ],
)
RETIRED = _CODE["retired"]
OWNER = _CODE["owner"]
SELF_EMPLOYED = _CODE["self_employed"]
_STUDENT = _CODE["student"]
_YEAR = 365.25
_OLD = 70
_STUDIES_UNTIL = 24
_COLLEGE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The customers of a block and what does not change about them."""

    #: Number of each customer in the world, from 0.
    number: Array
    birth: Array
    female: Array
    surname: Array
    given: Array
    generation: Array
    city: Array
    district: Array
    branch: Array
    education: Array
    occupation: Array
    marital: Array
    children: Array
    youngest_birth: Array
    employer: Array
    #: Monthly income, whether declared to the bank (per year, NONE if not).
    income: Array
    declared: Array
    #: Day on which each became (or will become) a customer.
    opened: Array
    #: All liquid wealth, here and at other banks.
    wealth: Array
    #: Share of it that stands at this bank when the history begins.
    share_here: Array
    mobile: Array
    mail_domain: Array
    personalisation_refused: Array
    blacklisted: Array
    deceased: Array
    staff: Array

    @property
    def count(self) -> int:
        """Number of customers in the block."""
        return int(self.number.size)

    def age(self, day: int) -> Array:
        """Return ages in years (float64) on a day."""
        years: Array = (day - self.birth) / _YEAR
        return years


def people_of_block(place: Place, block: int, first: int, count: int) -> People:
    """Give birth to `count` customers, numbered from `first`."""
    rng = stream(place.seed, "people", block)
    band = pick(rng, _AGE_SHARES, count)
    edges = np.array(_AGE_EDGES)
    age = edges[band] + rng.random(count) * (edges[band + 1] - edges[band])
    birth = (place.first_day - age * _YEAR).astype(np.int32)
    year = 1970 + birth / _YEAR
    female = chance(rng, 0.505, count)
    education = _schooling(rng, year)
    city = pick(rng, tuple(c.weight for c in place.pack.cities), count)
    district = _district(place, city, rng)
    occupation = _occupations(rng, age, education, female)
    employed = _EMPLOYED[occupation]
    income = _incomes(place, rng, age, (education, occupation), city)
    wealth = _wealth(rng, age, income)
    number = np.arange(first, first + count)
    marital, children, youngest = _families(rng, age, place.first_day)
    generation = np.searchsorted([g.last_birth_year for g in place.pack.generations], year)
    given = rng.integers(1 << 30, size=count)
    return People(
        number=number,
        birth=birth,
        female=female,
        surname=pick(rng, tuple(w for _, w in place.pack.surnames), count).astype(np.int16),
        given=given.astype(np.int32),
        generation=generation.astype(np.int8),
        city=city.astype(np.int16),
        district=district.astype(np.int16),
        branch=place.outlets.branch_for(district, rng.random(count)).astype(np.int32),
        education=education,
        occupation=occupation.astype(np.int8),
        marital=marital,
        children=children,
        youngest_birth=youngest,
        employer=np.where(employed, place.employers.hire(city, rng.random(count)), NONE).astype(
            np.int32
        ),
        income=income,
        declared=np.where(
            chance(rng, 0.62, count),
            np.round(income * 12 * rng.lognormal(0.0, 0.15, count), -5).astype(np.int64),
            NONE,
        ),
        opened=_opened(place, rng, age, number),
        wealth=wealth,
        share_here=_share_here(rng, count),
        mobile=_mobiles(place, rng, number),
        mail_domain=np.where(
            rng.random(count) < np.clip(0.75 - 0.011 * (age - 25), 0.05, 0.8),
            rng.integers(len(place.pack.mail_domains), size=count),
            NONE,
        ).astype(np.int8),
        personalisation_refused=chance(rng, 0.03, count),
        blacklisted=chance(rng, 0.004, count),
        deceased=chance(rng, np.where(age > _OLD, 0.012, 0.0008), count),
        staff=rng.random(count) < np.where(employed, 0.008, 0.0),
    )


def _schooling(rng: np.random.Generator, year: Array) -> Array:
    """Return the highest schooling (0 to 5) of people born in a year."""
    edges = np.cumsum(_SCHOOLING, axis=1)[np.searchsorted(_COHORTS, year)]
    school: Array = (rng.random(year.size)[:, None] > edges).sum(axis=1)
    return np.asarray(np.minimum(school, edges.shape[1] - 1), dtype=np.int8)


def _district(place: Place, city: Array, rng: np.random.Generator) -> Array:
    size = np.array([len(c.districts) for c in place.pack.cities])
    start = np.cumsum(size) - size
    district: Array = start[city] + (rng.random(city.size) ** 1.2 * size[city]).astype(np.int64)
    return district


def _occupations(rng: np.random.Generator, age: Array, education: Array, female: Array) -> Array:
    educated = (education >= _COLLEGE).astype(np.int64)
    edges = np.cumsum(_WORK, axis=1) / _WORK.sum(axis=1, keepdims=True)
    work = (rng.random(age.size)[:, None] > edges[educated]).sum(axis=1)
    work = np.minimum(work, len(OCCUPATIONS) - 1)
    leaves_at = np.where(female, 54.0, 60.0) + rng.normal(0, 2.0, age.size)
    work = np.where(age >= leaves_at, RETIRED, work)
    studies = (age < _STUDIES_UNTIL) & (chance(rng, 0.55, age.size))
    return np.where(studies, _STUDENT, work)


def _incomes(
    place: Place, rng: np.random.Generator, age: Array, work: tuple[Array, Array], city: Array
) -> Array:
    """Return monthly incomes: by school, work, city and a career that peaks near fifty."""
    education, occupation = work
    career = np.exp(-(((age - 46.0) / 28.0) ** 2)) * 1.15
    local = np.array([c.income for c in place.pack.cities])[city]
    level = _SCHOOL_INCOME[education] * _WORK_INCOME[occupation] * career * local
    noise = rng.lognormal(-0.09, 0.42, age.size)
    major = place.pack.middle_income * np.maximum(level * noise, 0.08)
    return np.asarray(np.round(major * 100).astype(np.int64))


def _wealth(rng: np.random.Generator, age: Array, income: Array) -> Array:
    """Return liquid wealth: years of income saved, lognormal, with a Pareto tail."""
    years = np.clip((age - 20) / 14.0, 0.12, 3.4)
    body = income * 12 * years * rng.lognormal(-0.25, 1.05, age.size)
    rich = chance(rng, 0.05, age.size)
    tail = np.where(rich, 2.5 * (1.0 + rng.pareto(1.35, age.size)), 1.0)
    return np.minimum(body * np.minimum(tail, 400.0), 8e10).astype(np.int64)


def _share_here(rng: np.random.Generator, count: int) -> Array:
    """Return the share of wealth kept here: a main bank for some, a second one for others."""
    main = chance(rng, 0.42, count)
    return np.where(main, rng.beta(5.0, 2.5, count), rng.beta(1.1, 7.0, count))


def _families(rng: np.random.Generator, age: Array, today: int) -> tuple[Array, Array, Array]:
    """Return marital status, number of children and the youngest's day of birth."""
    count = age.size
    ever = rng.random(count) < np.clip((age - 21.0) / 12.0, 0.0, 0.94)
    divorced = ever & (rng.random(count) < np.clip((age - 25) * 0.004, 0, 0.11))
    widowed = ever & (rng.random(count) < np.clip((age - 58) * 0.012, 0, 0.5))
    marital = np.select([widowed, divorced, ever], [3, 2, 1], 0).astype(np.int8)
    parent = ever & (rng.random(count) < np.clip((age - 23) * 0.09, 0, 0.88))
    children = np.where(parent, 1 + (chance(rng, 0.3, count)) + (chance(rng, 0.06, count)), 0)
    parent_at = np.clip(rng.normal(29.0, 3.8, count), 20.0, np.maximum(age - 0.1, 20.1))
    youngest = np.where(parent, today - (age - parent_at) * _YEAR, NO_DAY)
    return marital, children.astype(np.int8), youngest.astype(np.int64).astype(np.int32)


def _opened(place: Place, rng: np.random.Generator, age: Array, number: Array) -> Array:
    """Return the day each became a customer; those beyond the first population come later."""
    adult = np.maximum((age - 17.0) * _YEAR, 200.0)
    before = 20 + rng.beta(0.9, 1.8, age.size) * np.minimum(adult, 8_000.0)
    opened = place.live_day - before
    later = place.live_day + (number - place.customers) // place.arrivals_a_day
    return np.where(number >= place.customers, later, opened).astype(np.int32)


def _mobiles(place: Place, rng: np.random.Generator, number: Array) -> Array:
    """Return the digits after the prefix, NONE without a telephone; unlike while they last."""
    space = 10**place.pack.mobile_digits
    scattered = (number * 61_803_399 + 271_828 + place.seed % space) % space
    return np.where(chance(rng, 0.03, number.size), NONE, scattered)
