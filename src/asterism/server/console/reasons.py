"""Why this action for one customer, and why not the others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa
import sqlalchemy as sa

from asterism.execution.life import State
from asterism.execution.policy import read_policy
from asterism.execution.tables import assignment, touch
from asterism.kernel.reason import Layer
from asterism.ledger.store import reading as reading_only
from asterism.server.language import Language
from asterism.server.services import Reading, Services
from asterism.strategy import ASSIGNED, TOUCHED, Contacts, live_strategies, why
from asterism.strategy.heard import standing_at
from asterism.strategy.publish import PublishedStrategy
from asterism.strategy.reasons import CHOSEN
from asterism.strategy.why import StrategyWhy, Verdict

_LAYERS = tuple(Layer)
#: Days of contacts that frequency caps look back on.
_CONTACT_DAYS = 30
_ENDED = (State.SUPPRESSED, State.EXPIRED, State.RECALLED, State.FAILED)


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
    #: Offer, channel and expected net value of the best action; None where there is none.
    offer: str
    channel: str
    value_minor: int | None
    arm: str


def answers(
    services: Services, reading: Reading, customer_id: str, language: Language
) -> list[Answer]:
    """Return every live strategy's answer for a customer, those that act first."""
    strategies = live_strategies(services.engine, reading.day)
    profile = reading.profile(customer_id)
    policy = read_policy(services.home, services.settings.time_zone)
    standing = standing_at(
        services.engine, services.clock.now(), customer_ids=[customer_id], zones=policy.zones
    )
    found = why(
        strategies,
        customer_id,
        profile,
        reading.catalogue,
        day=reading.day,
        contacts=replace(
            contacts_of(services.engine, reading.day, strategies, customer_id), standing=standing
        ),
        limits=policy.limits(services.settings.touches_per_day),
        universal_control=services.settings.universal_control,
    )
    touched = _touched(services.engine, customer_id, reading.day)
    told = [_answer(one, touched, language) for one in found.strategies]
    order = {"yes": 0, "held_out": 1, "no": 2}
    return sorted(told, key=lambda one: (order[one.outcome], -_LAYERS.index(Layer(one.layer))))


def _answer(one: StrategyWhy, touched: frozenset[str], language: Language) -> Answer:
    strategy = one.published.strategy
    best = one.choices[0] if one.choices else None
    reason = CHOSEN if best and strategy.id in touched else one.reason
    reached = _LAYERS.index(reason.layer)
    held = one.arm != "touch"
    outcome = ("held_out" if held else "yes") if best else "no"
    marks = ["yes"] * reached + ["yes" if best else "no"] + [""] * (len(_LAYERS) - reached - 1)
    deciding = one.verdicts[-1] if one.verdicts and not best else None
    return Answer(
        strategy=strategy.id,
        title=language.text(strategy.title),
        outcome=outcome,
        reason=reason.in_locale(language.code),
        layer=reason.layer.value,
        layers=tuple(marks),
        clauses=_clauses([deciding] if deciding else _about(one)),
        offer=language.text(strategy.offer(best.offer).title) if best else "",
        channel=best.channel if best else "",
        value_minor=best.value_minor if best else None,
        arm=one.arm,
    )


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


def _touched(engine: sa.Engine, customer_id: str, day: date) -> frozenset[str]:
    """Return the strategies that touch the customer on `day`."""
    row = touch.c
    query = sa.select(row.strategy).where(row.customer_id == customer_id, row.planned_for == day)
    with reading_only(engine) as connection:
        return frozenset(connection.execute(query).scalars())


def contacts_of(
    engine: sa.Engine,
    day: date,
    strategies: Sequence[PublishedStrategy],
    customer_id: str,
) -> Contacts:
    """Return one customer's past contacts and assignments, before `day`."""
    row = touch.c
    touched = sa.select(
        row.customer_id, row.channel, sa.func.coalesce(row.sent_on, row.planned_for).label("day")
    ).where(
        row.customer_id == customer_id,
        row.planned_for < day,
        row.state.not_in([state.value for state in _ENDED]),
    )
    with reading_only(engine) as connection:
        contacts = connection.execute(touched).mappings().all()
        assigned = [
            dict(found)
            for one in strategies
            for found in connection.execute(_assigned(one.strategy.id, customer_id)).mappings()
            if found["assigned_on"] < day
        ]
    recent = [dict(one) for one in contacts if (day - one["day"]).days <= _CONTACT_DAYS]
    return Contacts(
        touched=pa.Table.from_pylist(recent, schema=TOUCHED),
        assigned=pa.Table.from_pylist(assigned, schema=ASSIGNED),
    )


def _assigned(strategy_id: str, customer_id: str) -> sa.Select[tuple[object, ...]]:
    """Return a query for a customer's assignments by one strategy, all versions."""
    columns = [assignment.c[name] for name in ASSIGNED.names]
    return sa.select(*columns).where(
        assignment.c.strategy == strategy_id, assignment.c.customer_id == customer_id
    )
