"""How customers answer touches: by type, state, channel and weariness.

For each customer, day and group of offers the chances are drawn once, touched or not, so both
potential outcomes of a touch are fixed before it is made.
"""

from typing import NamedTuple

import numpy as np

from asterism.twin.arrow import NO_DAY
from asterism.twin.decisions import buffer, round_sums, spare
from asterism.twin.moment import Scene
from asterism.twin.nature import GROUP, GROUP_OF_FAMILY
from asterism.twin.products import FAMILY
from asterism.twin.seeds import Array, stream
from asterism.twin.state import (
    ACTIVATE,
    BRING,
    COMPLAIN,
    LEAVE,
    LOGIN,
    OPEN,
    SPEND,
    Pending,
    join_pending,
    pending,
)

#: Ways of reaching customers: share who notice, persuasion, intrusion, weariness it leaves.
WAYS = {
    "app": (0.55, 0.8, 0.25, 0.3),
    "email": (0.32, 0.7, 0.5, 0.6),
    "sms": (0.75, 0.7, 0.9, 1.0),
    "call": (0.5, 1.15, 1.5, 1.5),
    "manager": (0.7, 1.5, 0.8, 1.2),
}
WAY = {name: code for code, name in enumerate(WAYS)}
_NOTICED, _PERSUASION, _INTRUSION, _WEIGHT = np.array(list(WAYS.values())).T
_BY_PEOPLE = np.array([WAY["call"], WAY["manager"]])
_DRAWS = ("seen", "answer", "login", "annoy", "complain", "opt_out", "leave", "say_no")
_DRAW = {name: code for code, name in enumerate(_DRAWS)}
_SETTLED_DAYS, _SPOILT_DAYS = 30, 45
_SOON = 15
_FATIGUE_COSTS = 0.35
_OLD = 60
#: The most that one answer brings from other banks, minor units of the model.
_MOST_BROUGHT = 8e7
#: What annoyed (and, for the second, reached but unmoved) customers do.
_OPTS_OUT, _SAYS_NO, _COMPLAINS, _MOVES_MONEY = 0.35, 0.7, 0.25, 0.3


class Touches(NamedTuple):
    """Touches of one block on one day."""

    #: Place in the table that came, for receipts.
    row: Array
    customer: Array
    family: Array
    way: Array
    strategy: Array
    #: UTC seconds.
    sent: Array


class Answers(NamedTuple):
    """What touches brought: flags by touch, and the chances behind them."""

    seen: Array
    answered: Array
    logs_in: Array
    annoyed: Array
    opted_out: Array
    refused: Array
    chance: Array


def way_of(channel: str) -> int:
    """Return the way of reaching customers that a channel's name stands for."""
    name = channel.lower()
    for key, words in (
        ("manager", ("manager", "branch")),
        ("call", ("call", "phone", "voice")),
        ("sms", ("sms", "text", "message")),
        ("email", ("mail",)),
    ):
        if any(word in name for word in words):
            return WAY[key]
    return WAY["app"]


def answer(scene: Scene, touches: Touches) -> tuple[Answers, Pending]:
    """Let the customers answer; return what shows at once and what they will do."""
    who, way = touches.customer, touches.way
    group = GROUP_OF_FAMILY[touches.family]
    draw = _draws(scene)[who, group]
    nature, state = scene.nature, scene.state
    present = scene.active[who] & ~scene.people.deceased[who]
    uses_app = nature.digital[who] > 0
    reach = _NOTICED[way] * np.where((way == WAY["app"]) & ~uses_app, 0.05, 1.0)
    seen = present & (draw[:, _DRAW["seen"]] < reach)
    weary = np.exp(-_FATIGUE_COSTS * state.fatigue[who] - 0.5 * state.irritation[who])
    pull = _PERSUASION[way] * _tastes(scene)[who, way] * weary
    uplift = nature.uplift[who, group]
    likely = np.clip(np.maximum(uplift, 0) * pull * readiness(scene, who, touches.family), 0, 0.9)
    answered = seen & (draw[:, _DRAW["answer"]] < likely)
    engages = np.clip(np.maximum(nature.uplift[who, GROUP["engagement"]], 0) * pull, 0, 0.9)
    logs_in = seen & (uses_app | (way == WAY["call"])) & (draw[:, _DRAW["login"]] < engages)
    tired = 0.004 * state.fatigue[who] ** 2
    harm = (np.maximum(-uplift, 0) + tired) * (1 + 0.4 * state.fatigue[who])
    anger = np.clip(harm * _INTRUSION[way], 0, 0.9)
    annoyed = seen & ~answered & (draw[:, _DRAW["annoy"]] < anger)
    people = np.isin(way, _BY_PEOPLE)
    answers = Answers(
        seen=seen,
        answered=answered,
        logs_in=logs_in,
        annoyed=annoyed,
        opted_out=annoyed & (draw[:, _DRAW["opt_out"]] < _OPTS_OUT),
        refused=seen & ~answered & people & (draw[:, _DRAW["say_no"]] < _SAYS_NO),
        chance=reach * present * (likely - anger * (1 - likely)),
    )
    plans = [*_persuaded(scene, touches, answered), *_upset(scene, touches, annoyed, draw)]
    plans.append(_logs_in(scene, touches, logs_in))
    _remember(scene, touches, answers)
    return answers, join_pending(plans)


def _draws(scene: Scene) -> Array:
    """Return the day's chances (customers x groups x draws), the same whoever is touched."""
    rng = scene.rng("answers")
    return rng.random((scene.people.count, len(GROUP), len(_DRAWS)), dtype=np.float32)


def _tastes(scene: Scene) -> Array:
    """Return how much each customer likes each way (customers x ways), 1 in the middle."""
    rng = stream(scene.place.seed, "tastes in channels", scene.block)
    liking = np.exp(rng.normal(-0.06, 0.35, (scene.people.count, len(WAYS))))
    old = scene.people.age(scene.place.first_day) > _OLD
    liking[:, WAY["app"]] *= np.where(old, 0.6, 1.1)
    liking[:, WAY["manager"]] *= np.where(old, 1.3, 1.0)
    return np.asarray(liking)


def readiness(scene: Scene, who: Array, family: Array) -> Array:
    """Return how ready customers are for a family: maturing or idle money, an unused card."""
    count = scene.people.count
    accounts, day = scene.state.accounts, scene.period.first
    idle = spare(scene) > 2 * buffer(scene)
    maturing = np.zeros(count, dtype=bool)
    near = (accounts.matures >= day - _SOON // 2) & (accounts.matures <= day + _SOON)
    maturing[accounts.customer[near & (accounts.balance >= 0)]] = True
    asleep = np.zeros(count, dtype=bool)
    unused = (accounts.family == FAMILY["credit_card"]) & accounts.is_open
    asleep[accounts.customer[unused & (accounts.activated == NO_DAY)]] = True
    poor = (scene.state.elsewhere < 500_000 * scene.place.scale) & ~idle
    group = GROUP_OF_FAMILY[family]
    invests = group <= GROUP["wealth"]
    ready = 1.0 + np.where(invests & idle[who], 0.6, 0.0)
    ready += np.where((group != GROUP["fund"]) & invests & maturing[who], 1.2, 0.0)
    ready += np.where((group == GROUP["card"]) & asleep[who], 0.6, 0.0)
    return np.asarray(ready * np.where(invests & poor[who], 0.35, 1.0))


def _sums(scene: Scene, who: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return what a persuaded customer places, and the part of it that comes from elsewhere."""
    draws = rng.random((3, scene.people.count))
    fresh = scene.state.elsewhere[who] * (0.02 + 0.14 * draws[0][who] ** 2)
    own = spare(scene)[who] * (0.2 + 0.5 * draws[1][who])
    scale = scene.place.scale
    fresh = round_sums(np.minimum(fresh, _MOST_BROUGHT * scale), scale)
    return fresh + round_sums(own, scale), fresh


def _persuaded(scene: Scene, touches: Touches, answered: Array) -> list[Pending]:
    """Return what persuaded customers will do, by the family they were asked about."""
    rng = scene.rng("answers follow")
    lags = np.minimum(rng.geometric(0.35, scene.people.count) - 1, 10)
    some = Touches(*(column[answered] for column in touches))
    who = some.customer
    due = scene.period.first + lags[who]
    amount, fresh = _sums(scene, who, rng)
    group = GROUP_OF_FAMILY[some.family]
    common = {"family": some.family, "strategy": some.strategy}
    demand = some.family == FAMILY["demand_deposit"]
    invests = (group <= GROUP["wealth"]) & ~demand
    card = group == GROUP["card"]
    accounts = scene.state.accounts
    holds = np.zeros(scene.people.count, dtype=bool)
    cards = (accounts.family == FAMILY["credit_card"]) & accounts.is_open
    holds[accounts.customer[cards]] = True
    used = scene.state.card_of()[who] >= 0
    extra = scene.people.income[who] * (0.05 + 0.3 * rng.random(scene.people.count)[who])
    least = amount >= round(100_000 * scene.place.scale)
    opens = pending(due, who, OPEN, amount=amount, fresh=fresh, **common)
    plain = pending(due, who, OPEN, family=_asked(some.family), strategy=some.strategy)
    return [
        opens.where(invests & least),
        pending(due, who, BRING, amount=fresh, **common).where(demand & (fresh > 0)),
        plain.where((card & ~holds[who]) | (group == GROUP["loan"])),
        pending(due, who, ACTIVATE, **common).where(card & holds[who] & ~used),
        pending(due, who, SPEND, amount=extra.astype(np.int64), **common).where(card & used),
    ]


def _asked(family: Array) -> Array:
    """Return the family that is opened: a debit card offer leads to a credit card."""
    return np.where(family == FAMILY["debit_card"], FAMILY["credit_card"], family)


def _logs_in(scene: Scene, touches: Touches, logs_in: Array) -> Pending:
    """Return the log-ins of those whose attention was caught, today or tomorrow."""
    later = scene.rng("attention").integers(0, 2, scene.people.count)
    who = touches.customer
    return pending(
        scene.period.first + later[who], who, LOGIN, amount=1, strategy=touches.strategy
    ).where(logs_in)


def _upset(scene: Scene, touches: Touches, annoyed: Array, draw: Array) -> list[Pending]:
    """Return what annoyed customers will do: complain, take money away."""
    rng = scene.rng("anger")
    who, today = touches.customer, scene.period.first
    later = rng.integers(0, 3, scene.people.count)[who]
    leaves = rng.integers(1, 10, scene.people.count)[who]
    share = rng.uniform(0.2, 0.7, scene.people.count)[who]
    has = scene.state.accounts.balance[who]
    amount = round_sums(has * share, scene.place.scale)
    common = {"family": touches.family, "strategy": touches.strategy}
    return [
        pending(today + later, who, COMPLAIN, **common).where(
            annoyed & (draw[:, _DRAW["complain"]] < _COMPLAINS)
        ),
        pending(today + leaves, who, LEAVE, amount=amount, **common).where(
            annoyed & (draw[:, _DRAW["leave"]] < _MOVES_MONEY) & (amount > 0)
        ),
    ]


_CONSENTS = ("consent_app", "consent_email", "consent_sms", "consent_phone", "consent_phone")


def _remember(scene: Scene, touches: Touches, answers: Answers) -> None:
    """Leave the traces of the day's touches: weariness, anger, decisions settled, consents."""
    state, today = scene.state, scene.period.first
    group = GROUP_OF_FAMILY[touches.family]
    np.add.at(state.fatigue, touches.customer, _WEIGHT[touches.way].astype(np.float32))
    for flags, days in ((answers.answered, _SETTLED_DAYS), (answers.annoyed, _SPOILT_DAYS)):
        who, which = touches.customer[flags], group[flags]
        state.settled_until[who, which] = today + days
        state.settled_by[who, which] = touches.strategy[flags]
    keeps = answers.answered & (group <= GROUP["wealth"])
    state.kept_until[touches.customer[keeps]] = today + _SETTLED_DAYS
    state.kept_by[touches.customer[keeps]] = touches.strategy[keeps]
    state.irritation[touches.customer[answers.annoyed]] += np.float32(0.8)
    for way, consent in enumerate(_CONSENTS):
        out = touches.customer[answers.opted_out & (touches.way == way)]
        getattr(state, consent)[out] = 0
