"""The warehouse: all snapshots of a bank's data in one directory."""

from collections.abc import Collection
from datetime import date, timedelta
from pathlib import Path

from asterism.kernel.clock import Clock, SystemClock
from asterism.kernel.errors import NotFoundError
from asterism.kernel.words import N_
from asterism.warehouse.draft import Draft
from asterism.warehouse.manifest import Manifest
from asterism.warehouse.retention import collect, retire, sweep
from asterism.warehouse.rooms import Rooms, hold
from asterism.warehouse.snapshot import Snapshot

#: How long a pruned snapshot's parts stay for readers that still hold it.
GRACE = timedelta(hours=1)


class Warehouse:
    """Snapshots under one root directory, which is made if it is missing."""

    def __init__(self, root: Path, clock: Clock | None = None) -> None:
        self.root = root
        self.rooms = Rooms(root)
        self._clock: Clock = clock or SystemClock()
        self.rooms.build()

    def begin(self, parent: Snapshot | None, as_of: date) -> Draft:
        """Begin the next snapshot from `parent`; sweep away what dead processes left behind."""
        with self.rooms.alone():
            sweep(self.rooms)
            draft_id = f"{self._last_number() + 1:06d}"
            lock = hold(self.rooms.lock(draft_id))
            self.rooms.partial(draft_id).mkdir()
        return Draft(
            rooms=self.rooms,
            id=draft_id,
            as_of=as_of,
            parent=parent,
            created_at=self._clock.now(),
            lock=lock,
            datasets=dict(parent.datasets) if parent else {},
            stats=dict(parent.stats) if parent else {},
        )

    def open(self, snapshot_id: str) -> Snapshot:
        """Open a snapshot; NotFoundError if there is none of this id."""
        if snapshot_id not in self._ids():
            raise NotFoundError(N_("There is no snapshot {snapshot_id}."), snapshot_id=snapshot_id)
        return Snapshot(self.rooms, Manifest.read(self.rooms.manifest(snapshot_id)))

    def list(self) -> tuple[Snapshot, ...]:
        """Return all snapshots, oldest first."""
        return tuple(self.open(snapshot_id) for snapshot_id in self._ids())

    def prune(
        self, keep: int, protect: Collection[str] = (), grace: timedelta = GRACE
    ) -> tuple[str, ...]:
        """Let go of all but the newest `keep` and the protected snapshots; return their ids.

        They are gone for those who look now. Parts that no remaining snapshot refers to are
        removed once `grace` has passed, by a later call.
        """
        with self.rooms.alone():
            sweep(self.rooms)
            old = self._ids()[: -max(keep, 1)]
            gone = tuple(snapshot_id for snapshot_id in old if snapshot_id not in protect)
            for snapshot_id in gone:
                retire(self.rooms, snapshot_id)
            collect(self.rooms, self._clock.now(), grace)
        return gone

    def _ids(self) -> tuple[str, ...]:
        return tuple(sorted(path.stem for path in self.rooms.snapshots.glob("[0-9]*.json")))

    def _last_number(self) -> int:
        """Numbers are never used twice: the newest snapshot is never pruned."""
        names = [path.stem for path in self.rooms.snapshots.glob("[0-9]*.json")]
        names += [lock.name.removeprefix(".") for lock in self.rooms.parts.glob(".*.lock")]
        return max((int(name.partition(".")[0]) for name in names), default=0)
