"""A channel that only remembers: for tests of your own strategies, rules and plug-ins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from asterism.execution.channels.port import Message, Outcome, Result, Standing, Traits
from asterism.kernel.words import Text


@dataclass(slots=True, kw_only=True)
class MemoryChannel:
    """Takes everything and keeps it in `taken`, in order; the same key is kept once."""

    name: str = "memory"
    title: Text = field(default_factory=lambda: Text("内存", "Memory", "Memoria"))
    traits: Traits = field(default_factory=lambda: Traits(consent="", intrusive=False))
    taken: list[Message] = field(default_factory=list)
    closed: bool = False

    def deliver(self, batch: Sequence[Message], now: datetime) -> Sequence[Outcome]:
        """Remember the batch."""
        known = {message.key for message in self.taken}
        self.taken += [message for message in batch if message.key not in known]
        return [Outcome(key=message.key, result=Result.SENT) for message in batch]

    def lookup(self, keys: Sequence[str]) -> Mapping[str, Standing]:
        """Say exactly what was taken."""
        known = {message.key for message in self.taken}
        return {key: Standing.TAKEN if key in known else Standing.SAFE_TO_SEND for key in keys}

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True
