"""A banker who looks at the figures believes them."""

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from asterism.twin import World
from asterism.twin.days import Period, date_of, day_number, paydays, weekday
from asterism.twin.seeds import Array

_DEBTS = ["credit_card", "mortgage", "consumer_loan", "business_loan"]
_MONTHS = 130 / 30.4


def column(world: World, table: str, *names: str) -> tuple[Array, ...]:
    rows = pq.read_table(world.source / table, columns=list(names))
    return tuple(np.asarray(rows[name].to_pandas()) for name in names)


@pytest.fixture(scope="module")
def money(built: World) -> Array:
    """Each customer's assets on the last day of the history, in major units, sorted."""
    rows = pq.read_table(
        built.source / "balances",
        filters=[("date", "=", built.through), ("family", "not in", _DEBTS)],
    )
    sums = rows.group_by("customer_id").aggregate([("balance", "sum")])["balance_sum"]
    return np.sort(np.asarray(sums)) / 100


def test_customers_are_adults_of_all_ages(built: World) -> None:
    (births,) = column(built, "customers", "birth_date")
    ages = np.array([(built.through - born).days / 365.25 for born in births])
    assert ages.min() >= 17.5
    assert 40 < np.median(ages) < 50
    assert 0.1 < (ages > 65).mean() < 0.25


def test_a_few_hold_most_of_the_money(money: Array) -> None:
    top = money[int(money.size * 0.99) :].sum() / money.sum()
    assert 0.25 < top < 0.75
    assert money.mean() > 3 * np.median(money)
    tail = money[-int(money.size * 0.02) :]
    hill = 1 / np.mean(np.log(tail / tail[0]) + 1e-12)
    assert 0.7 < hill < 3.0


def test_no_current_account_is_overdrawn(built: World) -> None:
    family, balance = column(built, "balances", "family", "balance")
    assert balance[family == "demand_deposit"].min() >= 0


def test_customers_do_some_sixty_transactions_a_year(built: World) -> None:
    count = pq.read_table(built.source / "transactions", columns=["kind"]).num_rows
    assert 45 < count / 3_000 / _MONTHS * 12 < 80


def test_activity_follows_a_power_law_and_some_do_nothing(built: World) -> None:
    rows = pq.read_table(built.source / "transactions", columns=["customer_id", "kind"])
    quiet = np.isin(np.asarray(rows["kind"].to_pandas()), ["interest", "fee"])
    acts = rows.filter(~quiet)
    counts = np.zeros(3_000)
    numbers = np.asarray(pc.cast(pc.utf8_slice_codeunits(acts["customer_id"], 1), "int64")) - 1
    np.add.at(counts, numbers, 1)
    assert 0.03 < (counts == 0).mean() < 0.16
    busiest = np.sort(counts)[-300:].sum() / counts.sum()
    assert 0.22 < busiest < 0.5


def test_salaries_are_paid_on_the_employers_payday(built: World) -> None:
    kind, when, employer = column(built, "transactions", "kind", "posted_at", "employer_id")
    paid = kind == "salary"
    local = (when[paid] + np.timedelta64(8, "h")).astype("datetime64[D]")
    assert (weekday(local.astype(np.int64)) < 5).all()
    some = employer[paid]
    for one in np.unique(some)[:25]:
        days = np.unique(local[some == one])
        assert days.size <= _MONTHS + 2


def test_paydays_move_before_the_weekend() -> None:
    for day in paydays(Period(20_000, 20_400), 15):
        assert weekday(day) < 5
        assert date_of(day).day in (13, 14, 15)


def test_amounts_are_rounded_as_people_round(built: World) -> None:
    kind, amount = column(built, "transactions", "kind", "amount")
    assert (amount[kind == "cash_out"] % 10_000 == 0).all()
    card = -amount[kind == "card"]
    assert 0.3 < (card % 100 == 0).mean() < 0.8
    assert 30 < np.median(card) / 100 < 120


def test_future_maturities_exist(built: World) -> None:
    rows = pq.read_table(built.source / "accounts")
    later = pc.greater(rows["matures_on"], built.through)
    ahead = rows.filter(pc.and_(later, pc.is_null(rows["closed_on"])))
    soon = pc.less(pc.subtract(ahead["matures_on"].cast("int32"), day_number(built.through)), 31)
    assert ahead.num_rows > 300
    assert pc.sum(soon).as_py() > 15


def test_some_cards_lie_unused_and_some_tests_have_expired(built: World) -> None:
    accounts = pq.read_table(built.source / "accounts")
    cards = accounts.filter(pc.equal(accounts["family"], "credit_card"))
    assert 0.08 < cards["activated_on"].null_count / cards.num_rows < 0.4
    customers = pq.read_table(built.source / "customers")
    assert 0.15 < customers["risk_capacity"].null_count / customers.num_rows < 0.4
    assert customers["marketing_consent"].null_count > 0
    assert pc.sum(pc.invert(customers["consent_phone"])).as_py() > 0


def test_the_richest_have_a_relationship_manager(built: World) -> None:
    customers = pq.read_table(built.source / "customers", columns=["manager_id"])
    managed = 1 - customers["manager_id"].null_count / customers.num_rows
    assert 0.01 < managed < 0.15
