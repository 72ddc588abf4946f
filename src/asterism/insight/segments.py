"""Named segments: audience expressions that people share, in versions that never change.

A segment is used in any audience as `IN_SEGMENT('name')`. The ready-made micro-segments stand in
every bank as version 0 until somebody saves another version of them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Column, Connection, Engine, ForeignKey, Integer, Row, String, Table, select
from sqlalchemy import Text as LongText
from sqlalchemy import func as sql

from asterism.audience import Audience, Catalogue, compile_audience
from asterism.insight.micro_segments import MICRO_SEGMENTS
from asterism.insight.tags import catalogue as tag_catalogue
from asterism.kernel.clock import Clock
from asterism.kernel.errors import InvalidInputError, NotFoundError, Problem
from asterism.kernel.words import N_, Text
from asterism.ledger import AwareMoment, metadata, reading

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)
#: Owner of what comes with the product.
BUILT_IN = "asterism"

segment_table = Table(
    "segment",
    metadata,
    Column("name", String(63), primary_key=True),
    Column("created_at", AwareMoment, nullable=False),
)

segment_version_table = Table(
    "segment_version",
    metadata,
    Column("name", String(63), ForeignKey("segment.name"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("expression", LongText, nullable=False),
    Column("title_zh", String(200), nullable=False),
    Column("title_en", String(200), nullable=False),
    Column("title_es", String(200), nullable=False),
    Column("owner", String(200), nullable=False),
    Column("saved_at", AwareMoment, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One version of a named segment."""

    name: str
    title: Text
    #: Canonical text in the audience language.
    expression: str
    owner: str
    #: 1, 2, …; 0 for a ready-made segment that nobody has changed.
    version: int = 0
    #: None for a ready-made segment.
    saved_at: datetime | None = None


def save_segment(  # noqa: PLR0913 - a segment's parts, by name
    engine: Engine,
    *,
    name: str,
    expression: str,
    title: Text,
    owner: str,
    clock: Clock,
    catalogue: Catalogue | None = None,
) -> Segment:
    """Save a new version of the segment `name` and return it; the same again saves nothing.

    `catalogue` says what `expression` may speak of: by default all tags, and the segments saved
    so far. One that leads back to `name` is refused.

    Raises InvalidInputError with every problem of the name and the expression.
    """
    audience = check_segment(name, expression, catalogue or segment_catalogue(engine))
    wanted = Segment(name=name, title=title, expression=audience.text, owner=owner)
    with engine.begin() as connection:
        latest = _latest(connection, name)
        if latest is not None and _same(latest, wanted):
            return latest
        version = latest.version + 1 if latest else 1
        wanted = replace(wanted, version=version, saved_at=clock.now())
        _insert(connection, wanted)
    return wanted


def publish_micro_segments(engine: Engine, clock: Clock) -> tuple[Segment, ...]:
    """Save the ready-made micro-segments as version 1 where nobody has saved another."""
    with reading(engine) as connection:
        missing = [name for name in MICRO_SEGMENTS if _latest(connection, name) is None]
    return tuple(
        save_segment(
            engine,
            name=name,
            expression=MICRO_SEGMENTS[name].expression,
            title=MICRO_SEGMENTS[name].title,
            owner=BUILT_IN,
            clock=clock,
        )
        for name in missing
    )


def check_segment(name: str, expression: str, catalogue: Catalogue) -> Audience:
    """Compile `expression` as the segment `name`; InvalidInputError with every problem.

    `catalogue` holds the other segments; what it holds under `name` is left out of account.
    """
    problems = []
    if not _NAME.fullmatch(name):
        problems.append(
            Problem(
                message=N_(
                    "A segment's name is made of small letters, digits and underscores, "
                    "starts with a letter and has at most 63 of them: not {name!r}."
                ),
                where="name",
                values={"name": name},
            )
        )
    audience = None
    try:
        audience = compile_audience(
            expression,
            Catalogue(tags=catalogue.tags, segments={**catalogue.segments, name: expression}),
        )
    except InvalidInputError as error:
        problems.extend(error.problems)
    if audience is not None and name in audience.segments:
        problems.append(
            Problem(
                message=N_("The segment {name} leads back to itself."),
                where="expression",
                values={"name": name},
            )
        )
    if audience is None or problems:
        raise InvalidInputError(f"The segment {name} does not hold", problems)
    return audience


def get_segment(engine: Engine, name: str, version: int | None = None) -> Segment:
    """Return a segment's `version`, the latest by default; NotFoundError if there is none."""
    with reading(engine) as connection:
        found = _latest(connection, name) if version is None else None
        if version is not None:
            found = _version(connection, name, version)
    if found is None and name in MICRO_SEGMENTS and not version:
        return _ready_made(name)
    if found is None:
        raise NotFoundError(f"no segment {name!r}" + (f" version {version}" if version else ""))
    return found


def list_segments(engine: Engine) -> tuple[Segment, ...]:
    """Return the latest version of every segment, the ready-made ones included, by name."""
    segments = {name: _ready_made(name) for name in MICRO_SEGMENTS}
    newest = (
        select(segment_version_table.c.name, sql.max(segment_version_table.c.version).label("top"))
        .group_by(segment_version_table.c.name)
        .subquery()
    )
    query = select(segment_version_table).join(
        newest,
        (segment_version_table.c.name == newest.c.name)
        & (segment_version_table.c.version == newest.c.top),
    )
    with reading(engine) as connection:
        segments.update({row.name: _segment(row) for row in connection.execute(query)})
    return tuple(segments[name] for name in sorted(segments))


def segment_versions(engine: Engine, name: str) -> tuple[Segment, ...]:
    """Return every saved version of a segment, newest first."""
    query = (
        select(segment_version_table)
        .where(segment_version_table.c.name == name)
        .order_by(segment_version_table.c.version.desc())
    )
    with reading(engine) as connection:
        return tuple(_segment(row) for row in connection.execute(query))


def segment_expressions(engine: Engine) -> Mapping[str, str]:
    """Return the expression of every segment by name, as a `Catalogue` takes them."""
    return {segment.name: segment.expression for segment in list_segments(engine)}


def segment_catalogue(engine: Engine) -> Catalogue:
    """Return what an audience may speak of: every tag, and the segments as they are now."""
    return tag_catalogue(segment_expressions(engine))


def _ready_made(name: str) -> Segment:
    ready = MICRO_SEGMENTS[name]
    return Segment(name=name, title=ready.title, expression=ready.expression, owner=BUILT_IN)


def _same(one: Segment, other: Segment) -> bool:
    return (one.title, one.expression, one.owner) == (other.title, other.expression, other.owner)


def _insert(connection: Connection, segment: Segment) -> None:
    if segment.version == 1:
        connection.execute(
            segment_table.insert(), {"name": segment.name, "created_at": segment.saved_at}
        )
    connection.execute(
        segment_version_table.insert(),
        {
            "name": segment.name,
            "version": segment.version,
            "expression": segment.expression,
            "title_zh": segment.title.zh,
            "title_en": segment.title.en,
            "title_es": segment.title.es,
            "owner": segment.owner,
            "saved_at": segment.saved_at,
        },
    )


def _latest(connection: Connection, name: str) -> Segment | None:
    query = (
        select(segment_version_table)
        .where(segment_version_table.c.name == name)
        .order_by(segment_version_table.c.version.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _segment(row)


def _version(connection: Connection, name: str, version: int) -> Segment | None:
    query = select(segment_version_table).where(
        segment_version_table.c.name == name, segment_version_table.c.version == version
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _segment(row)


def _segment(row: Row[tuple[object, ...]]) -> Segment:
    values = dict(row._asdict())
    title = Text(values.pop("title_zh"), values.pop("title_en"), values.pop("title_es"))
    return Segment(title=title, **values)
