"""Why this action for one customer, and why not the others."""

from collections.abc import Sequence
from dataclasses import dataclass

from asterism.kernel.reason import Layer
from asterism.loop.explanation import explain_customer
from asterism.loop.practice import Practice
from asterism.server.language import Language
from asterism.server.services import Reading, Services
from asterism.strategy.why import StrategyWhy, Verdict

_LAYERS = tuple(Layer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One strategy's answer for the customer, in words."""

    strategy: str
    title: str
    #: 'yes', 'no' or 'held_out'.
    outcome: str
    reason: str
    #: The layer that decided.
    layer: str
    #: One per layer: 'yes', 'no' or '' where it was not reached.
    layers: tuple[str, ...]
    #: Clauses of the gate that decided: text, and whether it holds (None for unknown).
    clauses: tuple[tuple[str, bool | None], ...]
    #: What the deciding gate holds against the customer, each with what would make it a yes.
    remedies: tuple[tuple[str, str], ...]
    #: Offer, channel and expected net value of the best action; None where there is none.
    offer: str
    channel: str
    value_minor: int | None
    arm: str


def answers(
    services: Services, reading: Reading, customer_id: str, language: Language
) -> list[Answer]:
    """Return every live strategy's answer for a customer, those that act first."""
    found = explain_customer(
        services,
        customer_id,
        day=reading.day,
        practice=Practice.of(services.home, services.settings),
    )
    told = [_answer(one, language) for one in found.strategies]
    order = {"yes": 0, "held_out": 1, "no": 2}
    return sorted(told, key=lambda one: (order[one.outcome], -_LAYERS.index(Layer(one.layer))))


def _answer(one: StrategyWhy, language: Language) -> Answer:
    strategy = one.published.strategy
    best = one.choices[0] if one.choices else None
    reached = _LAYERS.index(one.reason.layer)
    held = one.arm != "touch"
    outcome = ("held_out" if held else "yes") if best else "no"
    marks = ["yes"] * reached + ["yes" if best else "no"] + [""] * (len(_LAYERS) - reached - 1)
    deciding = one.verdicts[-1] if one.verdicts and not best else None
    return Answer(
        strategy=strategy.id,
        title=language.text(strategy.title),
        outcome=outcome,
        reason=one.reason.in_locale(language.code),
        layer=one.reason.layer.value,
        layers=tuple(marks),
        clauses=_clauses([deciding] if deciding else _about(one)),
        remedies=_remedies(deciding, language),
        offer=language.text(strategy.offer(best.offer).title) if best else "",
        channel=best.channel if best else "",
        value_minor=best.value_minor if best else None,
        arm=one.arm,
    )


def _remedies(verdict: Verdict | None, language: Language) -> tuple[tuple[str, str], ...]:
    """Return each objection in words with its remedy; '' where nothing can be done."""
    told = verdict.explanations if verdict else ()
    return tuple((language.text(one.text), language.text(one.remedy)) for one in told)


def _about(one: StrategyWhy) -> list[Verdict]:
    """Return the gates that say why the strategy is about the customer at all."""
    return [found for found in one.verdicts if found.reason.layer is Layer.AUDIENCE]


def _clauses(verdicts: Sequence[Verdict]) -> tuple[tuple[str, bool | None], ...]:
    told: list[tuple[str, bool | None]] = []
    for verdict in verdicts:
        if verdict.clauses:
            told += [(clause.text, clause.holds) for clause in verdict.clauses]
        else:
            told += [(text, verdict.passed) for text in verdict.conditions]
    return tuple(told)
