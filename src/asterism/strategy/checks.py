"""What a strategy must fulfil beyond its schema; every check returns all it finds."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from asterism.audience import Catalogue, compile_audience
from asterism.kernel.errors import InvalidInputError, Problem
from asterism.strategy.channels import CONNECTED, ChannelName
from asterism.strategy.schema_problems import misspelt
from asterism.strategy.script_checks import missing_scripts, script_words, text_problems
from asterism.strategy.strategy import Strategy
from asterism.strategy.terms import MONEY_METRICS, BenefitKind, MessageClass, Metric, Schedule

Problems = tuple[Problem, ...]
#: Metrics that are about one product family.
_NEEDS_FAMILY = frozenset({Metric.ACCOUNT_OPENED})


def expression_problems(data: Mapping[str, object], catalogue: Catalogue) -> Problems:
    """Check every audience expression in a strategy's plain data, whatever else is wrong there."""
    found: list[Problem] = []
    for where, text in _expressions(data):
        try:
            compile_audience(text, catalogue)
        except InvalidInputError as error:
            found += [
                Problem(
                    message=one.message,
                    where=f"{where} {one.where}".rstrip(),
                    values=one.values,
                    hint=one.hint,
                )
                for one in error.problems
            ]
    return tuple(found)


def script_problems(data: Mapping[str, object], catalogue: Catalogue) -> Problems:
    """Check every template in a strategy's plain data, whatever else is wrong there."""
    return tuple(
        problem
        for where, text in _templates(data)
        for problem in text_problems(text, where, catalogue)
    )


def strategy_problems(strategy: Strategy, connected: frozenset[str] = CONNECTED) -> Problems:
    """Check a strategy against itself and against the `connected` channels."""
    return (
        *_unconnected(strategy, connected),
        *_twice("offers", [offer.id for offer in strategy.offers]),
        *_twice("channels", strategy.channels),
        *_goal_problems(strategy),
        *_wave_problems(strategy),
        *missing_scripts(strategy),
        *script_words(strategy),
        *_timing_problems(strategy),
        *_class_problems(strategy),
    )


def _expressions(data: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    yield from _texts(data, "audience", "")
    for index, offer in enumerate(_mappings(data.get("offers"))):
        yield from _texts(offer, "eligibility", f"offers[{index}].")
        benefit = offer.get("benefit")
        if isinstance(benefit, Mapping):
            yield from _texts(benefit, "eligibility", f"offers[{index}].benefit.")
    for part in ("waves", "scripts"):
        for index, item in enumerate(_mappings(data.get(part))):
            yield from _texts(item, "audience", f"{part}[{index}].")


def _templates(data: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for index, script in enumerate(_mappings(data.get("scripts"))):
        for field in ("subject", "body"):
            yield from _texts(script, field, f"scripts[{index}].")
            translated = script.get(field)
            if isinstance(translated, Mapping):
                for locale in translated:
                    yield from _texts(translated, str(locale), f"scripts[{index}].{field}.")


def _texts(data: Mapping[Any, object], field: str, prefix: str) -> Iterator[tuple[str, str]]:
    text = data.get(field)
    if isinstance(text, str) and text:
        yield f"{prefix}{field}", text


def _mappings(data: object) -> list[Mapping[object, object]]:
    """Return the mappings in a list, an empty one standing in for anything else."""
    if not isinstance(data, Sequence) or isinstance(data, str):
        return []
    return [item if isinstance(item, Mapping) else {} for item in data]


def _used(strategy: Strategy) -> Iterator[tuple[str, ChannelName]]:
    for index, channel in enumerate(strategy.channels):
        yield f"channels[{index}]", channel
    for number, wave in enumerate(strategy.waves):
        for index, channel in enumerate(wave.channels):
            yield f"waves[{number}].channels[{index}]", channel


def _unconnected(strategy: Strategy, connected: frozenset[str]) -> Iterator[Problem]:
    for where, channel in _used(strategy):
        if channel not in connected:
            message = "The channel {word} is not connected; {known} are."
            yield misspelt(message, where, channel.value, connected)


def _twice(where: str, names: Sequence[str]) -> Iterator[Problem]:
    for name, count in Counter(names).items():
        if count > 1:
            yield Problem(message="{name} is there twice.", where=where, values={"name": str(name)})


def _goal_problems(strategy: Strategy) -> Iterator[Problem]:
    goal = strategy.goal
    if goal.metric in _NEEDS_FAMILY and goal.family is None:
        message = "The metric {metric} needs a product family."
        values = {"metric": goal.metric.value}
        yield Problem(message=message, where="goal.family", values=values)
    if goal.metric in MONEY_METRICS:
        return
    by_tier = strategy.response.by_tier.items()
    uplifts = {f"response.by_tier.{tier}": uplift for tier, uplift in by_tier}
    uplifts["response.uplift"] = strategy.response.uplift
    for where, uplift in uplifts.items():
        if not -1.0 <= uplift <= 1.0:
            message = "The uplift of {metric} is a probability between -1 and 1, not {value}."
            values = {"metric": goal.metric.value, "value": str(uplift)}
            yield Problem(message=message, where=where, values=values)


def _wave_problems(strategy: Strategy) -> Iterator[Problem]:
    days = [wave.day for wave in strategy.waves]
    if days[0] != 0:
        yield Problem(message="The first wave is on day 0.", where="waves[0].day")
    for index in range(1, len(days)):
        if days[index] <= days[index - 1]:
            message = "A wave comes after the one before it."
            yield Problem(message=message, where=f"waves[{index}].day")


def _class_problems(strategy: Strategy) -> Iterator[Problem]:
    """Find advertisements among service messages: they would go out in hours of peace."""
    if strategy.message_class is not MessageClass.SERVICE:
        return
    for index, offer in enumerate(strategy.offers):
        message = "A service message carries no advertisement: its class is marketing."
        if offer.rating is not None:
            yield Problem(message=message, where=f"offers[{index}].risk_rating")
        if offer.benefit.kind is not BenefitKind.NONE:
            yield Problem(message=message, where=f"offers[{index}].benefit")


def _timing_problems(strategy: Strategy) -> Iterator[Problem]:
    if strategy.schedule is Schedule.ONCE:
        return
    last = strategy.waves[-1].day
    if strategy.cooldown_days <= last:
        message = "Customers could be taken up again before their last wave on day {day}."
        values = {"day": last}
        yield Problem(message=message, where="cooldown_days", values=values)
    if strategy.cooldown_days < strategy.outcome_days:
        message = (
            "Outcomes count for {days} days: with a shorter cooldown one outcome would be "
            "counted for two contacts."
        )
        values = {"days": strategy.outcome_days}
        yield Problem(message=message, where="cooldown_days", values=values)
