"""Finding customers: by number, by audience, a page at a time, within one's scope."""

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

import numpy as np
from fastapi import APIRouter, Query, Request
from numpy.typing import NDArray
from starlette.responses import RedirectResponse, Response

from asterism.audience import Mask
from asterism.insight.segments import list_segments
from asterism.kernel.errors import InvalidInputError
from asterism.server.auth.roles import Permission
from asterism.server.console.page import render
from asterism.server.console.people import people
from asterism.server.guard import Caller, require, services_of
from asterism.server.language import in_words
from asterism.server.services import Reading

router = APIRouter(include_in_schema=False)

PAGE = 50
_MOST_PAGES = 200
#: What a line of the list shows besides the name.
SHOWN = ("tier", "lifecycle", "age", "city", "aum", "aum_change_30d", "days_since_login")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One customer of the list."""

    customer_id: str
    name: str
    #: Tag values by name; money in minor units, a missing one is None.
    values: dict[str, object]


@router.get("/customers")
def customers(  # noqa: PLR0913, PLR0917 - the filter's fields
    request: Request,
    caller: Annotated[Caller, require(Permission.SEE_CUSTOMERS)],
    q: Annotated[str, Query(max_length=64)] = "",
    audience: Annotated[str, Query(max_length=4000)] = "",
    segment: Annotated[str, Query(max_length=63)] = "",
    page: Annotated[int, Query(ge=1, le=_MOST_PAGES)] = 1,
) -> Response:
    """List customers who are worth most first; a customer's number opens their page."""
    services = services_of(request)
    reading = services.current.find()
    q = q.strip()
    if q and reading and allowed_index(reading, q, caller) is not None:
        return RedirectResponse(f"/customers/{quote(q, safe='')}", status_code=303)
    problems: list[dict[str, str]] = []
    lines: list[Line] = []
    total = 0
    if reading and not q:
        try:
            mask = _mask(reading, audience, segment, caller)
            total = reading.count(mask)
            places = worth_most(reading, mask, page)
            lines = lines_of(reading, places)
        except InvalidInputError as error:
            problems = [in_words(problem, caller.language) for problem in error.problems]
    names = people(services, reading, [line.customer_id for line in lines]) if reading else {}
    return render(
        request,
        caller,
        "customers.html",
        q=q,
        audience=audience,
        segment=segment,
        segments=list_segments(services.engine),
        lines=lines,
        names=names,
        problems=problems,
        total=total,
        number=page,
        pages=min(_MOST_PAGES, max(1, -(-total // PAGE))),
        ready=reading is not None,
    )


def allowed_index(reading: Reading, customer_id: str, caller: Caller) -> int | None:
    """Return a customer's place in the columns; None if unknown or outside the caller's scope."""
    place = reading.columns.index_of(customer_id)
    if place is None:
        return None
    values: dict[str, object] = {
        tag: value_at(reading, tag, place)
        for tag in ("branch_id", "manager_id")
        if tag in reading.columns.names
    }
    return place if caller.scope.allows(values) else None


def value_at(reading: Reading, tag: str, place: int) -> object:
    """Return one customer's value of a tag as plain Python; None for null."""
    values, valid = reading.columns.take(tag, np.array([place]))
    return None if valid is not None and not valid[0] else plain(values[0])


def _mask(reading: Reading, audience: str, segment: str, caller: Caller) -> Mask | None:
    text = " AND ".join(
        part
        for part in (f"IN_SEGMENT({_quoted(segment)})" if segment else "", _bracketed(audience))
        if part
    )
    return reading.mask(reading.audience(text) if text else None, caller.scope)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _bracketed(text: str) -> str:
    return f"({text})" if text.strip() else ""


def worth_most(reading: Reading, mask: Mask | None, page: int) -> NDArray[np.int64]:
    """Return the places of one page of customers, those with the largest assets first."""
    worth, valid = reading.columns.values("aum")
    amounts = worth.astype(np.int64)
    if valid is not None:
        amounts = np.where(valid, amounts, np.iinfo(np.int64).min)
    places = np.arange(reading.size) if mask is None else mask.indices()
    first, last = (page - 1) * PAGE, min(page * PAGE, len(places))
    if first >= last:
        return np.zeros(0, np.int64)
    keys = -amounts[places]
    if last < len(places):
        nearest = np.argpartition(keys, last - 1)[:last]
        places, keys = places[nearest], keys[nearest]
    order = np.lexsort((places, keys))
    return places[order][first:last]


def lines_of(reading: Reading, places: NDArray[np.int64]) -> list[Line]:
    """Return the lines of customers at places, without their names."""
    ids = reading.columns.customer_ids.take(places)
    shown = {
        tag: _plain_values(*reading.columns.take(tag, places))
        for tag in SHOWN
        if tag in reading.columns.names
    }
    return [
        Line(
            customer_id=str(customer_id),
            name="",
            values={tag: values[index] for tag, values in shown.items()},
        )
        for index, customer_id in enumerate(ids)
    ]


def _plain_values(values: NDArray[Any], valid: NDArray[np.bool_] | None) -> list[object]:
    return [
        plain(value) if valid is None or valid[index] else None
        for index, value in enumerate(values)
    ]


def plain(value: object) -> object:
    """Return a NumPy scalar as plain Python."""
    return value.item() if isinstance(value, np.generic) else value
