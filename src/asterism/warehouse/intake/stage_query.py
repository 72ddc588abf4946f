"""The rows of a database query, fetched in batches; the database's own types are kept as texts."""

import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from asterism.kernel.words import N_
from asterism.warehouse.intake.refusal import refuse
from asterism.warehouse.intake.stage_csv import check_header
from asterism.warehouse.intake.staged import Staged, StagedFile
from asterism.warehouse.intake.workshop import Workshop
from asterism.warehouse.mapping.model import Query
from asterism.warehouse.parts import checksum

_BATCH = 20_000


def stage_query(workshop: Workshop, query: Query, room: Path, where: str) -> Staged:
    """Run the query and stage its rows; the URL never appears in a message."""
    url = os.environ.get(query.url_from)
    if not url:
        raise refuse(where, N_("the environment variable {name} is not set."), name=query.url_from)
    room.mkdir(parents=True)
    target = room / "query.parquet"
    try:
        engine = sqlalchemy.create_engine(url)
        with engine.connect().execution_options(stream_results=True) as connection:
            result = connection.execute(sqlalchemy.text(query.text).columns())
            names = list(result.keys())
            check_header(names, where)
            count = workshop.write_texts(target, names, _batches(result))
        engine.dispose()
    except (ArgumentError, ImportError) as error:
        message = N_("{name} does not hold a database URL that can be opened.")
        raise refuse(where, message, name=query.url_from) from error
    except SQLAlchemyError as error:
        detail = str(getattr(error, "orig", error)).splitlines()[0]
        raise refuse(where, N_("the query failed: {detail}"), detail=detail) from error
    file = StagedFile(
        label="query",
        sha256=checksum(target),
        bytes=target.stat().st_size,
        modified_ns=0,
        path=target,
        rows=count,
    )
    return Staged(files=(file,), types=dict.fromkeys(names, "VARCHAR"), is_text=True)


def _batches(result: "sqlalchemy.CursorResult[Any]") -> Iterator[list[Any]]:
    while rows := result.fetchmany(_BATCH):
        yield [[_text(value) for value in row] for row in rows]


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value)
