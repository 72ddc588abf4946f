"""The consent panel of a customer's page: what holds, what was said, and one click to change it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import RedirectResponse, Response

from asterism.server.api.consent import NewConsent, hear
from asterism.server.api.customers import visible_profile
from asterism.server.auth.roles import Permission
from asterism.server.console.page import render
from asterism.server.guard import Caller, require, services_of
from asterism.server.services import Services
from asterism.strategy.blacklist import BlacklistEntry, blacklist_entries
from asterism.strategy.consent import EVERY_MEDIUM, PURPOSES, Consent, Purpose, consent_history
from asterism.strategy.consent_state import MEDIUM_TITLES, ConsentState, consent_states
from asterism.strategy.heard import standing_at

router = APIRouter(include_in_schema=False)

CustomerId = Annotated[str, Path(min_length=1, max_length=64)]
_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPanel:
    """What the panel shows."""

    states: tuple[ConsentState, ...]
    history: tuple[Consent, ...]
    listed: tuple[BlacklistEntry, ...]

    purposes = PURPOSES
    media = MEDIUM_TITLES


def consent_panel(
    services: Services, customer_id: str, records: Mapping[str, object]
) -> ConsentPanel:
    """Return the panel's facts; `records` are the snapshot's tags."""
    now = services.clock.now()
    standing = standing_at(services.engine, now, customer_ids=[customer_id])
    entries = blacklist_entries(services.engine, customer_id=customer_id)
    return ConsentPanel(
        states=consent_states(records, standing),
        history=consent_history(services.engine, customer_id)[:_SHOWN],
        listed=tuple(entry for entry in entries if entry.active(now)),
    )


@router.post("/customers/{customer_id}/consent")
def change(  # noqa: PLR0913, PLR0917 - the fields of the form
    request: Request,
    customer_id: CustomerId,
    caller: Annotated[Caller, require(Permission.RECORD_CONSENT)],
    purpose: Annotated[Purpose, Form()],
    given: Annotated[bool, Form()],
    medium: Annotated[str, Form(max_length=40)] = EVERY_MEDIUM,
    evidence: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Record what the customer says, and show the panel as it stands then."""
    said = NewConsent(
        purpose=purpose, medium=medium, given=given, source="console", evidence=evidence or None
    )
    ended = hear(request, customer_id, said, caller)
    if "hx-request" not in request.headers:
        return RedirectResponse(f"/customers/{quote(customer_id, safe='')}", status_code=303)
    services = services_of(request)
    profile = visible_profile(services.current.get(), customer_id, caller)
    panel = consent_panel(services, customer_id, profile)
    return render(
        request, caller, "_consent.html", consent=panel, customer_id=customer_id, ended=ended
    )
