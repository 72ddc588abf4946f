"""What customers would take instead: loops over their rows, compiled.

Swaps tell how much takes change with prices; the best refused row tells what one more unit of a
limit would bring.
"""

from typing import Any

from asterism.strategy.allocation.compiled import compiled
from asterism.strategy.allocation.kernels import answer, are_alike, gain_of, load_prices


@compiled
def _may_join(market: Any, desk: Any, filled: Any, leaving: Any, row: Any) -> Any:
    """Tell whether the row may be taken beside the others, if the pick `leaving` is given up."""
    for pick in range(filled):
        if desk.row[pick] == row:
            return False
        if pick != leaving and are_alike(market, market.action[desk.row[pick]], market.action[row]):
            return False
    return True


@compiled
def best_instead(market: Any, desk: Any, who: Any, filled: Any, leaving: Any, floor: Any) -> Any:
    """Return gain and row of the best row, above `floor`, to take instead of a pick; −1: none.

    `leaving` is the pick that is given up; `filled` itself for one more row in a free slot.
    """
    best, best_row = floor, -1
    for row in range(market.first[who], market.first[who + 1]):
        gain = gain_of(market, desk, row)
        if gain > best and _may_join(market, desk, filled, leaving, row):
            best, best_row = gain, row
    return best, best_row


@compiled
def _add_swap(market: Any, who: Any, one: Any, other: Any, laplacian: Any, keyed: Any) -> None:
    """Count a swap between two actions, the last one being none at all."""
    laplacian[one, one] += 1.0
    laplacian[other, other] += 1.0
    laplacian[one, other] -= 1.0
    laplacian[other, one] -= 1.0
    nothing = market.keyed_use.shape[1]
    for family in range(market.keyed_use.shape[0]):
        key = market.keys[family, who]
        if key < 0:
            continue
        change = market.keyed_use[family, one] if one < nothing else 0.0
        change -= market.keyed_use[family, other] if other < nothing else 0.0
        if change != 0.0:
            number = market.offsets[family] + key
            keyed[number, one] += change
            keyed[number, other] -= change


@compiled
def add_swaps(
    market: Any, base: Any, prices: Any, desk: Any, people: Any, window: Any,
    laplacian: Any, keyed: Any,
) -> None:  # fmt: skip
    """Count who would change their mind within `window` of the prices, and between what.

    `laplacian` is (actions + 1)², `keyed` limits × (actions + 1): the net change of a limit's use.
    """
    nothing = len(base)
    for place in range(len(people)):
        who = people[place]
        load_prices(market, base, prices, desk, who)
        filled = answer(market, desk, who)
        for pick in range(filled):
            floor = max(0.0, desk.gain[pick] - window)
            _, row = best_instead(market, desk, who, filled, pick, floor)
            if row >= 0:
                _add_swap(
                    market, who, market.action[desk.row[pick]], market.action[row], laplacian, keyed
                )
            elif desk.gain[pick] < window:
                _add_swap(market, who, market.action[desk.row[pick]], nothing, laplacian, keyed)
        if filled < market.slots[who]:
            gain, row = best_instead(market, desk, who, filled, filled, -window)
            if row >= 0 and gain <= 0.0:
                _add_swap(market, who, nothing, market.action[row], laplacian, keyed)


@compiled
def add_worth(market: Any, base: Any, prices: Any, desk: Any, people: Any, worth: Any) -> None:
    """Raise `worth`, by limit number, to the dearest price at which a refused row would come in."""
    for place in range(len(people)):
        who = people[place]
        load_prices(market, base, prices, desk, who)
        filled = answer(market, desk, who)
        floor = desk.gain[filled - 1] if filled >= market.slots[who] else 0.0
        for row in range(market.first[who], market.first[who + 1]):
            if _is_taken(desk, filled, row):
                continue
            action, short = market.action[row], floor - gain_of(market, desk, row)
            for use in range(market.use_first[action], market.use_first[action + 1]):
                limit = market.use_limit[use]
                each = prices[limit] - short / market.use_amount[use]
                worth[limit] = max(worth[limit], each)
            for family in range(market.keys.shape[0]):
                key, amount = market.keys[family, who], market.keyed_use[family, action]
                if key >= 0 and amount > 0.0:
                    limit = market.offsets[family] + key
                    worth[limit] = max(worth[limit], prices[limit] - short / amount)


@compiled
def _is_taken(desk: Any, filled: Any, row: Any) -> Any:
    for pick in range(filled):
        if desk.row[pick] == row:
            return True
    return False
