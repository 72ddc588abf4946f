"""Visits, calls, complaints, surveys and risk tests; and the moods behind them."""

from dataclasses import dataclass

import numpy as np

from asterism.twin.arrow import NONE
from asterism.twin.days import to_utc, weekday
from asterism.twin.habits import CHANNEL
from asterism.twin.moment import Scene
from asterism.twin.seeds import Array
from asterism.twin.state import COMPLAIN, Pending
from asterism.warehouse.canonical import TABLES

CONTACT_KINDS = TABLES["interactions"].column("kind").codes
CONTACT = {name: code for code, name in enumerate(CONTACT_KINDS)}
OUTCOMES = TABLES["interactions"].column("outcome").codes
_OUTCOME = {name: code for code, name in enumerate(OUTCOMES)}
_YEAR_DAYS = 365.0
#: Contacts a year for somebody in the middle.
_RATES = {
    "visit": 0.5,
    "call_in": 0.22,
    "chat": 0.12,
    "complaint": 0.03,
    "survey": 0.1,
    "risk_test": 0.12,
    "meeting": 0.05,
}
_PLACE = {
    "visit": "branch",
    "call_in": "call_centre",
    "chat": "app",
    "complaint": "call_centre",
    "survey": "app",
    "risk_test": "app",
    "meeting": "branch",
}
#: How fast moods return home and how far they wander in a day.
_RETURN, _WANDER = 0.02, 0.05
_FATIGUE_HALF_LIFE = 7.0
_ANGER_HALF_LIFE = 20.0
_SATURDAY = 5
_GONE_A_YEAR = 0.012


@dataclass(frozen=True, slots=True)
class Contacts:
    """Interactions of a block in a period."""

    customer: Array
    second: Array
    kind: Array
    channel: Array
    #: Topic: of `topics` for most, of `complaints` for complaints.
    topic: Array
    outcome: Array
    score: Array
    #: Which of the topic's (or survey's) texts was said, NONE for silence.
    text: Array


def drift(scene: Scene) -> None:
    """Let moods wander home and weariness fade over the period; the unhappy leave the bank."""
    rng = scene.rng("moods")
    state, days = scene.state, scene.period.days
    pull = 1 - (1 - _RETURN) ** days
    noise = rng.standard_normal(scene.people.count, dtype=np.float32) * _WANDER * days**0.5
    state.mood += (pull * (scene.nature.mood_home - state.mood) + noise).astype(np.float32)
    state.fatigue *= np.float32(0.5 ** (days / _FATIGUE_HALF_LIFE))
    state.irritation *= np.float32(0.5 ** (days / _ANGER_HALF_LIFE))
    hazard = _GONE_A_YEAR * np.exp(-1.2 * state.mood) * days / _YEAR_DAYS
    state.left |= (rng.random(scene.people.count) < hazard) & scene.active


def contacts_of_period(scene: Scene, due: Pending) -> Contacts:
    """Return the period's interactions; complaints that touches caused are among them."""
    rng = scene.rng("contacts")
    count = scene.people.count
    mood = scene.state.mood
    age = scene.people.age(scene.period.first)
    factor = {
        "visit": np.clip((age - 20) / 25, 0.3, 2.2),
        "call_in": np.exp(-0.3 * mood),
        "complaint": np.exp(scene.state.irritation - 1.3 * mood) * scene.nature.complains,
        "meeting": np.where(scene.state.manager >= 0, 12.0, 0.0),
        "chat": np.minimum(scene.nature.digital * 25, 4),
    }
    who_parts, kind_parts = [], []
    busy = (scene.active & ~scene.people.deceased) * (scene.nature.activity > 0)
    for kind, rate in _RATES.items():
        expected = rate * scene.period.days / _YEAR_DAYS * factor.get(kind, 1.0) * busy
        times = rng.poisson(expected, count)
        who_parts.append(np.repeat(np.arange(count), times))
        kind_parts.append(np.full(int(times.sum()), CONTACT[kind]))
    provoked = due.where(due.action == COMPLAIN)
    who_parts.append(provoked.customer)
    kind_parts.append(np.full(provoked.count, CONTACT["complaint"]))
    return _told(scene, rng, np.concatenate(who_parts), np.concatenate(kind_parts), provoked.count)


def _told(
    scene: Scene, rng: np.random.Generator, who: Array, kind: Array, provoked: int
) -> Contacts:
    """Return interactions with when, where, what about and how they ended."""
    size = who.size
    day = scene.period.first + (rng.random(size) * scene.period.days).astype(np.int64)
    manned = np.isin(kind, (CONTACT["visit"], CONTACT["meeting"]))
    closed = manned & (weekday(day) >= _SATURDAY) & (day - 2 >= scene.period.first)
    day = np.maximum(np.where(closed, day - 2, day), scene.people.opened[who])
    second = np.where(manned, 9 * 3600 + rng.integers(0, 8 * 3600, size), scene.hours(rng, who))
    complaint = kind == CONTACT["complaint"]
    pack = scene.place.pack
    bits = rng.integers(0, 1 << 30, size)
    topic = np.where(complaint, bits % len(pack.complaints), bits % len(pack.topics))
    annoyed = np.arange(size) >= size - provoked
    topic = np.where(annoyed, bits % 2, topic)
    survey = kind == CONTACT["survey"]
    score = np.round(np.clip(7.6 + 1.9 * scene.state.mood[who] + rng.normal(0, 1.6, size), 0, 10))
    bands = len(pack.survey_texts)
    text = np.where(survey, np.minimum(score * bands / 10.01, bands - 1), NONE).astype(np.int64)
    text = np.where(complaint, bits >> 8, text)
    solved = rng.random(size) < np.where(complaint, 0.7, 0.93)
    risk = kind == CONTACT["risk_test"]
    _retest(scene, who[risk], day[risk])
    channel = np.array([CHANNEL[_PLACE.get(k, "other")] for k in CONTACT_KINDS])[kind]
    return Contacts(
        customer=who,
        second=to_utc(day, second, scene.period, pack.time_zone),
        kind=kind,
        channel=channel,
        topic=np.where(survey | risk, NONE, topic),
        outcome=np.where(
            survey | risk, NONE, np.where(solved, _OUTCOME["resolved"], _OUTCOME["unresolved"])
        ),
        score=np.where(survey, score, NONE),
        text=text,
    )


def _retest(scene: Scene, who: Array, day: Array) -> None:
    """Date the risk tests that were taken; who had none is found to be balanced."""
    scene.state.risk_day[who] = day
    scene.state.risk[who] = np.where(scene.state.risk[who] < 0, 2, scene.state.risk[who])
