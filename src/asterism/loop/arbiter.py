"""What arbitration made of one customer on a day that is decided: read from facts and prices.

Nobody's day is solved again for the sake of one customer. Who was taken up is a fact; who was not
had something better, or met the limit that was dearest for them at the plan's prices.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Engine, select

from asterism.execution.tables import decision_funnel
from asterism.kernel.reason import Reason
from asterism.ledger import reading
from asterism.loop.facts import Decided
from asterism.strategy import Limits, reasons
from asterism.strategy.plans import PublishedPlan, latest_plan
from asterism.strategy.why import Choice, StrategyWhy


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What the dearest limit charged an action for, at the day's prices."""

    limit: str
    #: The branch or manager, of a limit that has one for each; else empty.
    label: str
    #: Price of what the action would have used; minor units. The action's own value beside it.
    price_minor: float
    value_minor: int


class Arbiter:
    """Says what arbitration made of a customer."""

    def __init__(
        self,
        engine: Engine,
        day: date,
        decided: Sequence[Decided],
        limits: Limits,
        profile: Mapping[str, object],
    ) -> None:
        self._engine = engine
        self._day = day
        self._limits = limits
        self._profile = profile
        self._taken = {one.strategy: one for one in decided}
        plan = latest_plan(engine, before=day + timedelta(days=1))
        self._plan: PublishedPlan | None = plan if plan and plan.day == day else None

    def judged(self, one: StrategyWhy) -> StrategyWhy:
        """Return an answer with arbitration's word, where it got that far."""
        if not one.choices:
            return one
        if one.published.strategy.id in self._taken:
            return replace(one, reason=reasons.CHOSEN)
        return replace(one, reason=self._refusal(one))

    def charge(self, one: StrategyWhy) -> Charge | None:
        """Return the dearest limit of the best action of a strategy that was passed over."""
        if self._plan is None or not one.choices or one.published.strategy.id in self._taken:
            return None
        best = one.choices[0]
        uses = self._uses(one.published.strategy.id, best)
        charges = [
            Charge(
                limit=limit,
                label=label,
                price_minor=dual * uses[limit, label],
                value_minor=best.value_minor,
            )
            for (limit, label), dual in self._plan.price_list.prices.items()
            if dual > 0 and (limit, label) in uses
        ]
        return max(charges, key=lambda charge: charge.price_minor, default=None)

    def _uses(self, strategy: str, choice: Choice) -> dict[tuple[str, str], float]:
        """Return what the action uses of every limit that may concern it."""
        uses = {
            (name, ""): float(choice.cost_minor)
            for name in ("budget:bank", f"budget:{strategy}", f"budget:{strategy} a day")
        }
        uses[f"channel:{choice.channel}", ""] = 1.0
        uses[f"quota:{strategy}/{choice.offer}", ""] = 1.0
        uses[f"quota:{choice.offer}", ""] = 1.0
        for kind in ("branch", "manager"):
            uses[kind, str(self._profile.get(f"{kind}_id", ""))] = 1.0
        return uses

    def _refusal(self, one: StrategyWhy) -> Reason:
        charge = self.charge(one)
        if charge is not None and charge.price_minor > charge.value_minor:
            return reasons.BY_LIMIT[charge.limit.split(":")[0]]
        if len(self._taken) >= self._limits.touches_per_customer:
            return reasons.CUSTOMER_LIMIT
        if {choice.channel for choice in one.choices} <= {t.channel for t in self._taken.values()}:
            return reasons.SAME_CHANNEL
        return self._met_most(one.published.strategy.id)

    def _met_most(self, strategy: str) -> Reason:
        """Return the limit that turned most of the strategy's customers away that day."""
        row = decision_funnel.c
        codes = {found.code: found for found in reasons.BY_LIMIT.values()}
        query = (
            select(row.reason)
            .where(row.day == self._day, row.strategy == strategy)
            .where(row.dropped > 0, row.reason.in_(codes))
            .order_by(row.dropped.desc())
        )
        with reading(self._engine) as connection:
            code = connection.execute(query).scalar()
        return codes.get(code or "", reasons.CUSTOMER_LIMIT)
