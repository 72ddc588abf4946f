"""How long the gates take: the ready strategies over all customers, and one message at sending."""

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import Engine

from asterism.audience import Columns, Mask
from asterism.execution.admission import StrategyGates
from asterism.kernel.clock import SetClock
from asterism.ledger import metadata, open_ledger
from asterism.strategy import (
    Caps,
    Contacts,
    PublishedStrategy,
    library,
    list_strategies,
    publish_strategy,
)
from asterism.strategy.conditions import Action
from asterism.strategy.consent import MEDIA, Consent, write_consents
from asterism.strategy.counters import Counters
from asterism.strategy.gates import AUDIENCE_GATES, ELIGIBILITY_GATES, PERMISSION_GATES
from asterism.strategy.heard import standing_at
from asterism.strategy.programme import Running
from asterism.strategy.readings import Expressions, Population, walk
from asterism.strategy.testing import CATALOGUE, a_day, made_up_customers, profile_of
from measurement import measured, report

NOW = datetime(2026, 1, 7, 1, tzinfo=UTC)
MESSAGES = 20_000


def walk_all(columns: Columns, contacts: Contacts, strategies: list[PublishedStrategy]) -> int:
    """Walk every gate for every strategy; return how many customers are left, summed."""
    expressions = Expressions(CATALOGUE)
    everybody = Population(columns, expressions, Counters.over(columns, contacts, a_day()))
    left = 0
    for running in Running.of(strategies, Caps(), expressions):
        actions = running.actions(1)
        meant = Mask.all(columns.size)
        for gate in AUDIENCE_GATES:
            condition = gate.condition(actions[0])
            meant = meant & everybody.mask(condition) if isinstance(condition, str) else meant
        reading = everybody.among(meant.indices())
        alive = [np.ones(reading.size, np.bool_)] * len(actions)
        steps = walk(reading, (*ELIGIBILITY_GATES, *PERMISSION_GATES), actions, alive)
        left += int(np.count_nonzero(steps[-1][1]))
    return left


def speak(engine: Engine, columns: Columns, words: int, seed: int) -> None:
    """Let some customers agree or refuse."""
    generator = np.random.default_rng(seed)
    ids = columns.customer_ids.take(generator.integers(0, columns.size, words))
    media = generator.choice(MEDIA, words)
    given = generator.integers(0, 2, words)
    said = [
        Consent(customer_id=who, medium=str(medium), given=bool(yes), at=NOW, source="bench")
        for who, medium, yes in zip(ids, media, given, strict=True)
    ]
    with engine.begin() as connection:
        write_consents(connection, said)


def one_by_one(
    engine: Engine, columns: Columns, actions: list[Action], seed: int
) -> dict[str, float]:
    """Ask the gates about one message after another, as sending does; return what that took."""
    gates = StrategyGates(engine, CATALOGUE)
    generator = np.random.default_rng(seed)
    profiles = [profile_of(columns, int(at)) for at in generator.integers(0, columns.size, 200)]
    passed = 0
    with measured() as sending:
        for number in range(MESSAGES):
            action = actions[number % len(actions)]
            profile = profiles[number % len(profiles)]
            refused = gates.refusal(_Touch(action), profile, action.channel.value, NOW)
            passed += refused is None
    cpu = sending.to_json()["cpu_seconds"]
    return {
        "sending_microseconds_each": round(cpu / MESSAGES * 1e6, 1),
        "sending_passed": passed,
    }


class _Touch:
    """What sending knows of an action."""

    def __init__(self, action: Action) -> None:
        self.strategy, self.version = action.strategy.id, 1
        self.wave, self.offer = action.wave, action.offer.id


def measure(customers: int, words: int, seed: int) -> dict[str, object]:
    """Return named figures; loops are compiled before the clock starts."""
    with tempfile.TemporaryDirectory() as directory:
        engine = open_ledger(f"sqlite:///{directory}/ledger.db")
        metadata.create_all(engine)
        for strategy in library():
            publish_strategy(engine, strategy, SetClock(NOW), "bench")
        strategies = list(list_strategies(engine))
        walk_all(made_up_customers(Path(directory) / "small", 1_000, seed), Contacts(), strategies)
        columns = made_up_customers(Path(directory) / "all", customers, seed)
        speak(engine, columns, words, seed)
        with measured() as hearing:
            standing = standing_at(engine, NOW)
        with measured() as night:
            left = walk_all(columns, Contacts(standing=standing), strategies)
        running = Running.of(strategies, Caps(), Expressions(CATALOGUE))
        actions = [action for one in running for action in one.actions(1)]
        sending = one_by_one(engine, columns, actions, seed)
    return {
        "customers": customers,
        "words": words,
        "strategies": len(strategies),
        "left": left,
        "hearing_cpu_seconds": hearing.to_json()["cpu_seconds"],
        **night.to_json(),
        **sending,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--words", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report(measure(options.customers, options.words, options.seed), options.json)


if __name__ == "__main__":
    main()
