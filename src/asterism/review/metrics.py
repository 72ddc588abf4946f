"""The metrics that strategies are measured by, each a reading of the bank's own facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis.backends.duckdb import Backend

from asterism.insight.tags.declared.sources import ASSETS
from asterism.kernel.words import Text
from asterism.review.windows import as_ints, local_days
from asterism.warehouse import Snapshot

#: Balances are reported once a month at least; older ones than this tell nothing of today.
_STALE = timedelta(days=62)
#: No zone is further than this from UTC, by which files and rows are dated.
_ZONE = timedelta(days=1)
#: A day after all others.
_NEVER = np.int64(1 << 19)


class Reader:
    """Reads the bank's facts of the days from `first` to the snapshot's `as_of`."""

    def __init__(self, connection: Backend, snapshot: Snapshot, zone: str, first: date) -> None:
        self._connection = connection
        self._snapshot = snapshot
        self._zone = zone
        self.first = first

    def rows(self, expression: ir.Table) -> pa.Table:
        """Return what an expression over the snapshot gives."""
        return self._connection.to_pyarrow(expression)

    def table(self, name: str, columns: list[str], since: date | None = None) -> ir.Table:
        """Return some columns of a table, rows dated from `since` on."""
        return self._snapshot.table(self._connection, name, columns=columns, since=since)

    @cached_property
    def accounts(self) -> pa.Table:
        """Accounts that were opened or activated in the days, or ever closed; read once."""
        names = ["account_id", "customer_id", "family", "opened_on", "activated_on", "closed_on"]
        accounts = self.table("accounts", names)
        begun = [accounts[name] >= self.first for name in ("opened_on", "activated_on")]
        return self.rows(accounts.filter(begun[0] | begun[1] | accounts["closed_on"].notnull()))

    def on_local_days(self, moments: pa.Table) -> pa.Table:
        """Return rows of (customer_id, at, amount) on the bank's calendar days."""
        days = local_days(moments["at"], self._zone, self.first, self._snapshot.as_of)
        return moments.drop_columns(["at"]).append_column("day", days)


#: (reader, ids of the customers that matter) → customer_id, day, amount and, where facts have
#: one, family. A superset of those customers may come back.
Reading = Callable[[Reader, pa.Array], pa.Table]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric: how it is read, and in what unit."""

    title: Text
    #: Whether it counts minor units of money; otherwise customers (1 or 0 for each).
    money: bool
    read: Reading


def _account_opened(reader: Reader, _: pa.Array) -> pa.Table:
    return _account_day(reader, "opened_on")


def _card_activated(reader: Reader, _: pa.Array) -> pa.Table:
    return _account_day(reader, "activated_on")


def _account_day(reader: Reader, column: str) -> pa.Table:
    accounts = reader.accounts.select(["customer_id", "family", column])
    amount = pa.array(np.ones(accounts.num_rows, np.int64))
    return accounts.rename_columns(["customer_id", "family", "day"]).append_column("amount", amount)


def _login(reader: Reader, _: pa.Array) -> pa.Table:
    events = reader.table("events", ["customer_id", "occurred_at", "name"], reader.first - _ZONE)
    logins = events.filter(events["name"] == "login")
    chosen = logins.select("customer_id", at=logins["occurred_at"], amount=ibis.literal(1))
    return reader.on_local_days(reader.rows(chosen))


def _card_spend(reader: Reader, _: pa.Array) -> pa.Table:
    columns = ["customer_id", "posted_at", "kind", "amount"]
    moves = reader.table("transactions", columns, reader.first - _ZONE)
    paid = moves.filter(moves["kind"] == "card")
    chosen = paid.select("customer_id", at=paid["posted_at"], amount=-paid["amount"])
    return reader.on_local_days(reader.rows(chosen))


def _aum_change(reader: Reader, customers: pa.Array) -> pa.Table:
    """Read changes of balances: a window's add up to the balance at its end less that before it.

    An account counts from its first balance and holds nothing from the day it is closed.
    """
    columns = ["account_id", "customer_id", "date", "family", "balance"]
    balances = reader.table("balances", columns, reader.first - _STALE)
    meant = ibis.memtable(pa.table({"customer_id": customers}))
    held = balances.filter(balances["family"].isin(ASSETS)).semi_join(meant, "customer_id")
    return _changes(reader.rows(held), _closing_days(reader.accounts))


def _closing_days(accounts: pa.Table) -> pa.Table:
    """Return the accounts that were closed, with their day."""
    return accounts.filter(accounts["closed_on"].is_valid()).select(["account_id", "closed_on"])


def _changes(balances: pa.Table, closed: pa.Table) -> pa.Table:
    """Return each balance less the account's one before; closing takes the last one away."""
    account = balances["account_id"].combine_chunks().dictionary_encode()
    codes, day = as_ints(account.indices), as_ints(balances["date"].cast(pa.int32()))
    ends = np.full(len(account.dictionary), _NEVER)
    place = as_ints(pc.index_in(account.dictionary, value_set=closed["account_id"]))
    ends[place >= 0] = as_ints(closed["closed_on"].cast(pa.int32()))[place[place >= 0]]
    order = np.lexsort((day, codes))
    order = order[day[order] < ends[codes[order]]]
    codes, day = codes[order], day[order]
    amount = as_ints(balances["balance"])[order]
    last = np.append(codes[1:] != codes[:-1], np.ones(min(len(codes), 1), np.bool_))
    before = np.where(np.roll(last, 1), 0, np.roll(amount, 1))
    gone = np.flatnonzero(last & (ends[codes] < _NEVER))
    rows = balances.select(["customer_id", "family"]).take(
        pa.array(np.concatenate([order, order[gone]]))
    )
    days = np.concatenate([day, ends[codes[gone]]]).astype(np.int32)
    return rows.append_column("day", pa.array(days).cast(pa.date32())).append_column(
        "amount", pa.array(np.concatenate([amount - before, -amount[gone]]))
    )


METRICS: Mapping[str, Metric] = {
    "account_opened": Metric(
        title=Text("开户率", "Opened an account", "Abrió una cuenta"),
        money=False,
        read=_account_opened,
    ),
    "aum_change": Metric(
        title=Text("管理资产变动", "Change of assets", "Variación de activos"),
        money=True,
        read=_aum_change,
    ),
    "card_activated": Metric(
        title=Text("卡激活率", "Activated a card", "Activó una tarjeta"),
        money=False,
        read=_card_activated,
    ),
    "login": Metric(
        title=Text("登录率", "Logged in", "Inició sesión"),
        money=False,
        read=_login,
    ),
    "card_spend": Metric(
        title=Text("卡消费额", "Card spending", "Gasto con tarjeta"),
        money=True,
        read=_card_spend,
    ),
}
