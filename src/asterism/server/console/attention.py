"""What needs a person today, most urgent first."""

import dataclasses
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from asterism.execution.life import State
from asterism.execution.queries import counts_by_day
from asterism.execution.worklist import work_items
from asterism.kernel.clock import local_day
from asterism.kernel.words import N_
from asterism.review import Action, advise, latest_effects
from asterism.server.auth.roles import Permission
from asterism.server.auth.scope import Reach
from asterism.server.console.approvals import waiting_for
from asterism.server.console.strategies import audience_size
from asterism.server.console.titles import Titles
from asterism.server.console.touches import within
from asterism.server.guard import Caller
from asterism.server.services import Reading, Services
from asterism.strategy import live_strategies
from asterism.strategy.requests import list_requests

_MOST = 8
_COUNTED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One thing to look at."""

    #: 'bad', 'gold' or 'blue', by how much it presses.
    weight: str
    sentence: str
    address: str


def attention(
    services: Services, caller: Caller, reading: Reading, titles: Titles, day: date
) -> list[Matter]:
    """Return what needs a person, as far as the caller may see it."""
    found = [*_data(services, reading, caller)]
    if caller.may(Permission.SEE_REVIEW):
        found += _effects(services, caller, titles)
    if caller.may(Permission.SEE_TOUCHES):
        found += _failures(services, caller, day)
    if caller.may(Permission.SEE_STRATEGIES):
        found += _nobody(services, caller, reading)
    if caller.may(Permission.APPROVE_STRATEGIES):
        found += _approvals(services, caller)
    if caller.may(Permission.SEE_WORKLIST):
        found += _work(services, caller, day)
    order = {"bad": 0, "gold": 1, "blue": 2}
    return sorted(found, key=lambda one: order[one.weight])[:_MOST]


def _data(services: Services, reading: Reading, caller: Caller) -> list[Matter]:
    today = local_day(services.clock.now(), services.settings.time_zone)
    old = (today - reading.as_of).days
    if old <= 1:
        return []
    sentence = caller.language.say(
        "The data ends on {day}: run the days since then.", day=caller.language.day(reading.as_of)
    )
    return [Matter(weight="gold", sentence=sentence, address="/tags")]


def _approvals(services: Services, caller: Caller) -> list[Matter]:
    return [
        Matter(
            weight="gold",
            sentence=caller.language.say(
                N_("{name} asks you to approve: {title}."),
                name=one.asked_by,
                title=caller.language.text(one.strategy.title),
            ),
            address=f"/approvals/{one.request_id}",
        )
        for one in waiting_for(caller, list_requests(services.engine))
    ]


def _effects(services: Services, caller: Caller, titles: Titles) -> list[Matter]:
    found = []
    for one in latest_effects(services.engine):
        advice = advise(one.effect)
        if advice.action in {Action.KEEP, Action.WIDEN} and advice.code != "pays":
            continue
        weight = {Action.STOP: "bad", Action.CHANGE: "gold"}.get(advice.action, "blue")
        sentence = f"{titles.strategy(one.strategy)}: {advice.in_locale(caller.language.code)}"
        address = f"/review/{one.strategy}"
        found.append(Matter(weight=weight, sentence=sentence, address=address))
    return found


def _failures(services: Services, caller: Caller, day: date) -> list[Matter]:
    asked = dataclasses.replace(within(caller.scope), since=day - timedelta(days=6), until=day)
    counts: Counter[State] = Counter()
    for states in counts_by_day(services.engine, asked).values():
        counts.update(states)
    sentences = {
        State.FAILED: N_("{number} touches of the last 7 days failed."),
        State.UNKNOWN: N_("{number} touches of the last 7 days have an unknown outcome."),
    }
    return [
        Matter(
            weight="gold",
            sentence=caller.language.say(sentence, number=caller.language.number(counts[state])),
            address=f"/touches?state={state.value}",
        )
        for state, sentence in sentences.items()
        if counts[state]
    ]


def _nobody(services: Services, caller: Caller, reading: Reading) -> list[Matter]:
    return [
        Matter(
            weight="gold",
            sentence=caller.language.say(
                "{title} means nobody today.",
                title=caller.language.text(one.strategy.title),
            ),
            address=f"/strategies/{one.strategy.id}",
        )
        for one in live_strategies(services.engine, reading.day)
        if audience_size(reading, one, caller) in {0, None}
    ]


def _work(services: Services, caller: Caller, day: date) -> list[Matter]:
    scope = caller.scope
    if scope.reach is Reach.NONE:
        return []
    items = work_items(
        services.engine,
        day,
        manager_id=scope.key if scope.reach is Reach.OWN else None,
        branch_id=scope.key if scope.reach is Reach.BRANCH else None,
        limit=_COUNTED,
    )
    if not items:
        return []
    last = sum(item.live_until == day for item in items)
    number = caller.language.number(len(items)) + ("+" if len(items) == _COUNTED else "")
    sentence = caller.language.say(
        "{number} customers wait on the work list, {last} of them for the last day.",
        number=number,
        last=caller.language.number(last),
    )
    return [Matter(weight="blue", sentence=sentence, address="/worklist")]
