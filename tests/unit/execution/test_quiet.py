"""Hours of peace, where the customer lives."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from asterism.execution.quiet import QuietHours

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
