"""The tag catalogue: what is known of customers, how fully, from where, and who uses it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from asterism.insight.segments import list_segments
from asterism.insight.tags import TAGS
from asterism.insight.tags.lineage import lineage, used_by
from asterism.insight.tags.tag import Category, Tag
from asterism.kernel.errors import InvalidInputError, NotFoundError
from asterism.kernel.words import N_
from asterism.server.auth.roles import Permission
from asterism.server.console.page import render
from asterism.server.console.population import spread
from asterism.server.guard import Caller, require, services_of
from asterism.server.language import Language
from asterism.server.services import Reading
from asterism.strategy import list_strategies

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Something that reads a tag."""

    #: 'segment' or 'strategy'.
    kind: str
    title: str
    address: str


@router.get("/tags")
def tags(
    request: Request,
    caller: Annotated[Caller, require(Permission.SEE_TAGS)],
    q: Annotated[str, Query(max_length=80)] = "",
    category: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """List the tags of a category that match a search."""
    reading = services_of(request).current.find()
    found = [tag for tag in TAGS.values() if _matches(tag, q, category)]
    fragment = request.headers.get("hx-target") == "tag-list"
    return render(
        request,
        caller,
        "_tag_list.html" if fragment else "tags.html",
        groups=_grouped(found),
        total=len(found),
        all=len(TAGS),
        counts={one: sum(tag.category is one for tag in TAGS.values()) for one in Category},
        statistics=reading.statistics if reading else {},
        q=q,
        category=category,
    )


def _matches(tag: Tag, q: str, category: str) -> bool:
    if category and tag.category.value != category:
        return False
    words = (tag.title, tag.description)
    texts = [tag.name, *(text for one in words for text in (one.zh, one.en, one.es))]
    wanted = q.casefold().split()
    return all(any(part in text.casefold() for text in texts) for part in wanted)


def _grouped(found: Sequence[Tag]) -> list[tuple[Category, list[Tag]]]:
    groups = [(one, [tag for tag in found if tag.category is one]) for one in Category]
    return [(one, members) for one, members in groups if members]


@router.get("/tags/{name}")
def tag(
    request: Request, name: str, caller: Annotated[Caller, require(Permission.SEE_TAGS)]
) -> Response:
    """Show one tag."""
    services = services_of(request)
    if name not in TAGS:
        raise NotFoundError(N_("There is no such tag."))
    reading = services.current.find()
    return render(
        request,
        caller,
        "tag.html",
        tag=TAGS[name],
        spec=reading.catalogue.tags[name] if reading else None,
        statistics=reading.statistics.get(name) if reading else None,
        spread=_spread(reading, name, caller),
        uses=uses(services.engine, reading, name, caller.language),
        lineage=lineage(TAGS[name], TAGS),
        readers=[TAGS[one] for one in used_by(name, TAGS)],
    )


def _spread(reading: Reading | None, name: str, caller: Caller) -> object:
    if reading is None:
        return None
    mask = reading.mask(None, caller.scope)
    return spread(reading, mask, name, caller.language)


def uses(
    engine: sa.Engine, reading: Reading | None, name: str, language: Language
) -> Sequence[Use]:
    """Return the segments and strategies whose audience reads a tag."""
    if reading is None:
        return ()
    segments: Mapping[tuple[str, str], tuple[str, str]] = {
        ("segment", segment.name): (language.text(segment.title), segment.expression)
        for segment in list_segments(engine)
    }
    strategies = {
        ("strategy", one.strategy.id): (
            language.text(one.strategy.title),
            one.strategy.audience,
        )
        for one in list_strategies(engine)
    }
    found = []
    for (kind, key), (title, text) in {**segments, **strategies}.items():
        if _reads(reading, text, name):
            where = f"/audiences?segment={key}" if kind == "segment" else f"/strategies/{key}"
            found.append(Use(kind=kind, title=title, address=where))
    return found


def _reads(reading: Reading, text: str, name: str) -> bool:
    try:
        return name in reading.audience(text).tags
    except InvalidInputError:
        return False
