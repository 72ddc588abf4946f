"""App slots: what to show a customer, and what they did with it."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from asterism.execution import AppOffer, app_slot, record_click, record_impression
from asterism.kernel.errors import NotFoundError
from asterism.kernel.words import N_
from asterism.server.admission import doorkeeper
from asterism.server.auth.roles import Permission
from asterism.server.guard import Caller, require, services_of
from asterism.server.language import Language
from asterism.server.services import Services
from asterism.strategy import Reader, get_strategy, render_script

router = APIRouter(prefix="/api/v1/slots", tags=["slots"])

_CHANNEL = "app_slot"
Slot = Annotated[str, Path(min_length=1, max_length=40)]
Identity = Annotated[str, Path(min_length=1, max_length=64)]


class Action(BaseModel):
    """What to show in a slot."""

    touch_id: str = Field(description="Tell it back with impressions and clicks.")
    customer_id: str
    slot: str
    strategy: str
    offer: str
    title: str = Field(description="The offer's title in the caller's language.")
    subject: str
    body: str
    live_until: date


class Recorded(BaseModel):
    """Whether an impression or a click was told for the first time."""

    first: bool


@router.get(
    "/{slot}/customers/{customer_id}",
    responses={204: {"description": "Nothing is to be shown."}},
    response_model=Action,
)
def next_action(
    request: Request,
    slot: Slot,
    customer_id: Identity,
    caller: Annotated[Caller, require(Permission.USE_SLOTS)],
) -> Action | Response:
    """Return the offer to show a customer in a slot; 204 if there is none."""
    services = services_of(request)
    zone = services.settings.time_zone
    keeper = doorkeeper(request, services.current.get(), caller.language)
    offer = app_slot(
        services.engine,
        customer_id,
        slot,
        services.clock,
        time_zone=zone,
        admits=lambda found: keeper.refusal(customer_id, found, _CHANNEL) is None,
    )
    if offer is None:
        return Response(status_code=204)
    return _action(services, offer, slot, caller.language)


def _action(services: Services, found: AppOffer, slot: str, language: Language) -> Action:
    strategy = get_strategy(services.engine, found.strategy, found.version).strategy
    offer = strategy.offer(found.offer)
    script = strategy.script(_CHANNEL, found.wave, found.script)
    reading = services.current.get()
    profile = reading.profile(found.customer_id)
    if script is None or not profile:
        raise NotFoundError(N_("There is nothing to show this customer."))
    reader = Reader(profile=profile, name="", bank="", locale=language.code)
    said = render_script(script, offer, reader, reading.catalogue)
    return Action(
        touch_id=found.touch_id,
        customer_id=found.customer_id,
        slot=slot,
        strategy=found.strategy,
        offer=found.offer,
        title=language.text(offer.title),
        subject=said.subject,
        body=said.body,
        live_until=found.live_until,
    )


@router.post("/{slot}/touches/{touch_id}/impression")
def tell_impression(
    request: Request,
    slot: Slot,
    touch_id: Identity,
    caller: Annotated[Caller, require(Permission.USE_SLOTS)],
) -> Recorded:
    """Tell that an offer was shown; telling it again changes nothing."""
    services = services_of(request)
    return Recorded(first=record_impression(services.engine, touch_id, services.clock, slot=slot))


@router.post("/{slot}/touches/{touch_id}/click")
def tell_click(
    request: Request,
    slot: Slot,
    touch_id: Identity,
    caller: Annotated[Caller, require(Permission.USE_SLOTS)],
) -> Recorded:
    """Tell that a customer tapped an offer; telling it again changes nothing."""
    services = services_of(request)
    return Recorded(first=record_click(services.engine, touch_id, services.clock, slot=slot))
