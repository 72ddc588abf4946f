"""Whom money comes from and goes to: merchants, billers, other banks, people."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from asterism.twin.habits import CATEGORIES, ITEMS
from asterism.twin.locales import LocalePack
from asterism.twin.seeds import Array, pick, stream

_PEOPLE = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """All counterparties: a dictionary of names, and the runs of it that each item uses."""

    names: pa.Array
    #: First name and number of names for each of `habits.ITEMS`.
    item_first: Array
    item_count: Array
    banks: tuple[int, int]
    own_account: int
    own_bank: int
    pension_office: int
    house_buyer: int
    #: Employers' names begin here.
    employers: int

    def of_items(self, item: Array, draw: Array) -> Array:
        """Return a counterparty of each item; `draw` is a whole number of 15 bits."""
        chosen: Array = self.item_first[item] + ((draw * self.item_count[item]) >> 15)
        return chosen


def found_parties(seed: int, pack: LocalePack, employers: pa.Array) -> Parties:
    """List the counterparties of a world."""
    names: list[str] = []
    runs: dict[str, tuple[int, int]] = {}

    def add(key: str, more: tuple[str, ...]) -> None:
        runs[key] = (len(names), len(more))
        names.extend(more)

    for category in CATEGORIES:
        add(category, pack.merchants[category])
    add("bill", pack.billers)
    add("banks", pack.other_banks)
    add("people", _people(seed, pack))
    add("own", (pack.own_account, pack.own_bank, pack.pension_office, pack.house_buyer))
    keys = {"cash_out": "own", "cash_in": "own", "transfer_out": "people", "transfer_in": "people"}
    keys |= {"refund": "fashion", "bill": "bill"}
    used = [runs[item.category or keys[item.kind]] for item in ITEMS]
    special = runs["own"][0]
    cash = [item.kind in {"cash_in", "cash_out"} for item in ITEMS]
    return Parties(
        names=pa.concat_arrays([pa.array(names, pa.string()), employers]),
        item_first=np.where(cash, special + 1, [first for first, _ in used]).astype(np.int64),
        item_count=np.where(cash, 1, [count for _, count in used]).astype(np.int64),
        banks=runs["banks"],
        own_account=special,
        own_bank=special + 1,
        pension_office=special + 2,
        house_buyer=special + 3,
        employers=len(names),
    )


def _people(seed: int, pack: LocalePack) -> tuple[str, ...]:
    rng = stream(seed, "parties")
    surname = pick(rng, tuple(w for _, w in pack.surnames), _PEOPLE)
    pool = [name for g in pack.generations[1:4] for name in (*g.female, *g.male)]
    given = rng.integers(len(pool), size=_PEOPLE)
    return tuple(
        pack.name_order.format(s=pack.surnames[s][0], g=pool[g])
        for s, g in zip(surname, given, strict=True)
    )
