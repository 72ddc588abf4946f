"""Loops over candidate rows, compiled by Numba: one pass each, without the GIL.

Limits lie flat: limit number = the family's offset + the customer's key. An action lists the
families that it uses, so that a row looks at its own three to six limits and no others.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

CHOSEN = -1
NO_SLOT = -2
ALIKE = -3
NOT_TRIED = -4
_compiled = njit(nogil=True, cache=True)


class Rows(NamedTuple):
    """The candidates as the loops read them; the fields of `Candidates`."""

    customer: NDArray[np.int64]
    action: NDArray[np.int32]
    value: NDArray[np.float64]
    control: NDArray[np.bool_]
    slots: NDArray[np.int32]
    alike: NDArray[np.int32]


class FlatLimits(NamedTuple):
    """All limits of all families, one after the other."""

    #: Where an action's uses begin, one more than there are actions.
    first_use: NDArray[np.int64]
    use_family: NDArray[np.int64]
    use_amount: NDArray[np.float64]
    #: Number of each family's first limit.
    offsets: NDArray[np.int64]
    #: Row of `keys` that holds each family's keys, −1 where all customers share one limit.
    key_rows: NDArray[np.int64]
    keys: NDArray[np.int32]
    maximum: NDArray[np.float64]
    minimum: NDArray[np.float64]


class Progressing(NamedTuple):
    """What choosing changes as it goes along."""

    #: What every limit has left, and what every minimum still lacks.
    room: NDArray[np.float64]
    lacking: NDArray[np.float64]
    #: How many rows each customer has, and which.
    taken: NDArray[np.int32]
    picks: NDArray[np.int64]
    #: Per row: `CHOSEN`, or why not.
    blocked: NDArray[np.int32]


@_compiled
def _limit(limits: Any, use: Any, customer: Any) -> Any:
    """Return the number of the limit that a use of a customer counts towards, −1 for none."""
    family = limits.use_family[use]
    row = limits.key_rows[family]
    if row < 0:
        return limits.offsets[family]
    key = limits.keys[row, customer]
    return limits.offsets[family] + key if key >= 0 else -1


@_compiled
def _is_wanted(rows: Any, limits: Any, state: Any, row: Any) -> Any:
    """Tell whether a minimum that the row counts towards still lacks something."""
    what = rows.action[row]
    for use in range(limits.first_use[what], limits.first_use[what + 1]):
        number = _limit(limits, use, rows.customer[row])
        if number >= 0 and state.lacking[number] > 0.0:
            return True
    return False


@_compiled
def _obstacle(rows: Any, limits: Any, state: Any, row: Any) -> Any:
    """Return why the row cannot be chosen now, `CHOSEN` if it can."""
    who, what = rows.customer[row], rows.action[row]
    if state.taken[who] >= rows.slots[who]:
        return NO_SLOT
    for pick in range(state.taken[who]):
        other = rows.action[state.picks[who, pick]]
        for group in range(rows.alike.shape[0]):
            if rows.alike[group, other] == rows.alike[group, what]:
                return ALIKE
    for use in range(limits.first_use[what], limits.first_use[what + 1]):
        number = _limit(limits, use, who)
        if number >= 0 and state.room[number] < limits.use_amount[use]:
            return limits.use_family[use]
    return CHOSEN


@_compiled
def _choose(rows: Any, limits: Any, state: Any, row: Any) -> None:
    """Give the row its customer's slot and, unless it is a control's, what it uses."""
    who, what = rows.customer[row], rows.action[row]
    state.picks[who, state.taken[who]] = row
    state.taken[who] += 1
    if rows.control[row]:
        return
    for use in range(limits.first_use[what], limits.first_use[what + 1]):
        number = _limit(limits, use, who)
        if number >= 0:
            state.room[number] -= limits.use_amount[use]
            state.lacking[number] -= limits.use_amount[use]


@_compiled
def take_in_order(order: Any, rows: Any, limits: Any, state: Any, only_wanted: Any) -> None:
    """Choose rows in `order`, each if nothing stands against it at its turn.

    With `only_wanted` a row is tried only while one of its minima lacks something.
    """
    for place in range(len(order)):
        row = order[place]
        if state.blocked[row] == CHOSEN:
            continue
        if only_wanted and not _is_wanted(rows, limits, state, row):
            continue
        state.blocked[row] = _obstacle(rows, limits, state, row)
        if state.blocked[row] == CHOSEN:
            _choose(rows, limits, state, row)


@_compiled
def _use(rows: Any, limits: Any, used: Any, row: Any) -> None:
    """Add what the row uses of every limit."""
    what = rows.action[row]
    for use in range(limits.first_use[what], limits.first_use[what + 1]):
        number = _limit(limits, use, rows.customer[row])
        if number >= 0:
            used[number] += limits.use_amount[use]


@_compiled
def _gain(rows: Any, limits: Any, prices: Any, row: Any) -> Any:
    """Return the row's value less the price of all that it uses; 0 for a control's."""
    if rows.control[row]:
        return 0.0
    gain = rows.value[row]
    what = rows.action[row]
    for use in range(limits.first_use[what], limits.first_use[what + 1]):
        number = _limit(limits, use, rows.customer[row])
        if number >= 0:
            gain -= prices[number] * limits.use_amount[use]
    return gain


@_compiled
def _rank(best: Any, best_row: Any, filled: Any, gain: Any, row: Any) -> Any:
    """Put a row among a customer's best, dearest first; return how many there are then."""
    place = min(filled, len(best) - 1)
    if filled == len(best) and best[place] >= gain:
        return filled
    while place > 0 and best[place - 1] < gain:
        best[place], best_row[place] = best[place - 1], best_row[place - 1]
        place -= 1
    best[place], best_row[place] = gain, row
    return min(filled + 1, len(best))


@_compiled
def _best_alike(rows: Any, limits: Any, prices: Any, start: Any) -> Any:
    """Return the end of the alike rows of one customer from `start` on, and the best of them."""
    who, group = rows.customer[start], rows.alike[0]
    here, top, top_row, row = group[rows.action[start]], 0.0, -1, start
    while row < len(rows.customer) and rows.customer[row] == who:
        if group[rows.action[row]] != here:
            break
        gain = _gain(rows, limits, prices, row)
        if gain > top:
            top, top_row = gain, row
        row += 1
    return row, top, top_row


@_compiled
def best_answers(rows: Any, limits: Any, prices: Any, used: Any) -> Any:
    """Return what all customers would gain if each took the best rows at `prices`.

    A customer takes the best row of each first `alike` group, and of these as many as there are
    slots. `used` is increased by what that would use of every limit.
    """
    width = max(rows.slots.max(), 1)
    best, best_row = np.zeros(width), np.zeros(width, np.int64)
    total, row = 0.0, 0
    while row < len(rows.customer):
        who, filled = rows.customer[row], 0
        slots = best[: max(rows.slots[who], 0)]
        while row < len(rows.customer) and rows.customer[row] == who:
            row, top, top_row = _best_alike(rows, limits, prices, row)
            if top_row >= 0 and len(slots) > 0:
                filled = _rank(slots, best_row, filled, top, top_row)
        for place in range(filled):
            total += best[place]
            _use(rows, limits, used, best_row[place])
    return total
