"""What customers have already been sent, and what they were already assigned to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from asterism.strategy.standing import Standing

#: One row per contact that counts: sent, or on its way; `day` is the bank's calendar day.
TOUCHED = pa.schema([("customer_id", pa.string()), ("channel", pa.string()), ("day", pa.date32())])

#: One row per assignment: a customer, a strategy, an occasion and a wave, with the arm of chance.
ASSIGNED = pa.schema(
    [
        ("customer_id", pa.string()),
        ("strategy", pa.string()),
        ("version", pa.int32()),
        ("wave", pa.int32()),
        #: The day of the occasion's first wave, `YYYY-MM-DD`; kept by the waves that follow.
        ("occasion", pa.string()),
        ("arm", pa.string()),
        ("assigned_on", pa.date32()),
        ("offer", pa.string()),
        ("channel", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """The facts that caps, cooldowns, waves and budgets count, as they stood *before* a day.

    No contact of the day itself is in here, so that deciding a day twice gives the same decisions.
    """

    #: Contacts of the last 30 days, schema `TOUCHED`; whatever the channel, people included.
    touched: pa.Table = field(default_factory=TOUCHED.empty_table)
    #: Assignments of at least the longest cooldown of the live strategies, schema `ASSIGNED`.
    assigned: pa.Table = field(default_factory=ASSIGNED.empty_table)
    #: What each strategy has spent so far, in minor units, for budgets over its whole period.
    spent: Mapping[str, int] = field(default_factory=dict)
    #: What customers said about being contacted, to this moment: that must not wait for a day.
    standing: Standing = field(default_factory=Standing)

    def of(self, customer_id: str) -> "Contacts":
        """Return the same facts of one customer only."""
        return Contacts(
            touched=_only(self.touched, customer_id),
            assigned=_only(self.assigned, customer_id),
            spent=self.spent,
            standing=self.standing.of(customer_id),
        )


def _only(table: pa.Table, customer_id: str) -> pa.Table:
    return table.filter(pc.equal(table["customer_id"], customer_id))
