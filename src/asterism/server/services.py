"""What the console works on: the stores, the clock, and the snapshot that is current."""

import queue
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from ibis.backends.duckdb import Backend

from asterism.audience import Audience, Catalogue, Columns, Mask, compile_audience
from asterism.insight.profiles import Profiles
from asterism.insight.segments import segment_expressions, segment_version_table
from asterism.insight.snapshots import snapshot_table
from asterism.insight.statistics import TagStatistics, tag_statistics
from asterism.insight.tags import catalogue
from asterism.kernel.clock import Clock
from asterism.kernel.errors import ConflictError
from asterism.kernel.words import N_
from asterism.ledger.store import reading
from asterism.server.auth.scope import Scope
from asterism.warehouse import Snapshot, Warehouse, connect


class ConsoleSettings(Protocol):
    """What the console reads of the settings."""

    @property
    def locale(self) -> str:
        """Language until a person chooses: zh, en or es."""

    @property
    def bank_name(self) -> str:
        """What customers call the bank."""

    @property
    def currency(self) -> str:
        """ISO 4217 code of the bank's currency."""

    @property
    def time_zone(self) -> str:
        """IANA zone of the bank's business day."""

    @property
    def session_idle_minutes(self) -> int:
        """Minutes without a request after which a session ends."""

    @property
    def session_hours(self) -> int:
        """Hours after which a session ends however busy it is."""

    @property
    def universal_control(self) -> float:
        """Share of customers who are never contacted."""

    @property
    def touches_per_day(self) -> int:
        """The most marketing touches that one customer gets in a day."""

    @property
    def large_audience(self) -> int:
        """Customers from which on a strategy takes an approver of large ones."""

    @property
    def large_spend_minor(self) -> int:
        """Minor units a day from which on a strategy takes an approver of large ones."""


@dataclass(frozen=True)
class Reading:
    """One published snapshot, opened: what every page of one request reads."""

    snapshot: Snapshot
    columns: Columns
    #: Open once for the whole process: LMDB must not be opened twice.
    profiles: Profiles
    #: Expressions of the saved segments, by name, as they were when the reading was opened.
    segments: Mapping[str, str]

    @cached_property
    def catalogue(self) -> Catalogue:
        """Tags and segments that the audience language may name."""
        return catalogue(self.segments)

    @cached_property
    def statistics(self) -> Mapping[str, TagStatistics]:
        """Coverage, distribution and freshness of each tag."""
        return tag_statistics(self.snapshot)

    @property
    def as_of(self) -> date:
        """The last day that the data knows."""
        return self.snapshot.as_of

    @property
    def day(self) -> date:
        """The business day on which decisions from this data are made."""
        return self.snapshot.as_of + timedelta(days=1)

    @property
    def size(self) -> int:
        """How many customers there are."""
        return int(self.columns.size)

    def profile(self, customer_id: str) -> dict[str, object]:
        """Return a customer's tags that are not null; none for an unknown customer."""
        return self.profiles.get(customer_id) or {}

    def audience(self, text: str) -> Audience:
        """Compile an audience; InvalidAudienceError with every problem."""
        return compile_audience(text, self.catalogue)

    def mask(self, audience: Audience | None, scope: Scope) -> Mask | None:
        """Return who is both in the audience and in the scope; None for everyone."""
        parts = [audience] if audience else []
        if scope.audience:
            parts.append(self._scope_audience(scope.audience))
        if not parts:
            return None
        mask = parts[0].mask(self.columns)
        return mask & parts[1].mask(self.columns) if len(parts) > 1 else mask

    def count(self, mask: Mask | None) -> int:
        """Return how many customers a mask holds."""
        return self.size if mask is None else int(mask.count())

    def _scope_audience(self, text: str) -> Audience:
        return compile_audience(text, Catalogue(tags=self.catalogue.tags))


class CurrentSnapshot:
    """Holds the current snapshot open, and opens the next one when it is published."""

    def __init__(self, engine: sa.Engine, warehouse: Warehouse) -> None:
        self._engine = engine
        self._warehouse = warehouse
        self._lock = threading.Lock()
        self._reading: Reading | None = None
        self._seen: tuple[str | None, int] = (None, 0)

    def find(self) -> Reading | None:
        """Return the current snapshot's reading; None while nothing has been published."""
        state = self._state()
        if state[0] is None:
            return None
        held = self._reading
        if held and state == self._seen:
            return held
        with self._lock:
            if state != self._seen or self._reading is None:
                self._reading = self._open(state[0], segment_expressions(self._engine))
                self._seen = state
            return self._reading

    def _state(self) -> tuple[str | None, int]:
        """Return the current snapshot's id and how many segment versions there are.

        Both only grow, and one statement reads both: this runs with every request.
        """
        newest = sa.select(snapshot_table.c.id).order_by(snapshot_table.c.number.desc()).limit(1)
        versions = sa.select(sa.func.count()).select_from(segment_version_table)
        query = sa.select(newest.scalar_subquery(), versions.scalar_subquery())
        with reading(self._engine) as connection:
            snapshot_id, count = connection.execute(query).one()
        return snapshot_id, int(count)

    def get(self) -> Reading:
        """Return the current snapshot's reading; ConflictError while nothing is published."""
        found = self.find()
        if found is None:
            raise ConflictError(
                N_("No data has been published yet: import data and run a day first.")
            )
        return found

    def _open(self, snapshot_id: str, segments: Mapping[str, str]) -> Reading | None:
        held = self._reading
        if held and held.snapshot.id == snapshot_id:
            return Reading(held.snapshot, held.columns, held.profiles, segments)
        snapshot = self._warehouse.open(snapshot_id)
        if "columns" not in snapshot.datasets:
            # Imported and not yet computed: readers stay with what they have.
            return held
        return Reading(
            snapshot=snapshot,
            columns=Columns.open(snapshot.path("columns")),
            profiles=Profiles.open(snapshot.path("profiles")),
            segments=segments,
        )


class Engines:
    """A few analytical connections, lent to one request at a time."""

    def __init__(self, most: int = 4) -> None:
        self._free: queue.LifoQueue[Backend | None] = queue.LifoQueue()
        for _ in range(most):
            self._free.put(None)

    @contextmanager
    def lend(self) -> Iterator[Backend]:
        """Lend a connection; waits while all are lent."""
        found = self._free.get()
        try:
            found = found or connect(memory_limit="1GB", threads=2)
            yield found
        finally:
            self._free.put(found)


@dataclass(slots=True)
class Services:
    """Everything that the console needs to be handed."""

    engine: sa.Engine
    warehouse: Warehouse
    clock: Clock
    home: Path
    settings: ConsoleSettings
    current: CurrentSnapshot = field(init=False)
    engines: Engines = field(init=False)

    def __post_init__(self) -> None:
        self.current = CurrentSnapshot(self.engine, self.warehouse)
        self.engines = Engines()
