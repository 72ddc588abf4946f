"""Signing in and out, and choosing a language."""

import math
from typing import Annotated

from fastapi import APIRouter, Form, Request
from numpy.random import default_rng
from starlette.responses import RedirectResponse, Response

from asterism.kernel.words import LOCALES, N_
from asterism.server.auth import attempts, sessions
from asterism.server.auth.audit import Act, record
from asterism.server.auth.roles import Permission
from asterism.server.auth.users import choose_locale, get_user, has_password
from asterism.server.console.page import render
from asterism.server.guard import (
    Caller,
    DeniedError,
    address_of,
    cookie_name,
    identify,
    language_of,
    public,
    require,
    same_origin,
    services_of,
)
from asterism.server.language import COOKIE
from asterism.server.services import Services

router = APIRouter(include_in_schema=False)

_YEAR = 365 * 24 * 3600
_WRONG = N_("The name or the password is not right.")
_WAIT = N_("Too many attempts. Try again in {seconds} seconds.")


def _stars() -> list[tuple[int, int, float, float]]:
    """Scatter the same faint stars on every log-in page."""
    draw = default_rng(7)
    spots = zip(draw.integers(0, 800, 90), draw.integers(0, 900, 90), draw.random(90), strict=True)
    return [(int(x), int(y), round(0.5 + z, 2), round(0.12 + z * 0.4, 2)) for x, y, z in spots]


_SKY = _stars()


def _own_path(wanted: str) -> str:
    """Return a path of this console to go to, whatever was asked for."""
    inside = wanted.startswith("/") and not wanted.startswith(("//", "/\\", "/login"))
    return wanted if inside and wanted.isprintable() and "\\" not in wanted else "/"


@router.get("/login", dependencies=[public()])
def ask(request: Request, next: str = "/") -> Response:
    """Show the log-in page; who is signed in already goes on."""
    caller, _ = identify(request)
    if caller:
        return RedirectResponse(_own_path(next), status_code=303)
    return _page(request, wanted=_own_path(next))


def _page(  # noqa: PLR0913 - what the page shows
    request: Request,
    *,
    name: str = "",
    wanted: str,
    message: str = "",
    status: int = 200,
    wait: int = 0,
) -> Response:
    said = language_of(request).say(message, seconds=wait) if message else ""
    return render(
        request,
        None,
        "login.html",
        status=status,
        headers={"retry-after": str(wait)} if wait else None,
        name=name,
        next=wanted,
        message=said,
        stars=_SKY,
    )


@router.post("/login", dependencies=[public()])
def enter(
    request: Request,
    name: Annotated[str, Form(max_length=64)] = "",
    password: Annotated[str, Form(max_length=1024)] = "",
    next: Annotated[str, Form(max_length=500)] = "/",
) -> Response:
    """Check name and password; begin a session under a new id."""
    if not same_origin(request):
        raise DeniedError(N_("This page is out of date: reload it and try again."))
    services, address = services_of(request), address_of(request)
    wanted = _own_path(next)
    wait = attempts.must_wait(services.engine, name, address, services.clock)
    if wait:
        seconds = math.ceil(wait.total_seconds())
        return _page(request, name=name, wanted=wanted, message=_WAIT, status=429, wait=seconds)
    if not has_password(services.engine, name, password):
        attempts.note_failure(services.engine, name, address, services.clock)
        _note(services, name or "?", Act.LOG_IN_REFUSED, address)
        return _page(request, name=name, wanted=wanted, message=_WRONG, status=401)
    attempts.forget(services.engine, name)
    user = get_user(services.engine, name)
    _note(services, user.name, Act.LOG_IN, address)
    cookie = cookie_name(request)
    session_id = sessions.begin(
        services.engine, user, services.clock, replacing=request.cookies.get(cookie)
    )
    response = RedirectResponse(wanted, status_code=303)
    response.set_cookie(
        cookie,
        session_id,
        httponly=True,
        secure=request.url.scheme == "https",
        samesite="lax",
        path="/",
    )
    return response


def _note(services: Services, actor: str, act: Act, address: str) -> None:
    record(services.engine, services.clock, actor=actor, act=act, address=address)


@router.post("/logout")
def leave(request: Request, caller: Annotated[Caller, require(Permission.OWN_SESSION)]) -> Response:
    """End the session."""
    services, cookie = services_of(request), cookie_name(request)
    sessions.end(services.engine, request.cookies.get(cookie, ""))
    _note(services, caller.user.name, Act.LOG_OUT, caller.address)
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(cookie, path="/", secure=request.url.scheme == "https", httponly=True)
    return response


@router.post("/language", dependencies=[public()])
def speak(
    request: Request,
    code: Annotated[str, Form(max_length=8)],
    back: Annotated[str, Form(max_length=500)] = "/",
) -> Response:
    """Choose the console's language; who is signed in keeps it for next time."""
    if not same_origin(request):
        raise DeniedError(N_("This page is out of date: reload it and try again."))
    target = "/login" if back == "/login" else _own_path(back)
    response = RedirectResponse(target, status_code=303)
    if code in LOCALES:
        caller, _ = identify(request)
        if caller:
            choose_locale(services_of(request).engine, caller.user.user_id, code)
        response.set_cookie(
            COOKIE,
            code,
            max_age=_YEAR,
            samesite="lax",
            path="/",
            secure=request.url.scheme == "https",
        )
    return response
