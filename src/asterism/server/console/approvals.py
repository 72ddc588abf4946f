"""Approvals: what waits for me, what a colleague wants to put live, and the word on it."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from asterism.kernel.clock import local_day
from asterism.server.auth.audit import Act
from asterism.server.auth.roles import Permission
from asterism.server.console.compare import changes_in_words
from asterism.server.console.drafts import note
from asterism.server.console.page import render
from asterism.server.guard import Caller, require, services_of
from asterism.server.services import Services
from asterism.strategy import approval
from asterism.strategy.approval import Approver, Start
from asterism.strategy.drafts import open_drafts
from asterism.strategy.publish import get_strategy
from asterism.strategy.ramp import EVERYBODY, STEPS
from asterism.strategy.requests import (
    REJECTED,
    STANDING,
    WAITING,
    comment,
    comments_of,
    get_request,
    list_requests,
)
from asterism.strategy.requests import Request as Asked
from asterism.strategy.strategy import Strategy
from asterism.strategy.versions import yaml_diff

router = APIRouter(include_in_schema=False)
_APPROVE = require(Permission.APPROVE_STRATEGIES)


def approver(caller: Caller) -> Approver:
    """Return the caller as somebody who decides."""
    of_large = caller.may(Permission.APPROVE_LARGE_STRATEGIES)
    return Approver(name=caller.user.name, of_large=of_large)


def waiting_for(caller: Caller, standing: tuple[Asked, ...]) -> list[Asked]:
    """Return the requests on which the caller may say a word."""
    if not caller.may(Permission.APPROVE_STRATEGIES):
        return []
    return [
        one
        for one in standing
        if one.state == WAITING and not approval.may_decide(one, approver(caller))
    ]


@router.get("/approvals")
def inbox(
    request: Request, caller: Annotated[Caller, require(Permission.SEE_STRATEGIES)]
) -> Response:
    """Show what waits for the caller, what the caller asked for, and open drafts."""
    services, name = services_of(request), caller.user.name
    standing = list_requests(services.engine)
    mine = [one for one in standing if name in one.makers]
    waiting = waiting_for(caller, standing)
    others = [one for one in standing if one not in mine and one not in waiting]
    now = services.clock.now()
    return render(
        request,
        caller,
        "approvals.html",
        waiting=waiting,
        mine=mine,
        others=others,
        rejected=[
            o for o in list_requests(services.engine, states=(REJECTED,)) if name in o.makers
        ],
        drafts=open_drafts(services.engine),
        expired={one.request_id for one in standing if one.expired(now)},
    )


@router.get("/approvals/{request_id}")
def show(
    request: Request,
    request_id: str,
    caller: Annotated[Caller, require(Permission.SEE_STRATEGIES)],
) -> Response:
    """Show exactly what would go live, what changes by it, and what was said about it."""
    services = services_of(request)
    asked = get_request(services.engine, request_id)
    before = _before(services, asked)
    names = (f"v{asked.base_version}", asked.request_id)
    return render(
        request,
        caller,
        "approval.html",
        asked=asked,
        strategy=asked.strategy,
        changes=changes_in_words(before, asked.strategy, caller.language) if before else None,
        diff=yaml_diff(before, asked.strategy, names) if before else (),
        comments=comments_of(services.engine, request_id),
        refusal=approval.may_decide(asked, approver(caller)),
        expired=asked.expired(services.clock.now()),
        standing=asked.state in STANDING,
        steps=STEPS,
    )


def _before(services: Services, asked: Asked) -> Strategy | None:
    if asked.base_version is None:
        return None
    return get_strategy(services.engine, asked.strategy_id, asked.base_version).strategy


@router.post("/approvals/{request_id}/approve")
def approve(
    request: Request,
    request_id: str,
    caller: Annotated[Caller, _APPROVE],
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Approve the content whose hash stood on the page."""
    services = services_of(request)
    asked = approval.approve(services.engine, request_id, seen, services.clock, approver(caller))
    detail: dict[str, object] = {"request": request_id, "hash": asked.content_hash}
    note(request, caller, Act.APPROVE_STRATEGY, asked.strategy_id, detail)
    return _back(request_id)


@router.post("/approvals/{request_id}/reject")
def reject(
    request: Request,
    request_id: str,
    caller: Annotated[Caller, _APPROVE],
    reason: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Say no, with a reason."""
    services = services_of(request)
    asked = approval.reject(services.engine, request_id, reason, services.clock, approver(caller))
    detail: dict[str, object] = {"request": request_id, "reason": reason.strip()}
    note(request, caller, Act.REJECT_STRATEGY, asked.strategy_id, detail)
    return _back(request_id)


@router.post("/approvals/{request_id}/comment")
def say(
    request: Request,
    request_id: str,
    caller: Annotated[Caller, require(Permission.SEE_STRATEGIES)],
    text: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Write a comment."""
    services = services_of(request)
    comment(services.engine, request_id, text, services.clock, caller.user.name)
    return _back(request_id)


@router.post("/approvals/{request_id}/live")
def go_live(
    request: Request,
    request_id: str,
    caller: Annotated[Caller, require(Permission.PUBLISH_STRATEGIES)],
    share: Annotated[float, Form(gt=0, le=1)] = EVERYBODY,
    step_days: Annotated[int, Form(ge=0, le=365)] = 0,
) -> Response:
    """Put live what was approved, with the share of its customers that it begins with."""
    services = services_of(request)
    done = approval.go_live(
        services.engine,
        request_id,
        start_with(services, share, step_days),
        services.clock,
        caller.user.name,
    )
    note(
        request,
        caller,
        Act.PUBLISH_STRATEGY,
        done.strategy_id,
        {
            "version": done.version,
            "approved_by": done.decided_by,
            "hash": done.content_hash,
            "share": share,
        },
    )
    return RedirectResponse(f"/strategies/{done.strategy_id}", status_code=303)


def start_with(services: Services, share: float, step_days: int) -> Start:
    """Return how a version begins on the bank's present day; 0 days for steps by hand."""
    day = local_day(services.clock.now(), services.settings.time_zone)
    return Start(share=share, day=day, step_days=step_days or None)


def _back(request_id: str) -> Response:
    return RedirectResponse(f"/approvals/{request_id}", status_code=303)
