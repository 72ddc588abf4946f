"""Hours in which a customer is left in peace, in the zone where the customer lives."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """Marketing goes out from `opens` (inclusive) to `closes` (exclusive), local time."""

    opens: time = time(8)
    closes: time = time(21)
    #: The zone of customers whose own is not known.
    time_zone: str = "Asia/Shanghai"

    def next_opening(self, moment: datetime, zone: str | None) -> datetime | None:
        """Return None if a message may go out at `moment`, else when it may, in UTC.

        >>> from datetime import UTC
        >>> hours = QuietHours(time_zone="Europe/Madrid")
        >>> hours.next_opening(datetime(2026, 3, 29, 5, 59, tzinfo=UTC), None)
        datetime.datetime(2026, 3, 29, 6, 0, tzinfo=datetime.timezone.utc)
        >>> hours.next_opening(datetime(2026, 3, 29, 6, 0, tzinfo=UTC), None) is None
        True
        """
        there = moment.astimezone(_zone(zone) or ZoneInfo(self.time_zone))
        if self.opens <= there.time() < self.closes:
            return None
        day = there.date() if there.time() < self.opens else there.date() + timedelta(days=1)
        return datetime.combine(day, self.opens, tzinfo=there.tzinfo).astimezone(UTC)


def _zone(name: str | None) -> ZoneInfo | None:
    """Return the zone called `name`; None for one that does not exist."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None
