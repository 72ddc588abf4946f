"""Suitability: which product fits whom, how long a risk test holds, and how often one is taken.

Source: 金融机构产品适当性管理办法 (2025 No. 7, in force since 2026-02-01), articles 12, 19 and 29.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from asterism.kernel.clock import local_day
from asterism.kernel.words import Text
from asterism.strategy.terms import Rating
from asterism.strategy.zones import zones_for

#: Product rating → capacities of customers who may be offered it; every pair is written out.
SUITABLE: dict[Rating, tuple[str, ...]] = {
    Rating.R1: ("C1", "C2", "C3", "C4", "C5"),
    Rating.R2: ("C2", "C3", "C4", "C5"),
    Rating.R3: ("C3", "C4", "C5"),
    Rating.R4: ("C4", "C5"),
    Rating.R5: ("C5",),
}
#: Age from which products of `SPECIAL_RATINGS` are offered by people only.
SPECIAL_CARE_AGE = 65
SPECIAL_RATINGS = frozenset({Rating.R3, Rating.R4, Rating.R5})
#: The most risk tests that one customer takes in a calendar day, and in 12 months.
TESTS_PER_DAY, TESTS_PER_YEAR = 2, 8


def higher(*ratings: Rating | None) -> Rating | None:
    """Return the highest of the ratings that were given; None if none was.

    >>> higher(Rating.R2, Rating.R4), higher(None, Rating.R1), higher(None, None)
    (<Rating.R4: 'R4'>, <Rating.R1: 'R1'>, None)
    """
    return max((rating for rating in ratings if rating is not None), default=None)


def last_expired(moment: datetime, zone: str | None, bank_zones: Sequence[str]) -> int:
    """Return the newest test that does not hold any more at `moment`, in seconds since 1970.

    A test holds until the same local time twelve months later; one of 29 February until the last
    day of the next February is over. In an unknown zone it holds where it holds in every zone of
    the bank.
    """
    return max(_last_expired(moment, one) for one in zones_for(zone, bank_zones))


def _last_expired(moment: datetime, zone: ZoneInfo) -> int:
    there = moment.astimezone(zone)
    try:
        before = there.replace(year=there.year - 1, microsecond=0, fold=0)
    except ValueError:  # 29 February: what was taken to the end of the 28th is over
        before = datetime(there.year - 1, 3, 1, tzinfo=zone) - timedelta(seconds=1)
    return int(before.timestamp())


def holds_until(tested_at: datetime, zone: str | None, bank_zones: Sequence[str]) -> datetime:
    """Return the moment from which a test taken at `tested_at` does not hold any more, local."""
    return min(_year_after(tested_at.astimezone(one)) for one in zones_for(zone, bank_zones))


def _year_after(there: datetime) -> datetime:
    try:
        return there.replace(year=there.year + 1, fold=0)
    except ValueError:
        return datetime(there.year + 1, 3, 1, tzinfo=there.tzinfo)


@dataclass(frozen=True, slots=True)
class TestPermit:
    """Whether a customer may take another risk test."""

    __test__ = False

    allowed: bool
    #: Why not; None if it is allowed.
    reason: Text | None
    #: When the next one may be taken, in UTC: now if it is allowed.
    next_at: datetime


_DAY_FULL = Text(
    "当天已做 2 次风险测评",
    "Two risk tests have been taken today",
    "Ya se han hecho dos tests de riesgo hoy",
)
_YEAR_FULL = Text(
    "近 12 个月已做 8 次风险测评",
    "Eight risk tests have been taken in 12 months",
    "Ya se han hecho ocho tests de riesgo en 12 meses",
)


def may_take_test(
    taken: Sequence[datetime], now: datetime, zone: str | None, bank_zones: Sequence[str]
) -> TestPermit:
    """Tell whether a customer may take a risk test at `now`, given the moments of those `taken`.

    At most two in a calendar day and eight in twelve months, where the customer lives. A test that
    lies in the future, because a clock was set back, counts.
    """
    home = zones_for(zone, bank_zones)[0]
    reason = _too_many(taken, now, home)
    moment = now
    while _too_many(taken, moment, home) is not None:
        moment = _next_chance(taken, moment, home)
    return TestPermit(reason is None, reason, moment.astimezone(UTC))


def _too_many(taken: Sequence[datetime], moment: datetime, zone: ZoneInfo) -> Text | None:
    today = moment.astimezone(zone).date()
    if sum(one.astimezone(zone).date() >= today for one in taken) >= TESTS_PER_DAY:
        return _DAY_FULL
    oldest = _last_expired(moment, zone)
    if sum(int(one.timestamp()) > oldest for one in taken) >= TESTS_PER_YEAR:
        return _YEAR_FULL
    return None


def _next_chance(taken: Sequence[datetime], moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the next moment at which a test of a day, or of twelve months, drops out."""
    midnight = datetime.combine(
        moment.astimezone(zone).date() + timedelta(days=1), time(), tzinfo=zone
    )
    ends = [_year_after(one.astimezone(zone).replace(microsecond=0)) for one in taken]
    return min([midnight, *(end for end in ends if end > moment)])


def day_in(moment: datetime, zone: str | None, bank_zones: Sequence[str]) -> date:
    """Return the calendar day of `moment` where the customer lives, or in the bank's first zone."""
    return local_day(moment, zones_for(zone, bank_zones)[0].key)
