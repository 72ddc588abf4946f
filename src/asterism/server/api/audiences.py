"""How many customers an audience means."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from asterism.server.auth.roles import Permission
from asterism.server.guard import Caller, require, services_of

router = APIRouter(prefix="/api/v1/audiences", tags=["audiences"])

LONGEST = 4000


class Count(BaseModel):
    """The size of an audience."""

    count: int = Field(description="Customers in the audience and in the caller's scope.")
    population: int = Field(description="Customers in the caller's scope.")
    expression: str = Field(description="The audience as it is understood, in canonical form.")
    snapshot: str = Field(description="The snapshot that was counted.")
    as_of: str = Field(description="The last day that the snapshot knows, ISO 8601.")


@router.get("/count")
def count_audience(
    request: Request,
    caller: Annotated[Caller, require(Permission.SEE_AUDIENCES)],
    expression: Annotated[
        str, Query(max_length=LONGEST, description="In the audience language; empty for everyone.")
    ] = "",
) -> Count:
    """Count the customers of an audience in the current snapshot."""
    reading = services_of(request).current.get()
    audience = reading.audience(expression) if expression.strip() else None
    return Count(
        count=reading.count(reading.mask(audience, caller.scope)),
        population=reading.count(reading.mask(None, caller.scope)),
        expression=audience.text if audience else "",
        snapshot=reading.snapshot.id,
        as_of=reading.as_of.isoformat(),
    )
