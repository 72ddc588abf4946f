"""What each day's stages did: a stage that is in the journal is not run again."""

import json
from collections.abc import Mapping
from datetime import date

from sqlalchemy import Column, Date, Engine, Integer, String, Table, Text, insert, select

from asterism.kernel.clock import Clock
from asterism.ledger import AwareMoment, metadata, reading

Result = Mapping[str, object]

stage_table = Table(
    "loop_stage",
    metadata,
    Column("day", Date, primary_key=True),
    Column("stage", String, primary_key=True),
    Column("finished_at", AwareMoment, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("result", Text, nullable=False),
)


def finished_stages(engine: Engine, day: date) -> dict[str, Result]:
    """Return what the finished stages of `day` gave, by stage."""
    query = select(stage_table.c.stage, stage_table.c.result).where(stage_table.c.day == day)
    with reading(engine) as connection:
        return {row.stage: json.loads(row.result) for row in connection.execute(query)}


def finish_stage(  # noqa: PLR0913 - what a journal line says
    engine: Engine, day: date, stage: str, clock: Clock, *, result: Result, seconds: float
) -> None:
    """Write down that `stage` of `day` is done, what it gave (JSON-able) and its wall seconds."""
    with engine.begin() as connection:
        connection.execute(
            insert(stage_table).values(
                day=day,
                stage=stage,
                finished_at=clock.now(),
                milliseconds=round(seconds * 1000),
                result=json.dumps(result, default=str),
            )
        )


def last_day(engine: Engine, stage: str) -> date | None:
    """Return the latest day on which `stage` finished; None if it never did."""
    query = (
        select(stage_table.c.day)
        .where(stage_table.c.stage == stage)
        .order_by(stage_table.c.day.desc())
        .limit(1)
    )
    with reading(engine) as connection:
        found: date | None = connection.execute(query).scalar()
    return found
