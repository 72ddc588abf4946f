"""How many customers an experiment needs, and what it can find: before it is begun.

The figures are those of the always-valid interval for windows that are over (see
`asterism.review.sequence`): with N customers in both arms the effect δ is found on the day they
are all known with a chance of at least Φ(δ/e − c(N)), e the standard error and c(N) the sequence's
width in standard errors. It may be found on an earlier day already, so that the chance is a lower
bound; Φ leaves out finding the wrong sign.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, sqrt
from statistics import NormalDist

import numpy as np
from sqlalchemy import Engine, func, select

from asterism.execution.tables import assignment
from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_
from asterism.ledger import reading
from asterism.review.baseline import Baseline
from asterism.review.cohort import UNIVERSAL
from asterism.review.sequence import ALPHA, FEWEST_IN_ARM, Difference, growing_radius

#: Chance of finding the effect that is planned for.
POWER = 0.8
_FURTHEST = 10**11
_STEPS = 60
#: Days over which the daily number of customers is counted.
_RECENT = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """An experiment's size and what it can find."""

    #: Customers in both arms, and of them held out.
    customers: int
    held_out: int
    #: Effect on one customer that is found with chance `power`, in the metric's unit.
    effect: float
    power: float
    holdout: float


def size_for(base: Baseline, effect: float, holdout: float, power: float = POWER) -> Size:
    """Return the smallest experiment that finds `effect` (either sign) with chance `power`.

    InvalidInputError where no number of customers that exist would.
    """
    _check(base, holdout, power)
    if effect == 0:
        raise _refused(N_("No experiment finds an effect of nothing; say how much is worth it."))
    wanted = abs(effect)
    fewest = ceil(FEWEST_IN_ARM / min(holdout, 1 - holdout))

    def enough(n: int) -> bool:
        return _found(base, wanted, n, holdout, power) <= wanted

    if not enough(_FURTHEST):
        raise _refused(N_("No bank has the customers to find so small an effect."))
    customers = fewest if enough(fewest) else _first(enough, fewest, _FURTHEST)
    return _size(customers, wanted, holdout, power)


def found_with(base: Baseline, customers: int, holdout: float, power: float = POWER) -> Size:
    """Return the smallest effect that `customers` in both arms find with chance `power`."""
    _check(base, holdout, power)
    if customers * min(holdout, 1 - holdout) < FEWEST_IN_ARM:
        raise _refused(
            N_("Each arm needs {fewest} customers; take more, or hold out more of them."),
            fewest=FEWEST_IN_ARM,
        )
    return _size(customers, detectable(base, customers, holdout, power), holdout, power)


def detectable(base: Baseline, customers: int, holdout: float, power: float = POWER) -> float:
    """Return the smallest effect that is found with chance `power`."""
    effect = 0.0
    # What an effect adds to the noise moves the effect that is found; the steps only grow.
    for _ in range(_STEPS):
        effect = _found(base, effect, customers, holdout, power)
    return effect


def power_of(base: Baseline, effect: float, customers: int, holdout: float) -> float:
    """Return the chance of finding `effect` once all customers are known; at least that."""
    error = _error(base, effect, customers, holdout)
    return NormalDist().cdf(abs(effect) / error - _width(customers)) if error else 1.0


def customers_a_day(engine: Engine, strategy: str, through: date) -> float | None:
    """Return how many customers a day the strategy took up lately, held out or not; None if none.

    The first day on which it took up anybody counts from its own.
    """
    row = assignment.c
    since = through - timedelta(days=_RECENT - 1)
    people = func.count(row.customer_id.distinct())
    query = select(people, func.min(row.assigned_on)).where(
        row.strategy == strategy,
        row.wave == 1,
        row.arm != UNIVERSAL,
        row.assigned_on.between(since, through),
    )
    with reading(engine) as connection:
        count, first = connection.execute(query).one()
    return count / ((through - first).days + 1) if count else None


def days_for(customers: int, a_day: float | None, outcome_days: int) -> int:
    """Return days until the last customer's window is over; all are taken up at once for None."""
    waiting = ceil(customers / a_day) - 1 if a_day else 0
    return waiting + outcome_days + 1


def _size(customers: int, effect: float, holdout: float, power: float) -> Size:
    return Size(
        customers=customers,
        held_out=round(customers * holdout),
        effect=effect,
        power=power,
        holdout=holdout,
    )


def _found(base: Baseline, effect: float, customers: int, holdout: float, power: float) -> float:
    """Return the effect that is found where the noise is that which `effect` leaves."""
    reach = _width(customers) + NormalDist().inv_cdf(power)
    return _error(base, effect, customers, holdout) * reach


def _error(base: Baseline, effect: float, customers: int, holdout: float) -> float:
    return base.noise(effect) / sqrt(customers * holdout * (1 - holdout))


def _width(customers: int) -> float:
    one = Difference(point=np.zeros(()), error=np.ones(()), n=np.array(float(customers)))
    return float(growing_radius(one, ALPHA))


def _first(enough: Callable[[int], bool], too_few: int, plenty: int) -> int:
    while plenty - too_few > 1:
        middle = (plenty + too_few) // 2
        too_few, plenty = (too_few, middle) if enough(middle) else (middle, plenty)
    return plenty


def _check(base: Baseline, holdout: float, power: float) -> None:
    problems = []
    if not 0 < holdout < 1:
        problems.append(Problem(message=N_("The hold-out lies between 0 and 1."), where="holdout"))
    if not 0 < power < 1:
        problems.append(Problem(message=N_("The power lies between 0 and 1."), where="power"))
    if base.residual <= 0:
        problems.append(
            Problem(message=N_("Nothing ever happens to these customers: there is no baseline."))
        )
    if problems:
        raise InvalidInputError(N_("The experiment cannot be sized"), problems)


def _refused(message: str, **values: object) -> InvalidInputError:
    return InvalidInputError(
        N_("The experiment cannot be sized"), [Problem(message=message, values=values)]
    )
