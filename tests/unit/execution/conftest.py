"""A ledger, a clock at ten in the morning in Shanghai, and decisions to plan."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import Engine

from asterism.execution import Desk, dispatch, plan_touches, queue_touches
from asterism.execution.channels import Channel, Content, Message, Traits
from asterism.execution.recipients import Recipient
from asterism.kernel.clock import SetClock
from asterism.ledger import metadata, open_ledger

DAY = date(2026, 3, 2)
AGREED = {
    "consent_marketing": True,
    "consent_email": True,
    "consent_phone": True,
    "consent_app": True,
}


@dataclass(frozen=True)
class Decisions:
    touches: Any
    funnel: Sequence[Any] = field(default_factory=list)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))


@pytest.fixture
def decide() -> Callable[..., Decisions]:
    """Return a maker of decisions: rows of which only the telling fields are given."""

    def make(*rows: Mapping[str, Any], funnel: Sequence[Any] = ()) -> Decisions:
        usual = {
            "strategy": "first_fund",
            "version": 1,
            "wave": 1,
            "offer": "money_fund",
            "channel": "email",
            "value_minor": 100,
            "cost_minor": 2,
            "arm": "touch",
        }
        names = {name: None for row in rows for name in row}
        full = [{**names, **usual, **row} for row in rows]
        return Decisions(pa.Table.from_pylist(full), funnel)

    return make


@dataclass
class Bank:
    """Everything that sending needs, with everybody reachable until a test says otherwise."""

    engine: Engine
    clock: SetClock
    recipients: dict[str, Recipient] = field(default_factory=dict)
    desk_changes: dict[str, Any] = field(default_factory=dict)

    def look_up(self, customer_ids: Sequence[str], _: Traits) -> Mapping[str, Recipient]:
        return {
            customer: self.recipients.get(customer) or person(customer)
            for customer in customer_ids
            if customer != "nobody"
        }

    def plan(self, decisions: Decisions, day: date = DAY) -> dict[str, int]:
        return plan_touches(self.engine, decisions, day, self.clock)

    def send(self, *channels: Channel) -> dict[str, int]:
        queue_touches(self.engine, self.clock.now().date(), self.clock)
        desk = Desk(recipients=self.look_up, compose=words, **self.desk_changes)
        return dispatch(self.engine, {c.name: c for c in channels}, desk, self.clock)


def person(customer_id: str, **changes: Any) -> Recipient:
    usual = {
        "customer_id": customer_id,
        "name": f"Name of {customer_id}",
        "email": f"{customer_id}@bank.example",
        "mobile": "13800000000",
        "time_zone": "Asia/Shanghai",
        "profile": AGREED,
    }
    return Recipient(**{**usual, **changes})


def words(message: Message, recipient: Recipient, channel: str) -> Content:
    return Content(subject="Hello", text=f"{recipient.name}, have a look at {message.offer}.")


@pytest.fixture
def bank(engine: Engine, clock: SetClock) -> Bank:
    return Bank(engine, clock)


@pytest.fixture
def reachable() -> Callable[..., Recipient]:
    return person
