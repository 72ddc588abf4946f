"""Touches and their life."""

import dataclasses
from collections import Counter
from datetime import date
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from asterism.execution.life import State
from asterism.execution.queries import TouchFilter, counts_by_day, life_of, touches
from asterism.execution.tables import touch
from asterism.kernel.errors import NotFoundError
from asterism.kernel.words import N_
from asterism.ledger.store import reading
from asterism.server.auth.roles import Permission
from asterism.server.auth.scope import Reach, Scope
from asterism.server.console.charts import Chart
from asterism.server.console.page import render
from asterism.server.console.titles import reason_words, titles_of
from asterism.server.console.vocabulary import word
from asterism.server.guard import Caller, require, services_of
from asterism.server.language import Language

router = APIRouter(include_in_schema=False)

PAGE = 50


def within(scope: Scope) -> TouchFilter:
    """Return the touches that a scope reaches."""
    match scope.reach:
        case Reach.BRANCH:
            return TouchFilter(branches=frozenset({scope.key}))
        case Reach.OWN:
            return TouchFilter(managers=frozenset({scope.key}))
        case Reach.NONE:
            return TouchFilter(branches=frozenset())
        case Reach.ALL:
            return TouchFilter()


@router.get("/touches")
def listed(  # noqa: PLR0913, PLR0917 - the filter's fields
    request: Request,
    caller: Annotated[Caller, require(Permission.SEE_TOUCHES)],
    strategy: Annotated[str, Query(max_length=80)] = "",
    state: Annotated[str, Query(max_length=12)] = "",
    channel: Annotated[str, Query(max_length=40)] = "",
    customer: Annotated[str, Query(max_length=80)] = "",
    day: Annotated[str, Query(max_length=10)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """List touches, the latest planned first."""
    on = _day(day)
    asked = dataclasses.replace(
        within(caller.scope),
        strategy=strategy or None,
        state=State(state) if state in set(State) else None,
        channel=channel or None,
        customer_id=customer.strip() or None,
        since=on,
        until=on,
    )
    engine, language = services_of(request).engine, caller.language
    rows, total = touches(engine, asked, limit=PAGE, offset=(page - 1) * PAGE)
    return render(
        request,
        caller,
        "touches.html",
        asked={
            "strategy": strategy,
            "state": state,
            "channel": channel,
            "customer": customer,
            "day": on.isoformat() if on else "",
        },
        rows=rows,
        reason=lambda code: reason_words(code, language),
        chart=_states(engine, asked, language),
        total=total,
        number=page,
        pages=max(1, -(-total // PAGE)),
        titles=titles_of(request, language),
        states=[one.value for one in State],
        channels=_values(engine, touch.c.channel),
        strategies=_values(engine, touch.c.strategy),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _values(engine: sa.Engine, column: sa.Column[str]) -> list[str]:
    with reading(engine) as connection:
        return sorted(connection.execute(sa.select(column).distinct()).scalars())


def _states(engine: sa.Engine, asked: TouchFilter, language: Language) -> Chart:
    counts: Counter[State] = Counter()
    for entry in counts_by_day(engine, asked).values():
        counts.update(entry)
    known = {state: counts[state] for state in State if counts[state]}
    return Chart(
        kind="bars",
        labels=[word("state", state.value, language.code) for state in known],
        series=[{"name": language.say("Touches"), "values": list(known.values())}],
        description=language.say("Touches by the state they are in"),
    )


@router.get("/touches/{touch_id}")
def life(
    request: Request, touch_id: str, caller: Annotated[Caller, require(Permission.SEE_TOUCHES)]
) -> Response:
    """Show one touch's life, as a part of the list."""
    row, events = life_of(services_of(request).engine, touch_id)
    seen = {"branch_id": row.branch_id, "manager_id": row.manager_id}
    if not caller.scope.allows(seen):
        raise NotFoundError(N_("There is no such touch."))
    return render(
        request,
        caller,
        "_touch_life.html",
        events=events,
        reason=lambda code: reason_words(code, caller.language),
    )
