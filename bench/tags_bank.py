"""A synthetic bank in canonical parts, for `bench/tags.py`: many rows, fast, the same by seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from asterism.kernel.hashing import bucket_of
from asterism.warehouse import TABLES, Draft, Part, Snapshot, Warehouse

MICROSECONDS = 86_400_000_000
KINDS = ("card", "transfer_out", "transfer_in", "bill", "cash_out", "salary", "purchase", "fee")
KIND_SHARES = (0.45, 0.15, 0.12, 0.1, 0.06, 0.05, 0.04, 0.03)
OUTWARD = np.array([-1, -1, 1, -1, -1, 1, -1, -1], np.int64)
FAMILIES = ("demand_deposit", "term_deposit", "wealth", "money_fund", "credit_card", "mortgage")
FAMILY_SHARES = (0.5, 0.15, 0.1, 0.08, 0.14, 0.03)
EVENTS = ("login", "page_view", "product_view", "search", "apply_start", "apply_submit")
EVENT_SHARES = (0.4, 0.3, 0.2, 0.06, 0.03, 0.01)
CONTACTS = ("visit", "call_in", "complaint", "survey", "marketing")


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How large the bank is."""

    customers: int
    transactions: int
    days: int = 365

    @property
    def events(self) -> int:
        """One for six transactions."""
        return self.transactions // 6

    @property
    def contacts(self) -> int:
        """One for each customer."""
        return self.customers


class SyntheticBank:
    """Writes a bank's parts; `add_day` writes one day more."""

    def __init__(self, warehouse: Warehouse, sizes: Sizes, seed: int, last: date) -> None:
        self.warehouse, self.sizes, self.last = warehouse, sizes, last
        self.rng = np.random.default_rng(seed)
        ids = np.array([f"C{number:09d}" for number in range(sizes.customers)])
        buckets = np.fromiter((bucket_of(one) for one in ids.tolist()), np.int8, len(ids))
        order = np.lexsort((ids, buckets))
        self.ids, self.buckets = pa.array(ids[order]), buckets[order]
        activity = self.rng.pareto(2.5, sizes.customers) + 0.1
        self.activity = activity / activity.sum()
        self.accounts_each = self.rng.integers(1, 5, sizes.customers)
        self.account_owner = np.repeat(np.arange(sizes.customers), self.accounts_each)
        self.account_family = self.pick(FAMILY_SHARES, len(self.account_owner))
        self.account_ids = pa.array(np.arange(len(self.account_owner))).cast(pa.string())

    def pick(self, shares: tuple[float, ...], size: int) -> NDArray[np.int8]:
        """Draw numbers with the shares given."""
        return np.searchsorted(np.cumsum(shares)[:-1], self.rng.random(size)).astype(np.int8)

    def build(self) -> Snapshot:
        """Write the bank's history."""
        first = self.last - timedelta(days=self.sizes.days - 1)
        with self.warehouse.begin(None, self.last) as draft:
            draft.replace("customers", self._by_bucket(draft, "customers", self._customers()))
            draft.replace("accounts", self._by_bucket(draft, "accounts", self._accounts(first)))
            for start, stop in months(first, self.last):
                self._add(draft, start, stop)
            return draft.seal()

    def add_day(self, parent: Snapshot) -> Snapshot:
        """Write the day after the parent's last."""
        day = parent.as_of + timedelta(days=1)
        with self.warehouse.begin(parent, day) as draft:
            self._add(draft, day, day)
            return draft.seal()

    def _add(self, draft: Draft, start: date, stop: date) -> None:
        share = ((stop - start).days + 1) / self.sizes.days
        for name, rows in (
            ("transactions", self._transactions(start, stop, share)),
            ("events", self._events(start, stop, share)),
            ("interactions", self._interactions(start, stop, share)),
        ):
            draft.append(name, [self._part(draft, name, rows, start, stop)])
        if (stop + timedelta(days=1)).day == 1:
            rows = self._balances(stop)
            draft.append("balances", [self._part(draft, "balances", rows, stop, stop)])

    def _owners(self, total: float) -> NDArray[np.int64]:
        return np.repeat(np.arange(len(self.ids)), self.rng.poisson(self.activity * total))

    def _who(self, owners: NDArray[np.int64]) -> dict[str, pa.Array]:
        return {
            "customer_id": self.ids.take(pa.array(owners)),
            "bucket": pa.array(self.buckets[owners]),
        }

    def _moments(self, start: date, stop: date, rows: int) -> pa.Array:
        low = np.datetime64(start, "us").astype(np.int64)
        high = np.datetime64(stop, "us").astype(np.int64) + MICROSECONDS
        return pa.array(self.rng.integers(low, high, rows)).cast(pa.timestamp("us"))

    def _transactions(self, start: date, stop: date, share: float) -> dict[str, pa.Array]:
        owners = self._owners(self.sizes.transactions * share)
        rows = len(owners)
        kinds = self.pick(KIND_SHARES, rows)
        amounts = (self.rng.lognormal(9.0, 1.4, rows)).astype(np.int64) * OUTWARD[kinds]
        categories = TABLES["transactions"].column("merchant_category").codes
        channels = TABLES["transactions"].column("channel").codes
        payees = np.array([f"P{number:05d}" for number in range(5000)])
        return {
            **self._who(owners),
            "transaction_id": pa.array(self.rng.integers(0, 2**62, rows)).cast(pa.string()),
            "account_id": self.ids.take(pa.array(owners)),
            "posted_at": self._moments(start, stop, rows),
            "amount": pa.array(amounts),
            "kind": coded(kinds, KINDS),
            "channel": coded(self.rng.integers(0, len(channels), rows), channels),
            "merchant_category": coded(
                self.rng.integers(0, len(categories), rows), categories, kinds == 0
            ),
            "counterparty": coded(self.rng.integers(0, 5000, rows), payees, kinds == 1),
        }

    def _events(self, start: date, stop: date, share: float) -> dict[str, pa.Array]:
        owners = self._owners(self.sizes.events * share)
        rows = len(owners)
        names = self.pick(EVENT_SHARES, rows)
        families = TABLES["events"].column("family").codes
        return {
            **self._who(owners),
            "event_id": pa.array(self.rng.integers(0, 2**62, rows)).cast(pa.string()),
            "occurred_at": self._moments(start, stop, rows),
            "name": coded(names, EVENTS),
            "channel": coded(self.rng.integers(0, 3, rows), ("app", "web", "mini_program")),
            "family": coded(self.rng.integers(0, len(families), rows), families, names == 2),
            "duration_seconds": pa.array(self.rng.integers(1, 300, rows).astype(np.float64)),
        }

    def _interactions(self, start: date, stop: date, share: float) -> dict[str, pa.Array]:
        owners = self._owners(self.sizes.contacts * share)
        rows = len(owners)
        kinds = self.rng.integers(0, len(CONTACTS), rows)
        outcomes = TABLES["interactions"].column("outcome").codes
        return {
            **self._who(owners),
            "interaction_id": pa.array(self.rng.integers(0, 2**62, rows)).cast(pa.string()),
            "occurred_at": self._moments(start, stop, rows),
            "kind": coded(kinds, CONTACTS),
            "outcome": coded(self.rng.integers(0, len(outcomes), rows), outcomes),
            "score": pa.array(np.round(self.rng.random(rows) * 10, 1), mask=kinds != 3),
        }

    def _balances(self, day: date) -> dict[str, pa.Array]:
        rows = len(self.account_owner)
        owed = np.where(self.account_family >= 4, -1, 1)
        amounts = (self.rng.lognormal(12.0, 2.0, rows)).astype(np.int64) * owed
        return {
            **self._who(self.account_owner),
            "account_id": self.account_ids,
            "date": pa.array(np.full(rows, np.datetime64(day))),
            "family": coded(self.account_family, FAMILIES),
            "balance": pa.array(amounts),
            "average_balance": pa.array((amounts * 0.97).astype(np.int64)),
            "period_days": pa.array(np.full(rows, day.day)),
        }

    def _customers(self) -> dict[str, pa.Array]:
        rows = len(self.ids)
        born = np.datetime64("1940-01-01") + self.rng.integers(0, 25_000, rows)
        opened = np.datetime64("2006-01-01") + self.rng.integers(0, 7_000, rows)
        places = np.array([f"B{number:04d}" for number in range(400)])
        return {
            "customer_id": self.ids,
            "bucket": pa.array(self.buckets),
            "kind": coded(np.zeros(rows, np.int8), ("person",)),
            "gender": coded(self.rng.integers(0, 2, rows), ("female", "male")),
            "birth_date": pa.array(born),
            "mobile": pa.array(np.full(rows, "13800000000"), mask=self.rng.random(rows) < 0.1),
            "city": coded(self.rng.integers(0, 3, rows), ("杭州", "宁波", "温州")),
            "marital_status": coded(self.rng.integers(0, 2, rows), ("single", "married")),
            "branch_id": coded(self.rng.integers(0, 400, rows), places),
            "opened_on": pa.array(opened),
            "risk_capacity": coded(self.rng.integers(0, 5, rows), ("C1", "C2", "C3", "C4", "C5")),
            "marketing_consent": pa.array(self.rng.random(rows) < 0.7),
            "blacklisted": pa.array(self.rng.random(rows) < 0.01),
            "deceased": pa.array(np.zeros(rows, np.bool_)),
        }

    def _accounts(self, first: date) -> dict[str, pa.Array]:
        rows = len(self.account_owner)
        opened = np.datetime64(first) - self.rng.integers(0, 2000, rows)
        matures = np.datetime64(self.last) + self.rng.integers(-100, 400, rows)
        closed = np.datetime64(self.last) - self.rng.integers(0, 200, rows)
        return {
            **self._who(self.account_owner),
            "account_id": self.account_ids,
            "family": coded(self.account_family, FAMILIES),
            "opened_on": pa.array(opened),
            "closed_on": pa.array(closed, mask=self.rng.random(rows) > 0.05),
            "matures_on": pa.array(matures, mask=~np.isin(self.account_family, (1, 2))),
            "activated_on": pa.array(opened, mask=self.rng.random(rows) < 0.3),
            "principal": pa.array(self.rng.integers(0, 10**8, rows)),
            "credit_limit": pa.array(np.full(rows, 5_000_000), mask=self.account_family != 4),
        }

    def _by_bucket(self, draft: Draft, name: str, columns: dict[str, pa.Array]) -> list[Part]:
        table = whole(name, columns)
        edges = np.searchsorted(table.column("bucket").to_numpy(), range(17))
        parts = []
        for bucket in range(16):
            path = self._path(draft, name, f"{bucket:02d}")
            piece = table.slice(edges[bucket], edges[bucket + 1] - edges[bucket])
            pq.write_table(piece, path, compression="zstd")
            parts.append(draft.part(path, bucket=bucket))
        return parts

    def _part(
        self, draft: Draft, name: str, columns: dict[str, pa.Array], start: date, stop: date
    ) -> Part:
        path = self._path(draft, name, str(start))
        pq.write_table(whole(name, columns), path, compression="zstd", row_group_size=122_880)
        return draft.part(path, month=f"{start:%Y-%m}", day=start if start == stop else None)

    def _path(self, draft: Draft, name: str, label: str) -> Path:
        directory = draft.directory / name
        directory.mkdir(exist_ok=True)
        return directory / f"{label}.parquet"


def whole(name: str, columns: dict[str, pa.Array]) -> pa.Table:
    """Return the canonical table with the columns given, and nulls in the rest."""
    kinds = {"string": pa.string(), "boolean": pa.bool_(), "int64": pa.int64(),
             "float64": pa.float64(), "money": pa.int64(), "date": pa.date32(),
             "timestamp": pa.timestamp("us")}  # fmt: skip
    rows = len(columns["customer_id"])
    arrays = {
        column.name: columns.get(column.name, pa.nulls(rows, kinds[column.type.value]))
        for column in TABLES[name].columns
    }
    return pa.table({**arrays, "bucket": columns["bucket"]})


def coded(
    codes: NDArray[np.integer], words: object, known: NDArray[np.bool_] | None = None
) -> pa.Array:
    """Return texts given by their numbers, null where not known."""
    mask = None if known is None else ~known
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=mask), pa.array(words))


def months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Yield the first and last day of each month, cut to the period."""
    start = first
    while start <= last:
        following = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        stop = min(following - timedelta(days=1), last)
        yield start, stop
        start = following
