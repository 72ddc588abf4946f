"""Where a customer lives, as a clock sees it: their own zone, or every zone of the bank."""

from collections.abc import Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: The zone of a bank that names none.
DEFAULT_ZONES = ("Asia/Shanghai",)


@lru_cache(maxsize=1_024)
def zone_named(name: str | None) -> ZoneInfo | None:
    """Return the IANA zone called `name`; None for one that does not exist.

    >>> zone_named("Asia/Urumqi").key, zone_named("../etc/passwd"), zone_named(None)
    ('Asia/Urumqi', None, None)
    """
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zones_for(name: str | None, bank_zones: Sequence[str]) -> tuple[ZoneInfo, ...]:
    """Return the customer's zone, or all of the bank's where the customer's is not known.

    What is to hold in an unknown zone has to hold in every zone that it may be.
    """
    own = zone_named(name)
    if own is not None:
        return (own,)
    return tuple(ZoneInfo(zone) for zone in bank_zones or DEFAULT_ZONES)
