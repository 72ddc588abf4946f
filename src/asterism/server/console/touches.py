"""Touches and their life."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from asterism.execution.life import State
from asterism.execution.reasons import REASONS, Why
from asterism.execution.tables import touch, touch_event
from asterism.kernel.errors import NotFoundError
from asterism.server.auth.roles import Permission
from asterism.server.auth.scope import Reach, Scope
from asterism.server.console.charts import Chart
from asterism.server.console.page import render
from asterism.server.console.titles import Titles, titles_of
from asterism.server.console.vocabulary import word
from asterism.server.guard import Caller, require, services_of
from asterism.server.language import Language

router = APIRouter(include_in_schema=False)

PAGE = 50
_STATES = tuple(State)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which touches are asked for; an empty field means any."""

    strategy: str = ""
    state: str = ""
    channel: str = ""
    customer: str = ""
    day: date | None = None

    def values(self) -> dict[str, object]:
        """Return the filter for an address."""
        return {
            "strategy": self.strategy,
            "state": self.state,
            "channel": self.channel,
            "customer": self.customer,
            "day": self.day.isoformat() if self.day else "",
        }


def conditions(asked: Filter, scope: Scope) -> list[sa.ColumnElement[bool]]:
    """Return the filter and the scope as conditions on touches."""
    row = touch.c
    equal = {
        "strategy": asked.strategy,
        "state": asked.state,
        "channel": asked.channel,
        "customer_id": asked.customer,
        "planned_for": asked.day,
    }
    return [row[name] == value for name, value in equal.items() if value] + within(scope)


def within(scope: Scope) -> list[sa.ColumnElement[bool]]:
    """Return the scope as conditions on touches."""
    match scope.reach:
        case Reach.BRANCH:
            return [touch.c.branch_id == scope.key]
        case Reach.OWN:
            return [touch.c.manager_id == scope.key]
        case Reach.NONE:
            return [sa.false()]
        case Reach.ALL:
            return []


@router.get("/touches")
def touches(  # noqa: PLR0913, PLR0917 - the filter's fields
    request: Request,
    caller: Annotated[Caller, require(Permission.SEE_TOUCHES)],
    strategy: Annotated[str, Query(max_length=80)] = "",
    state: Annotated[str, Query(max_length=12)] = "",
    channel: Annotated[str, Query(max_length=40)] = "",
    customer: Annotated[str, Query(max_length=80)] = "",
    day: Annotated[str, Query(max_length=10)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """List touches, newest day first."""
    asked = Filter(
        strategy=strategy, state=state, channel=channel, customer=customer.strip(), day=_day(day)
    )
    engine = services_of(request).engine
    where = conditions(asked, caller.scope)
    by_state = _by_state(engine, where)
    total = sum(by_state.values())
    rows = _rows(engine, where, page)
    return render(
        request,
        caller,
        "touches.html",
        asked=asked,
        rows=rows,
        reason=lambda code: reason_words(code, caller.language),
        by_state=by_state,
        chart=_life_chart(by_state, caller.language),
        total=total,
        number=page,
        pages=max(1, -(-total // PAGE)),
        titles=titles_of(request, caller.language),
        states=[one.value for one in _STATES],
        channels=_values(engine, touch.c.channel),
        strategies=_values(engine, touch.c.strategy),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def reason_words(code: str | None, language: Language) -> str:
    """Return a reason's sentence; the code itself where execution did not write it."""
    if not code:
        return ""
    known = REASONS.get(Why(code)) if code in set(Why) else None
    return language.text(known) if known else code


def _by_state(engine: sa.Engine, where: Sequence[sa.ColumnElement[bool]]) -> dict[str, int]:
    query = sa.select(touch.c.state, sa.func.count()).where(*where).group_by(touch.c.state)
    with engine.connect() as connection:
        found = dict(connection.execute(query).tuples().all())
    return {state.value: found[state.value] for state in _STATES if found.get(state.value)}


def _rows(
    engine: sa.Engine, where: Sequence[sa.ColumnElement[bool]], page: int
) -> Sequence[sa.RowMapping]:
    query = (
        sa.select(touch)
        .where(*where)
        .order_by(touch.c.planned_for.desc(), touch.c.value_minor.desc(), touch.c.touch_id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    with engine.connect() as connection:
        return connection.execute(query).mappings().all()


def _values(engine: sa.Engine, column: sa.Column[str]) -> list[str]:
    with engine.connect() as connection:
        return sorted(connection.execute(sa.select(column).distinct()).scalars())


def _life_chart(by_state: dict[str, int], language: Language) -> Chart:
    return Chart(
        kind="bars",
        labels=[word("state", state, language.code) for state in by_state],
        series=[{"name": language.say("Touches"), "values": list(by_state.values())}],
        description=language.say("Touches by the state they are in"),
    )


@dataclass(frozen=True, slots=True)
class Event:
    """One event in a touch's life."""

    kind: str
    at: datetime
    reason: str
    detail: str
    actor: str


@router.get("/touches/{touch_id}")
def life(
    request: Request, touch_id: str, caller: Annotated[Caller, require(Permission.SEE_TOUCHES)]
) -> Response:
    """Show one touch's life, as a part of the list."""
    services = services_of(request)
    found = [touch.c.touch_id == touch_id, *conditions(Filter(), caller.scope)]
    with services.engine.connect() as connection:
        row = connection.execute(sa.select(touch).where(*found)).mappings().one_or_none()
        if row is None:
            raise NotFoundError("There is no such touch.")
        events = connection.execute(
            sa.select(touch_event)
            .where(touch_event.c.touch_id == touch_id)
            .order_by(touch_event.c.at)
        ).all()
    order = {state.value: index for index, state in enumerate(_STATES)}
    told = [
        Event(e.kind, e.at, reason_words(e.reason, caller.language), e.detail or "", e.actor or "")
        for e in sorted(events, key=lambda e: (e.at, order.get(e.kind, 0)))
    ]
    titles: Titles = titles_of(request, caller.language)
    return render(request, caller, "_touch_life.html", touch=row, events=told, titles=titles)
