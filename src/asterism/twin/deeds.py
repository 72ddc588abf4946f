"""What carrying out decisions makes, and when it happens."""

from dataclasses import dataclass, field

import numpy as np

from asterism.twin.accounts import Postings
from asterism.twin.arrow import NONE
from asterism.twin.days import DAY_SECONDS
from asterism.twin.flows import Flow
from asterism.twin.moment import Scene
from asterism.twin.seeds import Array
from asterism.twin.state import Pending


@dataclass(slots=True)
class Deeds:
    """What carrying out decisions made."""

    flows: list[Flow] = field(default_factory=list)
    postings: list[Postings] = field(default_factory=list)
    plans: list[Pending] = field(default_factory=list)
    #: Applications for the event stream: customer, UTC second, product.
    applications: list[tuple[Array, Array, Array]] = field(default_factory=list)
    #: Extra log-ins: customer and number.
    logins: list[tuple[Array, Array]] = field(default_factory=list)


def days_of(scene: Scene, due: Pending) -> Array:
    """Return the days on which decisions are carried out, within the period."""
    return np.clip(due.due, scene.period.first, scene.period.last)


def hours_of(scene: Scene, rng: np.random.Generator, due: Pending) -> Array:
    """Return seconds of the day; what touches caused happens after noon, when they have arrived."""
    second = scene.hours(rng, due.customer)
    return np.where(due.strategy == NONE, second, DAY_SECONDS // 2 + second // 2)


def first_each(chosen: Pending, allowed: Array) -> Pending:
    """Return the first decision of each customer who may."""
    chosen = chosen.where(allowed[chosen.customer])
    _, first = np.unique(chosen.customer, return_index=True)
    return chosen.where(np.sort(first))
