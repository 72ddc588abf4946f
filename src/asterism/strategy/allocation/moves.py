"""Moves from what prices suggest to a plan that keeps every limit: loops, compiled.

A move takes one row of a customer away, gives another, or both. What it loses is the difference of
the rows' gains at the prices: at good prices a customer's second best is hardly worse.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from asterism.strategy.allocation.compiled import compiled
from asterism.strategy.allocation.kernels import are_alike, gain_of, load_prices

#: What a move is for: to fill a minimum, to relieve what is over its maximum, to use what is left.
FILL, RELIEVE, IMPROVE = 0, 1, 2
NONE = -1


class State(NamedTuple):
    """A plan in the making."""

    #: Customers × slots: place of each chosen row among the customer's rows, `NONE` for a free one.
    picks: NDArray[np.int16]
    #: By limit number; real rows only.
    used: NDArray[np.float64]
    minimum: NDArray[np.float64]
    maximum: NDArray[np.float64]


class Moves(NamedTuple):
    """Moves found, one after the other."""

    who: NDArray[np.int32]
    slot: NDArray[np.int16]
    #: Places among the customer's rows: what is given up and what is taken, `NONE` for nothing.
    leaving: NDArray[np.int16]
    joining: NDArray[np.int16]
    loss: NDArray[np.float64]


@compiled
def keyed_use(market: Any, who: Any, number: Any, action: Any) -> Any:
    """Return what an action uses of the `number`-th keyed family, and that limit's number."""
    key = market.keys[number, who]
    use = market.keyed_use[number, action]
    return (use, market.offsets[number] + key) if key >= 0 and use > 0.0 else (0.0, 0)


@compiled
def touches(market: Any, flags: Any, who: Any, row: Any) -> Any:
    """Tell whether the row uses any of the limits flagged."""
    action = market.action[row]
    for use in range(market.use_first[action], market.use_first[action + 1]):
        if flags[market.use_limit[use]]:
            return True
    for number in range(market.keys.shape[0]):
        amount, limit = keyed_use(market, who, number, action)
        if amount > 0.0 and flags[limit]:
            return True
    return False


@compiled
def add_use(market: Any, used: Any, who: Any, row: Any, sign: Any) -> None:
    """Add what the row uses, or take it off."""
    action = market.action[row]
    for use in range(market.use_first[action], market.use_first[action + 1]):
        used[market.use_limit[use]] += sign * market.use_amount[use]
    for number in range(market.keys.shape[0]):
        amount, limit = keyed_use(market, who, number, action)
        if amount > 0.0:
            used[limit] += sign * amount


@compiled
def _is_real(market: Any, row: Any) -> Any:
    return row >= 0 and (len(market.control) == 0 or not market.control[row])


@compiled
def _has_room(market: Any, state: Any, who: Any, leaving: Any, joining: Any) -> Any:
    """Tell whether `joining` fits every maximum once `leaving` is gone."""
    action, real = market.action[joining], _is_real(market, leaving)
    old = market.action[leaving] if real else action
    for use in range(market.use_first[action], market.use_first[action + 1]):
        limit = market.use_limit[use]
        freed = market.shared_use[limit, old] if real else 0.0
        if state.used[limit] - freed + market.use_amount[use] > state.maximum[limit]:
            return False
    for number in range(market.keys.shape[0]):
        amount, limit = keyed_use(market, who, number, action)
        if amount > 0.0:
            freed = market.keyed_use[number, old] if real else 0.0
            if state.used[limit] - freed + amount > state.maximum[limit]:
                return False
    return True


@compiled
def _keeps_minima(market: Any, state: Any, who: Any, leaving: Any, joining: Any) -> Any:
    """Tell whether no minimum falls short, or shorter, when `joining` replaces `leaving`."""
    action, real = market.action[leaving], _is_real(market, joining)
    new = market.action[joining] if real else action
    for use in range(market.use_first[action], market.use_first[action + 1]):
        limit = market.use_limit[use]
        less = market.use_amount[use] - (market.shared_use[limit, new] if real else 0.0)
        if less > 0.0 and state.used[limit] - less < state.minimum[limit]:
            return False
    for number in range(market.keys.shape[0]):
        amount, limit = keyed_use(market, who, number, action)
        if amount > 0.0:
            less = amount - (market.keyed_use[number, new] if real else 0.0)
            if less > 0.0 and state.used[limit] - less < state.minimum[limit]:
                return False
    return True


@compiled
def joins(market: Any, state: Any, who: Any, slot: Any, row: Any) -> Any:
    """Tell whether the row may stand beside the customer's other rows, `slot` given up."""
    start = market.first[who]
    for other in range(state.picks.shape[1]):
        place = state.picks[who, other]
        if place < 0:
            continue
        if start + place == row:
            return False
        if other != slot and are_alike(market, market.action[start + place], market.action[row]):
            return False
    return True


@compiled
def _may(market: Any, state: Any, purpose: Any, flags: Any, who: Any, old: Any, row: Any) -> Any:
    """Tell whether taking `row` for `old` serves the purpose and keeps the limits.

    `flags` are the limits that are short, or over; a purpose of its own says which.
    """
    if purpose == RELIEVE and touches(market, flags, who, row):
        return False
    if purpose == FILL and not touches(market, flags, who, row):
        return False
    if purpose == FILL and old >= 0 and touches(market, flags, who, old):
        return False
    if not _has_room(market, state, who, old, row):
        return False
    return not _is_real(market, old) or _keeps_minima(market, state, who, old, row)


@compiled
def _best_move(
    market: Any, state: Any, desk: Any, purpose: Any, flags: Any, who: Any, slot: Any, floor: Any
) -> Any:
    """Return the best row to put into the slot, above `floor`, and its gain; −1 for none."""
    start, best, best_row = market.first[who], floor, -1
    place = state.picks[who, slot]
    old = start + place if place >= 0 else -1
    least = -np.inf
    if purpose == IMPROVE:
        least = market.score[old] if old >= 0 else 0.0
        least += 1e-9 * abs(least)
    for row in range(start, market.first[who + 1]):
        gain = gain_of(market, desk, row)
        if gain <= best or market.score[row] <= least:
            continue
        if joins(market, state, who, slot, row) and _may(
            market, state, purpose, flags, who, old, row
        ):
            best, best_row = gain, row
    return best, best_row


@compiled
def find_moves(
    market: Any, base: Any, prices: Any, desk: Any, people: Any, state: Any, purpose: Any,
    flags: Any, most: Any, moves: Any,
) -> Any:  # fmt: skip
    """Write down the moves of `people` that lose less than `most`; return how many.

    To relieve: one for each row over a limit, into nothing if nothing else fits. Else: the best one
    of each customer.
    """
    found = 0
    for place in range(len(people)):
        who = people[place]
        load_prices(market, base, prices, desk, who)
        start, best_loss = market.first[who], most
        freed = False
        for slot in range(market.slots[who]):
            held = state.picks[who, slot]
            # One free slot is like another.
            if held < 0 and (freed or purpose == RELIEVE):
                continue
            freed = freed or held < 0
            gain = gain_of(market, desk, start + held) if held >= 0 else 0.0
            if purpose == RELIEVE:
                if not touches(market, flags, who, start + held):
                    continue
                best_loss = most
            floor = max(gain - best_loss, 0.0) if purpose == RELIEVE else gain - best_loss
            top, row = _best_move(market, state, desk, purpose, flags, who, slot, floor)
            if row < 0 and (purpose != RELIEVE or gain >= most):
                continue
            loss = gain - top if row >= 0 else gain
            if purpose == RELIEVE or loss < best_loss:
                at = found
                if purpose != RELIEVE and best_loss < most:
                    at = found - 1
                moves.who[at], moves.slot[at], moves.loss[at] = who, slot, loss
                moves.leaving[at] = held
                moves.joining[at] = row - start if row >= 0 else NONE
                found = at + 1
                best_loss = loss
    return found


@compiled
def _apply(market: Any, state: Any, who: Any, slot: Any, old: Any, new: Any) -> None:
    if _is_real(market, old):
        add_use(market, state.used, who, old, -1.0)
    if _is_real(market, new):
        add_use(market, state.used, who, new, 1.0)
    state.picks[who, slot] = new - market.first[who] if new >= 0 else NONE


@compiled
def make_moves(
    market: Any, state: Any, order: Any, moves: Any, purpose: Any, flags: Any, ruthless: Any
) -> Any:
    """Make the moves in order, each if it still serves its purpose; return how many were made.

    `flags` change as limits come right. `ruthless` relief takes rows away even if a minimum falls
    short: maxima are never exceeded.
    """
    made = 0
    for place in order:
        who, slot = moves.who[place], moves.slot[place]
        start, held, join = market.first[who], moves.leaving[place], moves.joining[place]
        if state.picks[who, slot] != held:
            continue
        old = start + held if held >= 0 else -1
        new = start + join if join >= 0 else -1
        if purpose == RELIEVE and not touches(market, flags, who, old):
            continue
        if new >= 0 and not (
            joins(market, state, who, slot, new)
            and _may(market, state, purpose, flags, who, old, new)
        ):
            new = -1
        if new < 0:
            if purpose != RELIEVE:
                continue
            if not ruthless and not (
                not _is_real(market, old) or _keeps_minima(market, state, who, old, new)
            ):
                continue
        _apply(market, state, who, slot, old, new)
        made += 1
        if purpose != IMPROVE:
            refresh(market, state, purpose, flags, who, old, new)
    return made


@compiled
def refresh(
    market: Any, state: Any, purpose: Any, flags: Any, who: Any, old: Any, new: Any
) -> None:
    """Bring the flags of the limits that a move touched up to date."""
    for row in (old, new):
        if row < 0:
            continue
        action = market.action[row]
        for use in range(market.use_first[action], market.use_first[action + 1]):
            limit = market.use_limit[use]
            flags[limit] = _flagged(state, purpose, limit)
        for number in range(market.keys.shape[0]):
            amount, limit = keyed_use(market, who, number, action)
            if amount > 0.0:
                flags[limit] = _flagged(state, purpose, limit)


@compiled
def _flagged(state: Any, purpose: Any, limit: Any) -> Any:
    if purpose == FILL:
        return state.used[limit] < state.minimum[limit]
    return state.used[limit] > state.maximum[limit]
