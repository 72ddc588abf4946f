"""Who a message goes to: address, zone and profile, looked up at the moment of sending."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from sqlalchemy import Engine

from asterism.execution.channels.port import Traits
from asterism.kernel.clock import Clock
from asterism.strategy.heard import standing_at
from asterism.strategy.standing import laid_over


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


@dataclass(frozen=True, slots=True)
class AttentiveRecipients:
    """Customers as a snapshot knows them, with what they said since laid over."""

    within: Recipients
    engine: Engine
    clock: Clock

    def __call__(self, customer_ids: Sequence[str], traits: Traits) -> Mapping[str, Recipient]:
        """Return the known ones of `customer_ids`, their consents as the ledger has them now."""
        found = self.within(customer_ids, traits)
        heard = standing_at(self.engine, self.clock.now(), customer_ids=customer_ids)
        words: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for word in heard.words.to_pylist():
            words[word["customer_id"]].append(word)
        changed = {
            customer: replace(found[customer], profile=laid_over(found[customer].profile, said))
            for customer, said in words.items()
            if customer in found
        }
        return {**found, **changed}
