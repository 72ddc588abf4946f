"""One customer's tags."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field

from asterism.kernel.errors import NotFoundError
from asterism.kernel.words import N_
from asterism.server.auth.roles import Permission
from asterism.server.guard import Caller, require, services_of
from asterism.server.services import Reading

router = APIRouter(prefix="/api/v1/customers", tags=["customers"])

CustomerId = Annotated[str, Path(min_length=1, max_length=64)]
TagValue = bool | int | float | date | str


class Profile(BaseModel):
    """What is known of one customer. Names and numbers are never part of it."""

    customer_id: str
    as_of: date = Field(description="The last day that the profile knows.")
    tags: dict[str, TagValue] = Field(
        description="Tags that have a value; money in minor units of the bank's currency."
    )


@router.get("/{customer_id}")
def get_profile(
    request: Request,
    customer_id: CustomerId,
    caller: Annotated[Caller, require(Permission.SEE_CUSTOMERS)],
    tags: Annotated[
        list[str] | None, Query(max_length=200, description="Only these tags; all if left out.")
    ] = None,
) -> Profile:
    """Return one customer's profile."""
    reading = services_of(request).current.get()
    profile = visible_profile(reading, customer_id, caller)
    wanted = profile if tags is None else {tag: profile[tag] for tag in tags if tag in profile}
    return Profile.model_validate(
        {"customer_id": customer_id, "as_of": reading.as_of, "tags": wanted}
    )


def visible_profile(reading: Reading, customer_id: str, caller: Caller) -> dict[str, object]:
    """Return a customer's tags; NotFoundError if unknown or outside the caller's scope."""
    profile = reading.profile(customer_id)
    if not profile or not caller.scope.allows(profile):
        raise NotFoundError(N_("There is no such customer."))
    return profile
