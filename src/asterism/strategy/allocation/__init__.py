"""The best rows for the whole bank within every limit, with a proof of how good they are."""

from asterism.strategy.allocation.allocating import allocate
from asterism.strategy.allocation.problem import (
    ALIKE,
    CHOSEN,
    NO_SLOT,
    UNLIMITED,
    Breach,
    Candidates,
    LimitFamily,
    Plan,
    Price,
    zero_duals,
)
from asterism.strategy.allocation.recount import recount, usage
from asterism.strategy.allocation.refusals import refusals

__all__ = [
    "ALIKE",
    "CHOSEN",
    "NO_SLOT",
    "UNLIMITED",
    "Breach",
    "Candidates",
    "LimitFamily",
    "Plan",
    "Price",
    "allocate",
    "recount",
    "refusals",
    "usage",
    "zero_duals",
]
