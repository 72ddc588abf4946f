"""What a limit would be worth if it were wider or tighter: planned again at once, on a sample."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from asterism.strategy.allocation import Candidates, LimitFamily, Plan, allocate
from asterism.strategy.price_list import PriceList

#: Customers in a sample: enough for the prices, few enough to be planned between two keystrokes.
SAMPLE = 20_000
_SEED = 20_261_121


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A share of a day's customers with the same share of every limit, and its plan."""

    candidates: Candidates
    families: tuple[LimitFamily, ...]
    share: float
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """What changes when one limit does; for the whole bank."""

    limit: str
    factor: float
    #: Change of the plan's value.
    change_minor: float
    value_minor: float
    #: Dearest price of the limit before and after.
    price_before_minor: float
    price_after_minor: float
    #: How far the sample's new plan may be from the best.
    gap: float


def sampled(
    candidates: Candidates,
    families: Sequence[LimitFamily],
    prices: PriceList | None = None,
    size: int = SAMPLE,
) -> Sample:
    """Return a sample of about `size` of the customers who have something to choose from."""
    having = np.flatnonzero(np.diff(candidates.first) > 0)
    people, share = having, 1.0
    if len(having) > size:
        drawn = np.random.default_rng(_SEED).random(len(having))
        people = having[drawn < size / len(having)]
        share = len(people) / len(having)
    few = _among(candidates, people)
    scaled = tuple(_scaled(family, people, share) for family in families)
    warm = prices.duals(scaled) if prices else None
    return Sample(
        candidates=few, families=scaled, share=share, plan=allocate(few, scaled, warm=warm)
    )


def what_if(sample: Sample, limit: str, factor: float) -> WhatIf:
    """Plan the sample again with one limit `factor` times as wide; KeyError if there is none."""
    number = next((n for n, f in enumerate(sample.families) if f.name == limit), None)
    if number is None:
        raise KeyError(limit)
    family = sample.families[number]
    wider = np.maximum(np.floor(family.maximum * factor), family.least)
    changed = (
        *sample.families[:number],
        replace(family, maximum=wider),
        *sample.families[number + 1 :],
    )
    plan = allocate(sample.candidates, changed, warm=sample.plan.duals)
    return WhatIf(
        limit=limit,
        factor=factor,
        change_minor=(plan.value - sample.plan.value) / sample.share,
        value_minor=plan.value / sample.share,
        price_before_minor=_dearest(sample.plan, limit),
        price_after_minor=_dearest(plan, limit),
        gap=plan.gap,
    )


def _dearest(plan: Plan, limit: str) -> float:
    return max((price.value_minor for price in plan.prices if price.limit == limit), default=0.0)


def _among(candidates: Candidates, people: NDArray[np.int64]) -> Candidates:
    lengths = np.diff(candidates.first)[people]
    first = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    rows = np.repeat(candidates.first[people] - first[:-1], lengths) + np.arange(first[-1])
    return Candidates(
        first=first,
        action=candidates.action[rows],
        score=candidates.score[rows],
        slots=candidates.slots[people],
        alike=candidates.alike,
        control=None if candidates.control is None else candidates.control[rows],
        turn=None if candidates.turn is None else candidates.turn[people],
    )


def _scaled(family: LimitFamily, people: NDArray[np.int64], share: float) -> LimitFamily:
    return replace(
        family,
        key=None if family.key is None else family.key[people],
        minimum=np.floor(family.least * share),
        maximum=np.ceil(family.maximum * share) if share < 1 else family.maximum,
    )
