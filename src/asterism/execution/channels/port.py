"""The one door to every channel: built-in or brought by a plug-in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from asterism.kernel.words import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a message says, rendered for one customer."""

    #: Subject or headline, one line.
    subject: str
    #: Plain text; a channel that shows HTML escapes it.
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One touch on its way out."""

    #: The idempotency key: the same message has the same key for ever.
    key: str
    customer_id: str
    strategy: str
    version: int
    wave: int
    offer: str
    value_minor: int
    planned_for: date
    live_until: date
    manager_id: str | None
    branch_id: str | None
    #: Where to: an e-mail address, a telephone number; empty where the channel needs none.
    address: str = ""
    #: The customer's name, as far as the channel may show it.
    name: str = ""
    #: Name of the script it says; None for the general one.
    script: str | None = None
    #: Null where the channel shows the script itself.
    content: Content | None = None
    #: What else the message carries.
    payload: Mapping[str, object] = field(default_factory=dict)


class Result(StrEnum):
    """What became of a hand-off."""

    #: The channel has taken it.
    SENT = "sent"
    #: The channel will never take it.
    FAILED = "failed"
    #: It certainly did not leave: it may be tried again.
    NOT_SENT = "not_sent"
    #: Nobody can tell whether it left.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the channel says about one message."""

    key: str
    result: Result
    #: A code of `asterism.execution.reasons`; empty for 'sent'.
    reason: str = ""
    #: The channel's own words.
    detail: str = ""


class Standing(StrEnum):
    """What a channel knows about a key after the sender died."""

    TAKEN = "taken"
    #: It never came, or coming twice has the effect of coming once.
    SAFE_TO_SEND = "safe_to_send"
    CANNOT_SAY = "cannot_say"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What the sender must know about a channel."""

    #: The tag that must be true for this customer; empty if none is asked.
    consent: str
    #: Whether it reaches into the customer's day, so that quiet hours hold it back.
    intrusive: bool
    #: The field of the recipient that it needs: 'email', 'mobile', or '' for none.
    address: str = ""
    #: Whether messages are rendered before hand-off.
    rendered: bool = False
    #: Messages in one hand-off; as many may be of unknown outcome after a crash.
    batch: int = 100


class Channel(Protocol):
    """A way to reach a customer. Safe to call from one thread at a time."""

    @property
    def name(self) -> str:
        """The name that strategies use, and that touches carry."""
        ...

    @property
    def title(self) -> Text:
        """The name that people read."""
        ...

    @property
    def traits(self) -> Traits:
        """What the sender must know."""
        ...

    def deliver(self, batch: Sequence[Message], now: datetime) -> Sequence[Outcome]:
        """Hand over `batch` (at most `traits.batch`): one outcome per message, in any order.

        A failure of the channel as a whole may be raised as `ChannelDownError`, if and only if
        nothing of the batch can have left.
        """
        ...

    def lookup(self, keys: Sequence[str]) -> Mapping[str, Standing]:
        """Tell what became of `keys` whose sender died during hand-off."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class ChannelDownError(Exception):
    """The channel cannot be reached; nothing has left."""
