"""One's own account: the password."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_
from asterism.server.auth import attempts, set_password
from asterism.server.auth.audit import Act, record
from asterism.server.auth.roles import Permission
from asterism.server.auth.sessions import end_all
from asterism.server.auth.users import has_password
from asterism.server.console.page import render
from asterism.server.guard import Caller, cookie_name, require, services_of
from asterism.server.language import in_words

router = APIRouter(include_in_schema=False)

Self = Annotated[Caller, require(Permission.OWN_SESSION)]


@router.get("/account")
def account(request: Request, caller: Self) -> Response:
    """Show what the bank knows of whoever asks, and the form for a new password."""
    return render(request, caller, "account.html", problems=[], done=False)


@router.post("/account/password")
def change_password(
    request: Request,
    caller: Self,
    current: Annotated[str, Form(max_length=1024)] = "",
    new: Annotated[str, Form(max_length=1024)] = "",
    again: Annotated[str, Form(max_length=1024)] = "",
) -> Response:
    """Change one's password; every other session of the person ends."""
    services, name = services_of(request), caller.user.name
    problems = []
    if attempts.must_wait(services.engine, name, caller.address, services.clock):
        problems.append(Problem(message=N_("Too many attempts. Wait a few minutes.")))
    elif not has_password(services.engine, name, current):
        attempts.note_failure(services.engine, name, caller.address, services.clock)
        problems.append(Problem(message=N_("The present password is not right."), where="current"))
    if new != again:
        problems.append(Problem(message=N_("The two new passwords differ."), where="again"))
    if not problems:
        try:
            set_password(services.engine, name, new)
        except InvalidInputError as error:
            problems.extend(error.problems)
    if not problems:
        end_all(services.engine, caller.user, but=request.cookies.get(cookie_name(request), ""))
        record(
            services.engine,
            services.clock,
            actor=name,
            act=Act.RESET_LOG_IN,
            subject=name,
            address=caller.address,
        )
    return render(
        request,
        caller,
        "account.html",
        status=422 if problems else 200,
        problems=[in_words(problem, caller.language) for problem in problems],
        done=not problems,
    )
