"""What the app shows: the best live offer for the customer who opens it, and what they did."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Engine, or_, select

from asterism.execution.life import APP_SLOT, REACHED, Moment, State, exclusive, happened
from asterism.execution.reasons import Why
from asterism.execution.refusals import refusing
from asterism.execution.stop import not_stopped
from asterism.execution.tables import touch
from asterism.kernel.clock import Clock, local_day
from asterism.kernel.errors import NotFoundError
from asterism.kernel.words import N_
from asterism.ledger import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class AppOffer:
    """What to show in a slot."""

    touch_id: str
    customer_id: str
    strategy: str
    version: int
    wave: int
    offer: str
    value_minor: int
    live_until: date
    script: str | None = None


def app_slot(  # noqa: PLR0913 - whose slot, at what moment, and who decides
    engine: Engine,
    customer_id: str,
    slot: str,
    clock: Clock,
    *,
    time_zone: str = "Asia/Shanghai",
    admits: Callable[[AppOffer], bool] | None = None,
) -> AppOffer | None:
    """Return the offer worth most among those live for the customer in `slot`; None if none is.

    An offer that was answered, recalled or has run out is not live, nor is one that `admits` turns
    down, and a customer who refused the channel sees nothing. Showing is told by
    `record_impression`, a tap by `record_click`.
    """
    row = touch.c
    query = (
        select(*(row[name] for name in AppOffer.__dataclass_fields__))
        .where(row.customer_id == customer_id, row.channel == APP_SLOT)
        .where(row.state.in_((State.SENT.value, State.DELIVERED.value, State.SEEN.value)))
        .where(row.live_until >= local_day(clock.now(), time_zone))
        .where(or_(row.slot.is_(None), row.slot == slot), not_stopped())
        .order_by(row.value_minor.desc(), row.touch_id)
    )
    with reading(engine) as connection:
        offers = [AppOffer(**found) for found in connection.execute(query).mappings()]
        if not offers or refusing(connection, [customer_id], APP_SLOT, clock.now()):
            return None
    return next((offer for offer in offers if admits is None or admits(offer)), None)


def record_impression(engine: Engine, touch_id: str, clock: Clock, *, slot: str = "") -> bool:
    """Note that the offer was shown; return whether it is the first time."""
    seen = Moment(touch_id=touch_id, at=clock.now(), detail=slot or None)
    return _record(engine, State.SEEN, seen)


def record_click(engine: Engine, touch_id: str, clock: Clock, *, slot: str = "") -> bool:
    """Note that the customer tapped the offer; return whether it is the first time."""
    seen = Moment(touch_id=touch_id, at=clock.now(), detail=slot or None)
    _record(engine, State.SEEN, seen)
    return _record(engine, State.ANSWERED, replace(seen, reason=Why.ANSWER_ACCEPTED.value))


def _record(engine: Engine, state: State, moment: Moment) -> bool:
    placed = select(touch.c.touch_id).where(
        touch.c.touch_id == moment.touch_id,
        touch.c.channel == APP_SLOT,
        touch.c.state.in_([s.value for s in REACHED]),
    )
    with engine.begin() as connection:
        exclusive(connection)
        if connection.execute(placed).first() is None:
            raise NotFoundError(
                N_("There is no offer {touch_id} in the app."), touch_id=moment.touch_id
            )
        return happened(connection, state, [moment]) == 1
