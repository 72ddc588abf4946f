"""What a strategy really changed: the difference between those it meant to touch and a control.

By intention to treat: everybody whom chance put into the arm `touch` counts there, whether the
message arrived or not. The control is the strategy's own hold-out: the universal control differs
by what all other strategies do as well, and tells the programme's total. Every figure carries its
interval; see `asterism.review.sequence` for what it promises.
"""

from dataclasses import dataclass, replace
from math import inf, isfinite

from asterism.review.sequence import (
    ALPHA,
    Difference,
    difference,
    growing_evidence,
    growing_radius,
    running_radius,
)
from asterism.review.sums import EffectSums, stack

#: Below this the arms are not as they were drawn: one in a thousand sound draws ever gets there.
SUSPICIOUS_RATIO = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A figure with its interval; infinite ends while there are too few to say anything."""

    point: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether the interval says anything."""
        return isfinite(self.low) and isfinite(self.high)

    def times(self, factor: float) -> "Range":
        """Return the range of the figure times `factor`."""
        if not self.known:
            return replace(self, point=self.point * factor)
        ends = sorted((self.low * factor, self.high * factor))
        return Range(point=self.point * factor, low=ends[0], high=ends[1])

    def minus(self, amount: float) -> "Range":
        """Return the range of the figure less a known `amount`."""
        return Range(point=self.point - amount, low=self.low - amount, high=self.high - amount)

    def to_json(self) -> dict[str, float | None]:
        """Return the range as plain values; what is not known is None."""
        return {"point": _finite(self.point), "low": _finite(self.low), "high": _finite(self.high)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Economics:
    """What turns an effect into money."""

    #: Spent on the touches so far, minor units.
    cost_minor: int = 0
    #: Worth of one unit of the metric, minor units; for money metrics the margin on a minor unit.
    value_per_unit: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The measured effect on the customers who were assigned to be touched."""

    #: Change of the metric for one customer, touch − control.
    per_customer: Range
    #: `per_customer` as a share of the control's mean; None where that mean is not positive.
    relative: Range | None
    #: Means of the arms as observed, in the metric's unit; NaN for nobody.
    mean_touch: float
    mean_control: float
    n_touch: int
    n_control: int
    #: Always-valid p-value of the split into touch and hold-out; None where it is not known.
    ratio_p: float | None
    #: Spent on the touches, minor units.
    cost_minor: int
    #: Change of the metric over everybody in the touch arm.
    incremental: Range
    #: The same in money, and less the cost; minor units.
    incremental_value: Range
    incremental_profit: Range
    #: Whether only customers whose window is over are counted.
    complete: bool
    #: e-value against "no effect"; 0 while windows run, where only the interval speaks.
    evidence: float = 0.0

    @property
    def point(self) -> float:
        """Change for one customer; NaN while an arm is empty."""
        return self.per_customer.point

    @property
    def low(self) -> float:
        """Lower end of the interval of `point`; −∞ while too few."""
        return self.per_customer.low

    @property
    def high(self) -> float:
        """Upper end of the interval of `point`; ∞ while too few."""
        return self.per_customer.high

    @property
    def known(self) -> bool:
        """Whether there are enough customers in both arms for an interval."""
        return self.per_customer.known

    @property
    def uneven(self) -> bool:
        """Whether the arms are not as they were drawn, so that the effect cannot be believed."""
        return self.ratio_p is not None and self.ratio_p < SUSPICIOUS_RATIO

    def to_json(self) -> dict[str, object]:
        """Return the effect as plain values; what is not known is None."""
        return {
            "point": _finite(self.point),
            "low": _finite(self.low),
            "high": _finite(self.high),
            "relative": self.relative.to_json() if self.relative else None,
            "mean_touch": _finite(self.mean_touch),
            "mean_control": _finite(self.mean_control),
            "n_touch": self.n_touch,
            "n_control": self.n_control,
            "ratio_p": self.ratio_p,
            "cost_minor": self.cost_minor,
            "incremental": self.incremental.to_json(),
            "incremental_value": self.incremental_value.to_json(),
            "incremental_profit": self.incremental_profit.to_json(),
            "complete": self.complete,
            "evidence": self.evidence,
        }


def measure(  # noqa: PLR0913 - what an effect is made of
    touch: EffectSums,
    control: EffectSums,
    *,
    economics: Economics | None = None,
    ratio_p: float | None = None,
    look: int | None = None,
    alpha: float = ALPHA,
    population: int | None = None,
) -> Effect:
    """Return the effect from the sums of the two arms.

    `look` is None when all outcomes are final, else the number of the daily look (1, 2, …) at
    outcomes that still come in. Totals are over the touch arm, or over `population` customers.
    """
    money = economics or Economics()
    found = difference(stack([touch])[0], stack([control])[0])
    one = _per_customer(touch, control, found, look, alpha)
    reach = touch.n if population is None else population
    value = one.times(reach * money.value_per_unit)
    return Effect(
        per_customer=one,
        relative=one.times(1 / control.mean) if control.mean > 0 else None,
        mean_touch=touch.mean,
        mean_control=control.mean,
        n_touch=touch.n,
        n_control=control.n,
        ratio_p=ratio_p,
        cost_minor=money.cost_minor,
        incremental=one.times(reach),
        incremental_value=value,
        incremental_profit=value.minus(money.cost_minor),
        complete=look is None,
        evidence=float(growing_evidence(found)) if look is None else 0.0,
    )


def _per_customer(
    touch: EffectSums, control: EffectSums, found: Difference, look: int | None, alpha: float
) -> Range:
    radius = growing_radius(found, alpha) if look is None else running_radius(found, look, alpha)
    if not isfinite(radius):
        return Range(point=touch.mean - control.mean, low=-inf, high=inf)
    point, reach = float(found.point), float(radius)
    return Range(point=point, low=point - reach, high=point + reach)


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
