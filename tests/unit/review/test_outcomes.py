"""Outcomes are read from facts, in the window and before it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from asterism.review.cohort import cohort_of
from asterism.review.metrics import METRICS
from asterism.review.outcomes import Goal, outcomes
from asterism.review.outcomes import measured as measured_rows
from asterism.review.windows import local_days
from asterism.warehouse import Snapshot

TAKEN_UP = date(2026, 3, 10)
AS_OF = date(2026, 3, 31)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute)  # noqa: DTZ001 - stored moments mean UTC


def assigned(customer_id: str, on: date = TAKEN_UP, **other: Any) -> dict[str, Any]:
    return {
        "strategy": "first_fund",
        "version": 1,
        "customer_id": customer_id,
        "wave": 1,
        "channel": "email",
        "occasion": on.isoformat(),
        "arm": "touch",
        "assigned_on": on,
        **other,
    }


def goal(metric: str, family: str | None = None, days: int = 7, **other: Any) -> Goal:
    fields = {"strategy": "first_fund", "version": 1, **other}
    return Goal(metric=metric, family=family, outcome_days=days, **fields)


def account(customer_id: str, number: int = 1, **other: Any) -> dict[str, Any]:
    return {
        "account_id": f"{customer_id}-{number}",
        "customer_id": customer_id,
        "family": "bond_fund",
        **other,
    }


def balance(customer_id: str, on: date, amount: int, **other: Any) -> dict[str, Any]:
    return {
        "account_id": f"{customer_id}-1",
        "customer_id": customer_id,
        "date": on,
        "family": "demand_deposit",
        "balance": amount,
        **other,
    }


def measured(
    connection: Backend, bank: Snapshot, rows: list[dict[str, Any]], *goals: Goal
) -> Mapping[str, tuple[int, int]]:
    table = connection.to_pyarrow(outcomes(connection, bank, pa.Table.from_pylist(rows), goals))
    return {row["customer_id"]: (row["y"], row["x"]) for row in table.to_pylist()}


def test_opening_counts_from_the_day_of_assignment_to_the_windows_last(
    connection: Backend, make_bank: Any
) -> None:
    days = {"eve": 9, "same": 10, "last": 17, "late": 18, "before": 2, "long_ago": 1}
    bank = make_bank(
        AS_OF,
        accounts=[account(who, opened_on=date(2026, 3, day)) for who, day in days.items()],
    )
    rows = [assigned(who) for who in (*days, "never")]
    assert measured(connection, bank, rows, goal("account_opened")) == {
        "eve": (0, 1),
        "same": (1, 0),
        "last": (1, 0),
        "late": (0, 0),
        "before": (0, 1),
        "long_ago": (0, 0),
        "never": (0, 0),
    }


def test_only_the_goals_family_counts_and_once_for_a_customer(
    connection: Backend, make_bank: Any
) -> None:
    opened = date(2026, 3, 12)
    bank = make_bank(
        AS_OF,
        accounts=[
            account("A", 1, opened_on=opened),
            account("A", 2, opened_on=opened),
            account("B", 1, opened_on=opened, family="term_deposit"),
        ],
    )
    rows = [assigned("A"), assigned("B")]
    found = measured(connection, bank, rows, goal("account_opened", "bond_fund"))
    assert found == {"A": (1, 0), "B": (0, 0)}


def test_card_activation_login_and_spending_are_read_from_their_facts(
    connection: Backend, make_bank: Any
) -> None:
    moment = at(12, 9)
    bank = make_bank(
        AS_OF,
        accounts=[account("A", family="credit_card", activated_on=moment.date())],
        events=[
            {"event_id": "1", "customer_id": "A", "occurred_at": moment, "name": "login"},
            {"event_id": "2", "customer_id": "A", "occurred_at": moment, "name": "login"},
            {"event_id": "3", "customer_id": "B", "occurred_at": moment, "name": "page_view"},
        ],
        transactions=[
            {
                "transaction_id": str(number),
                "account_id": "A-1",
                "customer_id": "A",
                "posted_at": at(day, 23, 59),
                "kind": kind,
                "amount": amount,
            }
            for number, (day, kind, amount) in enumerate(
                [(17, "card", -500), (10, "card", -300), (9, "card", -70), (11, "bill", -9000)]
            )
        ],
    )
    rows = [assigned(who) for who in "AB"]
    assert measured(connection, bank, rows, goal("card_activated"))["A"] == (1, 0)
    assert measured(connection, bank, rows, goal("login")) == {"A": (1, 0), "B": (0, 0)}
    assert measured(connection, bank, rows, goal("card_spend"))["A"] == (800, 70)


def test_change_of_assets_is_the_last_balance_less_the_one_before_assignment(
    connection: Backend, make_bank: Any
) -> None:
    bank = make_bank(
        AS_OF,
        accounts=[account("A", family="demand_deposit")],
        balances=[
            balance("A", date(2026, 2, 28), 100),
            balance("A", date(2026, 3, 9), 150),
            balance("A", date(2026, 3, 17), 400),
            balance("A", date(2026, 3, 18), 9_999),
            balance("A", date(2026, 3, 12), -70, account_id="loan", family="mortgage"),
            balance("B", date(2026, 3, 11), 30),
        ],
    )
    found = measured(connection, bank, [assigned("A"), assigned("B")], goal("aum_change"))
    assert found == {"A": (250, 50), "B": (30, 0)}


def test_a_closed_account_holds_nothing_any_more(connection: Backend, make_bank: Any) -> None:
    bank = make_bank(
        AS_OF,
        accounts=[account("A", family="term_deposit", closed_on=date(2026, 3, 15))],
        balances=[balance("A", date(2026, 3, 9), 5_000, family="term_deposit")],
    )
    assert measured(connection, bank, [assigned("A")], goal("aum_change"))["A"] == (-5_000, 5_000)


def test_a_customer_counts_once_by_the_first_assignment(
    connection: Backend, make_bank: Any
) -> None:
    bank = make_bank(AS_OF, accounts=[account("A", opened_on=date(2026, 3, 20))])
    rows = [assigned("A", wave=2, on=date(2026, 3, 18)), assigned("A")]
    table = connection.to_pyarrow(
        outcomes(connection, bank, pa.Table.from_pylist(rows), [goal("account_opened")])
    )
    assert [(row["assigned_on"], row["y"]) for row in table.to_pylist()] == [(TAKEN_UP, 0)]


def test_a_window_is_closed_once_its_last_day_is_known(connection: Backend, make_bank: Any) -> None:
    bank = make_bank(AS_OF, accounts=[account("A", opened_on=date(2026, 3, 30))])
    rows = [
        assigned("A", on=date(2026, 3, 24)),
        assigned("B", on=date(2026, 3, 25)),
        assigned("C", on=date(2026, 4, 1)),
    ]
    table = connection.to_pyarrow(
        outcomes(connection, bank, pa.Table.from_pylist(rows), [goal("account_opened")])
    )
    found = {row["customer_id"]: row["closed"] for row in table.to_pylist()}
    assert found == {"A": True, "B": False}


def test_many_strategies_with_different_goals_are_measured_together(
    connection: Backend, make_bank: Any
) -> None:
    moment = at(12, 9)
    bank = make_bank(
        AS_OF,
        accounts=[account("A", opened_on=moment.date())],
        events=[{"event_id": "1", "customer_id": "A", "occurred_at": moment, "name": "login"}],
    )
    rows = [assigned("A"), assigned("A", strategy="come_back"), assigned("A", strategy="unknown")]
    goals = [goal("account_opened", "bond_fund"), goal("login", strategy="come_back")]
    table = connection.to_pyarrow(outcomes(connection, bank, pa.Table.from_pylist(rows), goals))
    found = {row["strategy"]: row["y"] for row in table.to_pylist()}
    assert found == {"first_fund": 1, "come_back": 1}


def test_days_are_the_banks_also_around_midnight(connection: Backend, make_bank: Any) -> None:
    moments = {
        # 15:59 UTC is 23:59 of the same day in Shanghai, 16:00 is midnight.
        "eve": at(9, 15, 59),
        "first_minute": at(9, 16, 0),
        "last_minute": at(17, 15, 59),
        "late": at(17, 16, 0),
    }
    bank = make_bank(
        AS_OF,
        events=[
            {"event_id": who, "customer_id": who, "occurred_at": moment, "name": "login"}
            for who, moment in moments.items()
        ],
    )
    table = pa.Table.from_pylist([assigned(who) for who in moments])
    rows = outcomes(connection, bank, table, [goal("login")], "Asia/Shanghai")
    found = {r["customer_id"]: (r["y"], r["x"]) for r in connection.to_pyarrow(rows).to_pylist()}
    assert found == {"eve": (0, 1), "first_minute": (1, 0), "last_minute": (1, 0), "late": (0, 0)}


def test_what_the_bank_did_after_its_as_of_is_not_known_yet(
    connection: Backend, make_bank: Any
) -> None:
    bank = make_bank(
        date(2026, 3, 12),
        events=[
            {"event_id": who, "customer_id": who, "occurred_at": moment, "name": "login"}
            for who, moment in {"A": at(12, 15, 59), "B": at(12, 16, 0)}.items()
        ],
    )
    table = pa.Table.from_pylist([assigned(who) for who in "AB"])
    rows = outcomes(connection, bank, table, [goal("login")], "Asia/Shanghai")
    found = {row["customer_id"]: row["y"] for row in connection.to_pyarrow(rows).to_pylist()}
    assert found == {"A": 1, "B": 0}


def test_days_of_twenty_three_and_twenty_five_hours_are_days() -> None:
    # Madrid leaves summer time on 2026-10-25 at 01:00 UTC: that day has 25 hours.
    moments = pa.chunked_array(
        [[datetime(2026, 10, 24, 22), datetime(2026, 10, 25, 22, 59), datetime(2026, 10, 25, 23)]]  # noqa: DTZ001
    )
    days = local_days(moments, "Europe/Madrid", date(2026, 10, 1), date(2026, 10, 31))
    assert days.to_pylist() == [date(2026, 10, 25), date(2026, 10, 25), date(2026, 10, 26)]


def test_the_waves_parts_add_up_to_the_outcome(connection: Backend, make_bank: Any) -> None:
    bank = make_bank(
        AS_OF,
        accounts=[
            account("A", 1, opened_on=date(2026, 3, 11)),
            account("A", 2, opened_on=date(2026, 3, 14)),
            account("B", 1, opened_on=date(2026, 3, 14)),
        ],
    )
    cohort = cohort_of(
        pa.Table.from_pylist([assigned(who) for who in "ABC"]),
        [goal("account_opened", wave_days=(0, 3))],
    )
    found = measured_rows(cohort, bank, connection)
    assert found.by_wave.tolist() == [[1, 0, 0], [0, 1, 0]]
    assert found.by_wave.sum(axis=0).tolist() == found.y.tolist()


@pytest.mark.parametrize("name", sorted(METRICS))
def test_a_bank_without_facts_has_outcomes_of_zero(
    name: str, connection: Backend, make_bank: Any
) -> None:
    assert measured(connection, make_bank(AS_OF), [assigned("A")], goal(name)) == {"A": (0, 0)}
