"""Versions of a script are told, what came of them is learned, and the day keeps its shares."""

from datetime import timedelta

from sqlalchemy import func, select

from asterism.bootstrap import Asterism
from asterism.execution.tables import assignment
from asterism.loop.script_learning import learn_scripts
from asterism.strategy import draft, get_strategy, publish_strategy
from asterism.strategy.publish import PublishedStrategy
from asterism.strategy.script_tests import arms_of
from asterism.strategy.strategy import Script


def two_versions(altered: Asterism, name: str) -> PublishedStrategy:
    """Publish a strategy that says one thing in two ways to everybody."""
    engine, clock = altered.bank.engine, altered.bank.clock
    birthday = get_strategy(engine, "birthday").strategy
    general = tuple(s for s in birthday.scripts if s.name == "main")
    other = next(s for s in general if s.channel == "app_slot")
    second = Script.model_validate({**other.model_dump(), "name": "second"})
    strategy = birthday.model_copy(
        update={"id": name, "scripts": (*general, second), "audience": "TRUE"}
    )
    version = publish_strategy(engine, strategy, clock, "ana")
    return get_strategy(engine, name, version)


def told(altered: Asterism, published: PublishedStrategy, scripts: list[str]) -> None:
    """Write down that customers were told one version each, five days ago."""
    snapshot = altered.bank.snapshot()
    day = snapshot.as_of - timedelta(days=5)
    with altered.bank.engine.begin() as connection:
        customers = connection.execute(
            select(assignment.c.customer_id).group_by(assignment.c.customer_id)
        ).scalars()
        rows = [
            {
                "strategy": published.strategy.id,
                "version": published.version,
                "customer_id": customer,
                "wave": 1,
                "occasion": day.isoformat(),
                "arm": "touch",
                "assigned_on": day,
                "offer": "birthday_points",
                "channel": "app_slot",
                "script": scripts[number % len(scripts)],
                "value_minor": 1,
            }
            for number, customer in enumerate(customers)
        ]
        connection.execute(assignment.insert(), rows)


def test_outcomes_of_each_version_are_learned_from_the_facts(altered: Asterism) -> None:
    published = two_versions(altered, "two_ways")
    told(altered, published, ["main", "second"])
    snapshot, engine = altered.bank.snapshot(), altered.bank.engine
    day = snapshot.as_of + timedelta(days=1)
    shares = learn_scripts(engine, snapshot, [published], day)
    ((place, split),) = shares.items()
    assert abs(sum(split.values()) - 1) < 1e-9
    arms = arms_of(engine, "two_ways")[day][place]
    with engine.connect() as connection:
        customers = connection.execute(
            select(func.count()).where(assignment.c.strategy == "two_ways")
        ).scalar_one()
    assert sum(arm.customers for arm in arms) == customers
    # Customers of the twin log in: some outcome is there to learn from.
    assert sum(arm.outcome for arm in arms) > 0
    assert all(arm.deviation > 0 for arm in arms)
    assert learn_scripts(engine, snapshot, [published], day) == shares


def test_without_versions_nothing_is_asked(altered: Asterism) -> None:
    plain = draft(get_strategy(altered.bank.engine, "large_inflow").strategy)
    snapshot = altered.bank.snapshot()
    day = snapshot.as_of + timedelta(days=1)
    assert learn_scripts(altered.bank.engine, snapshot, [plain], day) == {}
