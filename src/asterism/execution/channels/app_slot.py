"""Offers that wait in the app until the customer comes: the channel that pulls."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from asterism.execution.channels.port import Message, Outcome, Result, Standing, Traits
from asterism.execution.life import APP_SLOT
from asterism.kernel.words import Text


class AppSlotChannel:
    """Places offers: the touch's own row in the ledger is the placement (see `app_slot`)."""

    name = APP_SLOT
    title = Text("App 展位", "App slot", "Espacio en la app")
    traits = Traits(consent="consent_app", intrusive=False, batch=2_000)

    def deliver(self, batch: Sequence[Message], now: datetime) -> Sequence[Outcome]:
        """Take everything: being sent is what makes a touch visible to `app_slot`."""
        return [Outcome(key=message.key, result=Result.SENT) for message in batch]

    def lookup(self, keys: Sequence[str]) -> Mapping[str, Standing]:
        """Say that all may come again: placing twice is placing once."""
        return dict.fromkeys(keys, Standing.SAFE_TO_SEND)

    def close(self) -> None:
        """Hold nothing, close nothing."""
