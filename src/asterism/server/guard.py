"""The door of every route: who asks, and may they. Each route declares what it needs."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from asterism.kernel.errors import AsterismError
from asterism.kernel.words import N_
from asterism.server.auth.audit import Act, record
from asterism.server.auth.keys import user_of_key
from asterism.server.auth.roles import Permission
from asterism.server.auth.scope import Scope
from asterism.server.auth.sessions import Limits, csrf_matches, csrf_token, resume
from asterism.server.auth.users import User
from asterism.server.language import COOKIE, Language, choose
from asterism.server.services import Services

_SAFE = {"GET", "HEAD", "OPTIONS"}
CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf_token"
#: Most fields of a form: the largest strategy has fewer.
MOST_FIELDS = 5_000


class NotSignedInError(AsterismError):
    """Nobody is signed in, or the session is over."""


class DeniedError(AsterismError):
    """The person is known and may not do this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, in which language, from where."""

    user: User
    language: Language
    address: str
    #: Token that the caller's forms carry; empty for an API key.
    csrf: str = ""

    @property
    def scope(self) -> Scope:
        """The customers whom the caller may see."""
        return self.user.scope

    def may(self, permission: Permission) -> bool:
        """Tell whether the caller has a permission."""
        return permission in self.user.permissions


def services_of(request: Request) -> Services:
    """Return what the application was made with."""
    services: Services = request.app.state.services
    return services


def address_of(request: Request) -> str:
    """Return the network address of whoever asks."""
    return request.client.host if request.client else ""


def cookie_name(request: Request) -> str:
    """Return the session cookie's name; over https the browser itself guards the prefix."""
    return "__Host-asterism" if request.url.scheme == "https" else "asterism"


def limits_of(services: Services) -> Limits:
    """Return how long sessions last here."""
    return Limits(
        idle=timedelta(minutes=services.settings.session_idle_minutes),
        absolute=timedelta(hours=services.settings.session_hours),
    )


def language_of(request: Request, preferred: str | None = None) -> Language:
    """Return the language to answer in."""
    settings = services_of(request).settings
    code = choose(request.cookies.get(COOKIE), preferred, settings.locale)
    return Language(code, settings.currency, settings.time_zone)


def same_origin(request: Request) -> bool:
    """Tell whether a request that changes something came from our own pages.

    Browsers always say where such a request comes from; a client that says nothing is no browser.
    """
    origin = request.headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc == request.headers.get("host", "")
    return request.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}


async def _form_token(request: Request) -> str:
    token = request.headers.get(CSRF_HEADER)
    if token is not None:
        return token
    kind = request.headers.get("content-type", "")
    if kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        return str((await request.form(max_fields=MOST_FIELDS)).get(CSRF_FIELD, ""))
    return ""


@dataclass(frozen=True, slots=True)
class Guard:
    """A route's dependency: lets in who has the permission, and keeps refusals on record."""

    permission: Permission

    async def __call__(self, request: Request) -> Caller:
        """Return the caller, or refuse."""
        token = "" if request.method in _SAFE else await _form_token(request)
        return await run_in_threadpool(self._admit, request, token)

    def _admit(self, request: Request, token: str) -> Caller:
        caller, session_id = identify(request)
        if caller is None:
            raise NotSignedInError(N_("Sign in to go on."))
        changes = bool(session_id) and request.method not in _SAFE
        if changes and not (same_origin(request) and csrf_matches(session_id, token)):
            self._deny(request, caller, "csrf")
            raise DeniedError(N_("This page is out of date: reload it and try again."))
        if not caller.may(self.permission):
            self._deny(request, caller, self.permission.value)
            raise DeniedError(N_("Your role does not allow this."))
        return caller

    def _deny(self, request: Request, caller: Caller, why: str) -> None:
        services = services_of(request)
        record(
            services.engine,
            services.clock,
            actor=caller.user.name,
            act=Act.DENIED,
            subject=f"{request.method} {request.url.path}",
            detail={"lacks": why},
            address=caller.address,
        )


def identify(request: Request) -> tuple[Caller | None, str]:
    """Return who asks, and their session's id (empty for an API key)."""
    services = services_of(request)
    authorization = request.headers.get("authorization", "")
    session_id = ""
    if authorization.lower().startswith("bearer "):
        user = user_of_key(services.engine, authorization[7:].strip())
    else:
        session_id = request.cookies.get(cookie_name(request), "")
        user = (
            resume(services.engine, session_id, services.clock, limits_of(services))
            if session_id
            else None
        )
    if user is None:
        return None, ""
    caller = Caller(
        user=user,
        language=language_of(request, user.locale),
        address=address_of(request),
        csrf=csrf_token(session_id) if session_id else "",
    )
    return caller, session_id


@dataclass(frozen=True, slots=True)
class Public:
    """A route's dependency that says: anyone may, even signed out."""

    def __call__(self) -> None:
        """Let everyone in."""


def require(permission: Permission) -> Any:
    """Return the dependency that lets in callers with the permission."""
    return Depends(Guard(permission))


def public() -> Any:
    """Return the dependency that marks a route as open to everyone."""
    return Depends(Public())
