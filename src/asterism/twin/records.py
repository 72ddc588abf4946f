"""Truth: what happened because of touches, and what customers did by themselves.

Rows are (customer, metric, family, value, strategy, role). A row's role is `own` (would happen
untouched), `caused` (by the strategy), or `withheld` (own, but the strategy's touch prevented it).
"""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from asterism.twin.arrow import NONE, coded
from asterism.twin.seeds import Array
from asterism.twin.state import ACTIVATE, OPEN, Pending
from asterism.warehouse.canonical import PRODUCT_FAMILIES

METRICS = ("account_opened", "aum_change", "card_activated", "login", "card_spend")
METRIC = {name: code for code, name in enumerate(METRICS)}
ROLES = ("own", "caused", "withheld")
OWN, CAUSED, WITHHELD = range(3)
_COLUMNS = ("customer", "metric", "family", "value", "strategy", "role")


@dataclass(slots=True)
class Records:
    """Rows of truth of one block and period; nothing is taken down in a history."""

    #: Number of the block's first customer.
    first: int
    live: bool
    rows: list[tuple[Array, ...]] = field(default_factory=list)

    def _add(
        self, metric: str, deeds: Pending, value: Array | int, strategy: Array, role: Array | int
    ) -> None:
        if not self.live or not deeds.count:
            return
        columns = (
            deeds.customer + self.first, METRIC[metric], deeds.family, value, strategy, role
        )  # fmt: skip
        self.rows.append(
            tuple(np.broadcast_to(np.asarray(c, dtype=np.int64), deeds.count) for c in columns)
        )

    def caused(self, metric: str, deeds: Pending, value: Array) -> None:
        """Take down changes of a metric by those deeds that a touch caused."""
        touched = (deeds.strategy != NONE) & (value != 0)
        chosen = deeds.where(touched)
        self._add(metric, chosen, value[touched], chosen.strategy, CAUSED)

    def opened(self, deeds: Pending) -> None:
        """Take down accounts that were opened, by touch or own will."""
        self._done("account_opened", deeds)

    def activated(self, deeds: Pending) -> None:
        """Take down cards that were activated."""
        self._done("card_activated", deeds)

    def _done(self, metric: str, deeds: Pending) -> None:
        self._add(metric, deeds, 1, deeds.strategy, np.where(deeds.strategy == NONE, OWN, CAUSED))

    def logged_in(self, customer: Array, times: Array) -> None:
        """Take down own log-ins: customers (of the block) and how many times."""
        if self.live:
            size = customer.size
            fixed = (METRIC["login"], 0)
            self.rows.append(
                (
                    customer.astype(np.int64) + self.first,
                    *(np.full(size, value) for value in fixed),
                    times.astype(np.int64),
                    np.full(size, NONE),
                    np.full(size, OWN),
                )
            )

    def withheld(self, deeds: Pending, strategy: Array) -> None:
        """Take down own openings and activations that a strategy's touch prevented."""
        for action, metric in ((OPEN, "account_opened"), (ACTIVATE, "card_activated")):
            chosen = deeds.action == action
            self._add(metric, deeds.where(chosen), 1, strategy[chosen], WITHHELD)
        brings = deeds.fresh > 0
        lost = deeds.where(brings)
        self._add("aum_change", lost, -lost.fresh, strategy[brings], CAUSED)

    def stayed(self, deeds: Pending, strategy: Array) -> None:
        """Take down money that stays because of a strategy's touch."""
        self._add("aum_change", deeds, deeds.amount, strategy, CAUSED)

    def arrays(self) -> tuple[Array, ...]:
        """Return the rows' columns."""
        if not self.rows:
            return tuple(np.zeros(0, dtype=np.int64) for _ in _COLUMNS)
        return tuple(np.concatenate(column) for column in zip(*self.rows, strict=True))


def records_table(parts: list[tuple[Array, ...]], strategies: list[str]) -> pa.Table:
    """Return rows of truth as a table; `strategies` names the codes."""
    customer, metric, family, value, strategy, role = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    return pa.table(
        {
            "customer": pa.array(customer),
            "metric": coded(METRICS, metric),
            "family": coded(PRODUCT_FAMILIES, family),
            "value": pa.array(value),
            "strategy": coded(strategies or [""], strategy),
            "role": coded(ROLES, role),
        }
    )
