"""The day's limits as families of the allocation problem."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asterism.audience import Columns
from asterism.strategy.allocation import UNLIMITED, LimitFamily
from asterism.strategy.conditions import Action
from asterism.strategy.contacts import Contacts
from asterism.strategy.limits import Limits
from asterism.strategy.programme import cost_minor


@dataclass(frozen=True, slots=True)
class GroupMembers:
    """A group with a minimum share: who belongs to it, and who of them may get something."""

    name: str
    minimum_share: float
    members: NDArray[np.bool_]
    eligible: NDArray[np.bool_]


def limit_families(
    actions: Sequence[Action],
    columns: Columns,
    limits: Limits,
    contacts: Contacts,
    groups: Sequence[GroupMembers] = (),
) -> list[LimitFamily]:
    """Return a family for every limit that today's actions can touch."""
    return [
        *_budgets(actions, limits, contacts),
        *_channels(actions, limits),
        *_people(actions, columns, limits),
        *_quotas(actions),
        *_offers(actions, limits),
        *(_group(group, len(actions)) for group in groups),
    ]


def _budgets(
    actions: Sequence[Action], limits: Limits, contacts: Contacts
) -> Iterator[LimitFamily]:
    costs = np.array([cost_minor(action) for action in actions], np.float64)
    if limits.budget_minor is not None:
        yield _single("budget:bank", costs, maximum=limits.budget_minor, unit="money")
    for strategy in {action.strategy.id: action.strategy for action in actions}.values():
        use = np.where([action.strategy.id == strategy.id for action in actions], costs, 0.0)
        budget, name = strategy.budget, f"budget:{strategy.id}"
        if budget.per_day_minor is not None:
            yield _single(f"{name} a day", use, maximum=budget.per_day_minor, unit="money")
        if budget.total_minor is not None:
            rest = max(0, budget.total_minor - contacts.spent.get(strategy.id, 0))
            yield _single(name, use, maximum=rest, unit="money")


def _channels(actions: Sequence[Action], limits: Limits) -> Iterator[LimitFamily]:
    for channel, capacity in sorted(limits.channels.items()):
        use = np.array([float(action.channel == channel) for action in actions])
        yield _single(f"channel:{channel}", use, maximum=capacity)


def _people(actions: Sequence[Action], columns: Columns, limits: Limits) -> Iterator[LimitFamily]:
    """Each branch bears all contacts by people, each manager those on the managers' lists."""
    by_people = np.array([float(action.spec.by_people) for action in actions])
    by_manager = np.array([float(action.spec.by_manager) for action in actions])
    for kind, tag, capacity, special, use in (
        ("branch", "branch_id", limits.per_branch, limits.branches, by_people),
        ("manager", "manager_id", limits.per_manager, limits.managers, by_manager),
    ):
        if (capacity is None and not special) or not use.any() or tag not in columns.names:
            continue
        key, labels = _keys(columns, tag)
        if labels:
            maximum = _capacities(labels, capacity, special)
            yield LimitFamily(name=kind, key=key, use=use, maximum=maximum, labels=labels)


def _capacities(
    labels: Sequence[str], capacity: int | None, special: Mapping[str, int]
) -> NDArray[np.float64]:
    usual = UNLIMITED if capacity is None else float(capacity)
    return np.array([float(special.get(label, usual)) for label in labels])


def _keys(columns: Columns, tag: str) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    codes, labels = columns.codes(tag)
    keys = codes.astype(np.int32)
    valid = columns.validity(tag)
    return (keys if valid is None else np.where(valid, keys, -1).astype(np.int32)), labels


def _quotas(actions: Sequence[Action]) -> Iterator[LimitFamily]:
    """Yield what each strategy sets for its own offers."""
    pairs = {(action.strategy.id, action.offer.id): action.offer.quota for action in actions}
    for (strategy, offer), quota in pairs.items():
        if quota.minimum == 0 and quota.maximum is None:
            continue
        use = np.array([float((a.strategy.id, a.offer.id) == (strategy, offer)) for a in actions])
        yield _single(
            f"quota:{strategy}/{offer}", use, maximum=quota.maximum, minimum=quota.minimum
        )


def _offers(actions: Sequence[Action], limits: Limits) -> Iterator[LimitFamily]:
    """Yield what the bank sets for an offer, whichever strategy makes it."""
    for offer, quota in sorted(limits.offers.items()):
        use = np.array([float(action.offer.id == offer) for action in actions])
        yield _single(f"quota:{offer}", use, maximum=quota.maximum, minimum=quota.minimum)


def _group(group: GroupMembers, actions: int) -> LimitFamily:
    return LimitFamily(
        name=f"share:{group.name}",
        key=np.where(group.members, 0, -1).astype(np.int32),
        use=np.ones(actions),
        minimum=np.array([np.floor(group.minimum_share * np.count_nonzero(group.eligible))]),
        maximum=np.array([UNLIMITED]),
    )


def _single(
    name: str,
    use: NDArray[np.float64],
    *,
    maximum: int | None,
    minimum: int = 0,
    unit: str = "contacts",
) -> LimitFamily:
    return LimitFamily(
        name=name,
        use=use,
        minimum=np.array([float(minimum)]),
        maximum=np.array([UNLIMITED if maximum is None else float(maximum)]),
        unit=unit,
    )
