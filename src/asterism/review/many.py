"""Many effects at once: which of them may be believed although one looked at all, and every day."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sqlalchemy import Engine

from asterism.review.cells import Cell, State
from asterism.review.cohort import HOLDOUT, TOUCH
from asterism.review.effect import Effect
from asterism.review.latest import cut_cells, effect_of_cells
from asterism.review.sequence import ALPHA, Difference, difference, growing_evidence
from asterism.review.store import Reviewed, load_reviews
from asterism.review.sums import stack, total


def discoveries(evidence: ArrayLike, alpha: float = ALPHA) -> NDArray[np.bool_]:
    """Return which of many e-values may be called discoveries; shape (k,).

    The e-BH procedure (R. Wang and A. Ramdas, "False discovery rate control with e-values",
    Journal of the Royal Statistical Society B 84, 2022): with the e-values in falling order, the
    largest i with e₍ᵢ₎ ≥ k / (α i) are taken. At most a share α of those taken is false on
    average, however the experiments depend on each other, and on whatever day one stops to look.
    """
    values = np.asarray(evidence, dtype=np.float64)
    order = np.argsort(-values, kind="stable")
    places = np.arange(1, values.size + 1)
    enough = np.flatnonzero(values[order] * places * alpha >= values.size)
    taken = np.zeros(values.size, np.bool_)
    if enough.size:
        taken[order[: enough[-1] + 1]] = True
    return taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The effect within one value of a cut, with the whole cut kept in mind."""

    value: str
    #: Customers whose window is over; the intervals of all values hold together (each of them at
    #: level α divided by their number).
    effect: Effect
    #: How much the effect here exceeds that on everybody else; NaN while too few.
    excess: float
    #: Whether the effect here differs from that on everybody else, beyond the chance of so many
    #: values and looks.
    differs: bool


def parts_of(reviewed: Reviewed, cut: str) -> tuple[Part, ...]:
    """Return the effects within the values of `cut`, from windows that are over."""
    closed = [one for one in reviewed.cells if one.cut == cut and one.state is not State.OPEN]
    values = sorted({cell.value for cell in closed})
    if not values:
        return ()
    found = [_excess(closed, value) for value in values]
    evidence = [float(growing_evidence(one)) for one in found]
    return tuple(
        Part(
            value=value,
            effect=effect_of_cells(
                reviewed, cut_cells(closed, value), None, alpha=ALPHA / len(values)
            ),
            excess=float(excess.point),
            differs=bool(differs),
        )
        for value, excess, differs in zip(values, found, discoveries(evidence), strict=True)
    )


def kinds_of(engine: Engine, strategy: str, version: int, cut: str) -> tuple[Part, ...]:
    """Return the effects within the values of `cut` as last reviewed; none before a window ends."""
    return tuple(
        part
        for one in load_reviews(engine, strategy=strategy, cut=cut)
        if one.goal.version == version
        for part in parts_of(one, cut)
    )


def _excess(cells: Sequence[Cell], value: str) -> Difference:
    """Return the effect within `value` less that within all other values: disjoint customers."""
    inside = _arms([cell for cell in cells if cell.value == value])
    outside = _arms([cell for cell in cells if cell.value != value])
    return Difference(
        point=np.asarray(inside.point - outside.point),
        error=np.asarray(np.hypot(inside.error, outside.error)),
        n=np.asarray(inside.n + outside.n),
    )


def _arms(cells: Sequence[Cell]) -> Difference:
    touch, held = (
        total(cell.sums for cell in cells if cell.arm == arm) for arm in (TOUCH, HOLDOUT)
    )
    return difference(stack([touch])[0], stack([held])[0])
