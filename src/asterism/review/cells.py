"""A cohort's outcomes added up: six sums and the cost of every group, for all versions at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from asterism.review.cohort import ARMS, Cohort
from asterism.review.goal import Version
from asterism.review.outcomes import Outcomes
from asterism.review.sums import FIELDS, EffectSums, Floats
from asterism.review.windows import Ints

#: The cut of everybody.
WHOLE = ("", "")
#: The cut of the outcome by waves: it divides the window, not the customers.
WAVE = "wave"


class State(StrEnum):
    """How far the outcomes of a group are."""

    #: The window still runs.
    OPEN = "open"
    #: The window is over; facts that come late still count.
    CLOSED = "closed"
    #: Over for good: added once, never read again.
    SETTLED = "settled"


STATES = tuple(State)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One group of one arm: its sums, and what its touches cost."""

    #: What the group is one of, and which: ('channel', 'email'); `WHOLE` for everybody.
    cut: str
    value: str
    arm: str
    state: State
    sums: EffectSums
    #: Minor units.
    cost_minor: int = 0

    @property
    def place(self) -> tuple[str, str, str, State]:
        """What makes the cell one."""
        return (self.cut, self.value, self.arm, self.state)

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(
            cut=self.cut,
            value=self.value,
            arm=self.arm,
            state=self.state,
            sums=self.sums + other.sums,
            cost_minor=self.cost_minor + other.cost_minor,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows of a cohort with all that is added up: arrays of one length."""

    cohort: Cohort
    outcomes: Outcomes
    #: Spent on each customer's touches within the window, minor units.
    cost: Ints
    #: Number into `STATES`.
    state: Ints


def summed(rows: Rows, codes: Ints, values: int, y: Ints | None = None) -> Floats:
    """Return the sums by version, arm, state and `codes` (0 to `values` − 1; −1 is left out).

    Shape (versions, arms, states, values, 7): the order of `FIELDS`, then the cost. `y` stands in
    for the rows' own outcome.
    """
    cohort, found = rows.cohort, rows.outcomes
    shape = (len(cohort.goals), len(ARMS), len(STATES), values)
    kept = codes >= 0
    group = np.ravel_multi_index((cohort.goal, cohort.arm, rows.state, np.maximum(codes, 0)), shape)
    outcome = (found.y if y is None else y).astype(np.float64)
    before = found.x.astype(np.float64)
    whole = bool(kept.all())
    terms = (outcome, outcome**2, before, before**2, before * outcome, rows.cost.astype(np.float64))
    group = group if whole else group[kept]
    size = int(np.prod(shape))
    count = np.bincount(group, minlength=size).astype(np.float64)
    sums = [np.bincount(group, one if whole else one[kept], minlength=size) for one in terms]
    return np.stack([count, *sums], axis=-1).reshape(*shape, len(FIELDS) + 1)


def cells_of(rows: Rows) -> dict[Version, list[Cell]]:
    """Return the cells of every version: everybody, each cut, and the outcome by waves."""
    goals = rows.cohort.goals
    found: dict[Version, list[Cell]] = {goal.key: [] for goal in goals}
    keys = [goal.key for goal in goals]
    nobody = np.zeros(rows.cohort.size, np.int64)
    _collect(found, keys, "", [""], summed(rows, nobody, 1))
    for name, cut in rows.cohort.cuts.items():
        if cut.values:
            _collect(found, keys, name, cut.values, summed(rows, cut.codes, len(cut.values)))
    waved = np.array([len(goal.wave_days) for goal in goals])[rows.cohort.goal]
    for wave, y in enumerate(rows.outcomes.by_wave):
        # A strategy of one wave has nothing to divide; later waves' customers are counted again.
        codes = np.where(waved > max(wave, 1), 0, -1)
        if (codes >= 0).any():
            _collect(found, keys, WAVE, [str(wave + 1)], summed(rows, codes, 1, y))
    return found


def _collect(
    found: Mapping[Version, list[Cell]],
    keys: Sequence[Version],
    cut: str,
    values: Sequence[str],
    sums: Floats,
) -> None:
    for version, cell in _filled(keys, cut, values, sums):
        found[version].append(cell)


def _filled(
    keys: Sequence[Version], cut: str, values: Sequence[str], sums: Floats
) -> Iterator[tuple[Version, Cell]]:
    for place in np.argwhere(sums[..., 0] > 0).tolist():
        goal, arm, state, value = place
        n, *terms, cost = sums[tuple(place)].tolist()
        yield (
            keys[goal],
            Cell(
                cut=cut,
                value=values[value],
                arm=ARMS[arm],
                state=STATES[state],
                sums=EffectSums(n=int(n), **dict(zip(FIELDS[1:], terms, strict=True))),
                cost_minor=round(cost),
            ),
        )


def added(*parts: Sequence[Cell]) -> tuple[Cell, ...]:
    """Return cells added up, one for each place, in a fixed order."""
    cells: dict[tuple[str, str, str, State], Cell] = {}
    for cell in (one for part in parts for one in part):
        known = cells.get(cell.place)
        cells[cell.place] = cell if known is None else known + cell
    return tuple(cells[place] for place in sorted(cells))
