"""What an allocation problem must be before it is solved: every problem at once."""

from collections.abc import Iterator, Sequence

import numpy as np

from asterism.kernel.errors import InvalidInputError, Problem
from asterism.strategy.allocation.problem import Candidates, LimitFamily

_SUBJECT = "The allocation cannot start"
#: A plan in the making keeps places among a customer's rows in 16 bits.
_MOST_ROWS = 32_767


def check(candidates: Candidates, limits: Sequence[LimitFamily]) -> None:
    """Raise InvalidInputError with everything that is wrong with a problem."""
    problems = [*_of_candidates(candidates)]
    for family in limits:
        problems += _of_family(family, candidates)
    names = [family.name for family in limits]
    for name in sorted({name for name in names if names.count(name) > 1}):
        problems.append(_problem("Two limits are called {limit}.", limit=name))
    if problems:
        raise InvalidInputError(_SUBJECT, problems)


def _problem(message: str, **values: object) -> Problem:
    return Problem(message=message, values=values)


def _of_candidates(candidates: Candidates) -> Iterator[Problem]:
    first, size = candidates.first, len(candidates)
    if len(first) != candidates.customers + 1 or first[0] != 0 or first[-1] != size:
        yield _problem("The candidates' rows and customers do not fit together.")
    elif (np.diff(first) < 0).any():
        yield _problem("The candidates are not ordered by customer.")
    elif len(first) > 1 and int(np.diff(first).max()) > _MOST_ROWS:
        yield _problem("A customer has more than {most} candidates.", most=_MOST_ROWS)
    if (candidates.slots < 0).any():
        yield _problem("A customer has fewer than no slots.")
    for array, length in (
        (candidates.score, size),
        (candidates.control, size),
        (candidates.turn, candidates.customers),
    ):
        if array is not None and len(array) != length:
            yield _problem("The candidates' scores, controls or turns are too few or too many.")
    if size:
        yield from _of_rows(candidates)


def _of_rows(candidates: Candidates) -> Iterator[Problem]:
    # Extremes carry what is no number with them, and need no memory of their own.
    if not np.isfinite([candidates.score.min(), candidates.score.max()]).all():
        yield _problem("A candidate's value is not a finite number.")
    lowest, highest = int(candidates.action.min()), int(candidates.action.max())
    if lowest < 0 or highest >= candidates.actions:
        yield _problem("A candidate's action does not exist.")


def _of_family(family: LimitFamily, candidates: Candidates) -> Iterator[Problem]:
    if len(family.use) != candidates.actions:
        yield _problem("The limit {limit} does not say what each action uses.", limit=family.name)
    if not np.isfinite(family.use).all() or (family.use < 0).any():
        yield _problem(
            "The limit {limit} has a negative amount, or one that is no number.", limit=family.name
        )
    if family.minimum.shape not in {(1,), family.maximum.shape}:
        yield _problem("The limit {limit} has not one minimum for each key.", limit=family.name)
        return
    least, most = family.least, family.maximum
    wrong = np.isnan(least) | np.isnan(most) | (least < 0) | (most < 0) | np.isinf(least)
    for key in np.flatnonzero(wrong).tolist():
        yield _problem(
            "The limit {limit} {label} is negative, or no number.",
            limit=family.name,
            label=family.label(key),
        )
    for key in np.flatnonzero(~wrong & (least > most)).tolist():
        yield _problem(
            "The limit {limit} {label} wants at least {minimum} and at most {maximum}.",
            limit=family.name,
            label=family.label(key),
            minimum=float(least[key]),
            maximum=float(most[key]),
        )
    yield from _of_keys(family, candidates)


def _of_keys(family: LimitFamily, candidates: Candidates) -> Iterator[Problem]:
    if family.key is None:
        if len(family.maximum) != 1:
            yield _problem("The limit {limit} needs a key for each customer.", limit=family.name)
        return
    if len(family.key) != candidates.customers:
        yield _problem("The limit {limit} needs a key for each customer.", limit=family.name)
    elif len(family.key) and not (
        int(family.key.min()) >= -1 and int(family.key.max()) < len(family.maximum)
    ):
        yield _problem("The limit {limit} has a key that is out of range.", limit=family.name)
