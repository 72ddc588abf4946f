"""An effect in words: never a number without its interval and its denominators."""

from dataclasses import dataclass
from math import isfinite
from typing import Protocol

from asterism.review import Programme, StrategyEffect
from asterism.review.effect import Effect, Range
from asterism.review.metrics import METRICS
from asterism.server.language import Language


class Write(Protocol):
    """Writes a value in the unit of what is measured."""

    def __call__(self, value: float, *, signed: bool = False) -> str:
        """Return the value in words."""
        ...


#: Percentage points in a share of one.
_POINTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectWords:
    """One strategy's effect as a page shows it."""

    strategy: str
    version: int
    #: The strategy's title.
    title: str
    #: What is measured.
    metric: str
    #: Change for one customer, with its interval.
    point: str
    interval: str
    #: Means of the two arms as observed.
    mean_touch: str
    mean_control: str
    n_touch: int
    n_control: int
    cost: str
    #: What it added in money less its cost, with its interval.
    profit: str
    profit_interval: str
    #: 'better', 'worse', 'unclear' or 'few'.
    verdict: str
    #: Whether chance did not split the arms as it should have.
    uneven: bool
    #: Share of the customers whose window is over.
    complete_share: float
    effect: Effect


def in_words(found: StrategyEffect, title: str, language: Language) -> EffectWords:
    """Return an effect in words of a language."""
    effect = found.effect
    metric = METRICS[found.metric]
    write = writer(found.metric, language)
    unit = "" if metric.money else f" {language.say('pp')}"
    everybody = effect.n_touch + effect.n_control
    done = found.complete.n_touch + found.complete.n_control
    return EffectWords(
        strategy=found.strategy,
        version=found.version,
        title=title,
        metric=language.text(metric.title),
        point=write(effect.point, signed=True) + unit,
        interval=_interval(effect.per_customer, write),
        mean_touch=write(effect.mean_touch),
        mean_control=write(effect.mean_control),
        n_touch=effect.n_touch,
        n_control=effect.n_control,
        cost=language.short_money(effect.cost_minor),
        profit=_money(language, short=True)(effect.incremental_profit.point, signed=True),
        profit_interval=_interval(effect.incremental_profit, _money(language, short=True)),
        verdict=verdict(effect),
        uneven=effect.uneven,
        complete_share=done / everybody if everybody else 0.0,
        effect=effect,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeWords:
    """What all strategies together earned, as a page shows it."""

    #: Title of each metric, its effect on one customer, the interval, and the total with its own.
    lines: tuple[tuple[str, str, str, str, str], ...]
    n_touch: int
    n_control: int
    population: int
    cost: str
    profit: str
    profit_interval: str
    #: Whether chance did not split the bank as it should have.
    uneven: bool
    programme: Programme


def programme_words(found: Programme, language: Language) -> ProgrammeWords:
    """Return a period of the whole programme in words of a language."""
    short = _money(language, short=True)
    lines = []
    for name, effect in found.effects.items():
        metric, write = METRICS[name], writer(name, language)
        unit = "" if metric.money else f" {language.say('pp')}"
        whole = short if metric.money else _count(language)
        lines.append(
            (
                language.text(metric.title),
                write(effect.point, signed=True) + unit,
                _interval(effect.per_customer, write),
                whole(effect.incremental.point, signed=True),
                _interval(effect.incremental, whole),
            )
        )
    first = next(iter(found.effects.values()))
    return ProgrammeWords(
        lines=tuple(lines),
        n_touch=first.n_touch,
        n_control=first.n_control,
        population=found.population,
        cost=language.short_money(found.cost_minor),
        profit=short(found.profit.point, signed=True),
        profit_interval=_interval(found.profit, short),
        uneven=any(one.uneven for one in found.effects.values()),
        programme=found,
    )


def _count(language: Language) -> Write:
    """Write how many customers."""

    def write(value: float, *, signed: bool = False) -> str:
        if not isfinite(value):
            return "—"
        return language.signed(value) if signed else language.number(value)

    return write


def writer(metric: str, language: Language) -> Write:
    """Return what writes values of a metric: money, or shares of customers."""
    return _money(language) if METRICS[metric].money else _share(language)


def verdict(effect: Effect) -> str:
    """Return what the interval says: 'better', 'worse', 'unclear', or 'few' for nothing yet."""
    if not effect.known:
        return "few"
    if effect.low > 0:
        return "better"
    return "worse" if effect.high < 0 else "unclear"


def _share(language: Language) -> Write:
    """Write shares of customers as percentages, and differences as points without their unit."""

    def write(value: float, *, signed: bool = False) -> str:
        if not isfinite(value):
            return "—"
        if not signed:
            return language.percent(value, 2)
        return language.signed(value * _POINTS, 2)

    return write


def _money(language: Language, *, short: bool = False) -> Write:
    """Write minor units as money."""

    def write(value: float, *, signed: bool = False) -> str:
        if not isfinite(value):
            return "—"
        text = language.short_money(value) if short else language.money(value)
        return f"+{text}" if signed and value > 0 else text

    return write


def _interval(found: Range, write: Write) -> str:
    if not found.known:
        return ""
    return f"[{write(found.low, signed=True)}, {write(found.high, signed=True)}]"
