"""What holds in every simulated bank, whatever is drawn."""

import itertools
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from asterism.twin import build_world
from asterism.twin.arrow import coded, compact, numbered
from asterism.twin.days import Period, date_of, day_number, months, paydays, weekday
from asterism.twin.seeds import slots, stream
from asterism.twin.settle import running_sums

_DAYS = st.integers(15_000, 25_000)


@settings(max_examples=6, deadline=None)
@given(
    seed=st.integers(0, 2**40),
    customers=st.integers(1, 250),
    days=st.integers(1, 75),
    locale=st.sampled_from(["zh", "en", "es"]),
)
def test_every_world_adds_up(seed: int, customers: int, days: int, locale: str) -> None:
    with TemporaryDirectory() as directory:
        world = build_world(
            Path(directory), customers, seed, days, date(2025, 10, 20), locale=locale
        )
        known = pq.read_table(world.source / "customers")["customer_id"]
        assert len(known) == customers
        balances = pq.read_table(world.source / "balances")
        mine = pc.is_in(balances["customer_id"], pc.unique(known))
        assert pc.all(mine).as_py()
        current = balances.filter(pc.equal(balances["family"], "demand_deposit"))
        assert pc.min(current["balance"]).as_py() >= 0
        assert pc.max(balances["date"]).as_py() == world.through
        last = current.filter(pc.equal(current["date"], world.through))
        assert last.num_rows == customers
        assert world.through == date(2025, 10, 20) + timedelta(days=days - 1)


@given(st.lists(st.integers(0, 10**9 - 1), max_size=30), st.integers(9, 14))
def test_numbered_ids_read_like_numbers(numbers: list[int], digits: int) -> None:
    made = numbered("Q", np.array(numbers, dtype=np.int64), digits)
    assert made.to_pylist() == [f"Q{number:0{digits}d}" for number in numbers]


@given(
    st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=8),
    st.lists(st.integers(-1, 100), max_size=40),
)
def test_coded_columns_hold_the_values_they_point_at(values: list[str], index: list[int]) -> None:
    places = np.array([min(one, len(values) - 1) for one in index], dtype=np.int64)
    wanted = [None if place < 0 else values[place] for place in places]
    assert coded(values, places).to_pylist() == wanted
    assert compact(pa.array(values), places).to_pylist() == wanted


@given(_DAYS, st.integers(0, 800))
def test_months_cover_a_span_without_gaps(first: int, length: int) -> None:
    periods = months(first, first + length)
    assert periods[0].first == first
    assert periods[-1].last == first + length
    assert all(a.last + 1 == b.first for a, b in itertools.pairwise(periods))
    assert all(date_of(p.first).month == date_of(p.last).month for p in periods)


@given(_DAYS, st.integers(1, 28))
def test_there_is_one_payday_a_month_and_never_on_a_weekend(first: int, day: int) -> None:
    found = paydays(Period(first, first + 364), day)
    assert len(found) in (11, 12, 13)
    assert all(weekday(one) < 5 for one in found)
    assert all((b - a) > 24 for a, b in itertools.pairwise(found))
    one_by_one = [d for one in range(first, first + 365) for d in paydays(Period(one, one), day)]
    assert one_by_one == found


@given(st.dates(date(1930, 1, 1), date(2100, 1, 1)))
def test_a_day_and_its_number_are_one(day: date) -> None:
    assert date_of(day_number(day)) == day
    assert weekday(day_number(day)) == day.weekday()


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(-(10**12), 10**12)), max_size=40))
def test_running_sums_begin_anew_with_every_account(rows: list[tuple[int, int]]) -> None:
    rows.sort(key=lambda row: row[0])
    account = np.array([a for a, _ in rows], dtype=np.int64)
    amount = np.array([m for _, m in rows], dtype=np.int64)
    found = running_sums(account, amount).tolist()
    totals: dict[int, int] = {}
    for (one, money), total in zip(rows, found, strict=True):
        totals[one] = totals.get(one, 0) + money
        assert total == totals[one]


@given(st.lists(st.floats(0.01, 10), min_size=1, max_size=20))
def test_slots_keep_the_shares(weights: list[float]) -> None:
    row = slots(np.array([weights]))[0]
    shares = np.bincount(row, minlength=len(weights)) / row.size
    assert np.abs(shares - np.array(weights) / sum(weights)).max() < 1e-3


@given(st.integers(0, 2**60), st.integers(0, 10**6))
def test_domains_do_not_disturb_each_other(seed: int, key: int) -> None:
    one = stream(seed, "one", key).random(4)
    stream(seed, "another", key).random(1000)
    assert (stream(seed, "one", key).random(4) == one).all()
    assert (stream(seed, "two", key).random(4) != one).any()
