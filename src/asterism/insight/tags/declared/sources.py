"""The sources that built-in tags read: what a row of each canonical table contributes."""

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from asterism.insight.tags.source import (
    Beside,
    Measure,
    Source,
    count,
    latest,
    most,
    total,
    within,
)
from asterism.warehouse import TABLES

FUNDS = ("money_fund", "bond_fund", "mixed_fund", "equity_fund")
TERM = ("term_deposit", "large_certificate")
DEPOSITS = ("demand_deposit", *TERM)
LOANS = ("mortgage", "consumer_loan", "business_loan")
ASSETS = (*DEPOSITS, *FUNDS, "wealth", "insurance", "metal", "pension")

#: Money that comes from outside the customer's own accounts.
_MONEY_IN = ("salary", "pension", "transfer_in", "cash_in", "refund", "other")
#: Money that leaves the customer's own accounts.
_MONEY_OUT = ("transfer_out", "card", "cash_out", "bill", "fee", "loan_repayment", "other")
_DIGITAL = ("app", "web", "mini_program")

CATEGORIES = TABLES["transactions"].column("merchant_category").codes

HOURS = 24
#: More than any code of a category: amounts are packed with it so that ties have one winner.
PACK = 32
#: Before this hour it is night.
NIGHT = 5
#: In minor units.
LARGE_CASH = 5_000_000


def _hour(t: ir.Table, moment: str) -> ir.IntegerValue:
    return (t[moment].hour() + t["utc_offset"]) % HOURS


def is_kind(*kinds: str) -> Callable[[ir.Table], ir.BooleanValue]:
    """Return the condition that a transaction's or interaction's kind is one of `kinds`."""
    if len(kinds) == 1:
        return lambda t: t["kind"] == kinds[0]
    return lambda t: t["kind"].isin(kinds)


def _amount(t: ir.Table) -> ir.Value:
    return t["amount"]


def _spent(t: ir.Table) -> ir.Value:
    return -t["amount"]


def _card(t: ir.Table) -> ir.BooleanValue:
    return t["kind"] == "card"


def _came_in(t: ir.Table) -> ir.BooleanValue:
    return (t["amount"] > 0) & t["kind"].isin(_MONEY_IN)


def _went_out(t: ir.Table) -> ir.BooleanValue:
    return (t["amount"] < 0) & t["kind"].isin(_MONEY_OUT)


def _posted_on(t: ir.Table) -> ir.DateValue:
    return t["posted_at"].date()


TRANSACTIONS = Source(
    name="transactions",
    table="transactions",
    windows=(7, 30, 90, 365),
    helpers={
        "came_in": _came_in,
        "went_out": _went_out,
        "posted_on": _posted_on,
    },
    measures={
        "count": count(),
        "last_day": most(lambda t: t["posted_on"]),
        "inflow": total(_amount, lambda t: t["came_in"]),
        "outflow": total(_spent, lambda t: t["went_out"]),
        "largest_inflow": most(_amount, lambda t: t["came_in"]),
        "salary": total(_amount, is_kind("salary")),
        "salaries": count(is_kind("salary")),
        "salary_day": most(lambda t: t["posted_on"], is_kind("salary")),
        "pension": total(_amount, is_kind("pension")),
        "card": total(_spent, is_kind("card")),
        "cards": count(is_kind("card")),
        "card_day": most(lambda t: t["posted_on"], is_kind("card")),
        "cash_out": total(_spent, is_kind("cash_out")),
        "transfer_out": total(_spent, is_kind("transfer_out")),
        "bills": count(is_kind("bill")),
        "fees": total(_spent, is_kind("fee")),
        "bought": total(_spent, is_kind("purchase", "deposit_open")),
        "redeemed": total(_amount, is_kind("redemption")),
        "repaid": total(_spent, is_kind("loan_repayment", "card_repayment")),
        "digital": count(lambda t: t["channel"].isin(_DIGITAL)),
        "nights": count(
            lambda t: is_kind("card", "transfer_out")(t) & (_hour(t, "posted_at") < NIGHT)
        ),
        "large_cash": count(
            lambda t: is_kind("cash_out", "cash_in")(t) & (t["amount"].abs() >= LARGE_CASH)
        ),
    },
)

SPEND = Source(
    name="spend",
    table="transactions",
    rows=lambda t: _card(t) & t["merchant_category"].notnull(),
    keys={"merchant_category": lambda t: t["merchant_category"]},
    windows=(30, 90),
    measures={"spent": total(_spent)},
    levels={
        "d30": within("spent", 30),
        "d90": within("spent", 90),
        "d30_90": lambda rows: rows["spent"].sum(where=rows["age"] >= 30),  # noqa: PLR2004
    },
)

PAYEES = Source(
    name="payees",
    table="transactions",
    rows=lambda t: (t["kind"] == "transfer_out") & t["counterparty"].notnull(),
    keys={"counterparty": lambda t: t["counterparty"]},
    windows=(90,),
    measures={"paid": total(_spent)},
    levels={"d90": within("paid", 90)},
)


def named(*names: str) -> Callable[[ir.Table], ir.BooleanValue]:
    """Return the condition that an event's name is one of `names`."""
    return lambda t: t["name"].isin(names)


def _views(*families: str) -> Measure:
    return count(lambda t: (t["name"] == "product_view") & t["family"].isin(families))


EVENTS = Source(
    name="events",
    table="events",
    windows=(7, 30, 90),
    measures={
        "logins": count(named("login")),
        "login_day": most(lambda t: t["occurred_at"].date(), named("login")),
        "app_logins": count(lambda t: (t["name"] == "login") & (t["channel"] == "app")),
        "web_logins": count(lambda t: (t["name"] == "login") & (t["channel"] == "web")),
        "mini_logins": count(lambda t: (t["name"] == "login") & (t["channel"] == "mini_program")),
        "views": count(named("product_view")),
        "fund_views": _views(*FUNDS),
        "wealth_views": _views("wealth"),
        "loan_views": _views(*LOANS),
        "deposit_views": _views(*DEPOSITS),
        "insurance_views": _views("insurance", "pension"),
        "card_views": _views("credit_card"),
        "searches": count(named("search")),
        "started": count(named("apply_start")),
        "submitted": count(named("apply_submit")),
        "started_day": most(lambda t: t["occurred_at"].date(), named("apply_start")),
        "submitted_day": most(lambda t: t["occurred_at"].date(), named("apply_submit")),
        "seconds": total(lambda t: t["duration_seconds"].cast("int64")),
    },
)

LOGIN_HOURS = Source(
    name="login_hours",
    table="events",
    rows=named("login"),
    keys={"hour": lambda t: _hour(t, "occurred_at")},
    windows=(90,),
    measures={"logins": count()},
    levels={"d90": within("logins", 90)},
)

INTERACTIONS = Source(
    name="interactions",
    table="interactions",
    windows=(90, 365),
    measures={
        "visits": count(is_kind("visit", "meeting")),
        "calls_in": count(is_kind("call_in")),
        "chats": count(is_kind("chat")),
        "complaints": count(is_kind("complaint")),
        "unresolved": count(lambda t: (t["kind"] == "complaint") & (t["outcome"] == "unresolved")),
        "accepted": count(lambda t: (t["kind"] == "marketing") & (t["outcome"] == "accepted")),
        "refused": count(lambda t: (t["kind"] == "marketing") & (t["outcome"] == "refused")),
        "last_day": most(
            lambda t: t["occurred_at"].date(),
            is_kind("visit", "meeting", "call_in", "call_out", "chat"),
        ),
        # The moment and the score in one number: the greatest is the latest, ties have one winner.
        "survey": most(
            lambda t: (
                t["occurred_at"].truncate("s").epoch_seconds().cast("int64") * 10_000
                + (t["score"] * 100).round().cast("int64")
            ),
            lambda t: (t["kind"] == "survey") & t["score"].between(0, 10),
        ),
    },
)

#: A balance older than this many days says nothing about its day any more.
STALE = 45


def _closed_before(rows: ir.Table, days: int) -> ir.BooleanValue:
    return rows["accounts__closed_on"].min().fill_null(ibis.date(9999, 1, 1)) <= (
        rows["today"].max() - ibis.interval(days=days)
    )


def _standing(days: int) -> Callable[[ir.Table], ir.Value]:
    """Return the balance that stood `days` days ago: the latest by then, if open and not stale."""

    def value(rows: ir.Table) -> ir.Value:
        by_then = rows["age"] >= days
        last = rows["balance_day"].max(where=by_then)
        age = rows["today"].max().delta(last, unit="day")
        known = (age < days + STALE) & ~_closed_before(rows, days)
        return ibis.cases(
            (known, rows["balance"].argmax(rows["balance_day"], where=by_then)), else_=None
        )

    return value


BALANCES = Source(
    name="balances",
    table="balances",
    keys={"account_id": lambda t: t["account_id"], "family": lambda t: t["family"]},
    beside=Beside("accounts", "closed_on", key="account_id"),
    windows=(30, 90, 135),
    measures={
        "balance": latest(lambda t: t["balance"]),
        "weighted": total(
            lambda t: t["average_balance"].fill_null(t["balance"]) * t["period_days"].fill_null(1)
        ),
        "days": total(lambda t: t["period_days"].fill_null(1)),
    },
    levels={
        "now": _standing(0),
        "d30": _standing(30),
        "d90": _standing(90),
        "weighted_30": within("weighted", 30),
        "days_30": within("days", 30),
        "weighted_90": within("weighted", 90),
        "days_90": within("days", 90),
    },
)

ACCOUNTS = Source(name="accounts", table="accounts")
FACTS = Source(name="external_facts", table="external_facts")
