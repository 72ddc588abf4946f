"""Who a message goes to: address, zone and profile, looked up at the moment of sending."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from asterism.execution.channels.port import Traits


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """What sending needs to know of a customer; never stored with the touch."""

    customer_id: str
    name: str = ""
    email: str = ""
    mobile: str = ""
    #: IANA zone in which the customer lives; None if unknown.
    time_zone: str | None = None
    #: Tag values: money in minor units, a missing key is null.
    profile: Mapping[str, object] = field(default_factory=dict)

    def address(self, kind: str) -> str:
        """Return the address of a `kind`: 'email', 'mobile', or '' for a channel without one."""
        return {"email": self.email, "mobile": self.mobile}.get(kind, "")


class Recipients(Protocol):
    """Looks customers up, as they are now."""

    def __call__(self, customer_ids: Sequence[str], traits: Traits, /) -> Mapping[str, Recipient]:
        """Return the known ones of `customer_ids`, with what a channel of such `traits` needs."""
        ...
