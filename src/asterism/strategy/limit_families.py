"""The day's limits as families of the allocation problem."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from asterism.audience import Columns
from asterism.strategy.candidates import UNLIMITED, LimitFamily
from asterism.strategy.conditions import Action
from asterism.strategy.contacts import Contacts
from asterism.strategy.limits import Limits
from asterism.strategy.programme import cost_minor


def limit_families(
    actions: Sequence[Action], columns: Columns, limits: Limits, contacts: Contacts
) -> list[LimitFamily]:
    """Return a family for every limit that today's actions can touch."""
    return [
        *_budgets(actions, limits, contacts),
        *_channels(actions, limits),
        *_people(actions, columns, limits),
        *_quotas(actions),
    ]


def _budgets(
    actions: Sequence[Action], limits: Limits, contacts: Contacts
) -> Iterator[LimitFamily]:
    costs = np.array([cost_minor(action) for action in actions], np.float64)
    if limits.budget_minor is not None:
        yield _single("budget:bank", costs, maximum=limits.budget_minor)
    for strategy in {action.strategy.id: action.strategy for action in actions}.values():
        use = np.where([action.strategy.id == strategy.id for action in actions], costs, 0.0)
        budget = strategy.budget
        if budget.per_day_minor is not None:
            yield _single(f"budget:{strategy.id} a day", use, maximum=budget.per_day_minor)
        if budget.total_minor is not None:
            rest = max(0, budget.total_minor - contacts.spent.get(strategy.id, 0))
            yield _single(f"budget:{strategy.id}", use, maximum=rest)


def _channels(actions: Sequence[Action], limits: Limits) -> Iterator[LimitFamily]:
    for channel, capacity in sorted(limits.channels.items()):
        use = np.array([float(action.channel == channel) for action in actions])
        yield _single(f"channel:{channel}", use, maximum=capacity)


def _people(actions: Sequence[Action], columns: Columns, limits: Limits) -> Iterator[LimitFamily]:
    """Each branch bears all contacts by people, each manager those on the managers' lists."""
    by_people = np.array([float(action.spec.by_people) for action in actions])
    by_manager = np.array([float(action.spec.by_manager) for action in actions])
    for kind, tag, capacity, use in (
        ("branch", "branch_id", limits.per_branch, by_people),
        ("manager", "manager_id", limits.per_manager, by_manager),
    ):
        if capacity is None or not use.any() or tag not in columns.names:
            continue
        key, labels = _keys(columns, tag)
        if labels:
            maximum = np.full(len(labels), float(capacity))
            yield LimitFamily(name=kind, key=key, use=use, maximum=maximum, labels=labels)


def _keys(columns: Columns, tag: str) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    codes, labels = columns.codes(tag)
    keys = codes.astype(np.int32)
    valid = columns.validity(tag)
    return (keys if valid is None else np.where(valid, keys, -1).astype(np.int32)), labels


def _quotas(actions: Sequence[Action]) -> Iterator[LimitFamily]:
    pairs = {(action.strategy.id, action.offer.id): action.offer.quota for action in actions}
    for (strategy, offer), quota in pairs.items():
        if quota.minimum == 0 and quota.maximum is None:
            continue
        use = np.array([float((a.strategy.id, a.offer.id) == (strategy, offer)) for a in actions])
        yield _single(
            f"quota:{strategy}/{offer}", use, maximum=quota.maximum, minimum=quota.minimum
        )


def _single(
    name: str, use: NDArray[np.float64], *, maximum: int | None, minimum: int = 0
) -> LimitFamily:
    return LimitFamily(
        name=name,
        use=use,
        minimum=np.array([float(minimum)]),
        maximum=np.array([UNLIMITED if maximum is None else float(maximum)]),
    )
