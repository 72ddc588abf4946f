"""The work list of a manager or a branch: what to do today, and what came of it."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, Engine, Select, insert, select, update

from asterism.execution.life import Moment, State, exclusive, happened
from asterism.execution.reasons import Why
from asterism.execution.tables import work_item, work_result
from asterism.kernel.clock import Clock
from asterism.kernel.errors import ConflictError, InvalidInputError, NotFoundError, Problem
from asterism.kernel.words import N_
from asterism.ledger import reading

#: States in which an item is still on the list.
OPEN = ("open", "later", "no_answer")
#: After so many calls that nobody answered, an item is closed.
NO_ANSWER_LIMIT = 3
NOTE_LIMIT = 2_000


class WorkResult(StrEnum):
    """What a person may write down about a work item."""

    #: Spoke with the customer, who accepted.
    DONE = "done"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    #: The customer asked to talk on a later day.
    LATER = "later"
    #: Handed on to another manager.
    REFERRED = "referred"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """One thing to do with one customer."""

    touch_id: str
    customer_id: str
    strategy: str
    offer: str
    value_minor: int
    manager_id: str | None
    branch_id: str | None
    state: str
    due_on: date
    live_until: date
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkNote:
    """What somebody wrote down about a work item."""

    result: WorkResult
    note: str
    actor: str
    at: datetime
    later_on: date | None
    referred_to: str | None


def work_items(  # noqa: PLR0913 - whose list, which day, which page
    engine: Engine,
    day: date,
    *,
    manager_id: str | None = None,
    branch_id: str | None = None,
    limit: int = 100,
    offset: int = 0,
) -> tuple[WorkItem, ...]:
    """Return what is on the list on `day`, what is worth most first; all lists by default."""
    query = _on_list(day, manager_id, branch_id)
    query = query.order_by(work_item.c.value_minor.desc(), work_item.c.touch_id)
    with reading(engine) as connection:
        rows = connection.execute(query.limit(limit).offset(offset)).mappings()
        return tuple(WorkItem(**row) for row in rows)


def _on_list(
    day: date, manager_id: str | None, branch_id: str | None
) -> Select[tuple[object, ...]]:
    item = work_item.c
    query = select(work_item).where(
        item.state.in_(OPEN), item.due_on <= day, item.live_until >= day
    )
    if manager_id is not None:
        query = query.where(item.manager_id == manager_id)
    if branch_id is not None:
        query = query.where(item.branch_id == branch_id)
    return query


def record_result(  # noqa: PLR0913, PLR0917 - the fields of the form
    engine: Engine,
    touch_id: str,
    result: WorkResult,
    note: str,
    actor: str,
    clock: Clock,
    *,
    later_on: date | None = None,
    referred_to: str | None = None,
) -> WorkItem:
    """Write down what came of an item, and return it as it stands now.

    NotFoundError for an unknown item, ConflictError for a closed one, InvalidInputError if 'later'
    has no day to come or 'referred' no manager.
    """
    entry = WorkNote(
        result=result,
        note=note,
        actor=actor,
        at=clock.now(),
        later_on=later_on,
        referred_to=referred_to,
    )
    _check_form(entry)
    with engine.begin() as connection:
        exclusive(connection)
        item = _open_item(connection, touch_id)
        connection.execute(
            insert(work_result).values(
                {**asdict(entry), "touch_id": touch_id, "result": result.value}
            )
        )
        _move(connection, item, entry)
        _tell_touch(connection, touch_id, entry)
        return _item(connection, touch_id)


def _check_form(entry: WorkNote) -> None:
    problems = []
    later = entry.result is WorkResult.LATER
    if later and (entry.later_on is None or entry.later_on <= entry.at.date()):
        problems.append(Problem(message="Give a day to come for a later talk.", where="later_on"))
    if entry.result is WorkResult.REFERRED and not entry.referred_to:
        problems.append(Problem(message="Name the manager it is referred to.", where="referred_to"))
    if len(entry.note) > NOTE_LIMIT:
        problems.append(
            Problem(
                message="The note is longer than {limit} characters.",
                where="note",
                values={"limit": NOTE_LIMIT},
            )
        )
    if problems:
        raise InvalidInputError("The result cannot be recorded", problems)


def _open_item(connection: Connection, touch_id: str) -> WorkItem:
    item = _item(connection, touch_id)
    if item.state not in OPEN:
        raise ConflictError(
            N_("The work item {touch_id} is closed: {state}."), touch_id=touch_id, state=item.state
        )
    return item


def _item(connection: Connection, touch_id: str) -> WorkItem:
    query = select(work_item).where(work_item.c.touch_id == touch_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFoundError(N_("There is no work item {touch_id}."), touch_id=touch_id)
    return WorkItem(**row)


def _move(connection: Connection, item: WorkItem, entry: WorkNote) -> None:
    result, today = entry.result, entry.at.date()
    attempts = item.attempts + (result is WorkResult.NO_ANSWER)
    values: dict[str, object] = {"state": result.value, "attempts": attempts}
    if result is WorkResult.NO_ANSWER:
        values["due_on"] = today + timedelta(days=1)
        if attempts >= NO_ANSWER_LIMIT:
            values["state"] = "unanswered"
    if result is WorkResult.LATER and entry.later_on is not None:
        values["due_on"] = entry.later_on
        values["live_until"] = max(item.live_until, entry.later_on + timedelta(days=2))
    if result is WorkResult.REFERRED:
        values.update(state="open", manager_id=entry.referred_to, due_on=today)
    connection.execute(
        update(work_item).where(work_item.c.touch_id == item.touch_id).values(values)
    )


def _tell_touch(connection: Connection, touch_id: str, entry: WorkNote) -> None:
    """Let the touch know: what was said to a person is its answer."""
    answers = {WorkResult.DONE: Why.ANSWER_ACCEPTED, WorkResult.REFUSED: Why.ANSWER_REFUSED}
    moment = Moment(touch_id=touch_id, at=entry.at, actor=entry.actor)
    if entry.result in (WorkResult.LATER, *answers):
        happened(connection, State.SEEN, [moment])
    if entry.result in answers:
        answer = replace(moment, reason=answers[entry.result].value)
        happened(connection, State.ANSWERED, [answer])


def notes_of(engine: Engine, touch_id: str) -> tuple[WorkNote, ...]:
    """Return what was written down about an item, oldest first."""
    query = (
        select(work_result)
        .where(work_result.c.touch_id == touch_id)
        .order_by(work_result.c.result_id)
    )
    with reading(engine) as connection:
        return tuple(
            WorkNote(
                result=WorkResult(row.result),
                note=row.note,
                actor=row.actor,
                at=row.at,
                later_on=row.later_on,
                referred_to=row.referred_to,
            )
            for row in connection.execute(query)
        )
