"""The list of a manager or a branch: what to do today, what to say, what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from asterism.execution.tables import touch
from asterism.execution.worklist import (
    NOTE_LIMIT,
    WorkItem,
    WorkResult,
    record_result,
    work_items,
)
from asterism.kernel.clock import local_day
from asterism.kernel.errors import InvalidInputError, NotFoundError, Problem
from asterism.kernel.words import N_
from asterism.ledger.store import reading as reading_only
from asterism.server.admission import doorkeeper
from asterism.server.auth.audit import Act, record
from asterism.server.auth.roles import Permission
from asterism.server.auth.scope import Reach, Scope
from asterism.server.console.customers import lines_of
from asterism.server.console.page import render
from asterism.server.console.people import Person, people
from asterism.server.console.titles import Titles, titles_of
from asterism.server.guard import Caller, require, services_of
from asterism.server.services import Reading, Services
from asterism.strategy import Reader, get_strategy, render_script

router = APIRouter(include_in_schema=False)

PAGE = 25
_CHANNEL = "manager_list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One work item, ready to be done."""

    item: WorkItem
    person: Person | None
    #: Tag values that a manager wants to see before calling.
    values: Mapping[str, object]
    #: What to say; empty where it cannot be filled in.
    script: str
    #: Why the customer must not be offered this any more; empty if they may.
    refusal: str = ""


@router.get("/worklist")
def worklist(
    request: Request,
    caller: Annotated[Caller, require(Permission.SEE_WORKLIST)],
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> Response:
    """Show today's list, what is worth most first."""
    services = services_of(request)
    day = day_of(services)
    items = _items(services, caller.scope, day, page)
    reading = services.current.find()
    tasks = _tasks(request, reading, items[:PAGE], caller) if reading else []
    return render(
        request,
        caller,
        "worklist.html",
        day=day,
        tasks=tasks,
        titles=titles_of(request, caller.language),
        number=page,
        more=len(items) > PAGE,
        results=[one.value for one in WorkResult],
    )


def day_of(services: Services) -> date:
    """Return the business day: the day after the data ends, or today without data."""
    reading = services.current.find()
    today = local_day(services.clock.now(), services.settings.time_zone)
    return reading.day if reading else today


def _items(services: Services, scope: Scope, day: date, page: int) -> tuple[WorkItem, ...]:
    if scope.reach is Reach.NONE:
        return ()
    return work_items(
        services.engine,
        day,
        manager_id=scope.key if scope.reach is Reach.OWN else None,
        branch_id=scope.key if scope.reach is Reach.BRANCH else None,
        limit=PAGE + 1,
        offset=(page - 1) * PAGE,
    )


def _tasks(
    request: Request, reading: Reading, items: tuple[WorkItem, ...], caller: Caller
) -> list[Task]:
    services = services_of(request)
    places = reading.columns.customer_ids.find([item.customer_id for item in items])
    known = people(services, reading, [item.customer_id for item in items])
    lines = {line.customer_id: line.values for line in lines_of(reading, places[places >= 0])}
    scripts = _Scripts(services.engine, reading, caller)
    refusals = _refusals(request, reading, items, caller)
    return [
        Task(
            item=item,
            person=known.get(item.customer_id),
            values=lines.get(item.customer_id, {}),
            script=scripts.of(item, known.get(item.customer_id)),
            refusal=refusals.get(item.touch_id, ""),
        )
        for item in items
    ]


def _refusals(
    request: Request, reading: Reading, items: tuple[WorkItem, ...], caller: Caller
) -> dict[str, str]:
    """Return why customers on the list must not be offered what is planned, by touch."""
    row = touch.c
    columns = (row.touch_id, row.customer_id, row.channel, row.strategy, row.version, row.wave)
    query = sa.select(*columns, row.offer).where(row.touch_id.in_([i.touch_id for i in items]))
    with reading_only(services_of(request).engine) as connection:
        touches = connection.execute(query).all()
    keeper = doorkeeper(request, reading, caller.language)
    found = {one.touch_id: keeper.refusal(one.customer_id, one, one.channel) for one in touches}
    return {key: refused.detail for key, refused in found.items() if refused is not None}


@dataclass(frozen=True, slots=True)
class _Scripts:
    """Fills in what is to be said, in the language of whoever says it."""

    engine: sa.Engine
    reading: Reading
    caller: Caller

    def of(self, item: WorkItem, person: Person | None) -> str:
        columns = (touch.c.version, touch.c.wave, touch.c.script)
        query = sa.select(*columns).where(touch.c.touch_id == item.touch_id)
        with reading_only(self.engine) as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return ""
        try:
            strategy = get_strategy(self.engine, item.strategy, row.version).strategy
            script = strategy.script(_CHANNEL, row.wave, row.script)
            offer = strategy.offer(item.offer)
            reader = Reader(
                profile=self.reading.profile(item.customer_id),
                name=person.name if person else item.customer_id,
                bank=self.caller.language.say("the bank"),
                locale=self.caller.language.code,
            )
            return (
                render_script(script, offer, reader, self.reading.catalogue).body if script else ""
            )
        except (InvalidInputError, NotFoundError, KeyError):
            return ""


def mine(services: Services, touch_id: str, scope: Scope) -> None:
    """Refuse a work item that is not on the lists of the scope."""
    query = sa.select(touch.c.manager_id, touch.c.branch_id).where(touch.c.touch_id == touch_id)
    with reading_only(services.engine) as connection:
        row = connection.execute(query).mappings().one_or_none()
    if row is None or not scope.allows(dict(row)):
        raise NotFoundError(N_("There is no such work item."))


@router.post("/worklist/{touch_id}")
def result(  # noqa: PLR0913, PLR0917 - the form's fields
    request: Request,
    touch_id: str,
    caller: Annotated[Caller, require(Permission.RECORD_RESULTS)],
    result: Annotated[str, Form(max_length=12)] = "",
    note: Annotated[str, Form(max_length=NOTE_LIMIT)] = "",
    later_on: Annotated[str, Form(max_length=10)] = "",
    referred_to: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """Write down what came of a work item."""
    services = services_of(request)
    mine(services, touch_id, caller.scope)
    item = record_result(
        services.engine,
        touch_id,
        _result(result),
        note.strip(),
        caller.user.name,
        services.clock,
        later_on=_day(later_on),
        referred_to=referred_to.strip() or None,
    )
    record(
        services.engine,
        services.clock,
        actor=caller.user.name,
        act=Act.RECORD_RESULT,
        subject=touch_id,
        detail={"result": result},
        address=caller.address,
    )
    titles: Titles = titles_of(request, caller.language)
    return render(request, caller, "_work_done.html", item=item, result=result, titles=titles)


def _result(text: str) -> WorkResult:
    if text not in set(WorkResult):
        problem = Problem(message=N_("Choose what came of it."), where="result")
        raise InvalidInputError(N_("The result is not recorded"), [problem])
    return WorkResult(text)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        problem = Problem(message=N_("This is not a day."), where="later_on")
        raise InvalidInputError(N_("The result is not recorded"), [problem]) from error
