"""Takes a bundle into this bank: its segments are saved, its strategy becomes a draft, never more.

Nothing is written before everything has been checked.
"""

from sqlalchemy import JSON, Boolean, Column, Engine, Integer, String, Table, delete, insert, select

from asterism.insight.segments import save_segment, segment_catalogue
from asterism.kernel.clock import Clock
from asterism.kernel.errors import InvalidInputError
from asterism.ledger import metadata, reading
from asterism.strategy.bundle import SUBJECT, AudienceTest, Bundle, missing_here
from asterism.strategy.drafts import Draft, content_of, start_draft
from asterism.strategy.publish import list_strategies

#: Tests of strategies' audiences, by the strategy's id: they travel in its bundle.
strategy_test = Table(
    "strategy_test",
    metadata,
    Column("strategy_id", String(63), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("title", String(200), nullable=False),
    Column("profile", JSON, nullable=False),
    Column("meant", Boolean, nullable=False),
)


def import_bundle(engine: Engine, bundle: Bundle, clock: Clock, actor: str) -> Draft:
    """Save what this bank lacks and return the draft; InvalidInputError names all that is missing.

    A strategy whose id is taken by a published one becomes a change of that one.
    """
    catalogue = segment_catalogue(engine)
    problems = missing_here(bundle, catalogue)
    if problems:
        raise InvalidInputError(SUBJECT, problems)
    for one in bundle.segments:
        if one.name not in catalogue.segments:
            save_segment(
                engine,
                name=one.name,
                expression=one.expression,
                title=one.title,
                owner=actor,
                clock=clock,
            )
    keep_tests(engine, bundle.strategy.id, bundle.tests)
    versions = {one.strategy.id: one.version for one in list_strategies(engine)}
    base = versions.get(bundle.strategy.id)
    return start_draft(engine, content_of(bundle.strategy), clock, actor, base_version=base)


def keep_tests(engine: Engine, strategy_id: str, tests: tuple[AudienceTest, ...]) -> None:
    """Keep a strategy's tests in place of those it had; none leaves them as they are."""
    if not tests:
        return
    rows = [
        {
            "strategy_id": strategy_id,
            "position": position,
            "title": test.title[:200],
            "profile": {name: _storable(value) for name, value in test.profile.items()},
            "meant": test.meant,
        }
        for position, test in enumerate(tests)
    ]
    with engine.begin() as connection:
        mine = strategy_test.c.strategy_id == strategy_id
        connection.execute(delete(strategy_test).where(mine))
        connection.execute(insert(strategy_test), rows)


def _storable(value: object) -> object:
    """Return a value as JSON holds it; days as ISO text."""
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def audience_tests(engine: Engine, strategy_id: str) -> tuple[AudienceTest, ...]:
    """Return a strategy's tests."""
    row = strategy_test.c
    query = select(strategy_test).where(row.strategy_id == strategy_id).order_by(row.position)
    with reading(engine) as connection:
        return tuple(
            AudienceTest(title=one.title, profile=one.profile, meant=one.meant)
            for one in connection.execute(query)
        )
