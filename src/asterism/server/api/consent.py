"""A customer's consents: what holds, everything that was said, and saying something new."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from asterism.execution.refusals import record_consents
from asterism.server.api.customers import visible_profile
from asterism.server.auth.audit import Act, record
from asterism.server.auth.roles import Permission
from asterism.server.guard import Caller, require, services_of
from asterism.strategy.consent import (
    EVERY_MEDIUM,
    EVIDENCE_LIMIT,
    SOURCE_LIMIT,
    Consent,
    Purpose,
    check_consents,
    consent_history,
    tag_of,
)
from asterism.strategy.consent_state import consent_states
from asterism.strategy.heard import standing_at

router = APIRouter(prefix="/api/v1/customers", tags=["consent"])

CustomerId = Annotated[str, Path(min_length=1, max_length=64)]


class State(BaseModel):
    """What holds for one purpose and medium."""

    purpose: Purpose
    medium: str = Field(description="sms, email, phone, app, or * for every one.")
    given: bool | None = Field(description="Null: never asked.")
    source: str = Field(description="Who told it; `records` for the bank's own records.")
    at: datetime | None


class Word(BaseModel):
    """One thing that was said."""

    purpose: Purpose
    medium: str
    given: bool
    at: datetime
    source: str
    evidence: str | None
    actor: str | None


class Consents(BaseModel):
    """A customer's consents."""

    customer_id: str
    states: list[State]
    history: list[Word] = Field(description="Everything that was said, the latest first.")


class NewConsent(BaseModel):
    """What the customer says now."""

    purpose: Purpose = Purpose.MARKETING
    medium: str = Field(default=EVERY_MEDIUM, max_length=40)
    given: bool
    source: str = Field(default="api", max_length=SOURCE_LIMIT)
    evidence: str | None = Field(default=None, max_length=EVIDENCE_LIMIT)


class Heard(Consents):
    """The consents after it was said."""

    suppressed: int = Field(description="Touches that will not be sent because of it.")


@router.get("/{customer_id}/consent")
def get_consent(
    request: Request,
    customer_id: CustomerId,
    caller: Annotated[Caller, require(Permission.SEE_CUSTOMERS)],
) -> Consents:
    """Return what a customer agrees to, and everything that was said about it."""
    return _consents(request, customer_id, caller)


@router.post("/{customer_id}/consent")
def record_consent(
    request: Request,
    customer_id: CustomerId,
    said: NewConsent,
    caller: Annotated[Caller, require(Permission.RECORD_CONSENT)],
) -> Heard:
    """Record what a customer says; a withdrawal ends at once whatever waits."""
    suppressed = hear(request, customer_id, said, caller)
    now = _consents(request, customer_id, caller)
    return Heard(**now.model_dump(), suppressed=suppressed)


def hear(request: Request, customer_id: str, said: NewConsent, caller: Caller) -> int:
    """Write down what a customer says, on the record; return how many touches it ends."""
    services = services_of(request)
    profile = visible_profile(services.current.get(), customer_id, caller)
    known = profile.get(tag_of(said.purpose, said.medium) or "")
    consent = Consent(
        customer_id=customer_id,
        purpose=said.purpose,
        medium=said.medium,
        given=said.given,
        at=services.clock.now(),
        source=said.source,
        evidence=said.evidence or None,
        actor=caller.user.name,
        records_said=known if isinstance(known, bool) else None,
    )
    check_consents([consent])
    heeded = record_consents(services.engine, [consent])
    record(
        services.engine,
        services.clock,
        actor=caller.user.name,
        act=Act.RECORD_CONSENT,
        subject=customer_id,
        detail={
            "purpose": said.purpose.value,
            "medium": said.medium,
            "given": said.given,
            "source": said.source,
        },
        address=caller.address,
    )
    return heeded.suppressed


def _consents(request: Request, customer_id: str, caller: Caller) -> Consents:
    services = services_of(request)
    profile = visible_profile(services.current.get(), customer_id, caller)
    standing = standing_at(services.engine, services.clock.now(), customer_ids=[customer_id])
    states = [
        State.model_validate(one, from_attributes=True) for one in consent_states(profile, standing)
    ]
    told = consent_history(services.engine, customer_id)
    history = [Word.model_validate(one, from_attributes=True) for one in told]
    return Consents(customer_id=customer_id, states=states, history=history)
