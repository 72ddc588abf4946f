"""The audience studio: build by clicks or text, see the size while typing, keep what is found."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Body, Form, Query, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from asterism.audience import Audience, Mask, from_tree, overlap_matrix
from asterism.insight.segments import Segment, list_segments, save_segment
from asterism.insight.tags import TAGS
from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import Text
from asterism.server.auth.audit import Act, record
from asterism.server.auth.roles import Permission
from asterism.server.console.page import render
from asterism.server.console.population import Spread, spread, title_of
from asterism.server.console.vocabulary import word
from asterism.server.guard import Caller, require, services_of
from asterism.server.language import Language, in_words
from asterism.server.services import Reading

router = APIRouter(include_in_schema=False)

#: What the chosen customers are charted by, and how.
CHARTED = (
    ("tier", "columns"),
    ("lifecycle", "columns"),
    ("age", "columns"),
    ("aum", "bars"),
    ("city", "bars"),
    ("preferred_channel", "ring"),
)
#: Segments that an audience is compared with until others are chosen.
MOST_COMPARED = 8
LONGEST = 4000
Expression = Annotated[str, Query(max_length=LONGEST)]


@router.get("/audiences")
def studio(
    request: Request,
    caller: Annotated[Caller, require(Permission.SEE_AUDIENCES)],
    expression: Expression = "",
    segment: Annotated[str, Query(max_length=63)] = "",
) -> Response:
    """Show the studio, with an audience or a saved segment in it."""
    services = services_of(request)
    reading = services.current.find()
    segments = list_segments(services.engine)
    chosen = next((one for one in segments if one.name == segment), None)
    text = chosen.expression if chosen else expression
    return render(
        request,
        caller,
        "studio.html",
        text=text,
        chosen=chosen,
        segments=segments,
        sizes=_sizes(reading, segments, caller) if reading else {},
        vocabulary=_vocabulary(caller.language, segments),
        measured=measure(reading, caller, text) if reading else None,
        ready=reading is not None,
    )


def _sizes(reading: Reading, segments: tuple[Segment, ...], caller: Caller) -> Mapping[str, int]:
    sizes = {}
    for one in segments:
        audience = _compiled(reading, one.expression)
        if audience:
            sizes[one.name] = reading.count(reading.mask(audience, caller.scope))
    return sizes


def _compiled(reading: Reading, text: str) -> Audience | None:
    try:
        return reading.audience(text)
    except InvalidInputError:
        return None


def _vocabulary(language: Language, segments: tuple[Segment, ...]) -> dict[str, object]:
    """Return the tags and segments that the editor proposes."""
    return {
        "tags": [
            {
                "name": tag.name,
                "title": language.text(tag.title),
                "type": tag.type.value,
                "category": language.text(tag.category.title),
                "values": [[value, word(tag.name, value, language.code)] for value in tag.values],
            }
            for tag in TAGS.values()
        ],
        "segments": [[one.name, language.text(one.title)] for one in segments],
    }


@router.post("/audiences/size")
def size(
    request: Request,
    caller: Annotated[Caller, require(Permission.SEE_AUDIENCES)],
    expression: Annotated[str, Body(embed=True, max_length=LONGEST)] = "",
) -> JSONResponse:
    """Return the size of an audience, or everything wrong with it."""
    return JSONResponse(measure(services_of(request).current.get(), caller, expression))


def measure(reading: Reading, caller: Caller, text: str) -> dict[str, Any]:
    """Return size, share, canonical text and tree of an audience, or its problems."""
    language = caller.language
    whole = reading.count(reading.mask(None, caller.scope))
    try:
        audience = reading.audience(text) if text.strip() else None
    except InvalidInputError as error:
        return {"problems": [_placed(problem, language) for problem in error.problems]}
    count = reading.count(reading.mask(audience, caller.scope))
    share = count / whole if whole else 0.0
    return {
        "count": count,
        "written": language.number(count),
        "share": share,
        "sentence": language.say(
            "{share} of {whole} customers",
            share=language.percent(share),
            whole=language.number(whole),
        ),
        "text": audience.text if audience else "",
        "tree": audience.tree() if audience else None,
        "problems": [],
    }


def _placed(problem: Problem, language: Language) -> dict[str, object]:
    """Return a problem with its place as numbers and what could stand there instead."""
    place = re.fullmatch(r"(\d+):(\d+)", problem.where)
    name = str(problem.values.get("name", ""))
    return {
        **in_words(problem, language),
        "line": int(place[1]) if place else 1,
        "column": int(place[2]) if place else 1,
        "length": len(name),
        "replacement": str(problem.values.get("suggestion", "")),
    }


@router.post("/audiences/text")
def text_of(
    request: Request,
    caller: Annotated[Caller, require(Permission.SEE_AUDIENCES)],
    tree: Annotated[dict[str, Any], Body(embed=True)],
) -> JSONResponse:
    """Return the expression that the click builder's tree stands for."""
    try:
        return JSONResponse({"text": from_tree(tree), "problems": []})
    except InvalidInputError as error:
        return JSONResponse(
            {"problems": [in_words(problem, caller.language) for problem in error.problems]}
        )


def _mask(reading: Reading, caller: Caller, text: str) -> Mask | None:
    return reading.mask(reading.audience(text) if text.strip() else None, caller.scope)


@router.get("/audiences/charts")
def charts(
    request: Request,
    caller: Annotated[Caller, require(Permission.SEE_AUDIENCES)],
    expression: Expression = "",
) -> Response:
    """Show how the chosen customers are spread, as a part of the studio."""
    reading = services_of(request).current.get()
    mask = _mask(reading, caller, expression)
    drawn: list[tuple[str, str, Spread]] = [
        (title_of(tag, caller.language), kind, spread(reading, mask, tag, caller.language))
        for tag, kind in CHARTED
        if tag in reading.columns.names
    ]
    return render(request, caller, "_studio_charts.html", drawn=drawn, count=reading.count(mask))


@router.get("/audiences/overlap")
def overlap(
    request: Request,
    caller: Annotated[Caller, require(Permission.SEE_AUDIENCES)],
    expression: Expression = "",
    against: Annotated[list[str] | None, Query(max_length=MOST_COMPARED)] = None,
) -> Response:
    """Show how many customers the audience and some segments share."""
    services = services_of(request)
    reading, language = services.current.get(), caller.language
    segments = list_segments(services.engine)
    wanted = against or [one.name for one in segments[: MOST_COMPARED - 2]]
    compared = [one for one in segments if one.name in wanted]
    audiences = [(language.text(one.title), _compiled(reading, one.expression)) for one in compared]
    rows: list[tuple[str, Mask]] = [
        (title, found)
        for title, audience in audiences
        if audience and (found := reading.mask(audience, caller.scope)) is not None
    ]
    own = _mask(reading, caller, expression)
    rows.insert(0, (language.say("This audience"), own or reading.columns.everyone))
    matrix = overlap_matrix([mask for _, mask in rows])
    return render(
        request,
        caller,
        "_studio_overlap.html",
        titles=[title for title, _ in rows],
        matrix=matrix.tolist(),
        segments=segments,
        wanted=wanted,
    )


@router.post("/audiences/segments")
def keep(
    request: Request,
    caller: Annotated[Caller, require(Permission.SAVE_SEGMENTS)],
    name: Annotated[str, Form(max_length=63)] = "",
    title: Annotated[str, Form(max_length=200)] = "",
    expression: Annotated[str, Form(max_length=LONGEST)] = "",
) -> Response:
    """Save the audience as a segment."""
    services = services_of(request)
    words = title.strip() or name
    saved = save_segment(
        services.engine,
        name=name.strip(),
        expression=expression,
        title=Text(words, words, words),
        owner=caller.user.name,
        clock=services.clock,
    )
    record(
        services.engine,
        services.clock,
        actor=caller.user.name,
        act=Act.SAVE_SEGMENT,
        subject=saved.name,
        detail={"version": saved.version, "expression": saved.expression},
        address=caller.address,
    )
    return RedirectResponse(f"/audiences?segment={saved.name}", status_code=303)
