"""Why one strategy did, or did not, act on one customer on a day: every layer with its values."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from asterism.kernel.errors import InvalidInputError, NotFoundError, Problem
from asterism.kernel.words import N_
from asterism.loop.explanation import explain_customer
from asterism.loop.practice import Practice
from asterism.server.auth.roles import Permission
from asterism.server.console.customer import CustomerId
from asterism.server.console.page import render
from asterism.server.console.titles import reason_words, titles_of
from asterism.server.console.values import written
from asterism.server.guard import Caller, require, services_of
from asterism.server.language import Language, in_words

router = APIRouter(include_in_schema=False)


@router.get("/customers/{customer_id}/why")
def why(
    request: Request,
    customer_id: CustomerId,
    caller: Annotated[Caller, require(Permission.SEE_CUSTOMERS)],
    strategy: Annotated[str, Query(max_length=63)] = "",
    day: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Explain one customer's day, for a strategy or for all."""
    services = services_of(request)
    profile = services.current.get().profile(customer_id)
    if not profile or not caller.scope.allows(profile):
        raise NotFoundError(N_("There is no such customer."))
    found = explain_customer(
        services,
        customer_id,
        day=_day(day),
        strategy=strategy or None,
        practice=Practice.of(services.home, services.settings),
    )
    return render(
        request,
        caller,
        "why.html",
        found=found,
        strategy=strategy,
        notices=[in_words(notice, caller.language) for notice in found.notices],
        titles=titles_of(request, caller.language),
        values=lambda values: _values(values, caller.language),
        reason=lambda code: reason_words(code, caller.language),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        message = N_("This should be a date such as 2026-01-31.")
        problem = Problem(message=message, where="day")
        raise InvalidInputError(N_("The day cannot be explained"), [problem]) from error


def _values(values: Mapping[str, object], language: Language) -> list[tuple[str, str]]:
    """Return the customer's values that a condition looked at, in words."""
    return [(name, written(name, value, language)) for name, value in values.items()]
