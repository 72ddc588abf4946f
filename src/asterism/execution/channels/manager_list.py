"""The relationship manager's list: a touch whose channel is a person."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Engine

from asterism.execution.bulk import insert_new
from asterism.execution.channels.port import Message, Outcome, Result, Standing, Traits
from asterism.execution.life import exclusive
from asterism.execution.tables import work_item
from asterism.kernel.words import Text

MANAGER_LIST = "manager_list"


class ManagerListChannel:
    """Puts work items on the list of the customer's manager, or of the branch if there is none."""

    name = MANAGER_LIST
    title = Text("客户经理待办", "Manager's list", "Lista del gestor")
    traits = Traits(consent="consent_phone", intrusive=False, batch=2_000)

    def __init__(self, engine: Engine) -> None:
        """Keep work items in the ledger at `engine`."""
        self._engine = engine

    def deliver(self, batch: Sequence[Message], now: datetime) -> Sequence[Outcome]:
        """Write the items; one that is on the list already stays as it is."""
        rows = [
            {
                "touch_id": message.key,
                "customer_id": message.customer_id,
                "strategy": message.strategy,
                "offer": message.offer,
                "value_minor": message.value_minor,
                "manager_id": message.manager_id,
                "branch_id": message.branch_id,
                "state": "open",
                "due_on": message.planned_for,
                "live_until": message.live_until,
                "attempts": 0,
            }
            for message in batch
        ]
        if rows:
            with self._engine.begin() as connection:
                exclusive(connection)
                connection.execute(insert_new(connection, work_item), rows)
        return [Outcome(key=message.key, result=Result.SENT) for message in batch]

    def lookup(self, keys: Sequence[str]) -> Mapping[str, Standing]:
        """Say that all may come again: listing twice is listing once."""
        return dict.fromkeys(keys, Standing.SAFE_TO_SEND)

    def close(self) -> None:
        """Hold nothing, close nothing."""
