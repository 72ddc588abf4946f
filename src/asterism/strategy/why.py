"""Why, and why not: one customer walked through every strategy, with reasons in words.

The same gates, conditions and values as the night's decision, read over one profile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from asterism.audience import Catalogue, Clause
from asterism.kernel.hashing import in_share
from asterism.kernel.reason import Reason
from asterism.strategy import reasons
from asterism.strategy.conditions import Action
from asterism.strategy.contacts import Contacts
from asterism.strategy.counters import ARMS, HOLDOUT, TOUCH, UNIVERSAL, Counters
from asterism.strategy.decisions import Decisions
from asterism.strategy.explain import Explanation, explain
from asterism.strategy.gates import AUDIENCE_GATES, GATES, Gate
from asterism.strategy.limits import Limits
from asterism.strategy.programme import (
    UNIVERSAL_SALT,
    UNIVERSAL_SHARE,
    Running,
    cost_minor,
    salted,
    worth,
)
from asterism.strategy.publish import PublishedStrategy
from asterism.strategy.ramp import ramp_salt
from asterism.strategy.readings import Expressions, Person, tiers_of, walk
from asterism.strategy.waves import due_wave
from asterism.strategy.wording import meant_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one gate said."""

    reason: Reason
    #: Whether at least one action is left after it.
    passed: bool
    #: Its conditions for the actions it took away, as text; for what was left if it took none.
    conditions: tuple[str, ...]
    #: The clauses of the first of these that is an audience expression, each with its answer.
    clauses: tuple[Clause, ...]
    #: What it holds against each action that it took away, and what would make it a yes.
    explanations: tuple[Explanation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The action that a strategy would take for the customer."""

    offer: str
    channel: str
    wave: int
    #: The scripts of which the customer would be told one.
    scripts: tuple[str, ...]
    #: Expected value less cost, and the cost, in minor units.
    value_minor: int
    cost_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyWhy:
    """One strategy's answer for one customer."""

    published: PublishedStrategy
    #: The gates in order, up to and including the first that left nothing.
    verdicts: tuple[Verdict, ...]
    #: The reason that decided: the refusal, or `arbitration.chosen`, or `arbitration.pending`.
    reason: Reason
    #: The customer's arm, drawn whether or not the strategy is for them.
    arm: str
    #: What layers 1 to 4 left over, preferred first; empty after a refusal by them.
    choices: tuple[Choice, ...]

    @property
    def eligible(self) -> bool:
        """Whether the customer came through layers 1 to 4."""
        return bool(self.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Every strategy's answer for one customer on a day."""

    customer_id: str
    day: date
    strategies: tuple[StrategyWhy, ...]


def why(  # noqa: PLR0913 - everything a day is decided by, named
    strategies: Sequence[PublishedStrategy],
    customer_id: str,
    profile: Mapping[str, object],
    catalogue: Catalogue,
    *,
    day: date,
    contacts: Contacts | None = None,
    limits: Limits | None = None,
    universal_control: float = UNIVERSAL_SHARE,
    salt: str = "",
    decisions: tuple[Decisions, int] | None = None,
) -> Why:
    """Explain what every strategy would do for one customer on `day`, and why not more.

    `profile` holds tags as the snapshot of that day has them. `decisions`, the day's decisions and
    the customer's index in them, bring arbitration's verdict; without them a customer who comes
    through the first four layers is pending.
    """
    limits = limits or Limits()
    expressions = Expressions(catalogue)
    counters = Counters.of_one((contacts or Contacts()).of(customer_id), day)
    person = Person(profile, expressions, counters)
    programme = Running.of(strategies, limits.caps, expressions)
    universal = in_share(salted(salt, UNIVERSAL_SALT), customer_id, universal_control)
    answers = []
    for running in programme:
        arm = UNIVERSAL if universal else _arm(running, person, customer_id, salt)
        answer = _answer(running, person, day, arm, decisions)
        entered = in_share(salted(salt, ramp_salt(running.id)), customer_id, running.published.ramp)
        answers.append(answer if entered else _before_entry(answer, running, person))
    return Why(customer_id=customer_id, day=day, strategies=tuple(answers))


def _before_entry(answer: StrategyWhy, running: Running, person: Person) -> StrategyWhy:
    """Return the answer for a customer whom the strategy's ramp has not let in yet.

    Whom it does not mean, or took up before, is not told of the ramp.
    """
    wave = int(due_wave(running.published.strategy, person.counters.since(running.id))[0])
    asked = answer.verdicts[: len(AUDIENCE_GATES)]
    if wave != 1 or not asked or not asked[-1].passed:
        return answer
    return replace(answer, verdicts=asked, reason=reasons.RAMP, choices=())


def _arm(running: Running, person: Person, customer_id: str, salt: str) -> str:
    before = int(person.counters.since(running.id).arm[0])
    if before >= 0 and ARMS[before] != UNIVERSAL:
        return ARMS[before]
    holdout = running.published.strategy.holdout
    return HOLDOUT if in_share(salted(salt, running.id), customer_id, holdout) else TOUCH


def _answer(
    running: Running,
    person: Person,
    day: date,
    arm: str,
    decisions: tuple[Decisions, int] | None,
) -> StrategyWhy:
    strategy = running.published.strategy
    wave = int(due_wave(strategy, person.counters.since(running.id))[0])
    verdicts: tuple[Verdict, ...] = ()
    choices: tuple[Choice, ...] = ()
    if wave == 0:
        reason = reasons.WAITING
    elif wave == 1 and not strategy.takes_up_on(day):
        reason = reasons.SCHEDULE
    else:
        verdicts, alive = _walk(person, running.actions(wave))
        choices = _choices(person, alive)
        reason = _outcome(running, verdicts, choices, decisions)
    return StrategyWhy(
        published=running.published, verdicts=verdicts, reason=reason, arm=arm, choices=choices
    )


def _walk(person: Person, actions: list[Action]) -> tuple[tuple[Verdict, ...], list[Action]]:
    verdicts = []
    for gate in GATES:
        alive = [np.ones(1, np.bool_)] * len(actions)
        ((_, left),) = walk(person, (gate,), actions, alive)
        kept = [action for action, may in zip(actions, alive, strict=True) if may[0]]
        lost = [action for action, may in zip(actions, alive, strict=True) if not may[0]]
        against = _explained(person, gate, lost)
        verdict = _verdict(person, gate, lost or kept, passed=bool(left[0]))
        verdicts.append(replace(verdict, explanations=against))
        actions = kept
        if not kept:
            break
    return tuple(verdicts), actions


def _verdict(person: Person, gate: Gate, actions: list[Action], *, passed: bool) -> Verdict:
    conditions = [condition for a in actions if (condition := gate.condition(a)) is not None]
    texts = [condition for condition in conditions if isinstance(condition, str)]
    clauses: tuple[Clause, ...] = ()
    if texts:
        clauses = person.expressions.audience(texts[0]).explain(person.profile)
    names = tuple(dict.fromkeys(map(str, conditions)))
    return Verdict(reason=gate.reason, passed=passed, conditions=names, clauses=clauses)


def _explained(person: Person, gate: Gate, lost: list[Action]) -> tuple[Explanation, ...]:
    """Return what the gate holds against the actions it took, each different answer once."""
    told = [explain(gate, action, person) for action in lost]
    return tuple({one.text: one for one in told}.values())


def _scripts(person: Person, action: Action) -> tuple[str, ...]:
    meant = meant_for(
        action.strategy, action.channel, action.wave, person.profile, person.expressions
    )
    return tuple(script.name for script in meant)


def _choices(person: Person, actions: list[Action]) -> tuple[Choice, ...]:
    tier = int(tiers_of(person)[0])
    valued = [(action, float(worth(action)[tier])) for action in actions]
    return tuple(
        Choice(
            offer=action.offer.id,
            channel=action.channel.value,
            wave=action.wave,
            scripts=_scripts(person, action),
            value_minor=round(value),
            cost_minor=cost_minor(action),
        )
        for action, value in valued
        if value > 0
    )


def _outcome(
    running: Running,
    verdicts: tuple[Verdict, ...],
    choices: tuple[Choice, ...],
    decisions: tuple[Decisions, int] | None,
) -> Reason:
    if not verdicts[-1].passed:
        return verdicts[-1].reason
    if not choices:
        return reasons.WORTH
    found = decisions[0].verdict(decisions[1], running.id) if decisions else None
    return found or reasons.PENDING
