"""The record of who did what."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from asterism.server.auth.audit import Act, entries, head, verify
from asterism.server.auth.roles import Permission
from asterism.server.console.page import render
from asterism.server.guard import Caller, require, services_of

router = APIRouter(include_in_schema=False)


@router.get("/audit")
def trail(
    request: Request,
    caller: Annotated[Caller, require(Permission.SEE_AUDIT)],
    act: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Show the newest rows of the record, and whether the chain holds."""
    engine = services_of(request).engine
    length, last = head(engine)
    return render(
        request,
        caller,
        "audit.html",
        rows=entries(engine, act=act),
        broken=verify(engine),
        length=length,
        last=last,
        acts=[one.value for one in Act],
        chosen=act,
    )
