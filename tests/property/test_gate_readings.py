"""One definition: the night's masks, one profile, and sending say the same of every customer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from asterism.audience import Columns
from asterism.execution.admission import StrategyGates
from asterism.kernel.clock import SetClock
from asterism.ledger import metadata, open_ledger
from asterism.strategy import Caps, Contacts, library, list_strategies, publish_strategy
from asterism.strategy.conditions import Action
from asterism.strategy.counters import Counters
from asterism.strategy.gates import COUNTED, GATES
from asterism.strategy.programme import Running
from asterism.strategy.readings import Expressions, Person, Population
from asterism.strategy.standing import WORDS, Standing, laid_over
from asterism.strategy.terms import Rating
from asterism.strategy.testing import CATALOGUE, a_day, made_up_customers, profile_of

DAY = a_day()
MOMENT = datetime(2026, 1, 7, 1, tzinfo=UTC)
ZONES = ("Asia/Shanghai", "America/New_York")
TAGS = (
    "consent_marketing",
    "consent_sms",
    "consent_email",
    "consent_phone",
    "consent_app",
    "personalisation_refused",
    "blacklisted",
)


@pytest.fixture(scope="module")
def customers(tmp_path_factory: pytest.TempPathFactory) -> Columns:
    return made_up_customers(tmp_path_factory.mktemp("columns"), 700, seed=5)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path: Path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    engine = open_ledger(f"sqlite:///{path}")
    metadata.create_all(engine)
    for number, strategy in enumerate(library()):
        rating = list(Rating)[number % 5]
        offers = [
            offer.model_copy(update={"risk_rating": rating, "issuer_rating": Rating.R2})
            for offer in strategy.offers
        ]
        rated = strategy.model_copy(update={"offers": tuple(offers)})
        publish_strategy(engine, rated, SetClock(MOMENT), "test")
    yield engine
    engine.dispose()


def heard(customers: Columns, seed: int, moment: datetime) -> Standing:
    """Return words of some of the customers, and of somebody who is none."""
    generator = np.random.default_rng(seed)
    ids = [*customers.customer_ids.take(generator.permutation(customers.size)[:120]), "stranger"]
    rows = [
        {
            "customer_id": who,
            "tag": tag,
            "value": bool(generator.integers(2)) or tag == "blacklisted",
            "over": [None, True, False][generator.integers(3)],
            "at": MOMENT,
            "source": "test",
        }
        for who in ids
        for tag in generator.choice(TAGS, 2, replace=False)
    ]
    words = pa.Table.from_pylist(rows, schema=WORDS)
    return Standing(words=words, at=moment, zones=ZONES)


def actions_of(engine: Engine, expressions: Expressions) -> list[Action]:
    running = Running.of(list_strategies(engine), Caps(), expressions)
    return [action for one in running for action in one.actions(1)]


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), days=st.integers(-400, 400), seconds=st.integers(0, 86_399))
def test_night_profile_and_sending_agree(
    customers: Columns, engine: Engine, seed: int, days: int, seconds: int
) -> None:
    moment = MOMENT + timedelta(days=days, seconds=seconds)
    standing = heard(customers, seed, moment)
    expressions = Expressions(CATALOGUE)
    contacts = Contacts(standing=standing)
    everyone = Population(customers, expressions, Counters.over(customers, contacts, DAY))
    gates = [gate for gate in GATES if gate.code not in COUNTED]
    sending = StrategyGates(engine, CATALOGUE, zones=ZONES)
    actions = actions_of(engine, expressions)
    generator = np.random.default_rng(seed)
    some = [actions[n] for n in generator.choice(len(actions), 6, replace=False)]
    night = [[everyone.holds(gate.condition(action)) for gate in gates] for action in some]
    spoken = customers.customer_ids.find(standing.words["customer_id"].to_pylist()[:20])
    for index in {*spoken[spoken >= 0].tolist(), *generator.integers(0, 700, 20).tolist()}:
        profile, who = profile_of(customers, index), str(customers.customer_ids[index])
        counters = Counters.of_one(contacts.of(who), DAY)
        person = Person(profile, expressions, counters)
        amended = laid_over(profile, standing.of(who).words.to_pylist())
        for action, masks in zip(some, night, strict=True):
            said = [bool(mask[index]) for mask in masks]
            assert said == [bool(person.holds(gate.condition(action))[0]) for gate in gates]
            first = next((g.code for g, ok in zip(gates, said, strict=True) if not ok), None)
            message = Offered(action)
            refused = sending.refusal(message, amended, action.channel.value, moment)
            assert (refused.code if refused else None) == first


class Offered:
    """What sending knows of an action."""

    def __init__(self, action: Action) -> None:
        self.strategy = action.strategy.id
        self.version = 1
        self.wave = action.wave
        self.offer = action.offer.id


def test_a_forbidding_word_always_holds_and_a_permitting_one_gives_way(customers: Columns) -> None:
    """Over the records as they were when it was spoken; not over a refusal that came later."""
    for tag, permit in (("consent_sms", True), ("personalisation_refused", False)):
        for records in (None, True, False):
            for over in (None, True, False):
                for value in (True, False):
                    word = {"tag": tag, "value": value, "over": over}
                    profile = {} if records is None else {tag: records}
                    found = laid_over(profile, [word]).get(tag)
                    turned = records is (not permit) and over is not (not permit)
                    gives_way = value is permit and turned
                    assert found is (records if gives_way else value), (tag, records, over, value)
