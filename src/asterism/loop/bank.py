"""What one day of the loop works with."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from asterism.execution.channels import Channel
from asterism.insight.snapshots import current_id
from asterism.kernel.clock import Clock
from asterism.kernel.errors import NotFoundError
from asterism.warehouse import Snapshot, Warehouse


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """A bank's stores, its clock and its channels."""

    home: Path
    engine: Engine
    warehouse: Warehouse
    clock: Clock
    channels: Mapping[str, Channel]
    #: What customers call it.
    name: str
    #: Language of what it sends: zh, en or es.
    locale: str
    #: IANA zone in which the business day runs.
    time_zone: str
    #: Share of customers who are never contacted.
    universal_control: float
    #: The most marketing touches for one customer in a day.
    touches_per_day: int
    #: Daily snapshots kept besides the last one of each month.
    snapshots_kept: int

    def snapshot(self) -> Snapshot:
        """Return the published snapshot; NotFoundError before the first."""
        identity = current_id(self.engine)
        if identity is None:
            raise NotFoundError(
                "There is no data yet: run `asterism import MAPPING --source DIR`, "
                "or `asterism demo` for a simulated bank."
            )
        return self.warehouse.open(identity)
