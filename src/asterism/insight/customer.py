"""Everything about one customer on one page."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ibis.backends.duckdb import Backend

from asterism.insight.point_reads import rows_of
from asterism.insight.profiles import Profiles
from asterism.insight.timeline import Page, timeline
from asterism.kernel.errors import NotFoundError
from asterism.kernel.words import N_
from asterism.warehouse import TABLES, Part, Snapshot

#: Months of balances shown.
MONTHS = 12
#: Files of one month that are read at most to find every account's last balance in it.
_FILES_A_MONTH = 3
#: Names by product, of the last products table that was read; parts never change.
_PRODUCTS: dict[tuple[str, ...], dict[str, str]] = {}
_PERSON = tuple(name for name in TABLES["customers"].names if name != "customer_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One account of the customer."""

    account_id: str
    family: str
    product_id: str | None
    #: The product's name; None where the bank's data has none.
    product: str | None
    opened_on: date | None
    closed_on: date | None
    matures_on: date | None
    activated_on: date | None
    #: Minor units.
    principal: int | None
    credit_limit: int | None
    #: The last reported balance, minor units, what is owed is negative; None if never reported.
    balance: int | None
    rate: float | None
    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthBalance:
    """The customer's balances at the last report of a month."""

    #: `YYYY-MM`.
    month: str
    #: The last reporting day in it.
    on: date
    #: Minor units by product family.
    by_family: Mapping[str, int]

    @property
    def total(self) -> int:
        """What is held less what is owed, minor units."""
        return sum(self.by_family.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerView:
    """The 360° view. Names, numbers and balances are class C2: mask them where they are shown."""

    customer_id: str
    as_of: date
    #: The canonical customer, without the id; what is not known is left out.
    person: Mapping[str, object]
    #: Tags that are not null.
    profile: Mapping[str, object]
    #: Open accounts first, then closed ones; the largest balance first.
    holdings: tuple[Holding, ...]
    #: Oldest first.
    months: tuple[MonthBalance, ...]
    #: The newest entries.
    timeline: Page


def customer_view(
    snapshot: Snapshot,
    connection: Backend,
    customer_id: str,
    *,
    months: int = MONTHS,
    profiles: Profiles | None = None,
) -> CustomerView:
    """Return everything a snapshot knows of a customer; NotFoundError if it knows nobody such.

    `connection` reads the small table of products; the customer's own rows are read from the
    files directly. `profiles` is the snapshot's profile file where the caller has it open: a
    process opens it once at a time; otherwise it is opened here and closed again.
    """
    people = rows_of(snapshot, snapshot.datasets.get("customers", ()), customer_id, _PERSON)
    if not people:
        raise NotFoundError(
            N_("There is no customer {customer_id} in the snapshot {id}."),
            customer_id=customer_id,
            id=snapshot.id,
        )
    accounts = _accounts(snapshot, customer_id)
    balances = _balances(snapshot, customer_id, accounts, months)
    names = _product_names(snapshot, connection, accounts)
    return CustomerView(
        customer_id=customer_id,
        as_of=snapshot.as_of,
        person={name: value for name, value in people[0].items() if value is not None},
        profile=_profile(snapshot, customer_id, profiles),
        holdings=_holdings(accounts, balances, names),
        months=_months(balances),
        timeline=timeline(snapshot, customer_id),
    )


def _profile(snapshot: Snapshot, customer_id: str, profiles: Profiles | None) -> dict[str, object]:
    """Return the customer's tags that are not null; none if the snapshot has no profiles."""
    if profiles is not None:
        return profiles.get(customer_id) or {}
    if "profiles" not in snapshot.datasets:
        return {}
    with Profiles.open(snapshot.path("profiles")) as opened:
        return opened.get(customer_id) or {}


def _accounts(snapshot: Snapshot, customer_id: str) -> list[dict[str, Any]]:
    columns = [name for name in TABLES["accounts"].names if name != "customer_id"]
    return rows_of(snapshot, snapshot.datasets.get("accounts", ()), customer_id, columns)


def _balances(
    snapshot: Snapshot, customer_id: str, accounts: Sequence[Mapping[str, Any]], months: int
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return each account's last balance row in each of the last months: month → account → row."""
    by_month: dict[str, list[Part]] = defaultdict(list)
    for part in snapshot.datasets.get("balances", ()):
        by_month[part.month or ""].append(part)
    found = {}
    for month in sorted(by_month)[-months:]:
        newest = sorted(by_month[month], key=lambda part: part.day or date.max, reverse=True)
        rows = _last_rows(snapshot, customer_id, newest[:_FILES_A_MONTH], accounts)
        if rows:
            found[month] = rows
    return found


def _last_rows(
    snapshot: Snapshot,
    customer_id: str,
    parts: Sequence[Part],
    accounts: Sequence[Mapping[str, Any]],
) -> dict[str, dict[str, Any]]:
    """Return each account's last row, reading files until every open account has one."""
    columns = ("account_id", "date", "family", "balance")
    last: dict[str, dict[str, Any]] = {}
    for part in parts:
        for row in rows_of(snapshot, [part], customer_id, columns):
            known = last.get(row["account_id"])
            if known is None or row["date"] > known["date"]:
                last[row["account_id"]] = row
        if last and _all_reported(last, accounts):
            break
    return last


def _all_reported(
    last: Mapping[str, Mapping[str, Any]], accounts: Iterable[Mapping[str, Any]]
) -> bool:
    day = max(row["date"] for row in last.values())
    return all(
        account["account_id"] in last
        or (account["opened_on"] or date.min) > day
        or (account["closed_on"] or date.max) <= day
        for account in accounts
    )


def _months(balances: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> tuple[MonthBalance, ...]:
    months = []
    for month, rows in sorted(balances.items()):
        by_family: dict[str, int] = defaultdict(int)
        for row in rows.values():
            by_family[row["family"]] += row["balance"]
        day = max(row["date"] for row in rows.values())
        months.append(MonthBalance(month=month, on=day, by_family=dict(by_family)))
    return tuple(months)


def _holdings(
    accounts: Sequence[Mapping[str, Any]],
    balances: Mapping[str, Mapping[str, Mapping[str, Any]]],
    names: Mapping[str, str],
) -> tuple[Holding, ...]:
    latest: dict[str, int] = {}
    for _, rows in sorted(balances.items()):
        latest.update({account: row["balance"] for account, row in rows.items()})
    holdings = [
        Holding(
            account_id=account["account_id"],
            family=account["family"],
            product_id=account["product_id"],
            product=names.get(account["product_id"] or ""),
            opened_on=account["opened_on"],
            closed_on=account["closed_on"],
            matures_on=account["matures_on"],
            activated_on=account["activated_on"],
            principal=account["principal"],
            credit_limit=account["credit_limit"],
            balance=latest.get(account["account_id"]),
            rate=account["rate"],
            currency=account["currency"],
        )
        for account in accounts
    ]
    holdings.sort(key=lambda one: (one.closed_on is not None, -(one.balance or 0), one.account_id))
    return tuple(holdings)


def _product_names(
    snapshot: Snapshot, connection: Backend, accounts: Iterable[Mapping[str, Any]]
) -> dict[str, str]:
    wanted = {account["product_id"] for account in accounts if account["product_id"]}
    if not wanted:
        return {}
    parts = snapshot.datasets.get("products", ())
    key = tuple(part.path for part in parts)
    if key not in _PRODUCTS:
        products = snapshot.table(connection, "products", columns=["product_id", "name"])
        rows = connection.to_pyarrow(products).to_pylist()
        _PRODUCTS.clear()
        _PRODUCTS[key] = {row["product_id"]: row["name"] for row in rows}
    return {product: name for product, name in _PRODUCTS[key].items() if product in wanted}
