"""From prices to an integer plan: minima first, then maxima, then what room is left.

Each step finds moves on all cores, sorts them by what they lose, and makes them one after the other
as long as they serve. Prices leave little to do, so that few moves are ever sorted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asterism.strategy.allocation.crowd import Crowd
from asterism.strategy.allocation.ghosts import Last, find_last, refuse_ghosts
from asterism.strategy.allocation.moves import (
    FILL,
    IMPROVE,
    NONE,
    RELIEVE,
    Moves,
    State,
    find_moves,
    make_moves,
)

Array = NDArray[np.float64]

#: What moves of each round may lose, as a share of a typical gain.
_FILLING = (0.1, 1.0, np.inf)
_RELIEVING = (0.03, 0.3, np.inf)
_IMPROVING = (0.03, 0.3)
#: Losses that differ by less than this share of a typical gain are equal: turns decide.
_EQUAL = 1e-7
#: An improving round that moves fewer than this share of all customers is the last of its kind.
_FEW = 1e-4
#: With so many customers a round costs seconds, and a dear move more or less is nothing.
_MANY, _FEW_OF_MANY = 2_000_000, 1e-3
#: Most improving rounds of each kind: what is left after them is hardly worth the search.
_ROUNDS = 3
#: Room that is kept where uses are no whole numbers, against rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Repair:
    """What the repair works on."""

    crowd: Crowd
    prices: Array
    #: What a typical gain is, in the score's units.
    scale: float
    #: Order among equals, by customer; None for the order of customers.
    turn: NDArray[np.uint32] | None


def repaired(repair: Repair) -> NDArray[np.bool_]:
    """Return which rows are chosen; no maximum is exceeded, minima are kept if they can be."""
    state = _taken(repair)
    _fill(repair, state)
    for most in (*_RELIEVING, np.inf):
        if (state.used > state.maximum).any():
            _round(repair, state, RELIEVE, most)
    if (state.used > state.maximum).any():
        _round(repair, state, RELIEVE, np.inf, ruthless=True)
    _fill(repair, state)
    _improve(repair, state)
    if len(repair.crowd.market.control) and _refuse_ghosts(repair, state):
        _improve(repair, state)
    return _chosen(repair.crowd, state)


def _fill(repair: Repair, state: State) -> None:
    for most in _FILLING:
        if (state.used < state.minimum).any():
            _round(repair, state, FILL, most)


def _improve(repair: Repair, state: State) -> None:
    customers = len(repair.crowd.people)
    many = customers > _MANY
    few = customers * (_FEW_OF_MANY if many else _FEW)
    for most in _IMPROVING[:1] if many else _IMPROVING:
        for _ in range(_ROUNDS):
            if _round(repair, state, IMPROVE, most) <= few:
                break


def _refuse_ghosts(repair: Repair, state: State) -> int:
    """Take back rows of controls that a real row of their merit would not have got.

    Prices leave a gap between the last row that a full limit takes and the first that it refuses;
    a control within the gap would be left alone where its like is refused, not touched.
    """
    crowd, limits = repair.crowd, len(state.used)
    turn = np.arange(len(state.picks)) if repair.turn is None else repair.turn
    last = Last(np.full(limits, np.inf), np.full(limits, -1.0))
    unit = repair.scale * _EQUAL
    base, room = crowd.base(repair.prices), crowd.desk()
    people = crowd.people
    find_last(crowd.market, base, repair.prices, room, people, state, turn, unit, last)
    return int(
        refuse_ghosts(crowd.market, base, repair.prices, room, people, state, turn, unit, last)
    )


def _taken(repair: Repair) -> State:
    crowd, bounds = repair.crowd, repair.crowd.bounds
    market, prices = crowd.market, repair.prices
    width = max(int(market.slots.max(initial=1)), 1)
    picks = np.full((len(market.slots), width), NONE, np.int16)
    used = crowd.answers(prices, picks).used
    whole = (bounds.unit == np.rint(bounds.unit)) & (bounds.maximum == np.rint(bounds.maximum))
    spare = np.where(whole, 0.0, _ROUNDING)
    return State(
        picks=picks,
        used=used.copy(),
        minimum=bounds.minimum * (1 + spare),
        maximum=bounds.maximum * (1 - spare),
    )


def _round(
    repair: Repair, state: State, purpose: int, most: float, *, ruthless: bool = False
) -> int:
    """Find, sort and make moves of one purpose; return how many were made."""
    over, short = state.used > state.maximum, state.used < state.minimum
    flags = short if purpose == FILL else over
    moves = _found(repair, state, purpose, flags, most * repair.scale)
    bins = np.rint(moves.loss / (repair.scale * _EQUAL))
    turn = (moves.who if repair.turn is None else repair.turn[moves.who]).astype(np.int64)
    # Who comes first in turn is served first, and loses last.
    order = np.lexsort((-turn if purpose == RELIEVE else turn, bins))
    made = make_moves(repair.crowd.market, state, order, moves, purpose, flags, ruthless)
    return int(made)


def _found(
    repair: Repair, state: State, purpose: int, flags: NDArray[np.bool_], most: float
) -> Moves:
    crowd, market = repair.crowd, repair.crowd.market
    base, each = crowd.base(repair.prices), state.picks.shape[1] if purpose == RELIEVE else 1

    def part(people: NDArray[np.int64]) -> Moves:
        room = len(people) * each
        moves = Moves(
            who=np.empty(room, np.int32),
            slot=np.empty(room, np.int16),
            leaving=np.empty(room, np.int16),
            joining=np.empty(room, np.int16),
            loss=np.empty(room),
        )
        found = find_moves(
            market, base, repair.prices, crowd.desk(), people, state, purpose, flags, most, moves
        )
        return Moves._make(column[:found].copy() for column in moves)

    parts = crowd.in_parts(part)
    return Moves._make(np.concatenate(columns) for columns in zip(*parts, strict=True))


def _chosen(crowd: Crowd, state: State) -> NDArray[np.bool_]:
    chosen = np.zeros(len(crowd.market.action), np.bool_)
    for slot in range(state.picks.shape[1]):
        who = np.flatnonzero(state.picks[:, slot] >= 0)
        chosen[crowd.market.first[who] + state.picks[who, slot]] = True
    return chosen
