"""Taking customers out: files that spreadsheets cannot run, with a reason, on the record."""

import csv
import io
from collections.abc import Iterator
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Form, Request
from numpy.typing import NDArray
from starlette.responses import Response, StreamingResponse

from asterism.execution.safe_csv import BYTE_ORDER_MARK, cell
from asterism.insight.tags import TAGS
from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_
from asterism.server.auth.audit import Act, record
from asterism.server.auth.roles import Permission
from asterism.server.console.customers import plain
from asterism.server.console.studio import LONGEST
from asterism.server.guard import Caller, require, services_of
from asterism.server.services import Reading

router = APIRouter(include_in_schema=False)

#: More customers than this leave the house only through a strategy and its approval.
MOST_ROWS = 50_000
SHORTEST_REASON = 5
_CHUNK = 5_000
#: What is exported besides the customer's number: nothing that identifies a person.
_COLUMNS = ("tier", "lifecycle", "age", "city", "branch_id", "manager_id", "aum", "aum_avg_90d")


@router.post("/audiences/export")
def export(
    request: Request,
    caller: Annotated[Caller, require(Permission.EXPORT_CUSTOMERS)],
    expression: Annotated[str, Form(max_length=LONGEST)] = "",
    reason: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Send the audience's customers as CSV."""
    services = services_of(request)
    reading = services.current.get()
    audience = reading.audience(expression) if expression.strip() else None
    mask = reading.mask(audience, caller.scope)
    count = reading.count(mask)
    _check(reason, count)
    number = record(
        services.engine,
        services.clock,
        actor=caller.user.name,
        act=Act.EXPORT,
        subject=audience.text[:200] if audience else "*",
        detail={"reason": reason.strip(), "customers": count, "snapshot": reading.snapshot.id},
        address=caller.address,
    )
    places = np.arange(reading.size) if mask is None else mask.indices()
    name = f"audience-{reading.as_of:%Y%m%d}-{number}.csv"
    return StreamingResponse(
        _lines(reading, places, mark=f"{caller.user.name}/{number}"),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def _check(reason: str, count: int) -> None:
    problems = []
    if len(reason.strip()) < SHORTEST_REASON:
        problems.append(Problem(message=N_("Say what the file is for."), where="reason"))
    if count > MOST_ROWS:
        problems.append(
            Problem(
                message=N_("A file holds at most {most} customers; this audience has {count}."),
                where="expression",
                values={"most": MOST_ROWS, "count": count},
                hint=N_("Narrow the audience, or act on it with a strategy."),
            )
        )
    if problems:
        raise InvalidInputError(N_("Nothing was exported"), problems)


def _lines(reading: Reading, places: NDArray[np.int64], mark: str) -> Iterator[bytes]:
    columns = [name for name in _COLUMNS if name in reading.columns.names and name in TAGS]
    yield _csv([["customer_id", *columns, "export"]], first=True)
    for start in range(0, len(places), _CHUNK):
        chunk = places[start : start + _CHUNK]
        ids = reading.columns.customer_ids.take(chunk).tolist()
        taken = [_texts(*reading.columns.take(name, chunk)) for name in columns]
        rows = zip(map(str, ids), *taken, [mark] * len(ids), strict=True)
        yield _csv([[cell(value) for value in row] for row in rows])


def _texts(
    values: NDArray[np.generic], valid: NDArray[np.bool_] | None
) -> list[str | int | float | None]:
    known = values.tolist()
    if valid is None:
        return [_cell(value) for value in known]
    return [_cell(value) if there else None for value, there in zip(known, valid, strict=True)]


def _cell(value: object) -> str | int | float | None:
    found = plain(value)
    return found if isinstance(found, str | int | float) or found is None else str(found)


def _csv(rows: list[list[str]], *, first: bool = False) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows(rows)
    return ((BYTE_ORDER_MARK if first else "") + buffer.getvalue()).encode()
