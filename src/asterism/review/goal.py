"""What a strategy version is measured by: fixed with the version, kept with its first review."""

from dataclasses import dataclass
from itertools import pairwise

from asterism.strategy import Strategy

#: (strategy, version)
Version = tuple[str, int]
#: Stands before the metric where the whole programme is measured; no strategy's id begins so.
PROGRAMME = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """How outcomes of one strategy version are read."""

    strategy: str
    version: int
    #: A key of `asterism.review.metrics.METRICS`.
    metric: str
    #: Product family that counts; None for any.
    family: str | None
    #: Days after the day of assignment that count.
    outcome_days: int
    #: Worth of one unit of the metric, minor units.
    value_per_unit: float = 0.0
    #: Share of the customers that was to be held out.
    holdout_share: float = 0.0
    #: Days after the assignment on which waves 1, 2, … are due.
    wave_days: tuple[int, ...] = (0,)
    #: Customers to whom a total extends; None for those in the touch arm.
    population: int | None = None

    @classmethod
    def of(cls, strategy: Strategy, version: int) -> "Goal":
        """Return what `version` of a strategy is measured by."""
        goal = strategy.goal
        return cls(
            strategy=strategy.id,
            version=version,
            metric=goal.metric.value,
            family=goal.family.value if goal.family else None,
            outcome_days=strategy.outcome_days,
            value_per_unit=goal.worth(1),
            holdout_share=strategy.holdout,
            wave_days=tuple(wave.day for wave in strategy.waves),
        )

    @property
    def key(self) -> Version:
        """Strategy and version."""
        return (self.strategy, self.version)

    @property
    def reads(self) -> tuple[str, str | None]:
        """Metric and family: what has to be read from the bank's facts."""
        return (self.metric, self.family)

    @property
    def segments(self) -> tuple[tuple[int, int], ...]:
        """Days of the window that follow each wave, from and before, counted from assignment.

        Together they are the whole window; a wave due after it has no days.

        >>> Goal(
        ...     strategy="s",
        ...     version=1,
        ...     metric="login",
        ...     family=None,
        ...     outcome_days=14,
        ...     wave_days=(0, 5),
        ... ).segments
        ((0, 5), (5, 15))
        """
        end = self.outcome_days + 1
        starts = [0, *(min(day, end) for day in self.wave_days[1:]), end]
        return tuple(pairwise(starts))
