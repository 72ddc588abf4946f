"""What customers would take at given prices: loops over their rows, compiled, without the GIL.

A customer's answer to prices is exact: of each group of alike actions the best row, of these the
best that are worth more than their price, as many as there are slots. With further groups (one
contact a day by each channel) a short search looks for the best set without two alike.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from asterism.strategy.allocation.compiled import compiled


class Desk(NamedTuple):
    """Room to work in for one thread: the rows under consideration, best first."""

    #: What each action costs the customer; only those of the customer's rows are up to date.
    price: NDArray[np.float64]
    #: What the customer takes, best first: gain and row.
    gain: NDArray[np.float64]
    row: NDArray[np.int64]
    #: All worthy rows of a customer, where the search among groups needs them.
    pool_gain: NDArray[np.float64]
    pool_row: NDArray[np.int64]
    #: The search's path: places in the pool.
    path: NDArray[np.int64]


def desk(width: int, actions: int, longest: int) -> Desk:
    """Return room for customers with at most `width` slots and `longest` rows."""
    return Desk(
        price=np.zeros(actions),
        gain=np.zeros(width),
        row=np.zeros(width, np.int64),
        pool_gain=np.zeros(longest),
        pool_row=np.zeros(longest, np.int64),
        path=np.zeros(width, np.int64),
    )


@compiled
def load_prices(market: Any, base: Any, prices: Any, desk: Any, who: Any) -> None:
    """Fill the desk with the customer's price of each action, for all rows of the customer."""
    price, keyed_use, action = desk.price, market.keyed_use, market.action
    start, end, actions = market.first[who], market.first[who + 1], len(base)
    dense = (end - start) * 4 >= actions
    if dense:
        for what in range(actions):
            price[what] = base[what]
    else:
        for row in range(start, end):
            price[action[row]] = base[action[row]]
    for family in range(keyed_use.shape[0]):
        key = market.keys[family, who]
        each = prices[market.offsets[family] + key] if key >= 0 else 0.0
        if each == 0.0:
            continue
        if dense:
            for what in range(actions):
                price[what] += each * keyed_use[family, what]
        else:
            for row in range(start, end):
                # An action is there once for each customer, so that nothing is added twice.
                price[action[row]] += each * keyed_use[family, action[row]]


@compiled
def gain_of(market: Any, desk: Any, row: Any) -> Any:
    """Return the row's score less the price of all that it uses."""
    return market.score[row] - desk.price[market.action[row]]


@compiled
def _rank(best: Any, best_row: Any, filled: Any, most: Any, gain: Any, row: Any) -> Any:
    """Put a row among the best, dearest first and earlier before equal; return how many then."""
    if filled == most:
        if most == 0 or best[most - 1] >= gain:
            return filled
        place = most - 1
    else:
        place = filled
        filled += 1
    while place > 0 and best[place - 1] < gain:
        best[place], best_row[place] = best[place - 1], best_row[place - 1]
        place -= 1
    best[place], best_row[place] = gain, row
    return filled


@compiled
def are_alike(market: Any, one: Any, other: Any) -> Any:
    """Tell whether a customer may not get both actions."""
    if market.group[one] == market.group[other]:
        return True
    for number in range(market.others.shape[0]):
        if market.others[number, one] == market.others[number, other]:
            return True
    return False


@compiled
def _clash(market: Any, row: Any, filled: Any) -> Any:
    for one in range(filled):
        for other in range(one):
            if are_alike(market, market.action[row[one]], market.action[row[other]]):
                return True
    return False


@compiled
def _fits_path(market: Any, desk: Any, depth: Any, place: Any) -> Any:
    action = market.action[desk.pool_row[place]]
    for step in range(depth):
        if are_alike(market, market.action[desk.pool_row[desk.path[step]]], action):
            return False
    return True


@compiled
def _search(market: Any, desk: Any, pooled: Any, most: Any) -> Any:
    """Fill the desk with the best set of pooled rows without two alike: depth first, bounded."""
    best, filled, total, depth, place = 0.0, 0, 0.0, 0, 0
    while True:
        hopeful = depth < most and place < pooled
        if hopeful and total + (most - depth) * desk.pool_gain[place] > best:
            if _fits_path(market, desk, depth, place):
                desk.path[depth] = place
                total += desk.pool_gain[place]
                depth += 1
                if total > best:
                    best, filled = total, depth
                    for step in range(depth):
                        desk.gain[step] = desk.pool_gain[desk.path[step]]
                        desk.row[step] = desk.pool_row[desk.path[step]]
            place += 1
        elif depth == 0:
            return filled
        else:
            depth -= 1
            place = desk.path[depth] + 1
            total -= desk.pool_gain[desk.path[depth]]


@compiled
def answer(market: Any, desk: Any, who: Any) -> Any:
    """Fill the desk with what the customer takes at these prices; return how many rows."""
    most, filled = market.slots[who], 0
    if most <= 0:
        return 0
    # Local names: the compiled loop then holds the arrays in registers.
    action, score, group, price = market.action, market.score, market.group, desk.price
    best, best_row = desk.gain, desk.row
    here, top, top_row = -1, 0.0, -1
    for row in range(market.first[who], market.first[who + 1]):
        what = action[row]
        if group[what] != here:
            if top_row >= 0:
                filled = _rank(best, best_row, filled, most, top, top_row)
            here, top, top_row = group[what], 0.0, -1
        gain = score[row] - price[what]
        better = gain > top
        top_row = row if better else top_row
        top = gain if better else top
    if top_row >= 0:
        filled = _rank(best, best_row, filled, most, top, top_row)
    if market.others.shape[0] > 0 and filled > 1 and _clash(market, desk.row, filled):
        pooled = 0
        for row in range(market.first[who], market.first[who + 1]):
            gain = gain_of(market, desk, row)
            if gain > 0.0:
                size = len(desk.pool_gain)
                pooled = _rank(desk.pool_gain, desk.pool_row, pooled, size, gain, row)
        filled = _search(market, desk, pooled, most)
    return filled


@compiled
def add_answers(
    market: Any, base: Any, prices: Any, desk: Any, people: Any, counts: Any, used: Any,
    picks: Any,
) -> Any:  # fmt: skip
    """Add up what `people` take; return what they gain.

    `counts` (2 × actions) and `used` (2 × limits, the keyed ones only) are increased: row 0 by
    rows that are real, row 1 by those of controls. `picks`, if not empty, is filled with the rows.
    """
    total = 0.0
    ghosts, written = len(market.control) > 0, len(picks) > 0
    for place in range(len(people)):
        who = people[place]
        load_prices(market, base, prices, desk, who)
        for pick in range(answer(market, desk, who)):
            row = desk.row[pick]
            total += desk.gain[pick]
            if written:
                picks[who, pick] = row - market.first[who]
            kind = 1 if ghosts and market.control[row] else 0
            action = market.action[row]
            counts[kind, action] += 1.0
            for family in range(market.keys.shape[0]):
                key = market.keys[family, who]
                use = market.keyed_use[family, action]
                if key >= 0 and use != 0.0:
                    used[kind, market.offsets[family] + key] += use
    return total
