"""Time comes from a clock that is handed in, never from the machine directly."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the time, always aware."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one place that reads the machine's clock


@dataclass(slots=True)
class SetClock:
    """A clock that stands where it was set: for tests, the demo and replays."""

    moment: datetime

    def __post_init__(self) -> None:
        if self.moment.tzinfo is None:
            raise ValueError("a clock needs an aware moment: give it a time zone")

    def now(self) -> datetime:
        """Return the moment that was set."""
        return self.moment

    def set(self, moment: datetime) -> None:
        """Move the clock to `moment` (aware)."""
        if moment.tzinfo is None:
            raise ValueError("a clock needs an aware moment: give it a time zone")
        self.moment = moment


def local_day(moment: datetime, zone: str) -> date:
    """Return the calendar day of an aware `moment` in the IANA `zone`."""
    return moment.astimezone(ZoneInfo(zone)).date()
