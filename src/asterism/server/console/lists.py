"""Frozen lists: who exactly was meant on a day."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import pyarrow.compute as pc
from fastapi import APIRouter, Form, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from asterism.execution.lists import Freezing, TargetList, TargetLists, write_members
from asterism.execution.returns import RESULTS, progress, take_returns
from asterism.execution.sharing import ShareBy, owners_of, share_out, shared_members
from asterism.kernel.errors import InvalidInputError, NotFoundError, Problem
from asterism.kernel.words import N_
from asterism.server.auth.audit import Act, record
from asterism.server.auth.roles import Permission
from asterism.server.auth.scope import Reach
from asterism.server.console.gallery import text_of
from asterism.server.console.page import render
from asterism.server.console.studio import LONGEST
from asterism.server.console.takeaway import SHORTEST_REASON
from asterism.server.guard import Caller, require, services_of
from asterism.server.services import Services

router = APIRouter(include_in_schema=False)
#: Bytes of the largest file of results.
MOST_BYTES = 20_000_000


def lists_of(services: Services) -> TargetLists:
    """Return the bank's frozen lists."""
    return TargetLists(services.engine, services.home / "lists", services.clock)


@router.get("/lists")
def lists(
    request: Request, caller: Annotated[Caller, require(Permission.EXPORT_CUSTOMERS)]
) -> Response:
    """List the frozen lists; whoever sees a part of the customers sees their own lists only."""
    held = lists_of(services_of(request))
    found = tuple(one for one in held.all() if _may_see(held, one, caller))
    return render(request, caller, "lists.html", lists=found)


def _may_see(held: TargetLists, one: TargetList, caller: Caller) -> bool:
    """Tell whether a list is the caller's: made by them, or shared out to their branch."""
    if caller.scope.reach is Reach.ALL or one.created_by == caller.user.name:
        return True
    return caller.scope.key in owners_of(held, one.list_id, ShareBy.BRANCH)


def _seen(request: Request, list_id: str, caller: Caller) -> tuple[TargetLists, TargetList]:
    held = lists_of(services_of(request))
    one = held.get(list_id)
    if not _may_see(held, one, caller):
        raise NotFoundError(N_("There is no list {id}."), id=list_id)
    return held, one


@router.get("/lists/{list_id}")
def show(
    request: Request,
    list_id: str,
    caller: Annotated[Caller, require(Permission.EXPORT_CUSTOMERS)],
    by: ShareBy = ShareBy.BRANCH,
) -> Response:
    """Show one list: why it is as it is, who got how many, and how far each has come."""
    held, one = _seen(request, list_id, caller)
    rows = progress(held, list_id, by)
    if caller.scope.reach is not Reach.ALL and one.created_by != caller.user.name:
        rows = tuple(row for row in rows if row.owner == caller.scope.key)
    members = held.members(list_id)
    sizes = members.group_by(f"{by.value}_id").aggregate([("customer_id", "count")]).to_pylist()
    return render(
        request,
        caller,
        "list.html",
        one=one,
        by=by.value,
        progress=rows,
        shared=bool(owners_of(held, list_id, by)),
        sizes=sorted(
            (row for row in sizes if row[f"{by.value}_id"]),
            key=lambda row: -row["customer_id_count"],
        ),
        given=sum(row.given for row in rows),
        returned=sum(row.returned for row in rows),
        results=tuple(RESULTS),
        whole=caller.scope.reach is Reach.ALL or one.created_by == caller.user.name,
    )


@router.post("/lists/{list_id}/share")
def share(
    request: Request,
    list_id: str,
    caller: Annotated[Caller, require(Permission.EXPORT_CUSTOMERS)],
    by: Annotated[ShareBy, Form()] = ShareBy.BRANCH,
    most: Annotated[int, Form(ge=0, le=1_000_000)] = 0,
) -> Response:
    """Share a list out: everybody keeps their own customers, at most `most` each if given."""
    held, one = _seen(request, list_id, caller)
    if caller.scope.reach is not Reach.ALL and one.created_by != caller.user.name:
        raise NotFoundError(N_("There is no list {id}."), id=list_id)
    column = held.members(list_id)[f"{by.value}_id"]
    counted = [(row["values"], row["counts"]) for row in column.value_counts().to_pylist()]
    own = {owner: count for owner, count in counted if owner}
    counts = {owner: min(count, most) if most else count for owner, count in sorted(own.items())}
    shares, _ = share_out(held, list_id, by, counts)
    given = sum(row.given for row in shares)
    _note(request, caller, Act.SHARE_LIST, list_id, {"by": by.value, "given": given})
    return RedirectResponse(f"/lists/{list_id}?by={by.value}", status_code=303)


@router.post("/lists/{list_id}/file")
def send(  # noqa: PLR0913, PLR0917 - the fields of the form
    request: Request,
    list_id: str,
    caller: Annotated[Caller, require(Permission.EXPORT_CUSTOMERS)],
    owner: Annotated[str, Form(max_length=80)] = "",
    by: Annotated[ShareBy, Form()] = ShareBy.BRANCH,
    reason: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Send a list, or one owner's share of it, as CSV with a column for results."""
    held, one = _seen(request, list_id, caller)
    if len(reason.strip()) < SHORTEST_REASON:
        problem = Problem(message=N_("Say what the file is for."), where="reason")
        raise InvalidInputError(N_("Nothing was exported"), [problem])
    if caller.scope.reach is not Reach.ALL and one.created_by != caller.user.name:
        owner, by = caller.scope.key, ShareBy.BRANCH
    members = shared_members(held, list_id, by)
    if owner:
        members = members.filter(pc.equal(members["owner"], owner))
    detail = {"reason": reason.strip(), "customers": members.num_rows, "owner": owner}
    _note(request, caller, Act.EXPORT, f"list {list_id}", detail)
    with TemporaryDirectory() as directory:
        path = Path(directory) / "list.csv"
        write_members(members, path, locale=caller.language.code, with_results=True)
        content = path.read_bytes()
    name = f"list-{list_id[:8]}{f'-{owner}' if owner.isalnum() else ''}.csv"
    return Response(
        content,
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


@router.post("/lists/{list_id}/returns")
def take_back(
    request: Request,
    list_id: str,
    caller: Annotated[Caller, require(Permission.EXPORT_CUSTOMERS)],
    file: UploadFile,
) -> Response:
    """Take in what was returned about the list's customers."""
    held, one = _seen(request, list_id, caller)
    own = caller.scope.reach is Reach.ALL or one.created_by == caller.user.name
    branch = None if own else caller.scope.key
    count = take_returns(held, list_id, text_of(file, MOST_BYTES), caller.user.name, branch)
    _note(request, caller, Act.RETURN_LIST, list_id, {"rows": count})
    return RedirectResponse(f"/lists/{list_id}", status_code=303)


def _note(
    request: Request, caller: Caller, act: Act, subject: str, detail: dict[str, object]
) -> None:
    services = services_of(request)
    record(
        services.engine,
        services.clock,
        actor=caller.user.name,
        act=act,
        subject=subject,
        detail=detail,
        address=caller.address,
    )


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
    detail: dict[str, object] = {"title": frozen.title, "customers": frozen.customers}
    _note(request, caller, Act.FREEZE_LIST, frozen.list_id, detail)
    return RedirectResponse("/lists", status_code=303)
