"""How the bank's figures went over the published snapshots, read from their statistics."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from asterism.insight.snapshots import Published, snapshot_history
from asterism.insight.statistics import TagStatistics, tag_statistics
from asterism.kernel.errors import NotFoundError
from asterism.server.services import Services

#: Days that a trend goes back.
DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A few figures of one day's data."""

    as_of: date
    customers: int
    #: Assets of all customers together, minor units.
    assets: float
    #: Share of customers who logged in within 30 days.
    active: float
    #: Mean of the last survey scores, and how many customers gave one.
    score: float | None
    scores: int


class Trends:
    """Figures by snapshot; a snapshot never changes, so each is read once."""

    def __init__(self) -> None:
        self._known: dict[str, Figures | None] = {}
        self._lock = threading.Lock()

    def read(self, services: Services) -> tuple[Figures, ...]:
        """Return the figures of the last days, oldest first; one for each day."""
        by_day: dict[date, Published] = {
            one.as_of: one for one in snapshot_history(services.engine)
        }
        chosen = [by_day[day] for day in sorted(by_day)[-DAYS:]]
        with self._lock:
            found = [self._figures(services, one) for one in chosen]
        return tuple(one for one in found if one is not None)

    def _figures(self, services: Services, published: Published) -> Figures | None:
        if published.id not in self._known:
            self._known[published.id] = _read(services, published)
        return self._known[published.id]


def _read(services: Services, published: Published) -> Figures | None:
    """Read a snapshot's figures; None for one that was pruned since, or has no tags."""
    try:
        statistics = tag_statistics(services.warehouse.open(published.id))
    except NotFoundError:
        return None
    return _figures(published.as_of, statistics)


def _figures(as_of: date, statistics: Mapping[str, TagStatistics]) -> Figures:
    assets, log_ins = statistics.get("aum"), statistics.get("days_since_login")
    score = statistics.get("last_survey_score")
    customers = assets.customers if assets else 0
    return Figures(
        as_of=as_of,
        customers=customers,
        assets=(assets.mean or 0.0) * assets.known if assets else 0.0,
        active=_share_below(log_ins, 30),
        score=score.mean if score else None,
        scores=score.known if score else 0,
    )


def _share_below(found: TagStatistics | None, limit: float) -> float:
    """Return the share of all customers whose value is below `limit`, from the bins."""
    if found is None or not found.customers or len(found.edges) < 2:  # noqa: PLR2004
        return 0.0
    below = 0.0
    for low, high, count in zip(found.edges, found.edges[1:], found.bins, strict=False):
        width = (high - low) or 1.0
        below += count * min(max((limit - low) / width, 0.0), 1.0)
    return below / found.customers


def column(figures: Sequence[Figures], name: str) -> list[float | None]:
    """Return one figure of each day."""
    return [getattr(one, name) for one in figures]
