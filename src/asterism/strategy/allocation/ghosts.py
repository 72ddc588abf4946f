"""Controls are refused by the rule that refuses real rows: loops, compiled."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from asterism.strategy.allocation.compiled import compiled
from asterism.strategy.allocation.kernels import gain_of, load_prices
from asterism.strategy.allocation.moves import NONE, joins, keyed_use


class Last(NamedTuple):
    """The last real row that each limit took, by limit number: least merit, then latest turn."""

    merit: NDArray[np.float64]
    turn: NDArray[np.float64]


@compiled
def _merit(market: Any, desk: Any, state: Any, who: Any, slot: Any, unit: Any) -> Any:
    """Return what the customer's row is worth more than the next best, in whole `unit`s."""
    start = market.first[who]
    gain, best = gain_of(market, desk, start + state.picks[who, slot]), 0.0
    for row in range(start, market.first[who + 1]):
        other = gain_of(market, desk, row)
        if other > best and joins(market, state, who, slot, row):
            best = other
    return np.rint((gain - best) / unit)


@compiled
def _is_full(state: Any, limit: Any, amount: Any) -> Any:
    return state.used[limit] + amount > state.maximum[limit]


@compiled
def _lower(last: Any, limit: Any, merit: Any, turn: Any) -> None:
    if merit < last.merit[limit]:
        last.merit[limit], last.turn[limit] = merit, turn
    elif merit == last.merit[limit]:
        last.turn[limit] = max(last.turn[limit], turn)


@compiled
def find_last(
    market: Any, base: Any, prices: Any, desk: Any, people: Any, state: Any, turn: Any,
    unit: Any, last: Any,
) -> None:  # fmt: skip
    """Fill `last` with the least real row of every full limit."""
    for place in range(len(people)):
        who = people[place]
        load_prices(market, base, prices, desk, who)
        for slot in range(market.slots[who]):
            held = state.picks[who, slot]
            if held < 0 or market.control[market.first[who] + held]:
                continue
            merit = _merit(market, desk, state, who, slot, unit)
            action = market.action[market.first[who] + held]
            for use in range(market.use_first[action], market.use_first[action + 1]):
                limit = market.use_limit[use]
                if _is_full(state, limit, market.use_amount[use]):
                    _lower(last, limit, merit, turn[who])
            for number in range(market.keys.shape[0]):
                amount, limit = keyed_use(market, who, number, action)
                if amount > 0.0 and _is_full(state, limit, amount):
                    _lower(last, limit, merit, turn[who])


@compiled
def _comes_after(last: Any, limit: Any, merit: Any, turn: Any) -> Any:
    if merit == last.merit[limit]:
        return turn > last.turn[limit]
    return merit < last.merit[limit]


@compiled
def refuse_ghosts(
    market: Any, base: Any, prices: Any, desk: Any, people: Any, state: Any, turn: Any,
    unit: Any, last: Any,
) -> Any:  # fmt: skip
    """Take back rows of controls that come after the last real row of a full limit; how many."""
    refused = 0
    for place in range(len(people)):
        who = people[place]
        load_prices(market, base, prices, desk, who)
        for slot in range(market.slots[who]):
            held = state.picks[who, slot]
            if held < 0 or not market.control[market.first[who] + held]:
                continue
            merit = _merit(market, desk, state, who, slot, unit)
            action, late = market.action[market.first[who] + held], False
            for use in range(market.use_first[action], market.use_first[action + 1]):
                limit = market.use_limit[use]
                if _is_full(state, limit, market.use_amount[use]):
                    late = late or _comes_after(last, limit, merit, turn[who])
            for number in range(market.keys.shape[0]):
                amount, limit = keyed_use(market, who, number, action)
                if amount > 0.0 and _is_full(state, limit, amount):
                    late = late or _comes_after(last, limit, merit, turn[who])
            if late:
                state.picks[who, slot] = NONE
                refused += 1
    return refused
