"""Hours and days in which a customer is left in peace, in the zone where the customer lives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from asterism.strategy.terms import MessageClass
from asterism.strategy.zones import DEFAULT_ZONES, zones_for

#: Days looked ahead for an hour in which every zone is awake and none has a holiday.
_HORIZON = 400


@dataclass(frozen=True, slots=True)
class Hours:
    """Open from `opens` (inclusive) to `closes` (exclusive), local time."""

    opens: time = time(8)
    closes: time = time(21)

    def contain(self, moment: time) -> bool:
        """Tell whether it is open at a local time."""
        return self.opens <= moment < self.closes


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHours:
    """When messages of one class may go out."""

    hours: Hours = Hours()
    #: Channels whose hours differ.
    by_channel: Mapping[str, Hours] = field(default_factory=lambda: MappingProxyType({}))
    on_holidays: bool = False

    def of(self, channel: str) -> Hours:
        """Return the hours of a channel."""
        return self.by_channel.get(channel, self.hours)


_BY_CLASS: Mapping[MessageClass, OpenHours] = MappingProxyType(
    {
        MessageClass.MARKETING: OpenHours(
            by_channel=MappingProxyType({"sms": Hours(time(8), time(22))})
        ),
        MessageClass.SERVICE: OpenHours(hours=Hours(time(7), time(22)), on_holidays=True),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """When customers may be disturbed; everything else is quiet."""

    by_class: Mapping[MessageClass, OpenHours] = field(default_factory=lambda: _BY_CLASS)
    #: The bank's own list; local days, for classes that keep them.
    holidays: frozenset[date] = frozenset()
    #: Zones of the bank: a customer of unknown zone is disturbed when all of them are awake.
    zones: tuple[str, ...] = DEFAULT_ZONES

    def next_opening(
        self,
        moment: datetime,
        zone: str | None,
        channel: str = "",
        message_class: MessageClass = MessageClass.MARKETING,
    ) -> datetime | None:
        """Return None if a message may go out at `moment`, else when it may, in UTC.

        >>> from datetime import UTC
        >>> hours = QuietHours(zones=("Europe/Madrid",))
        >>> hours.next_opening(datetime(2026, 3, 29, 5, 59, tzinfo=UTC), None)
        datetime.datetime(2026, 3, 29, 6, 0, tzinfo=datetime.timezone.utc)
        >>> hours.next_opening(datetime(2026, 3, 29, 6, 0, tzinfo=UTC), None) is None
        True
        """
        open_hours, homes = self.by_class[message_class], zones_for(zone, self.zones)
        found, last = moment, moment + timedelta(days=_HORIZON)
        while found < last:
            openings = [self._opening(found, home, open_hours, channel) for home in homes]
            waits = [opening for opening in openings if opening is not None]
            if not waits:
                return None if found is moment else found
            found = max(waits)
        return last.astimezone(UTC)

    def is_holiday(
        self,
        moment: datetime,
        zone: str | None,
        message_class: MessageClass = MessageClass.MARKETING,
    ) -> bool:
        """Tell whether it is a holiday where the customer lives, or may live, that counts."""
        if self.by_class[message_class].on_holidays:
            return False
        days = (moment.astimezone(home).date() for home in zones_for(zone, self.zones))
        return any(day in self.holidays for day in days)

    def _opening(
        self, moment: datetime, home: ZoneInfo, open_hours: OpenHours, channel: str
    ) -> datetime | None:
        """Return None if `home` is open at `moment`, else when it opens next."""
        there, hours = moment.astimezone(home), open_hours.of(channel)
        closed = frozenset() if open_hours.on_holidays else self.holidays
        if there.date() not in closed and hours.contain(there.time()):
            return None
        day = there.date() if there.time() < hours.opens else there.date() + timedelta(days=1)
        while day in closed:
            day += timedelta(days=1)
        return datetime.combine(day, hours.opens, tzinfo=home).astimezone(UTC)
