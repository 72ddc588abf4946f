"""The gates at the moment of sending: those of the decision, walked again over one customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from sqlalchemy import Engine

from asterism.audience import Catalogue
from asterism.execution.reasons import Why
from asterism.kernel.errors import InvalidInputError, NotFoundError
from asterism.strategy import Caps, Contacts, get_strategy
from asterism.strategy.conditions import Action, Condition
from asterism.strategy.counters import Counters
from asterism.strategy.explain import explain
from asterism.strategy.gates import COUNTED, GATES, Gate
from asterism.strategy.programme import Running
from asterism.strategy.readings import Expressions, Person
from asterism.strategy.standing import Standing
from asterism.strategy.terms import MessageClass
from asterism.strategy.zones import DEFAULT_ZONES


class Offered(Protocol):
    """What is put to a customer: a message, an offer in the app, a work item's touch."""

    @property
    def strategy(self) -> str: ...  # noqa: D102 - as it says
    @property
    def version(self) -> int: ...  # noqa: D102
    @property
    def wave(self) -> int: ...  # noqa: D102
    @property
    def offer(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Refused:
    """A gate that refuses, and the reason with the customer's own values."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Hurdles:
    """What stands between one action and any customer."""

    action: Action
    conditions: tuple[tuple[Gate, Condition], ...]


class StrategyGates:
    """Asks the gates of a message's strategy version; versions never change.

    Gates that count contacts are left to the hand-off, which counts in its own transaction.
    """

    def __init__(
        self,
        engine: Engine,
        catalogue: Catalogue,
        *,
        locale: str = "zh",
        caps: Caps | None = None,
        zones: tuple[str, ...] = DEFAULT_ZONES,
    ) -> None:
        self._expressions = Expressions(catalogue)
        self._locale = locale
        self._zones = zones
        programme_caps = caps or Caps()

        @lru_cache(maxsize=1_024)
        def actions(strategy: str, version: int, wave: int) -> Mapping[tuple[str, str], _Hurdles]:
            published = get_strategy(engine, strategy, version)
            running = Running.of([published], programme_caps, self._expressions)[0]
            return {
                (one.offer.id, one.channel.value): _hurdles(one) for one in running.actions(wave)
            }

        self._actions = actions

    def refusal(
        self, offered: Offered, profile: Mapping[str, object], channel: str, now: datetime
    ) -> Refused | None:
        """Return the first gate that refuses `offered` to the customer at `now`; None if none."""
        hurdles = self._hurdles(offered, channel)
        if hurdles is None:
            return Refused(Why.NO_STRATEGY)
        person = Person(profile, self._expressions, self._at(now))
        for gate, condition in hurdles.conditions:
            if not person.holds(condition)[0]:
                told = explain(gate, hurdles.action, person)
                return Refused(gate.code, told.text.in_locale(self._locale))
        return None

    def message_class(self, offered: Offered, channel: str) -> MessageClass:
        """Return the class of a message; marketing, the strictest, where nobody knows."""
        hurdles = self._hurdles(offered, channel)
        return hurdles.action.strategy.message_class if hurdles else MessageClass.MARKETING

    def _hurdles(self, offered: Offered, channel: str) -> _Hurdles | None:
        try:
            known = self._actions(offered.strategy, offered.version, offered.wave)
        except (NotFoundError, InvalidInputError, IndexError):
            # no such version or wave, or a segment that it named is gone: nothing goes out
            return None
        return known.get((offered.offer, channel))

    def _at(self, now: datetime) -> Counters:
        return _no_contacts(now, self._zones)


@lru_cache(maxsize=8)
def _no_contacts(now: datetime, zones: tuple[str, ...]) -> Counters:
    """Return counters of nobody's contacts, for the moment that gates are asked for."""
    return Counters.of_one(Contacts(standing=Standing(at=now, zones=zones)), now.date())


def _hurdles(action: Action) -> _Hurdles:
    asked = [(gate, gate.condition(action)) for gate in GATES if gate.code not in COUNTED]
    return _Hurdles(action, tuple((gate, one) for gate, one in asked if one is not None))
