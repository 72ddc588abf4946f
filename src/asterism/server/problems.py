"""Errors become answers in one place: a page for people, problem+json for systems."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from asterism.kernel.errors import (
    AsterismError,
    ConflictError,
    InvalidInputError,
    NotFoundError,
    Problem,
)
from asterism.kernel.words import N_
from asterism.server.console.page import render
from asterism.server.guard import DeniedError, NotSignedInError, identify, language_of
from asterism.server.language import Language, in_words

_STATUS: dict[type[AsterismError], int] = {
    InvalidInputError: 422,
    NotFoundError: 404,
    ConflictError: 409,
    NotSignedInError: 401,
    DeniedError: 403,
}
_TITLES = {
    401: N_("You are not signed in"),
    403: N_("This is not open to you"),
    404: N_("There is nothing here"),
    405: N_("This cannot be done here"),
    409: N_("This does not fit the present state"),
    413: N_("This is too large"),
    422: N_("Something in this is not right"),
    429: N_("Too many attempts"),
    500: N_("Something went wrong on our side"),
}


def install(app: FastAPI) -> None:
    """Answer for every kind of error."""
    app.add_exception_handler(AsterismError, _kernel_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(Exception, _our_fault)


def status_of(error: AsterismError) -> int:
    """Return the HTTP status of an error that a person can put right."""
    return next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 400)


async def _kernel_error(request: Request, error: Exception) -> Response:
    if isinstance(error, NotSignedInError) and not _wants_json(request):
        return _to_log_in(request)
    status = status_of(error) if isinstance(error, AsterismError) else 400
    if isinstance(error, InvalidInputError):
        return answer(request, status, error.subject, error.problems)
    if isinstance(error, AsterismError):
        return answer(request, status, error.message, values=error.values)
    return answer(request, status, str(error))


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return answer(request, status, _TITLES.get(status, HTTPStatus(status).phrase))


async def _bad_request(request: Request, error: Exception) -> Response:
    problems = []
    if isinstance(error, RequestValidationError):
        problems = [
            Problem(message="{what}", where=".".join(map(str, e["loc"])), values={"what": e["msg"]})
            for e in error.errors()
        ]
    return answer(request, 422, _TITLES[422], problems)


async def _our_fault(request: Request, _: Exception) -> Response:
    return answer(request, 500, _TITLES[500])


def _wants_json(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _to_log_in(request: Request) -> Response:
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"hx-redirect": "/login"})
    wanted = f"?next={quote(target)}" if request.method == "GET" and target != "/" else ""
    return RedirectResponse(f"/login{wanted}", status_code=303)


def answer(
    request: Request,
    status: int,
    detail: str,
    problems: Sequence[Problem] = (),
    values: Mapping[str, object] = MappingProxyType({}),
) -> Response:
    """Answer with an error, in the form that whoever asks can read."""
    caller = None if _wants_json(request) else identify(request)[0]
    language = caller.language if caller else language_of(request)
    title = language.say(_TITLES.get(status, N_("This did not work")))
    said = language.say(detail, **values)
    if _wants_json(request):
        return _as_json(language, status, title, said, problems)
    fragment = bool(request.headers.get("hx-request"))
    return render(
        request,
        caller,
        "_problem.html" if fragment else "problem.html",
        status=status,
        title=title,
        status_code=status,
        detail=said,
        problems=[in_words(problem, language) for problem in problems],
    )


def _as_json(
    language: Language, status: int, title: str, detail: str, problems: Sequence[Problem]
) -> JSONResponse:
    content: dict[str, object] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
    }
    if problems:
        content["problems"] = [in_words(problem, language) for problem in problems]
    return JSONResponse(content, status_code=status, media_type="application/problem+json")
