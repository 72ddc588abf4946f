"""What one customer agrees to now: the ledger's words over the bank's own records."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from asterism.kernel.words import Text
from asterism.strategy.channels import CHANNELS
from asterism.strategy.consent import EVERY_MEDIUM, MEDIA, Purpose, medium_of, tag_of
from asterism.strategy.standing import Standing

#: What people call a medium: the titles of the channels that use it.
MEDIUM_TITLES: Mapping[str, Text] = {
    EVERY_MEDIUM: Text("全部渠道", "All channels", "Todos los canales"),
    "phone": Text("电话", "Telephone", "Teléfono"),
    **{medium_of(name): spec.title for name, spec in CHANNELS.items() if not spec.by_people},
}
#: Where a state comes from that nobody told the ledger.
RECORDS = "records"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentState:
    """Whether a customer agrees to one purpose by one medium, and since when that is known."""

    purpose: Purpose
    medium: str
    #: None: never asked.
    given: bool | None
    #: The ledger's word that decides, or `RECORDS` for the bank's own records.
    source: str
    at: datetime | None = None

    @property
    def title(self) -> Text:
        """The medium in words."""
        return MEDIUM_TITLES.get(self.medium, Text(self.medium, self.medium, self.medium))


_KINDS = (
    (Purpose.MARKETING, EVERY_MEDIUM),
    *((Purpose.MARKETING, medium) for medium in MEDIA),
    (Purpose.PERSONALISATION, EVERY_MEDIUM),
)


def consent_states(records: Mapping[str, object], standing: Standing) -> tuple[ConsentState, ...]:
    """Return a customer's consents; `records` are the snapshot's tags, `standing` is theirs alone.

    Personalisation that was never refused is no question that was asked: it stays None.
    """
    now = standing.amend(records)
    states = []
    for purpose, medium in _KINDS:
        tag = tag_of(purpose, medium) or ""
        value, word = now.get(tag), standing.word_on(tag)
        refused = purpose is Purpose.PERSONALISATION
        given = None if value is None else bool(value) != refused
        decides = word is not None and word["value"] == value
        at = word["at"] if decides and word is not None else None
        states.append(
            ConsentState(
                purpose=purpose,
                medium=medium,
                given=given,
                source=str(word["source"]) if decides and word is not None else RECORDS,
                at=at if isinstance(at, datetime) else None,
            )
        )
    return tuple(states)
