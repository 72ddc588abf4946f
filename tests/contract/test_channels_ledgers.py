"""The whole life of touches on every database that can hold the ledger."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import Engine, create_engine, func, select, text

from asterism.execution import (
    Desk,
    Refusal,
    app_slot,
    contacts,
    delivered,
    dispatch,
    plan_touches,
    queue_touches,
    recall_touches,
    record_receipts,
    record_refusals,
    record_result,
    work_items,
)
from asterism.execution.channels import (
    AppSlotChannel,
    Channel,
    Content,
    ManagerListChannel,
    MemoryChannel,
    Message,
    Traits,
)
from asterism.execution.permission import Rules
from asterism.execution.queries import TouchFilter, funnel_of, life_of, touches
from asterism.execution.recipients import Recipient
from asterism.execution.sender import sole_sender
from asterism.execution.tables import touch
from asterism.execution.unsubscribe import unsubscribe, unsubscribe_key, unsubscribe_token
from asterism.execution.worklist import WorkResult
from asterism.kernel.clock import SetClock
from asterism.ledger import metadata, open_ledger

DAY = date(2026, 3, 2)
POSTGRES = Path("/usr/lib/postgresql/15/bin")
AGREED = {"consent_email": True, "consent_app": True, "consent_phone": True}
EMAIL = Traits(consent="consent_email", intrusive=True, address="email", batch=2)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Start a PostgreSQL of our own; skip where the programs or a user to run them are missing."""
    user = "nobody" if os.geteuid() == 0 else None
    if not (POSTGRES / "initdb").exists():
        pytest.skip("PostgreSQL 15 is not installed here")
    directory = Path(tempfile.mkdtemp(prefix="asterism-pg-", dir="/tmp"))
    if user is not None:
        shutil.chown(directory, user)
    data = directory / "data"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"-p {port} -k {directory} -c listen_addresses='' -c fsync=off"
    control = [f"{POSTGRES}/pg_ctl", "-D", str(data), "-w"]

    def run(*command: str, check: bool = True) -> None:
        subprocess.run(command, check=check, user=user, cwd=directory, capture_output=True)

    try:
        run(f"{POSTGRES}/initdb", "-D", str(data), "-U", "asterism", "-A", "trust", "-N")
        run(*control, "-l", f"{directory}/log", "-o", options, "start")
        yield f"postgresql+psycopg://asterism@/postgres?host={directory}&port={port}"
    finally:
        run(*control, "-m", "immediate", "stop", check=False)
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        engine = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    else:
        address = request.getfixturevalue("server")
        fresh = create_engine(address, isolation_level="AUTOCOMMIT")
        name = f"t{os.urandom(6).hex()}"
        with fresh.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        fresh.dispose()
        engine = open_ledger(address.replace("/postgres?", f"/{name}?"))
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@dataclass(frozen=True)
class Decisions:
    touches: Any
    funnel: Sequence[Any] = field(
        default_factory=lambda: [("first_fund", "audience", "audience.meant", 4, 6)]
    )


def decisions(*rows: Mapping[str, Any]) -> Decisions:
    usual = {
        "strategy": "first_fund",
        "version": 1,
        "wave": 1,
        "offer": "money_fund",
        "family": "money_fund",
        "channel": "email",
        "value_minor": 100,
        "cost_minor": 2,
        "arm": "touch",
        "manager_id": "M1",
        "branch_id": "B1",
    }
    return Decisions(pa.Table.from_pylist([{**usual, **row} for row in rows]))


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))


@pytest.fixture
def send(engine: Engine, clock: SetClock) -> Callable[..., dict[str, int]]:
    def send_all(*channels: Channel) -> dict[str, int]:
        queue_touches(engine, DAY, clock)
        desk = Desk(recipients=everybody, compose=words, rules=Rules(per_day=3))
        return dispatch(engine, {c.name: c for c in channels}, desk, clock)

    return send_all


def everybody(customer_ids: Sequence[str], _: Traits) -> dict[str, Recipient]:
    return {
        one: Recipient(customer_id=one, email=f"{one}@bank.example", profile=AGREED)
        for one in customer_ids
    }


def words(message: Message, recipient: Recipient, channel: str) -> Content:
    return Content(subject=message.offer, text=recipient.customer_id + channel)


def states(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        rows = connection.execute(select(touch.c.customer_id, touch.c.state)).all()
    return {row.customer_id: row.state for row in rows}


def test_planning_is_done_once_and_sending_too(engine: Engine, clock: Any, send: Any) -> None:
    chosen = decisions({"customer_id": "a"}, {"customer_id": "b", "arm": "holdout"})
    channel = MemoryChannel(name="email", traits=EMAIL)

    first = plan_touches(engine, chosen, DAY, clock)
    again = plan_touches(engine, chosen, DAY, clock)
    send(channel)
    send(channel)

    assert first == {"decided": 2, "assigned": 2, "planned": 1}
    assert again == {"decided": 2, "assigned": 0, "planned": 0}
    assert [message.customer_id for message in channel.taken] == ["a"]
    row, events = life_of(engine, channel.taken[0].key)
    assert row.sent_at == clock.now()
    assert [event.kind for event in events] == ["planned", "approved", "queued", "sent"]


def test_a_crash_is_reconciled(engine: Engine, clock: Any, send: Any) -> None:
    class Dying(MemoryChannel):
        def deliver(self, batch: Any, now: datetime) -> Any:
            super().deliver(batch[:1], now)
            raise KeyboardInterrupt

    plan_touches(engine, decisions(*({"customer_id": c} for c in "abc")), DAY, clock)
    dying = Dying(name="email", traits=EMAIL)
    with pytest.raises(KeyboardInterrupt):
        send(dying)
    after = MemoryChannel(name="email", traits=EMAIL, taken=dying.taken)

    told = send(after)

    assert (told["taken"], told["again"], told["sent"]) == (1, 1, 2)
    assert sorted(message.customer_id for message in after.taken) == ["a", "b", "c"]


def test_receipts_refusals_and_recalls(engine: Engine, clock: Any, send: Any) -> None:
    plan_touches(engine, decisions(*({"customer_id": c} for c in "abc")), DAY, clock)
    channel = MemoryChannel(name="email", traits=EMAIL)
    refusal = Refusal(customer_id="c", channel="email", at=clock.now(), source="console")
    assert record_refusals(engine, [refusal]) == 1
    send(channel)
    table = pa.table(
        {
            "touch_id": [message.key for message in channel.taken],
            "kind": ["answered", "opted_out"],
            "at": pa.array([clock.now()] * 2, pa.timestamp("us", tz="UTC")),
        }
    )

    assert record_receipts(engine, table)["recorded"] == 2
    assert record_receipts(engine, table)["recorded"] == 0
    assert sorted(states(engine).values()) == ["answered", "seen", "suppressed"]
    plan_touches(engine, decisions({"customer_id": "z"}), date(2026, 3, 3), clock)
    assert recall_touches(engine, "first_fund", clock, actor="ana") == 1
    assert states(engine)["z"] == "recalled"


def test_lists_and_slots(engine: Engine, clock: Any, send: Any) -> None:
    rows = [{"customer_id": c, "channel": n} for c in "ab" for n in ("app_slot", "manager_list")]
    plan_touches(engine, decisions(*rows), DAY, clock)
    send(AppSlotChannel(), ManagerListChannel(engine))

    offer = app_slot(engine, "a", "home", clock)
    items = work_items(engine, DAY, manager_id="M1")
    record_result(engine, items[0].touch_id, WorkResult.DONE, "agreed", "mei", clock)

    assert offer is not None
    assert len(items) == 2
    assert len(work_items(engine, DAY, branch_id="B1")) == 1


def test_questions_have_the_same_answers(engine: Engine, clock: Any, send: Any) -> None:
    plan_touches(engine, decisions(*({"customer_id": c} for c in "abc")), DAY, clock)
    send(MemoryChannel(name="email", traits=EMAIL))

    rows, total = touches(engine, TouchFilter(strategy="first_fund"), limit=2)
    found = contacts(engine, date(2026, 3, 3))

    assert (len(rows), total) == (2, 3)
    assert found.spent == {"first_fund": 6}
    assert sorted(found.touched["customer_id"].to_pylist()) == ["a", "b", "c"]
    assert found.assigned["occasion"].to_pylist() == ["2026-03-02"] * 3
    assert delivered(engine, DAY)["sent_at"].to_pylist() == [clock.now()] * 3
    steps = funnel_of(engine, "first_fund", DAY, DAY)
    assert [(step.reason, step.left) for step in steps][:3] == [
        ("audience.meant", 6),
        ("planned", 3),
        ("sent", 3),
    ]


def test_a_link_unsubscribes(engine: Engine, clock: Any, send: Any) -> None:
    plan_touches(engine, decisions({"customer_id": "a"}), DAY, clock)
    channel = MemoryChannel(name="email", traits=EMAIL)
    send(channel)
    token = unsubscribe_token(unsubscribe_key(engine), channel.taken[0].key)

    assert unsubscribe(engine, token, clock) == "email"


def test_a_channel_has_one_sender(engine: Engine) -> None:
    with sole_sender(engine, "email") as first, sole_sender(engine, "email") as second:
        assert (first, second) == (True, False)
    with sole_sender(engine, "email") as third:
        assert third


def test_planners_and_senders_at_once_do_each_thing_once(
    engine: Engine, clock: Any, send: Any
) -> None:
    chosen = decisions(*({"customer_id": f"c{number}"} for number in range(40)))
    channel = MemoryChannel(name="email", traits=EMAIL)

    def work(number: int) -> None:
        if number % 2:
            plan_touches(engine, chosen, DAY, clock)
        send(channel)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(8)))
    send(channel)

    assert len(channel.taken) == 40
    with engine.connect() as connection:
        count = connection.execute(select(func.count()).select_from(touch)).scalar_one()
    assert count == 40
    assert set(states(engine).values()) == {"sent"}
