"""Hours of peace, where the customer lives."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from asterism.execution.quiet import Hours, OpenHours, QuietHours
from asterism.strategy.terms import MessageClass

HOURS = QuietHours(zones=("Asia/Shanghai",))


@pytest.mark.parametrize(
    ("hour", "minute", "second", "open_"),
    [
        (7, 59, 59, False),
        (8, 0, 0, True),
        (20, 59, 59, True),
        (21, 0, 0, False),
        (0, 0, 0, False),
    ],
)
def test_the_doors_open_at_eight_and_close_at_nine(
    hour: int, minute: int, second: int, *, open_: bool
) -> None:
    moment = datetime(2026, 3, 2, hour, minute, second, tzinfo=ZoneInfo("Asia/Shanghai"))

    assert (HOURS.next_opening(moment, None) is None) is open_


def test_the_next_opening_is_this_morning_or_the_next() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    eight = datetime(2026, 3, 2, 8, tzinfo=zone)

    assert HOURS.next_opening(datetime(2026, 3, 2, 3, tzinfo=zone), None) == eight
    assert HOURS.next_opening(datetime(2026, 3, 1, 22, tzinfo=zone), None) == eight


@pytest.mark.parametrize(
    ("hour", "minute", "second", "open_"),
    [
        (7, 59, 59, False),
        (8, 0, 0, True),
        (21, 59, 59, True),
        (22, 0, 0, False),
    ],
)
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Urumqi", "Europe/Madrid"])
def test_text_messages_go_from_eight_to_ten_where_the_customer_lives(
    hour: int, minute: int, second: int, *, open_: bool, zone: str
) -> None:
    moment = datetime(2026, 3, 2, hour, minute, second, tzinfo=ZoneInfo(zone))

    assert (HOURS.next_opening(moment, zone, "sms") is None) is open_


def test_the_last_moment_before_closing_is_open() -> None:
    moment = datetime(2026, 3, 2, 21, 59, 59, 999_999, tzinfo=ZoneInfo("Asia/Shanghai"))

    assert HOURS.next_opening(moment, None, "sms") is None


def test_in_an_unknown_zone_all_of_the_banks_zones_must_be_awake() -> None:
    hours = QuietHours(zones=("Asia/Shanghai", "Asia/Urumqi", "Europe/Madrid"))
    nine_in_shanghai = datetime(2026, 3, 2, 1, tzinfo=UTC)

    opening = hours.next_opening(nine_in_shanghai, None)

    # 15:00 in Shanghai and Urumqi's own hour are fine, Madrid wakes last
    assert opening == datetime(2026, 3, 2, 8, tzinfo=ZoneInfo("Europe/Madrid"))
    assert hours.next_opening(nine_in_shanghai, "Asia/Shanghai") is None
    assert hours.next_opening(opening, "not/a/zone") is None


def test_zones_that_are_never_awake_together_keep_the_message_for_ever() -> None:
    hours = QuietHours(
        zones=("Asia/Shanghai", "America/New_York"),
        by_class={MessageClass.MARKETING: OpenHours(hours=Hours(time(8), time(12)))},
    )
    now = datetime(2026, 3, 2, 1, tzinfo=UTC)

    opening = hours.next_opening(now, None)

    assert opening is not None
    assert opening > now + timedelta(days=365)


def test_holidays_are_the_customers_days_and_end_with_the_first_working_morning() -> None:
    days = frozenset(date(2026, 10, n) for n in range(1, 9))
    hours = QuietHours(holidays=days, zones=("Asia/Shanghai",))
    shanghai = ZoneInfo("Asia/Shanghai")

    last_evening = datetime(2026, 9, 30, 20, 59, tzinfo=shanghai)
    assert hours.next_opening(last_evening, None) is None
    after = datetime(2026, 10, 9, 8, tzinfo=shanghai)
    for moment in (
        datetime(2026, 9, 30, 21, tzinfo=shanghai),
        datetime(2026, 10, 1, 12, tzinfo=shanghai),
        datetime(2026, 10, 8, 23, tzinfo=shanghai),
    ):
        assert hours.next_opening(moment, None) == after
    # in Madrid the holiday begins hours later
    assert hours.next_opening(datetime(2026, 10, 1, 1, tzinfo=shanghai), "Europe/Madrid") is None
    assert hours.is_holiday(datetime(2026, 10, 1, 12, tzinfo=shanghai), None)
    assert not hours.is_holiday(last_evening, None)


def test_service_messages_keep_their_own_hours_and_no_holidays() -> None:
    hours = QuietHours(holidays=frozenset({date(2026, 10, 1)}))
    moment = datetime(2026, 10, 1, 7, 30, tzinfo=ZoneInfo("Asia/Shanghai"))

    assert hours.next_opening(moment, None, "email", MessageClass.SERVICE) is None
    assert not hours.is_holiday(moment, None, MessageClass.SERVICE)
    assert hours.next_opening(moment, None, "email", MessageClass.MARKETING) is not None


@pytest.mark.parametrize("opens", [time(1, 30), time(2, 30), time(3)])
@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_hours_that_the_clocks_skip_or_repeat_open_once(opens: time, day: date) -> None:
    hours = QuietHours(
        by_class={MessageClass.MARKETING: OpenHours(hours=Hours(opens, time(20)))},
    )
    moment = datetime.combine(day, time(), tzinfo=ZoneInfo("Europe/Madrid"))

    opening = hours.next_opening(moment, "Europe/Madrid")

    assert opening is not None
    assert opening.astimezone(ZoneInfo("Europe/Madrid")).time() >= opens
    assert hours.next_opening(opening, "Europe/Madrid") is None
    # half past two is skipped in March: it opens no earlier than it would by the clock before
    skipped = day.month == 3 and opens == time(2, 30)
    before = opening - timedelta(hours=2 if skipped else 0, seconds=1)
    assert hours.next_opening(before, "Europe/Madrid") == opening


@pytest.mark.parametrize("zone", ["Nowhere/Else", "../etc/passwd", "", None])
def test_a_zone_that_does_not_exist_is_the_banks(zone: str | None) -> None:
    moment = datetime(2026, 3, 2, 1, tzinfo=UTC)

    assert HOURS.next_opening(moment, zone) is None


@pytest.mark.parametrize(
    "day", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)]
)
def test_the_change_of_the_clocks_moves_no_opening(day: datetime) -> None:
    for minutes in range(0, 24 * 60, 30):
        opening = HOURS.next_opening(day + timedelta(minutes=minutes), "Europe/Madrid")
        if opening is not None:
            assert opening.astimezone(ZoneInfo("Europe/Madrid")).time() == time(8)
            assert HOURS.next_opening(opening, "Europe/Madrid") is None
