"""A made-up allocation problem of any size: offers × channels, and limits of every kind.

Values are lognormal by offer and channel, cost taken off; 40–90 % of customers may have an offer
and 85 % agreed to a channel. Limits: a budget, every channel, every offer (some with a minimum),
branches, five managers in each branch, and a minimum of contacts for each of ten segments.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit
from numpy.typing import NDArray

from asterism.strategy.allocation import Candidates, LimitFamily

CHANNELS = ("app", "email", "sms", "call", "manager")
#: Cost of a contact, and how much more a dearer channel moves a customer.
COST = np.array([0.0, 0.02, 0.05, 0.3, 0.8])
STRENGTH = np.array([0.5, 0.6, 0.7, 1.3, 2.2])
BY_PEOPLE = np.array([0.0, 0.0, 0.0, 1.0, 1.0])
_PART = 100_000


@njit(nogil=True, cache=True)
def _mixed(seed, who, what):  # type: ignore[no-untyped-def]
    """Return 53 random bits of (seed, who, what) as a number from 0 to 1: splitmix64."""
    x = np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(who) * np.uint64(
        0xBF58476D1CE4E5B9
    )
    x += np.uint64(what + 1) * np.uint64(0x94D049BB133111EB)
    for _ in range(2):
        x ^= x >> np.uint64(30)
        x *= np.uint64(0xBF58476D1CE4E5B9)
        x ^= x >> np.uint64(27)
        x *= np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
    return np.float64(x >> np.uint64(11)) / 9007199254740992.0


@njit(nogil=True, cache=True)
def _count(start, end, seed, actions, open_to, first):  # type: ignore[no-untyped-def]
    for who in range(start, end):
        rows = 0
        for what in range(actions):
            offer, channel = what // 5, what % 5
            if _mixed(seed, who, 1000 + offer) < open_to[offer]:
                rows += _mixed(seed, who, 2000 + channel) < 0.85
        first[who + 1] = rows


@njit(nogil=True, cache=True)
def _fill(start, end, seed, actions, open_to, worth, cost, strength, first, action, score):  # type: ignore[no-untyped-def]
    for who in range(start, end):
        row = first[who]
        liking = -np.log(1.0 - _mixed(seed, who, 3000)) * 0.5 + 0.5
        for what in range(actions):
            offer, channel = what // 5, what % 5
            if _mixed(seed, who, 1000 + offer) >= open_to[offer]:
                continue
            if _mixed(seed, who, 2000 + channel) >= 0.85:
                continue
            noise = _mixed(seed, who, 4000 + what) + _mixed(seed, who, 5000 + offer)
            value = worth[offer] * liking * strength[channel] * np.exp(noise - 1.0)
            action[row], score[row] = what, value - cost[channel]
            row += 1


def made_up(customers: int, actions: int, seed: int) -> Candidates:
    """Return who could get what, with what value; the same for the same seed."""
    generator = np.random.default_rng(seed)
    offers = -(-actions // 5)
    open_to, worth = generator.uniform(0.4, 0.9, offers), generator.lognormal(-0.2, 0.5, offers)
    first = np.zeros(customers + 1, np.int64)
    starts = range(0, customers, _PART)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(
            pool.map(
                lambda at: _count(at, min(at + _PART, customers), seed, actions, open_to, first),
                starts,
            )
        )
        np.cumsum(first, out=first)
        action = np.empty(first[-1], np.uint8 if actions <= 256 else np.uint16)
        score = np.empty(first[-1], np.float32)
        list(
            pool.map(
                lambda at: _fill(
                    at,
                    min(at + _PART, customers),
                    seed,
                    actions,
                    open_to,
                    worth,
                    COST,
                    STRENGTH,
                    first,
                    action,
                    score,
                ),
                starts,
            )
        )
    return Candidates(
        first=first,
        action=action,
        score=score,
        slots=generator.integers(1, 4, customers).astype(np.int32),
        alike=(np.arange(actions, dtype=np.int32) // 5)[None, :],
    )


def limits_for(customers: int, actions: int, tightness: float, seed: int) -> list[LimitFamily]:
    """Return limits that bind: about half of what customers would take, divided by `tightness`."""
    generator = np.random.default_rng(seed + 1)
    offers, channel = -(-actions // 5), np.arange(actions) % 5
    offer = np.arange(actions) // 5
    branches = int(np.clip(customers // 2_000, 5, 500))
    room = customers / tightness
    branch = generator.integers(0, branches, customers).astype(np.int32)
    manager = branch * 5 + generator.integers(0, 5, customers).astype(np.int32)
    families = [_shared("budget:bank", COST[channel], 0.06 * room, unit="money")]
    families += [
        _shared(f"channel:{name}", (channel == number) * 1.0, share * room)
        for number, (name, share) in enumerate(
            zip(CHANNELS, (0.6, 0.4, 0.25, 0.06, 0.04), strict=True)
        )
    ]
    for number in range(offers):
        most = generator.uniform(0.08, 0.25) * room * min(1.0, 10 / offers)
        least = np.floor(min(0.4 * most, 0.2 * customers)) if number % 5 in {1, 3} else 0.0
        families.append(_shared(f"quota:offer {number}", (offer == number) * 1.0, most, least))
    quotas = sum(float(family.maximum[0]) for family in families[-offers:])
    reached = min(room, customers, quotas) / 3 if offers < 10 else min(room, customers)
    return [
        *families,
        _keyed("branch", branch, branches, BY_PEOPLE[channel], 0.075 * room),
        _keyed("manager", manager, branches * 5, (channel == 4) * 1.0, 0.045 * room),
        _segments(customers, actions, reached, generator),
    ]


def _shared(
    name: str, use: NDArray[np.float64], most: float, least: float = 0.0, unit: str = "contacts"
) -> LimitFamily:
    return LimitFamily(
        name=name,
        use=use,
        minimum=np.array([least]),
        maximum=np.array([most if unit == "money" else np.floor(most)]),
        unit=unit,
    )


def _keyed(
    name: str, key: NDArray[np.int32], keys: int, use: NDArray[np.float64], most: float
) -> LimitFamily:
    return LimitFamily(
        name=name,
        key=key,
        use=use,
        maximum=np.full(keys, max(1.0, np.floor(most / keys))),
        labels=tuple(f"{name} {number}" for number in range(keys)),
    )


def _segments(
    customers: int, actions: int, room: float, generator: np.random.Generator
) -> LimitFamily:
    key = generator.integers(0, 10, customers).astype(np.int32)
    shares = generator.uniform(0.02, 0.09, 10)
    return LimitFamily(
        name="share:segment",
        key=key,
        use=np.ones(actions),
        minimum=np.floor(shares * room),
        maximum=np.full(10, np.inf),
        labels=tuple(f"segment {number}" for number in range(10)),
    )
