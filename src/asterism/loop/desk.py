"""Who a message goes to, read from the published snapshot at the moment of sending."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

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
from asterism.warehouse.views import fetch, name_table

_CONTACT_COLUMNS = ("customer_id", "name", "email", "mobile", "time_zone")


class SnapshotRecipients:
    """Looks customers up in one snapshot: contact data from the table, tags from the profiles."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._profiles = Profiles.open(snapshot.path("profiles"))
        self._asked: set[str] = set()
        # One core: what is read here is little, and read often.
        self._connection = connect(memory_limit="1GB", threads=1)

    def __call__(self, customer_ids: Sequence[str], traits: Traits) -> Mapping[str, Recipient]:
        """Return whom of `customer_ids` the snapshot knows."""
        return {
            str(row[0]): Recipient(
                customer_id=str(row[0]),
                name=row[1] or "",
                email=row[2] or "",
                mobile=row[3] or "",
                time_zone=row[4],
                profile=_Tags(self._profiles, str(row[0]), self._asked),
            )
            for row in self._contact_data(customer_ids)
        }

    def _contact_data(self, customer_ids: Sequence[str]) -> Iterable[tuple[str | None, ...]]:
        """Return rows of `_CONTACT_COLUMNS`."""
        wanted = pa.table({"customer_id": pa.array(customer_ids, pa.string())})
        name_table(self._connection, "wanted", wanted)
        buckets = {bucket_of(customer_id) for customer_id in customer_ids}
        customers = self._snapshot.text("customers", buckets=buckets)
        columns = ", ".join(_CONTACT_COLUMNS)
        found = fetch(
            self._connection,
            f"SELECT {columns} FROM ({customers}) SEMI JOIN wanted USING (customer_id)",  # noqa: S608
        )
        return zip(*(column.to_pylist() for column in found.columns), strict=True)


class _Tags(Mapping[str, object]):
    """A customer's tags, of which only those are decoded that somebody asks for.

    What was asked about one customer, some twenty tags of a hundred, is decoded at once for the
    next.
    """

    def __init__(self, profiles: Profiles, customer_id: str, asked: set[str]) -> None:
        self._profiles = profiles
        self._customer_id = customer_id
        self._asked = asked
        self._decoded: frozenset[str] = frozenset()
        self._values: Mapping[str, object] = {}

    def get(self, name: str, default: object = None) -> object:
        """Return a tag's value, or `default` where it is null."""
        if name not in self._decoded:
            self._asked.add(name)
            self._decode(self._asked)
        return self._values.get(name, default)

    def __getitem__(self, name: str) -> object:
        self.get(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        self._decode(self._profiles.names)
        return iter(self._values)

    def __len__(self) -> int:
        self._decode(self._profiles.names)
        return len(self._values)

    def _decode(self, names: Collection[str]) -> None:
        self._decoded = self._decoded.union(names)
        known = self._decoded.intersection(self._profiles.names)
        self._values = self._profiles.get(self._customer_id, known) or {}


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
