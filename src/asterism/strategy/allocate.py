"""Who gets what today: the most valuable rows first, never over a limit, with a certificate."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from asterism.kernel.errors import InvalidInputError, Problem
from asterism.strategy.allocation_kernels import (
    ALIKE,
    CHOSEN,
    NO_SLOT,
    NOT_TRIED,
    FlatLimits,
    Progressing,
    Rows,
    best_answers,
    take_in_order,
)
from asterism.strategy.candidates import Breach, Candidates, LimitFamily, Plan, Price

__all__ = ["ALIKE", "CHOSEN", "NOT_TRIED", "NO_SLOT", "allocate", "recount"]

#: Steps of the search for prices that prove how good the plan is.
DUAL_STEPS = 24
#: The bound stops being improved when it is this near to the plan, as a share.
_CLOSE = 1e-4
_SUBJECT = "The limits contradict themselves"


def allocate(candidates: Candidates, limits: Sequence[LimitFamily]) -> Plan:
    """Choose rows of `candidates` within `limits`.

    Rows are taken in the order of their score, ties in the order of their turn; first as far as
    minima need them, then all that fit. Every maximum is kept, which a separate count confirms; a
    minimum that cannot be reached is reported. InvalidInputError names limits that contradict
    themselves.
    """
    _check(limits)
    flat = _flat(candidates, limits)
    order = np.lexsort((candidates.turn, -candidates.score))
    blocked = np.full(len(candidates), NOT_TRIED, np.int32)
    _take(candidates, flat, order, blocked)
    chosen = blocked == CHOSEN
    real = chosen & ~candidates.control
    value = float(candidates.value[real].sum())
    prices = _refused_prices(candidates, flat, blocked)
    over, unmet = recount(candidates, limits, chosen)
    return Plan(
        chosen=chosen,
        blocked=blocked,
        value=value,
        bound=_bound(candidates, flat, chosen, prices, value),
        violations=over,
        unmet=unmet,
        prices=_named_prices(limits, flat, prices),
    )


def _flat(candidates: Candidates, limits: Sequence[LimitFamily]) -> FlatLimits:
    """Lay the limits out the way the compiled loops read them."""
    actions = candidates.alike.shape[1]
    uses = np.array([family.use for family in limits]).reshape(len(limits), actions)
    action, family = np.nonzero(uses.T)
    keyed = [family.key for family in limits if family.key is not None]
    has_key = np.array([family.key is not None for family in limits], np.bool_)
    sizes = np.array([len(family.maximum) for family in limits], np.int64)
    none = np.zeros(0)
    return FlatLimits(
        first_use=np.searchsorted(action, np.arange(actions + 1)).astype(np.int64),
        use_family=family.astype(np.int64),
        use_amount=uses[family, action],
        offsets=np.cumsum(sizes) - sizes,
        key_rows=np.where(has_key, np.cumsum(has_key) - 1, -1).astype(np.int64),
        keys=np.array(keyed, np.int32) if keyed else np.zeros((1, 1), np.int32),
        maximum=np.concatenate([none, *(family.maximum for family in limits)]),
        minimum=np.concatenate([none, *(_minimum(family) for family in limits)]),
    )


def _rows(candidates: Candidates, slots: NDArray[np.int32] | None = None) -> Rows:
    return Rows(
        customer=candidates.customer,
        action=candidates.action,
        value=candidates.value,
        control=candidates.control,
        slots=candidates.slots if slots is None else slots,
        alike=candidates.alike,
    )


def _minimum(family: LimitFamily) -> NDArray[np.float64]:
    return np.broadcast_to(family.minimum, family.maximum.shape)


def _check(limits: Sequence[LimitFamily]) -> None:
    problems = []
    for family in limits:
        numbers = np.concatenate([family.use, _minimum(family), family.maximum])
        if np.isnan(numbers).any() or (numbers < 0).any():
            message = "The limit {limit} has a negative amount, or one that is no number."
            problems.append(Problem(message=message, values={"limit": family.name}))
        for key in np.flatnonzero(_minimum(family) > family.maximum):
            message = "The limit {limit} {label} wants at least {minimum} and at most {maximum}."
            values = {
                "limit": family.name,
                "label": family.label(int(key)),
                "minimum": float(_minimum(family)[key]),
                "maximum": float(family.maximum[key]),
            }
            problems.append(Problem(message=message, values=values))
    if problems:
        raise InvalidInputError(_SUBJECT, problems)


def _take(
    candidates: Candidates, flat: FlatLimits, order: NDArray[np.int64], blocked: NDArray[np.int32]
) -> None:
    """Fill `blocked` by going through the rows in order, minima first."""
    customers = len(candidates.slots)
    width = max(int(candidates.slots.max(initial=1)), 1)
    state = Progressing(
        room=flat.maximum.copy(),
        lacking=flat.minimum.copy(),
        taken=np.zeros(customers, np.int32),
        picks=np.zeros((customers, width), np.int64),
        blocked=blocked,
    )
    rows = _rows(candidates)
    if flat.minimum.any():
        take_in_order(order, rows, flat, state, True)  # noqa: FBT003 - compiled: no keywords
    take_in_order(order, rows, flat, state, False)  # noqa: FBT003


def recount(
    candidates: Candidates, limits: Sequence[LimitFamily], chosen: NDArray[np.bool_]
) -> tuple[tuple[Breach, ...], tuple[Breach, ...]]:
    """Count a plan anew: the maxima it exceeds, customers' slots too, and the minima it misses.

    Shares no code with the choosing: one bincount for every limit.
    """
    over, short = _slot_breaches(candidates, chosen), list[Breach]()
    real = chosen & ~candidates.control
    customers, actions = candidates.customer[real], candidates.action[real]
    for family in limits:
        keys = np.zeros(len(customers), np.int64)
        if family.key is not None:
            keys = family.key[customers].astype(np.int64)
        counted = keys >= 0
        used = np.bincount(
            keys[counted], weights=family.use[actions[counted]], minlength=len(family.maximum)
        )
        beyond = np.flatnonzero(used > family.maximum * (1 + 1e-12))
        over += [_breach(family, int(key), used, family.maximum) for key in beyond]
        missed = np.flatnonzero(used < _minimum(family))
        short += [_breach(family, int(key), used, _minimum(family)) for key in missed]
    return tuple(over), tuple(short)


def _breach(
    family: LimitFamily, key: int, used: NDArray[np.number], wanted: NDArray[np.float64]
) -> Breach:
    return Breach(
        limit=family.name,
        label=family.label(key),
        used=float(used[key]),
        wanted=float(wanted[key]),
    )


def _slot_breaches(candidates: Candidates, chosen: NDArray[np.bool_]) -> list[Breach]:
    """Return customers with more rows than slots, or with two rows that are alike."""
    customers, actions = candidates.customer[chosen], candidates.action[chosen]
    counts = np.bincount(customers, minlength=len(candidates.slots))
    found = [
        Breach(limit="slots", label=str(who), used=float(counts[who]), wanted=float(slots))
        for who in np.flatnonzero(counts > candidates.slots)
        for slots in (candidates.slots[who],)
    ]
    for number, group in enumerate(candidates.alike):
        pairs = customers * (int(group.max(initial=0)) + 1) + group[actions]
        doubled = len(pairs) - len(np.unique(pairs))
        if doubled:
            found.append(Breach(limit="alike", label=str(number), used=float(doubled), wanted=0.0))
    return found


def _refused_prices(
    candidates: Candidates, flat: FlatLimits, blocked: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Return, per limit, value over use of the best row that it turned away."""
    prices = np.zeros(len(flat.maximum))
    rows = np.flatnonzero((blocked >= 0) & ~candidates.control)
    family = blocked[rows].astype(np.int64)
    key_row = flat.key_rows[family]
    own = flat.keys[np.maximum(key_row, 0), np.where(key_row < 0, 0, candidates.customer[rows])]
    key = np.where(key_row < 0, 0, own)
    use = _use_of(flat, candidates.action[rows], family)
    np.maximum.at(prices, flat.offsets[family] + key, candidates.value[rows] / use)
    return np.maximum(prices, 0.0)


def _use_of(
    flat: FlatLimits, action: NDArray[np.int32], family: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return how much of the family each row's action uses."""
    actions, families = len(flat.first_use) - 1, len(flat.offsets)
    table = np.zeros((actions, families))
    owner = np.repeat(np.arange(actions), np.diff(flat.first_use))
    table[owner, flat.use_family] = flat.use_amount
    return np.maximum(table[action, family], np.finfo(float).tiny)


def _bound(
    candidates: Candidates,
    flat: FlatLimits,
    chosen: NDArray[np.bool_],
    prices: NDArray[np.float64],
    value: float,
) -> float:
    """Return a value that no plan with the same controls exceeds.

    Weak duality: for any prices ≥ 0, what customers would gain by choosing freely at these prices,
    plus the price of all that the limits allow, is at least the optimum. Minima are left out,
    which only raises the bound. Prices are improved by subgradient steps (Polyak's step length).
    """
    if not len(candidates):
        return 0.0
    slots = candidates.slots.copy()
    ghosts = candidates.customer[chosen & candidates.control]
    np.subtract.at(slots, ghosts, 1)
    finite = np.isfinite(flat.maximum)
    scale = np.where(finite & (flat.maximum > 0), flat.maximum, 1.0)
    allowed = np.where(finite, flat.maximum, 0.0)
    best, trial = np.inf, prices.copy()
    for start in (np.zeros_like(prices), prices):
        gain, used = _answers(candidates, flat, slots, start)
        reached = gain + float(start @ allowed)
        if reached < best:
            best, trial, answer = reached, start.copy(), used
    if not len(prices):
        return best
    steps = trial * scale
    for _ in range(DUAL_STEPS):
        slope = np.where(finite, (answer - allowed) / scale, 0.0)
        slope[(steps <= 0) & (slope < 0)] = 0.0
        length = float(slope @ slope)
        if length == 0.0 or best - value <= _CLOSE * abs(best):
            break
        steps = np.maximum(0.0, steps + (reached - value) / length * slope)
        gain, answer = _answers(candidates, flat, slots, steps / scale)
        reached = gain + float((steps / scale) @ allowed)
        best = min(best, reached)
    return best


def _answers(
    candidates: Candidates, flat: FlatLimits, slots: NDArray[np.int32], prices: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    used = np.zeros(len(flat.maximum))
    gain = best_answers(_rows(candidates, slots), flat, prices, used)
    return float(gain), used


def _named_prices(
    limits: Sequence[LimitFamily], flat: FlatLimits, prices: NDArray[np.float64]
) -> tuple[Price, ...]:
    found = [
        Price(limit=family.name, label=family.label(key), value_minor=float(price))
        for family, offset in zip(limits, flat.offsets, strict=True)
        for key in range(len(family.maximum))
        if (price := prices[offset + key]) > 0
    ]
    return tuple(sorted(found, key=lambda price: -price.value_minor))
