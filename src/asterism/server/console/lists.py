"""Frozen lists: who exactly was meant on a day."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from asterism.execution.lists import Freezing, TargetLists
from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_
from asterism.server.auth.audit import Act, record
from asterism.server.auth.roles import Permission
from asterism.server.auth.scope import Reach
from asterism.server.console.page import render
from asterism.server.console.studio import LONGEST
from asterism.server.guard import Caller, require, services_of
from asterism.server.services import Services

router = APIRouter(include_in_schema=False)


def lists_of(services: Services) -> TargetLists:
    """Return the bank's frozen lists."""
    return TargetLists(services.engine, services.home / "lists", services.clock)


@router.get("/lists")
def lists(
    request: Request, caller: Annotated[Caller, require(Permission.EXPORT_CUSTOMERS)]
) -> Response:
    """List the frozen lists; whoever sees a part of the customers sees their own lists only."""
    found = lists_of(services_of(request)).all()
    if caller.scope.reach is not Reach.ALL:
        found = tuple(one for one in found if one.created_by == caller.user.name)
    return render(request, caller, "lists.html", lists=found)


@router.post("/audiences/lists")
def freeze(
    request: Request,
    caller: Annotated[Caller, require(Permission.EXPORT_CUSTOMERS)],
    title: Annotated[str, Form(max_length=200)] = "",
    expression: Annotated[str, Form(max_length=LONGEST)] = "",
) -> Response:
    """Freeze the customers of an audience, cut to the caller's scope."""
    if not title.strip():
        raise InvalidInputError(
            N_("The list was not frozen"),
            [Problem(message=N_("Give the list a title."), where="title")],
        )
    services = services_of(request)
    reading = services.current.get()
    frozen = lists_of(services).freeze_audience(
        Freezing(title=title.strip(), snapshot_id=reading.snapshot.id, actor=caller.user.name),
        reading.audience(expression.strip() or "TRUE"),
        reading.columns,
        within=reading.mask(None, caller.scope),
    )
    record(
        services.engine,
        services.clock,
        actor=caller.user.name,
        act=Act.FREEZE_LIST,
        subject=frozen.list_id,
        detail={"title": frozen.title, "customers": frozen.customers},
        address=caller.address,
    )
    return RedirectResponse("/lists", status_code=303)
