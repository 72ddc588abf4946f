"""What the ledger knows of customers' consents and blacklists, laid over the snapshot's tags.

The snapshot says what the bank's own records said the evening before; the ledger holds every word
since. The same rule lays one over the other for all customers, for one profile, and at sending.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from asterism.audience import Columns
from asterism.audience.columns.amended import AmendedColumns, FlagChange, flags_at
from asterism.strategy.zones import DEFAULT_ZONES

#: The latest word on each customer and tag: the value that it gives the tag, and what the bank's
#: records said when it was spoken (null: nothing, or not known).
WORDS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("tag", pa.string()),
        ("value", pa.bool_()),
        ("over", pa.bool_()),
        ("at", pa.timestamp("us", tz="UTC")),
        ("source", pa.string()),
    ]
)
#: Tags of which *true* forbids; of all others *false* does.
_FORBIDDING = frozenset({"personalisation_refused", "blacklisted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The ledger's words on customers at a moment, and where the bank's customers may live."""

    #: Schema `WORDS`.
    words: pa.Table = field(default_factory=WORDS.empty_table)
    #: For what moment gates are asked; the beginning of the day that is decided if left out.
    at: datetime | None = None
    #: IANA zones of the bank, one of which a customer of unknown zone lives in.
    zones: Sequence[str] = DEFAULT_ZONES

    def of(self, customer_id: str) -> "Standing":
        """Return the same of one customer only."""
        mine = pc.equal(self.words["customer_id"], customer_id)
        return replace(self, words=self.words.filter(mine))

    def over(self, columns: Columns) -> Columns:
        """Return the snapshot's columns with the ledger's words over them."""
        changes = {}
        for tag in self.words["tag"].unique().to_pylist():
            if tag not in columns.names:
                continue
            words = self.words.filter(pc.equal(self.words["tag"], tag))
            change = _change(columns, tag, words)
            if len(change.indices):
                changes[tag] = change
        return AmendedColumns(columns, changes) if changes else columns

    def amend(self, profile: Mapping[str, object]) -> Mapping[str, object]:
        """Return one customer's tags with the ledger's words over them; `words` is theirs alone."""
        return laid_over(profile, self.words.to_pylist()) if self.words.num_rows else profile

    def word_on(self, tag: str) -> Mapping[str, object] | None:
        """Return what one customer said last about a tag; `words` is theirs alone."""
        found = self.words.filter(pc.equal(self.words["tag"], tag)).to_pylist()
        return found[-1] if found else None


def laid_over(
    profile: Mapping[str, object], words: Iterable[Mapping[str, Any]]
) -> Mapping[str, object]:
    """Return one customer's tags with `words` (rows of `WORDS` about them) over them."""
    spoken = {
        word["tag"]: word["value"]
        for word in words
        if _heeded(word["tag"], word["value"], profile.get(word["tag"]), word["over"])
    }
    return {**profile, **spoken} if spoken else profile


def _heeded(tag: str, value: bool, known: object, over: bool | None) -> bool:  # noqa: FBT001
    """Tell whether a word outranks the bank's records.

    A word that forbids always does. One that permits gives way where the records forbid now and
    did not when it was spoken: the customer has refused elsewhere since.
    """
    forbids = tag in _FORBIDDING
    return value is forbids or known is not forbids or over is forbids


def _change(columns: Columns, tag: str, words: pa.Table) -> FlagChange:
    """Return what `words` on one tag change, by the rule of `_heeded`, for all at once."""
    places = columns.customer_ids.find(words["customer_id"].to_pylist())
    found = places >= 0
    places = places[found]
    value = _bools(words["value"])[found]
    over, spoken_over = _bools(words["over"])[found], _present(words["over"])[found]
    stored, known = flags_at(columns, tag, places)
    forbids = tag in _FORBIDDING
    heeded = (value == forbids) | ~known | (stored != forbids) | (spoken_over & (over == forbids))
    return FlagChange(places[heeded], value[heeded])


def _bools(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    values: NDArray[np.bool_] = pc.fill_null(column, False).to_numpy().astype(np.bool_)  # noqa: FBT003
    return values


def _present(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    present: NDArray[np.bool_] = pc.is_valid(column).to_numpy().astype(np.bool_)
    return present
