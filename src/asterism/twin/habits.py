"""How people spend and when: tastes by persona, amounts by category, hours by temper.

Amounts are medians in the major units of the model's country; a world scales them to its own.
"""

from dataclasses import dataclass

import numpy as np

from asterism.twin.seeds import Array, slots
from asterism.warehouse.canonical import TABLES

KINDS = TABLES["transactions"].column("kind").codes
KIND = {name: code for code, name in enumerate(KINDS)}
CHANNELS = TABLES["transactions"].column("channel").codes
CHANNEL = {name: code for code, name in enumerate(CHANNELS)}
CATEGORIES = TABLES["transactions"].column("merchant_category").codes
CATEGORY = {name: code for code, name in enumerate(CATEGORIES)}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that people do with money."""

    kind: str
    category: str
    #: How often, relative to the others.
    weight: float
    #: Median amount and spread of its logarithm.
    median: float
    spread: float
    #: How amounts are rounded: 1 to the cent, 100 to whole units, 10,000 to hundreds.
    unit: int
    channel: str


ITEMS = (
    Item("card", "groceries", 17.0, 62, 0.75, 1, "pos"),
    Item("card", "dining", 14.0, 48, 0.8, 1, "pos"),
    Item("card", "travel", 1.3, 560, 0.9, 100, "web"),
    Item("card", "transport", 8.0, 11, 0.8, 1, "mini_program"),
    Item("card", "fuel", 2.4, 260, 0.35, 1000, "pos"),
    Item("card", "fashion", 3.6, 190, 0.8, 100, "web"),
    Item("card", "electronics", 1.2, 650, 1.1, 100, "web"),
    Item("card", "home", 1.8, 230, 1.1, 1, "pos"),
    Item("card", "health", 2.2, 120, 1.0, 1, "pos"),
    Item("card", "education", 0.7, 520, 1.1, 100, "web"),
    Item("card", "children", 1.6, 150, 0.9, 1, "pos"),
    Item("card", "entertainment", 3.2, 68, 0.8, 1, "mini_program"),
    Item("card", "beauty", 1.4, 140, 0.8, 100, "pos"),
    Item("card", "luxury", 0.12, 4200, 0.8, 100, "pos"),
    Item("card", "digital", 3.4, 22, 0.5, 1, "automatic"),
    Item("card", "utilities", 1.0, 95, 0.6, 1, "app"),
    Item("card", "insurance", 0.25, 850, 0.8, 1, "app"),
    Item("card", "gambling", 0.5, 30, 0.9, 100, "pos"),
    Item("card", "other", 4.0, 42, 1.0, 1, "mini_program"),
    Item("bill", "", 6.5, 105, 0.6, 1, "automatic"),
    Item("cash_out", "", 2.2, 900, 0.8, 10_000, "atm"),
    Item("cash_in", "", 0.6, 2600, 1.0, 10_000, "branch"),
    Item("transfer_out", "", 6.0, 600, 1.2, 1000, "app"),
    Item("transfer_in", "", 4.2, 600, 1.2, 1000, "app"),
    Item("refund", "", 0.5, 110, 0.9, 1, "web"),
)
_INDEX = {item.category or item.kind: place for place, item in enumerate(ITEMS)}

#: Persona: what it does more or less of than the others, and its share of people.
PERSONAS: dict[str, tuple[float, dict[str, float]]] = {
    "homely": (14, {"groceries": 2.2, "home": 1.6, "dining": 0.6, "travel": 0.5}),
    "gourmet": (11, {"dining": 2.6, "groceries": 0.8, "entertainment": 1.3}),
    "traveller": (7, {"travel": 4.5, "fuel": 1.3, "dining": 1.3}),
    "driver": (9, {"fuel": 3.6, "transport": 0.3, "insurance": 2.0}),
    "parent": (13, {"children": 5.0, "education": 4.0, "groceries": 1.4, "entertainment": 0.7}),
    "stylish": (9, {"fashion": 3.0, "beauty": 3.2, "luxury": 2.0}),
    "digital": (10, {"digital": 3.5, "electronics": 2.6, "entertainment": 2.0, "dining": 1.2}),
    "careful": (
        9,
        {"health": 3.2, "groceries": 1.5, "dining": 0.4, "cash_out": 2.5, "cash_in": 2.0},
    ),
    "trader": (7, {"transfer_in": 4.5, "transfer_out": 4.0, "cash_in": 2.5}),
    "grand": (3, {"luxury": 14.0, "travel": 3.0, "dining": 1.5, "fashion": 1.8}),
    "punter": (2, {"gambling": 16.0, "cash_out": 1.8}),
    "commuter": (6, {"transport": 4.0, "dining": 1.3, "digital": 1.4}),
}
PERSONA = {name: code for code, name in enumerate(PERSONAS)}
PERSONA_SHARES = tuple(share for share, _ in PERSONAS.values())


def _tastes() -> Array:
    """Return the weight of each item (columns) for each persona (rows)."""
    weights = np.tile([item.weight for item in ITEMS], (len(PERSONAS), 1))
    for row, (_, likes) in enumerate(PERSONAS.values()):
        for name, factor in likes.items():
            weights[row, _INDEX[name]] *= factor
    return weights


TASTES = _tastes()
#: Persona x 4096: the item of a uniform 12-bit number.
ITEM_SLOTS = slots(TASTES)
ITEM_KIND = np.array([KIND[i.kind] for i in ITEMS], dtype=np.int8)
ITEM_CATEGORY = np.array([CATEGORY.get(i.category, -1) for i in ITEMS], dtype=np.int8)
ITEM_CHANNEL = np.array([CHANNEL[i.channel] for i in ITEMS], dtype=np.int8)
ITEM_LOG = np.log([i.median * 100.0 for i in ITEMS]).astype(np.float32)
ITEM_SPREAD = np.array([i.spread for i in ITEMS], dtype=np.float32)
ITEM_UNIT = np.array([i.unit for i in ITEMS], dtype=np.float32)
ITEM_SIGN = np.where(
    np.isin(ITEM_KIND, [KIND[k] for k in ("cash_in", "transfer_in", "refund")]), 1, -1
)
ITEM_IS_CARD = np.equal(ITEM_KIND, KIND["card"])
_MEAN = np.exp(ITEM_LOG + ITEM_SPREAD.astype(np.float64) ** 2 / 2) * -ITEM_SIGN
#: Mean money out (minor units of the model's country) of one act of each persona.
MEAN_OUT = (TASTES / TASTES.sum(axis=1, keepdims=True)) @ _MEAN

#: Temper: at which hours of the day people are active (24 weights each), and their shares.
_HOURS = np.array(
    [
        [1, 0, 0, 0, 0, 2, 6, 9, 9, 8, 8, 9, 10, 7, 6, 6, 6, 7, 8, 7, 5, 3, 2, 1],
        [1, 1, 0, 0, 0, 1, 2, 4, 7, 8, 8, 10, 12, 8, 6, 6, 6, 7, 10, 10, 9, 8, 6, 3],
        [5, 3, 1, 1, 0, 0, 1, 2, 4, 5, 6, 8, 9, 6, 5, 5, 6, 7, 9, 10, 12, 14, 13, 9],
        [0, 0, 0, 0, 0, 0, 2, 6, 12, 14, 13, 10, 6, 6, 10, 11, 9, 5, 3, 2, 1, 0, 0, 0],
    ],
    dtype=np.float64,
)
TEMPERS = ("early", "steady", "night", "office_hours")
HOUR_SLOTS = slots(_HOURS)


def day_slots(weights: Array, size: int = 4096) -> Array:
    """Return `size` offsets of days (int16) drawn by the days' weights."""
    edges = np.cumsum(weights)
    return np.searchsorted(edges / edges[-1] * size, np.arange(size) + 0.5).astype(np.int16)
