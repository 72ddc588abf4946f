"""The problem laid out as the compiled loops read it, and prices by flat limit number.

A limit has one number: limits that all customers share come first, one for each such family; then,
family after family, one for each key. Every customer belongs to one key of each keyed family, or to
none, so a customer meets at most as many limits as there are families, however many there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asterism.strategy.allocation.problem import Candidates, LimitFamily


class Market(NamedTuple):
    """Rows, customers and uses; what never changes while prices are looked for."""

    first: NDArray[np.int64]
    action: NDArray[np.integer]
    score: NDArray[np.floating]
    #: Empty if there are no controls.
    control: NDArray[np.bool_]
    slots: NDArray[np.int32]
    #: First group of each action, and the other groups × actions.
    group: NDArray[np.int32]
    others: NDArray[np.int32]
    #: Keyed families × customers.
    keys: NDArray[np.int32]
    #: Number of each keyed family's first limit.
    offsets: NDArray[np.int64]
    #: Shared limits × actions, keyed families × actions.
    shared_use: NDArray[np.float64]
    keyed_use: NDArray[np.float64]
    #: The shared limits that each action uses: where they begin, which, and how much.
    use_first: NDArray[np.int64]
    use_limit: NDArray[np.int64]
    use_amount: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Every limit by its number."""

    minimum: NDArray[np.float64]
    maximum: NDArray[np.float64]
    #: The largest use of one action: what a unit is measured by.
    unit: NDArray[np.float64]
    #: Families in the order of their numbers, as indices into the families given.
    families: NDArray[np.int64]
    #: Number of shared limits.
    shared: int

    def __len__(self) -> int:
        return len(self.maximum)


def lay_out(candidates: Candidates, limits: Sequence[LimitFamily]) -> tuple[Market, Bounds]:
    """Return the problem as flat arrays; the candidates' arrays are shared, not copied."""
    shared = [number for number, family in enumerate(limits) if family.key is None]
    keyed = [number for number, family in enumerate(limits) if family.key is not None]
    sizes = np.array([len(limits[number].maximum) for number in keyed], np.int64)
    ordered = [limits[number] for number in (*shared, *keyed)]
    none = np.zeros(0)
    shared_use = _uses(candidates, [limits[number] for number in shared])
    action, limit = np.nonzero(shared_use.T)
    market = Market(
        first=candidates.first,
        action=candidates.action,
        score=candidates.score,
        control=np.zeros(0, np.bool_) if candidates.control is None else candidates.control,
        slots=candidates.slots,
        group=np.ascontiguousarray(candidates.alike[0]),
        others=np.ascontiguousarray(candidates.alike[1:]),
        keys=_keys(candidates, [limits[number] for number in keyed]),
        offsets=len(shared) + np.cumsum(sizes) - sizes,
        shared_use=shared_use,
        keyed_use=_uses(candidates, [limits[number] for number in keyed]),
        use_first=np.searchsorted(action, np.arange(candidates.actions + 1)).astype(np.int64),
        use_limit=limit.astype(np.int64),
        use_amount=np.ascontiguousarray(shared_use[limit, action]),
    )
    bounds = Bounds(
        minimum=np.concatenate([none, *(family.least for family in ordered)]),
        maximum=np.concatenate([none, *(family.maximum for family in ordered)]),
        unit=np.concatenate([none, *(_unit(family) for family in ordered)]),
        families=np.array([*shared, *keyed], np.int64),
        shared=len(shared),
    )
    return market, _tightened(bounds, ordered)


def _keys(candidates: Candidates, keyed: Sequence[LimitFamily]) -> NDArray[np.int32]:
    rows = [family.key for family in keyed if family.key is not None]
    if not rows:
        return np.zeros((0, candidates.customers), np.int32)
    return np.ascontiguousarray(np.stack(rows).astype(np.int32, copy=False))


def _uses(candidates: Candidates, families: Sequence[LimitFamily]) -> NDArray[np.float64]:
    uses = np.zeros((len(families), candidates.actions))
    for number, family in enumerate(families):
        uses[number] = family.use
    return uses


def _unit(family: LimitFamily) -> NDArray[np.float64]:
    largest = float(family.use.max(initial=0.0))
    return np.full(len(family.maximum), largest if largest > 0 else 1.0)


def _tightened(bounds: Bounds, ordered: Sequence[LimitFamily]) -> Bounds:
    """Round limits that count whole units: 7.5 contacts are 7. No plan is lost, the bound gains."""
    whole = np.concatenate(
        [
            np.zeros(0, np.bool_),
            *(
                np.full(len(family.maximum), bool((family.use == np.rint(family.use)).all()))
                for family in ordered
            ),
        ]
    )
    return Bounds(
        minimum=np.where(whole, np.ceil(bounds.minimum - 1e-9), bounds.minimum),
        maximum=np.where(whole, np.floor(bounds.maximum + 1e-9), bounds.maximum),
        unit=bounds.unit,
        families=bounds.families,
        shared=bounds.shared,
    )


def flat_prices(bounds: Bounds, duals: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return prices given per family as one array by limit number."""
    return np.concatenate([np.zeros(0), *(duals[number] for number in bounds.families)])


def by_family(
    bounds: Bounds, limits: Sequence[LimitFamily], flat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], ...]:
    """Return what `flat` holds by limit number as one array per family, in the order given."""
    found: dict[int, NDArray[np.float64]] = {}
    start = 0
    for number in bounds.families.tolist():
        size = len(limits[number].maximum)
        found[number] = flat[start : start + size]
        start += size
    return tuple(found[number] for number in range(len(limits)))


def least_use(market: Market, bounds: Bounds) -> NDArray[np.float64]:
    """Return what the action that uses least of each limit uses of it; infinite if none does."""
    uses = np.vstack([market.shared_use, market.keyed_use])
    least = np.where(uses > 0, uses, np.inf).min(axis=1, initial=np.inf)
    sizes = np.diff(np.append(market.offsets, len(bounds)))
    return np.concatenate([least[: bounds.shared], np.repeat(least[bounds.shared :], sizes)])


def barred(market: Market, bounds: Bounds) -> NDArray[np.bool_]:
    """Tell which limits let nothing through: not even the action that uses least of them."""
    least = least_use(market, bounds)
    found: NDArray[np.bool_] = bounds.maximum < least
    return found & (bounds.minimum <= 0) & np.isfinite(least)
