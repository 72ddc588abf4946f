"""How many customers each reason dropped, so that the counts add up exactly."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from asterism.kernel.reason import Layer, Reason
from asterism.strategy import reasons
from asterism.strategy.gates import AUDIENCE_GATES, ELIGIBILITY_GATES, PERMISSION_GATES

#: Every reason in the order in which customers meet it.
ORDER: tuple[Reason, ...] = (
    reasons.SCHEDULE,
    reasons.WAITING,
    *(gate.reason for gate in AUDIENCE_GATES),
    reasons.RAMP,
    *(gate.reason for gate in (*ELIGIBILITY_GATES, *PERMISSION_GATES)),
    reasons.WORTH,
    *reasons.ARBITRATION,
)
REASONS: dict[str, Reason] = {
    reason.code: reason for reason in (reasons.EVERYONE, *ORDER, reasons.CHOSEN, reasons.PENDING)
}


class FunnelStep(NamedTuple):
    """One reason of one strategy: whom it dropped and who was left."""

    strategy: str
    layer: Layer
    #: The reason's code; `REASONS` has its words.
    reason: str
    dropped: int
    left: int


class Funnel:
    """Counts, per strategy, whom each reason dropped."""

    def __init__(self, customers: int) -> None:
        self._customers = customers
        self._dropped: dict[str, Counter[str]] = {}

    def drop(self, strategy: str, reason: Reason, customers: int) -> None:
        """Count customers as dropped."""
        self._dropped.setdefault(strategy, Counter())[reason.code] += customers

    def steps(self, strategies: Iterable[str]) -> list[FunnelStep]:
        """Return every step of every strategy, in order: all customers, then each reason."""
        steps = []
        for strategy in strategies:
            left = self._customers
            everyone = reasons.EVERYONE
            steps.append(FunnelStep(strategy, everyone.layer, everyone.code, 0, left))
            dropped = self._dropped.get(strategy, Counter())
            for reason in ORDER:
                left -= dropped[reason.code]
                steps.append(
                    FunnelStep(strategy, reason.layer, reason.code, dropped[reason.code], left)
                )
        return steps
