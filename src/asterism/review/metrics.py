"""The metrics that strategies are measured by, each a reading of the bank's own facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from asterism.insight.tags.declared.sources import ASSETS
from asterism.kernel.words import Text
from asterism.review.windows import KEY, same_family, whether, within_windows
from asterism.warehouse import Snapshot

#: Balances are reported once a month at least; older ones than this tell nothing of today.
_STALE = timedelta(days=62)

#: (cohort, snapshot, connection, first day needed) → `KEY`, y, x, for those with any fact.
Reading = Callable[[ir.Table, Snapshot, Backend, date], ir.Table]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric: how it is read, and in what unit."""

    title: Text
    #: Whether it counts minor units of money; otherwise customers (1 or 0 for each).
    money: bool
    read: Reading


def _account_opened(cohort: ir.Table, snapshot: Snapshot, connection: Backend, _: date) -> ir.Table:
    return _account_day("opened_on", cohort, snapshot, connection)


def _card_activated(cohort: ir.Table, snapshot: Snapshot, connection: Backend, _: date) -> ir.Table:
    return _account_day("activated_on", cohort, snapshot, connection)


def _account_day(
    column: str, cohort: ir.Table, snapshot: Snapshot, connection: Backend
) -> ir.Table:
    accounts = snapshot.table(connection, "accounts", columns=["customer_id", "family", column])
    facts = accounts.filter(accounts[column].notnull()).select(
        "customer_id", "family", day=accounts[column], amount=ibis.literal(1)
    )
    return whether(within_windows(cohort, facts))


def _login(cohort: ir.Table, snapshot: Snapshot, connection: Backend, since: date) -> ir.Table:
    events = snapshot.table(
        connection, "events", columns=["customer_id", "occurred_at", "name"], since=since
    )
    facts = events.filter(events["name"] == "login").select(
        "customer_id", day=events["occurred_at"].date(), amount=ibis.literal(1)
    )
    return whether(within_windows(cohort, facts))


def _card_spend(cohort: ir.Table, snapshot: Snapshot, connection: Backend, since: date) -> ir.Table:
    moves = snapshot.table(
        connection,
        "transactions",
        columns=["customer_id", "posted_at", "kind", "amount"],
        since=since,
    )
    facts = moves.filter(moves["kind"] == "card").select(
        "customer_id", day=moves["posted_at"].date(), amount=-moves["amount"]
    )
    return within_windows(cohort, facts)


def _aum_change(cohort: ir.Table, snapshot: Snapshot, connection: Backend, since: date) -> ir.Table:
    """Balance at the end of the window less the balance the day before it, over all accounts."""
    holdings = _last_balances(cohort, snapshot, connection, since - _STALE)
    end, start, before = (holdings[name] for name in ("at_end", "at_start", "at_before"))
    return holdings.group_by(list(KEY)).agg(y=(end - start).sum(), x=(start - before).sum())


def _last_balances(
    cohort: ir.Table, snapshot: Snapshot, connection: Backend, since: date
) -> ir.Table:
    """Each account's last balance up to three days; 0 before its first and once it is closed."""
    balances = snapshot.table(
        connection,
        "balances",
        columns=["account_id", "customer_id", "date", "family", "balance"],
        since=since,
    )
    balances = balances.filter(balances["family"].isin(ASSETS))
    balances = balances.rename({f"fact_{name}": name for name in balances.columns})
    rows = cohort.select(*KEY, "assigned_on", "before", "last", "family")
    hits = rows.join(
        balances,
        [
            rows["customer_id"] == balances["fact_customer_id"],
            balances["fact_date"] <= rows["last"],
            same_family(rows["family"], balances["fact_family"]),
        ],
    )
    balance, day = hits["fact_balance"], hits["fact_date"]
    held = hits.group_by([*KEY, "assigned_on", "before", "last", "fact_account_id"]).agg(
        at_end=balance.argmax(day),
        at_start=balance.argmax(day, where=day < hits["assigned_on"]),
        at_before=balance.argmax(day, where=day < hits["before"]),
    )
    accounts = snapshot.table(connection, "accounts", columns=["account_id", "closed_on"])
    held = held.left_join(accounts, held["fact_account_id"] == accounts["account_id"])
    return held.select(
        *KEY,
        at_end=_while_open(held, "at_end", held["closed_on"] <= held["last"]),
        at_start=_while_open(held, "at_start", held["closed_on"] < held["assigned_on"]),
        at_before=_while_open(held, "at_before", held["closed_on"] < held["before"]),
    )


def _while_open(held: ir.Table, name: str, closed: ir.BooleanValue) -> ir.IntegerValue:
    return ibis.ifelse(closed.fill_null(False), 0, held[name].fill_null(0))  # noqa: FBT003


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
