"""The decision's gates where an offer is shown: what was right when placed may not be now."""

from collections.abc import Mapping

from fastapi import Request

from asterism.execution.admission import Offered, Refused, StrategyGates
from asterism.execution.policy import read_policy
from asterism.server.guard import services_of
from asterism.server.language import Language
from asterism.server.services import Reading, Services
from asterism.strategy.heard import standing_at
from asterism.strategy.standing import laid_over


class Doorkeeper:
    """Asks the gates for one customer and one offer, as things stand at this moment."""

    def __init__(self, services: Services, reading: Reading, gates: StrategyGates) -> None:
        self._services = services
        self._reading = reading
        self._gates = gates

    def refusal(self, customer: str, offered: Offered, channel: str) -> Refused | None:
        """Return why an offer must not be shown or spoken of; None if it may."""
        now = self._services.clock.now()
        words = standing_at(self._services.engine, now, customer_ids=[customer]).words.to_pylist()
        profile: Mapping[str, object] = laid_over(self._reading.profile(customer), words)
        return self._gates.refusal(offered, profile, channel, now)


def doorkeeper(request: Request, reading: Reading, language: Language) -> Doorkeeper:
    """Return who asks the gates; they are compiled once for a snapshot and a language."""
    services, state = services_of(request), request.app.state
    held: dict[str, tuple[Reading, StrategyGates]] = getattr(state, "gates", {})
    known = held.get(language.code)
    if known is None or known[0] is not reading:
        policy = read_policy(services.home, services.settings.time_zone)
        gates = StrategyGates(
            services.engine, reading.catalogue, locale=language.code, zones=policy.zones
        )
        known = (reading, gates)
        state.gates = {**held, language.code: known}
    return Doorkeeper(services, *known)
