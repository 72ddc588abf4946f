"""The page behind the link in every marketing message: a customer refuses further ones."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import Response

from asterism.execution.unsubscribe import unsubscribe
from asterism.server.console.page import render
from asterism.server.guard import public, services_of

router = APIRouter(include_in_schema=False)

Token = Annotated[str, Path(min_length=1, max_length=128, pattern="^[0-9a-f]+$")]


@router.get("/unsubscribe/{token}", dependencies=[public()])
def ask(request: Request, token: Token) -> Response:
    """Ask for a click: programs that look into mail follow links and must not unsubscribe."""
    return render(request, None, "unsubscribe.html", token=token, done=False)


@router.post("/unsubscribe/{token}", dependencies=[public()])
def refuse(
    request: Request,
    token: Token,
    everything: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """Refuse the message's channel, or every one; mail programs post here with one click."""
    services = services_of(request)
    unsubscribe(services.engine, token, services.clock, everything=everything == "yes")
    return render(request, None, "unsubscribe.html", token=token, done=True)
