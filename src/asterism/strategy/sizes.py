"""How many customers a strategy would mean, layer by layer, while it is being written.

The same gates as the night's, over today's snapshot. What depends on past contacts (cooldown,
caps) and on the other strategies (arbitration) is left to the rehearsal: it is not the draft's.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from functools import reduce

from pydantic import ValidationError

from asterism.audience import Columns, Mask
from asterism.kernel.errors import InvalidInputError
from asterism.strategy.conditions import Action, TestHolds, cell_expression
from asterism.strategy.gates import ELIGIBILITY_GATES, PERMISSION_GATES, Gate
from asterism.strategy.programme import choosing, cost_minor
from asterism.strategy.readings import Expressions
from asterism.strategy.strategy import Strategy

#: Stands for what a draft does not say yet, so that the rest of it can be counted.
_STAND_INS: Mapping[str, object] = {
    "id": "draft",
    "title": "draft",
    "owner": "draft",
    "goal": {"metric": "login", "value_minor": 0},
    "scene": "lifecycle",
    "metric": "login",
    "value_minor": 0,
    "family": "other",
    "offers": [{"id": "draft", "title": "draft", "family": "other"}],
    "channels": ["app_slot"],
    "channel": "app_slot",
    "scripts": [{"channel": "app_slot", "body": "draft"}],
    "body": "draft",
    "holdout": 0.1,
    "response": {"uplift": 0.0},
    "uplift": 0.0,
    "period": {"start": "2020-01-01"},
    "start": "2020-01-01",
    "audience": "TRUE",
}
_ROUNDS = 5
_TEST_HOLDS = "days_since_risk_test BETWEEN 0 AND 364"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveSize:
    """Whom one wave would reach if everybody came that far."""

    wave: int
    day: int
    #: None where an expression does not hold.
    customers: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Customers left after each layer; None from the first expression on that does not hold."""

    everyone: int
    audience: int | None
    cell: int | None
    eligible: int | None
    permitted: int | None
    #: Of those permitted, how many the hold-out leaves alone, expected.
    held_out: int | None
    waves: tuple[WaveSize, ...]
    #: What one contact costs at most, in minor units.
    dearest_minor: int

    @property
    def spend_minor(self) -> int:
        """What a day costs at most if everybody permitted is contacted, in minor units."""
        return ((self.permitted or 0) - (self.held_out or 0)) * self.dearest_minor


def sizes(
    columns: Columns,
    content: Mapping[str, object],
    expressions: Expressions,
    within: Mask | None = None,
) -> Sizes:
    """Count the customers of a draft's content, of those `within` if given."""
    strategy = lenient(content)
    counter = _Counter(columns, expressions, within)
    people = counter.start
    audience = counter.among(people, [strategy.audience])
    cell = counter.among(audience, [cell_expression(strategy)])
    actions = _actions(strategy, 1, expressions)
    eligible = counter.by_any(cell, actions, ELIGIBILITY_GATES)
    permitted = counter.by_any(cell, actions, (*ELIGIBILITY_GATES, *PERMISSION_GATES))
    left = _count(permitted)
    return Sizes(
        everyone=people.count(),
        audience=_count(audience),
        cell=_count(cell),
        eligible=_count(eligible),
        permitted=left,
        held_out=None if left is None else round(left * strategy.holdout),
        waves=tuple(_waves(strategy, counter, expressions)),
        dearest_minor=max((cost_minor(action) for action in actions), default=0),
    )


def _waves(strategy: Strategy, counter: "_Counter", expressions: Expressions) -> Iterable[WaveSize]:
    for number, wave in enumerate(strategy.waves, start=1):
        meant = [strategy.wave_audience(number), cell_expression(strategy)]
        people = counter.among(counter.start, meant)
        actions = _actions(strategy, number, expressions)
        reached = counter.by_any(people, actions, (*ELIGIBILITY_GATES, *PERMISSION_GATES))
        yield WaveSize(wave=number, day=wave.day, customers=_count(reached))


def _actions(strategy: Strategy, wave: int, expressions: Expressions) -> list[Action]:
    by_profile = True
    with suppress(InvalidInputError):  # said beside the field; here nobody is counted
        by_profile = expressions.by_profile(choosing(strategy))
    return [
        Action(
            strategy=strategy,
            offer=offer,
            channel=channel,
            wave=wave,
            by_profile=by_profile,
        )
        for channel in strategy.wave_channels(wave)
        for offer in strategy.offers
    ]


@dataclass(frozen=True, slots=True)
class _Counter:
    """Masks of gates' conditions over one snapshot."""

    columns: Columns
    expressions: Expressions
    within: Mask | None

    @property
    def start(self) -> Mask:
        """Everybody, or those the caller may see."""
        return self.columns.everyone if self.within is None else self.within

    def among(self, people: Mask | None, texts: Sequence[str | None]) -> Mask | None:
        """Return those of `people` for whom every text holds; None if one cannot be read."""
        for text in texts:
            if text is None or people is None:
                continue
            try:
                people &= self.expressions.audience(text).mask(self.columns)
            except InvalidInputError:
                return None
        return people

    def by_any(
        self, people: Mask | None, actions: Sequence[Action], gates: Sequence[Gate]
    ) -> Mask | None:
        """Return those of `people` for whom at least one action passes all `gates`."""
        if people is None:
            return None
        ways = [self.among(people, _texts(action, gates)) for action in actions]
        if any(way is None for way in ways):
            return None
        return reduce(Mask.__or__, (way for way in ways if way is not None), Mask.none(people.size))


def _texts(action: Action, gates: Sequence[Gate]) -> list[str]:
    """Return the gates' conditions that are audience expressions, each once.

    The risk test is counted to the day, as its tag has it; the night counts it to the second.
    """
    conditions = (gate.condition(action) for gate in gates)
    texts = (_TEST_HOLDS if isinstance(one, TestHolds) else one for one in conditions)
    return list(dict.fromkeys(one for one in texts if isinstance(one, str)))


def _count(mask: Mask | None) -> int | None:
    return None if mask is None else mask.count()


def lenient(content: Mapping[str, object]) -> Strategy:
    """Return the strategy in a draft's content, with stand-ins for what does not hold yet."""
    data = deepcopy(dict(content))
    for _ in range(_ROUNDS):
        try:
            return Strategy.model_validate(data)
        except ValidationError as error:
            places = {item["loc"] for item in error.errors(include_url=False, include_input=False)}
            for place in places:
                if not any(len(p) > len(place) and p[: len(place)] == place for p in places):
                    _mend(data, place)
    return Strategy.model_validate(
        {name: value for name, value in _STAND_INS.items() if name in Strategy.model_fields}
    )


def _mend(data: object, location: tuple[int | str, ...]) -> None:
    """Put a stand-in at the innermost place of `location` that exists, or take it out."""
    for step in location[:-1]:
        inner = data.get(step) if isinstance(data, dict) else None
        if isinstance(data, list) and isinstance(step, int) and step < len(data):
            inner = data[step]
        if not isinstance(inner, dict | list):
            location = (step,)
            break
        data = inner
    last = location[-1]
    if isinstance(data, dict):
        if last in _STAND_INS:
            data[last] = deepcopy(_STAND_INS[str(last)])
        else:
            data.pop(last, None)
    elif isinstance(data, list) and isinstance(last, int) and last < len(data):
        data.pop(last)
