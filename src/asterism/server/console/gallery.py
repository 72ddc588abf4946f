"""The library of ready strategies, and bundles: from one bank to another in one file."""

from typing import Annotated

from fastapi import APIRouter, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from asterism.insight.segments import list_segments, segment_catalogue
from asterism.kernel.errors import InvalidInputError, NotFoundError, Problem
from asterism.kernel.words import N_
from asterism.server.auth.audit import Act
from asterism.server.auth.roles import Permission
from asterism.server.console.drafts import note
from asterism.server.console.page import render
from asterism.server.guard import Caller, require, services_of
from asterism.strategy.bundle import dump_bundle, make_bundle
from asterism.strategy.bundle_file import read_bundle
from asterism.strategy.document import dump_strategy
from asterism.strategy.drafts import content_of
from asterism.strategy.import_bundle import audience_tests, import_bundle
from asterism.strategy.publish import get_strategy, list_strategies
from asterism.strategy.readings import Expressions
from asterism.strategy.ready_made import library
from asterism.strategy.sizes import sizes
from asterism.strategy.yaml_text import MAX_CHARACTERS

router = APIRouter(include_in_schema=False)
#: Bytes of the largest bundle: every character may take four.
_MOST_BYTES = 4 * MAX_CHARACTERS


@router.get("/library")
def gallery(
    request: Request, caller: Annotated[Caller, require(Permission.SEE_STRATEGIES)]
) -> Response:
    """Show the ready strategies with whom each would mean here."""
    services = services_of(request)
    reading = services.current.find()
    meant = {}
    if reading:
        within = reading.mask(None, caller.scope)
        for one in library():
            mask = reading.audience(one.audience).mask(reading.columns)
            meant[one.id] = (mask if within is None else mask & within).count()
    live = {one.strategy.id: one for one in list_strategies(services.engine)}
    return render(request, caller, "library.html", ready=library(), meant=meant, live=live)


@router.get("/library/{strategy_id}")
def preview(
    request: Request,
    strategy_id: str,
    caller: Annotated[Caller, require(Permission.SEE_STRATEGIES)],
) -> Response:
    """Show one ready strategy: what it says, and whom it would reach here."""
    services = services_of(request)
    found = next((one for one in library() if one.id == strategy_id), None)
    if found is None:
        raise NotFoundError(N_("There is no strategy {id} in the library."), id=strategy_id)
    reading = services.current.find()
    counted = None
    if reading:
        expressions = Expressions(segment_catalogue(services.engine))
        within = reading.mask(None, caller.scope)
        counted = sizes(reading.columns, content_of(found), expressions, within)
    return render(
        request,
        caller,
        "ready.html",
        strategy=found,
        sizes=counted,
        yaml=dump_strategy(found),
    )


@router.get("/strategies/{strategy_id}/bundle")
def take_away(
    request: Request,
    strategy_id: str,
    caller: Annotated[Caller, require(Permission.WRITE_STRATEGIES)],
) -> Response:
    """Send the strategy's newest version with all it needs, as one file."""
    services = services_of(request)
    published = get_strategy(services.engine, strategy_id)
    titles = {one.name: one.title for one in list_segments(services.engine)}
    made = make_bundle(
        published.strategy,
        segment_catalogue(services.engine),
        titles,
        audience_tests(services.engine, strategy_id),
    )
    note(request, caller, Act.EXPORT_STRATEGY, strategy_id, {"version": published.version})
    return Response(
        dump_bundle(made),
        media_type="application/yaml",
        headers={
            "content-disposition": f'attachment; filename="{strategy_id}.bundle.yaml"',
        },
    )


@router.post("/library/import")
def bring_in(
    request: Request,
    caller: Annotated[Caller, require(Permission.WRITE_STRATEGIES)],
    file: UploadFile,
) -> Response:
    """Take a bundle in: its strategy becomes a draft."""
    services = services_of(request)
    bundle = read_bundle(text_of(file))
    draft = import_bundle(services.engine, bundle, services.clock, caller.user.name)
    detail: dict[str, object] = {
        "draft": draft.draft_id,
        "segments": [one.name for one in bundle.segments],
    }
    note(request, caller, Act.IMPORT_STRATEGY, bundle.strategy.id, detail)
    return RedirectResponse(f"/drafts/{draft.draft_id}", status_code=303)


def text_of(file: UploadFile, most: int = _MOST_BYTES) -> str:
    """Return an uploaded file's text; InvalidInputError if it is too large or not UTF-8."""
    subject = N_("The file cannot be read")
    content = file.file.read(most + 1)
    if len(content) > most:
        message = N_("The file is larger than {limit} bytes.")
        raise InvalidInputError(subject, [Problem(message=message, values={"limit": most})])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem(message=N_("The file is not UTF-8 text."))
        raise InvalidInputError(subject, [problem]) from error
