"""The full table, twelve months to the second, and how often a test may be taken."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterism.strategy.suitability import (
    SUITABLE,
    TESTS_PER_DAY,
    TESTS_PER_YEAR,
    higher,
    holds_until,
    last_expired,
    may_take_test,
)
from asterism.strategy.terms import Rating

HOME = ("Asia/Shanghai",)


def there(text: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def holds(tested: datetime, moment: datetime, zone: str | None = "Asia/Shanghai") -> bool:
    return int(tested.timestamp()) > last_expired(moment, zone, HOME)


def test_the_table_has_every_pair() -> None:
    for rating in Rating:
        for capacity in ("C1", "C2", "C3", "C4", "C5"):
            assert (capacity in SUITABLE[rating]) == (rating.value[1] <= capacity[1])


@pytest.mark.parametrize("own", [None, *Rating])
@pytest.mark.parametrize("issuers", [None, *Rating])
def test_the_higher_rating_counts(own: Rating | None, issuers: Rating | None) -> None:
    given_ = [rating for rating in (own, issuers) if rating]
    assert higher(own, issuers) == (max(given_) if given_ else None)


@pytest.mark.parametrize(
    ("tested", "moment", "valid"),
    [
        ("2025-10-02T09:30:00", "2026-10-02T09:29:59", True),
        ("2025-10-02T09:30:00", "2026-10-02T09:30:00", False),
        ("2025-10-02T09:30:00", "2026-10-02T09:30:01", False),
        # a test of 29 February holds until the next February is over
        ("2024-02-29T12:00:00", "2025-02-28T23:59:59", True),
        ("2024-02-29T12:00:00", "2025-03-01T00:00:00", False),
        ("2023-02-28T23:00:00", "2024-02-28T23:00:00", False),
        ("2023-02-28T23:59:59", "2024-02-29T00:00:00", False),
        ("2023-03-01T00:00:00", "2024-02-29T23:59:59", True),
        ("2023-03-01T00:00:00", "2024-03-01T00:00:00", False),
    ],
)
def test_a_test_holds_twelve_months_to_the_second(tested: str, moment: str, *, valid: bool) -> None:
    assert holds(there(tested), there(moment)) is valid
    assert (there(moment) < holds_until(there(tested), "Asia/Shanghai", HOME)) is valid


def test_the_customers_own_clock_decides() -> None:
    """Twelve months later New York has changed its clocks on another day: an hour apart."""
    tested = datetime(2025, 3, 8, 17, tzinfo=UTC)  # noon in New York, before the change
    moment = datetime(2026, 3, 8, 16, 30, tzinfo=UTC)  # half past noon there, after the change
    assert not holds(tested, moment, "America/New_York")
    assert holds(tested, moment, "Asia/Shanghai")


def test_in_an_unknown_zone_a_test_holds_where_it_holds_in_all() -> None:
    tested, moment = datetime(2025, 3, 8, 17, tzinfo=UTC), datetime(2026, 3, 8, 16, 30, tzinfo=UTC)
    zones = ("Asia/Shanghai", "America/New_York")
    oldest = last_expired(moment, None, zones)
    assert oldest == max(last_expired(moment, zone, zones) for zone in zones)
    assert int(tested.timestamp()) <= oldest
    assert last_expired(moment, "Nowhere/Else", zones) == oldest


@given(
    st.datetimes(datetime(2021, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 - made aware below
    st.integers(-3, 3),
)
def test_words_and_gate_agree_on_when_a_test_ends(moment: datetime, seconds: int) -> None:
    tested = moment.replace(microsecond=0, tzinfo=ZoneInfo("Asia/Shanghai"))
    end = holds_until(tested, "Asia/Shanghai", HOME)
    now = end + timedelta(seconds=seconds)
    assert holds(tested, now) == (now < end)


def test_two_tests_a_day_and_then_tomorrow() -> None:
    now = there("2026-05-04T15:00:00")
    morning = [there("2026-05-04T08:00:00"), there("2026-05-04T09:00:00")]
    assert may_take_test(morning[:1], now, "Asia/Shanghai", HOME).allowed
    refused = may_take_test(morning, now, "Asia/Shanghai", HOME)
    assert not refused.allowed
    assert refused.reason is not None
    assert "today" in refused.reason.en
    assert refused.next_at == there("2026-05-05T00:00:00")
    # the day is the customer's own
    assert may_take_test(morning, now, "America/New_York", HOME).allowed


def test_eight_tests_in_twelve_months_and_then_when_the_oldest_is_a_year_old() -> None:
    now = there("2026-05-04T15:00:00")
    taken = [there("2025-06-01T10:00:00") + timedelta(days=20 * n) for n in range(TESTS_PER_YEAR)]
    refused = may_take_test(taken, now, "Asia/Shanghai", HOME)
    assert not refused.allowed
    assert refused.reason is not None
    assert "12 months" in refused.reason.en
    assert refused.next_at == there("2026-06-01T10:00:00")
    assert may_take_test(taken, refused.next_at, "Asia/Shanghai", HOME).allowed
    before = refused.next_at - timedelta(seconds=1)
    assert not may_take_test(taken, before, "Asia/Shanghai", HOME).allowed


def test_a_test_from_the_future_counts_when_a_clock_was_set_back() -> None:
    now = there("2026-05-04T15:00:00")
    ahead = [now + timedelta(hours=1), now + timedelta(hours=2)]
    assert not may_take_test(ahead, now, "Asia/Shanghai", HOME).allowed


@given(
    st.lists(st.integers(0, 400 * 24 * 60), max_size=14),
    st.sampled_from(["Asia/Shanghai", "Europe/Madrid", None]),
)
def test_no_day_and_no_year_ever_sees_more(minutes: list[int], zone: str | None) -> None:
    """Take tests as often as the rule lets us: the counts never exceed the law's."""
    start = there("2025-01-01T00:00:00")
    taken: list[datetime] = []
    for minute in sorted(minutes):
        moment = start + timedelta(minutes=minute)
        permit = may_take_test(taken, moment, zone, HOME)
        assert permit.allowed == (permit.next_at == moment)
        if permit.allowed:
            taken.append(moment)
    home = ZoneInfo(zone or HOME[0])
    days = [moment.astimezone(home).date() for moment in taken]
    assert all(days.count(day) <= TESTS_PER_DAY for day in days)
    for moment in taken:
        oldest = last_expired(moment, zone, HOME)
        window = [one for one in taken if oldest < one.timestamp() and one <= moment]
        assert len(window) <= TESTS_PER_YEAR
