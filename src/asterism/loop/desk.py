"""Who a message goes to, read from the published snapshot at the moment of sending."""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import pyarrow as pa

from asterism.execution import Desk
from asterism.execution.admission import StrategyGates
from asterism.execution.channels import Traits
from asterism.execution.compose import StrategyWords
from asterism.execution.permission import Rules
from asterism.execution.policy import read_policy
from asterism.execution.recipients import AttentiveRecipients, Recipient
from asterism.insight.profiles import Profiles
from asterism.insight.segments import segment_catalogue
from asterism.kernel.hashing import bucket_of
from asterism.loop.bank import Bank
from asterism.strategy import list_strategies
from asterism.warehouse import Snapshot, connect

_CONTACT_COLUMNS = ("customer_id", "name", "email", "mobile", "time_zone")


class SnapshotRecipients:
    """Looks customers up in one snapshot: contact data from the table, tags from the profiles."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._profiles = Profiles.open(snapshot.path("profiles"))
        self._connection = connect(memory_limit="1GB")

    def __call__(self, customer_ids: Sequence[str], traits: Traits) -> Mapping[str, Recipient]:
        """Return whom of `customer_ids` the snapshot knows."""
        return {
            row["customer_id"]: Recipient(
                customer_id=row["customer_id"],
                name=row["name"] or "",
                email=row["email"] or "",
                mobile=row["mobile"] or "",
                time_zone=row["time_zone"],
                profile=self._profiles.get(row["customer_id"]) or {},
            )
            for row in self._contact_data(customer_ids)
        }

    def _contact_data(self, customer_ids: Sequence[str]) -> list[dict[str, Any]]:
        wanted = ibis.memtable(pa.table({"customer_id": pa.array(customer_ids, pa.string())}))
        customers = self._snapshot.table(
            self._connection,
            "customers",
            buckets={bucket_of(customer) for customer in customer_ids},
            columns=_CONTACT_COLUMNS,
        )
        found: list[dict[str, Any]] = self._connection.to_pyarrow(
            customers.semi_join(wanted, "customer_id")
        ).to_pylist()
        return found


def desk(bank: Bank, snapshot: Snapshot) -> Desk:
    """Return everything that sending consults, as of `snapshot`."""
    policy = read_policy(bank.home, bank.time_zone)
    catalogue = segment_catalogue(bank.engine)
    return Desk(
        recipients=AttentiveRecipients(SnapshotRecipients(snapshot), bank.engine, bank.clock),
        compose=StrategyWords(bank.engine, catalogue, bank=bank.name, locale=bank.locale),
        rules=Rules(
            stopped=frozenset(_stopped(bank)),
            per_day=bank.touches_per_day,
            caps=policy.caps,
            quiet=policy.quiet,
            gates=StrategyGates(
                bank.engine, catalogue, locale=bank.locale, caps=policy.caps, zones=policy.zones
            ),
        ),
        time_zone=bank.time_zone,
    )


def _stopped(bank: Bank) -> list[str]:
    published = list_strategies(bank.engine)
    return [entry.strategy.id for entry in published if entry.state == "stopped"]
