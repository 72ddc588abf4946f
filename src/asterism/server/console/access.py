"""Who may log in, and which keys the bank's other systems hold."""

import secrets
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from asterism.kernel.errors import InvalidInputError, NotFoundError, Problem
from asterism.kernel.words import N_
from asterism.server.auth import (
    Role,
    add_key,
    add_user,
    disable_user,
    enable_user,
    get_user,
    list_keys,
    list_users,
    revoke_key,
    set_password,
)
from asterism.server.auth.audit import Act, record
from asterism.server.auth.roles import TITLES, Permission
from asterism.server.auth.sessions import end_all
from asterism.server.console.page import render
from asterism.server.guard import Caller, require, services_of

router = APIRouter(include_in_schema=False)

Administrator = Annotated[Caller, require(Permission.MANAGE_ACCESS)]


@router.get("/access")
def people(request: Request, caller: Administrator) -> Response:
    """List the people and the keys."""
    return _page(request, caller)


def _page(request: Request, caller: Caller, *, owner: str = "", secret: str = "") -> Response:
    """Show the page; `secret` is a new password or key of `owner`, which is shown this once."""
    engine = services_of(request).engine
    return render(
        request,
        caller,
        "access.html",
        people=list_users(engine),
        keys=list_keys(engine),
        roles=[(one.value, caller.language.text(TITLES[one])) for one in Role],
        role_titles={one: caller.language.text(TITLES[one]) for one in Role},
        owner=owner,
        secret=secret,
    )


@router.post("/access/people")
def add(  # noqa: PLR0913, PLR0917 - the fields of the form
    request: Request,
    caller: Administrator,
    name: Annotated[str, Form(max_length=64)] = "",
    role: Annotated[str, Form(max_length=40)] = "",
    branch: Annotated[str, Form(max_length=64)] = "",
    manager: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Let a person in, with a first password that they change."""
    services, password = services_of(request), secrets.token_urlsafe(12)
    user = add_user(
        services.engine,
        name,
        password,
        role,
        branch_id=branch.strip() or None,
        manager_id=manager.strip() or None,
        clock=services.clock,
    )
    _note(request, caller, Act.ADD_USER, user.name, role=user.role.value)
    return _page(request, caller, owner=user.name, secret=password)


@router.post("/access/people/{name}/{change}")
def alter(
    request: Request,
    caller: Administrator,
    name: str,
    change: Literal["disable", "enable", "password"],
) -> Response:
    """Cut a person off, let them in again, or give them a new first password."""
    engine = services_of(request).engine
    user = get_user(engine, name)
    if user.user_id == caller.user.user_id:
        problem = Problem(message=N_("Another administrator does this for you."), where="name")
        raise InvalidInputError(N_("Nobody changes their own access"), [problem])
    if change == "password":
        password = secrets.token_urlsafe(12)
        set_password(engine, user.name, password)
        end_all(engine, user)
        _note(request, caller, Act.RESET_LOG_IN, user.name)
        return _page(request, caller, owner=user.name, secret=password)
    if change == "disable":
        disable_user(engine, user.name, services_of(request).clock)
        end_all(engine, user)
        _note(request, caller, Act.DISABLE_USER, user.name)
    else:
        enable_user(engine, user.name)
        _note(request, caller, Act.ENABLE_USER, user.name)
    return RedirectResponse("/access", status_code=303)


@router.post("/access/keys")
def make_key(
    request: Request,
    caller: Administrator,
    name: Annotated[str, Form(max_length=64)] = "",
    title: Annotated[str, Form(max_length=120)] = "",
) -> Response:
    """Make a key that acts as a user."""
    if not title.strip():
        problem = Problem(message=N_("Say which system will hold the key."), where="title")
        raise InvalidInputError(N_("The key was not made"), [problem])
    services = services_of(request)
    key = add_key(services.engine, name, title.strip(), services.clock)
    _note(request, caller, Act.ADD_KEY, name, title=title.strip())
    return _page(request, caller, owner=title.strip(), secret=key)


@router.post("/access/keys/{key_id}/revoke")
def drop_key(request: Request, caller: Administrator, key_id: str) -> Response:
    """Take a key out of use, from the next request on."""
    services = services_of(request)
    if not key_id.isalnum():
        raise NotFoundError(N_("There is no key {key_id}."), key_id=key_id)
    key = revoke_key(services.engine, key_id, services.clock)
    _note(request, caller, Act.REVOKE_KEY, key.user, title=key.title)
    return RedirectResponse("/access", status_code=303)


def _note(request: Request, caller: Caller, act: Act, subject: str, **detail: object) -> None:
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
