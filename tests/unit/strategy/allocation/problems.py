"""Small allocation problems written down by hand, or drawn."""

from collections.abc import Collection, Sequence
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from asterism.strategy.allocation import Candidates, LimitFamily, recount


def candidates(  # noqa: PLR0913 - a problem in one line
    rows: Sequence[tuple[int, int, float]],
    *,
    slots: Sequence[int] = (1,),
    alike: Sequence[Sequence[int]] | None = None,
    control: Collection[int] = (),
    actions: int | None = None,
    customers: int | None = None,
) -> Candidates:
    """Rows of (customer, action, score), ordered by customer."""
    who = np.array([row[0] for row in rows], np.int64)
    people = customers or int(who.max()) + 1
    number = actions or int(max(row[1] for row in rows)) + 1
    return Candidates(
        first=np.searchsorted(who, np.arange(people + 1)).astype(np.int64),
        action=np.array([row[1] for row in rows], np.int32),
        score=np.array([row[2] for row in rows], np.float64),
        slots=np.broadcast_to(np.array(slots, np.int32), people).copy(),
        alike=np.array([range(number)] if alike is None else alike, np.int32),
        control=np.array([row in control for row in range(len(rows))]) if control else None,
        turn=None,
    )


def limit(
    name: str,
    use: ArrayLike,
    maximum: ArrayLike,
    minimum: ArrayLike = 0.0,
    key: ArrayLike | None = None,
) -> LimitFamily:
    return LimitFamily(
        name=name,
        use=np.array(use, float),
        maximum=np.atleast_1d(np.array(maximum, float)),
        minimum=np.atleast_1d(np.array(minimum, float)),
        key=None if key is None else np.array(key, np.int32),
    )


def drawn(
    seed: int, customers: int, actions: int, *, most_slots: int = 2, groups: int = 1
) -> tuple[Candidates, list[LimitFamily]]:
    """Return a problem with limits of every kind, drawn by `seed`; minima can be met."""
    generator = np.random.default_rng(seed)
    offer = np.sort(generator.integers(0, max(1, actions // 2) + 1, actions))
    channel = generator.integers(0, 3, actions)
    pairs = [
        (who, what)
        for who in range(customers)
        for what in range(actions)
        if generator.random() < 0.8
    ] or [(0, 0)]
    rows = [(who, what, float(np.round(generator.normal(8, 6), 2))) for who, what in pairs]
    problem = candidates(
        rows,
        slots=tuple(generator.integers(0, most_slots + 1, customers).tolist()),
        alike=[offer.tolist(), channel.tolist()][:groups],
        actions=actions,
        customers=customers,
    )
    room = max(1, customers // 2)
    limits = [
        limit("budget:bank", generator.integers(0, 6, actions), generator.integers(0, 4 * room)),
        limit("channel:a", channel == 0, generator.integers(0, room + 1)),
        limit("quota:b", offer == 0, room, generator.integers(0, 2)),
        limit(
            "branch",
            channel > 0,
            generator.integers(0, room + 1, 3),
            np.zeros(3),
            generator.integers(-1, 3, customers),
        ),
    ]
    return problem, limits


def every_plan(problem: Candidates) -> list[NDArray[np.bool_]]:
    """Return all subsets of the rows; for a handful of rows."""
    return [np.array(bits) for bits in product([False, True], repeat=len(problem))]


def best(problem: Candidates, limits: Sequence[LimitFamily]) -> float | None:
    """Return the optimum by trying everything; None if no plan keeps every limit."""
    values = [
        float(problem.score[chosen].sum())
        for chosen in every_plan(problem)
        if recount(problem, limits, chosen) == ((), ())
    ]
    return max(values, default=None)
