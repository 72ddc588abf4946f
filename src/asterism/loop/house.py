"""What looking back, or looking ahead, is done with: a bank, or the console's services."""

from typing import Protocol

from sqlalchemy import Engine

from asterism.kernel.clock import Clock
from asterism.warehouse import Warehouse


class House(Protocol):
    """The stores and the clock; nothing that could send."""

    @property
    def engine(self) -> Engine:
        """The ledger."""
        ...

    @property
    def warehouse(self) -> Warehouse:
        """The snapshots."""
        ...

    @property
    def clock(self) -> Clock:
        """What time it is."""
        ...
