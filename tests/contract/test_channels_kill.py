"""A sender that is killed at random: the next one goes on, nothing doubled, nothing lost."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from asterism.execution.tables import outbox, touch, touch_event
from asterism.ledger import metadata, open_ledger

CUSTOMERS = 600
KILLS = 10
#: Forks workers that plan and send, and kills each after a while; the last one may finish.
DRIVER = """
import os, signal, sys, time
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
import numpy as np
import pyarrow as pa
from asterism.execution import Desk, dispatch, plan, plan_touches, queue_touches
from asterism.execution.channels import Content, EmailChannel, Letterhead, MailFolder
from asterism.execution.channels.memory import MemoryChannel
from asterism.execution.channels.port import Standing
from asterism.execution.permission import Rules
from asterism.execution.recipients import Recipient
from asterism.kernel.clock import SetClock
from asterism.ledger import open_ledger

home, customers, kills, remembers = Path(sys.argv[1]), *map(int, sys.argv[2:5])
plan.BATCH = 100


class Forgetful(MailFolder):
    def lookup(self, keys):
        return dict.fromkeys(keys, Standing.CANNOT_SAY)


def work():
    engine = open_ledger(f"sqlite:///{home / 'ledger.db'}")
    clock = SetClock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    rows = [
        {
            "customer_id": f"C{n:05d}", "strategy": "first_fund", "version": 1, "wave": 1,
            "offer": "money_fund", "channel": "email", "value_minor": n, "cost_minor": 2,
            "arm": "touch" if n % 10 else "holdout",
        }
        for n in range(customers)
    ]
    chosen = SimpleNamespace(touches=pa.Table.from_pylist(rows), funnel=[])
    plan_touches(engine, chosen, date(2026, 3, 2), clock)
    queue_touches(engine, date(2026, 3, 2), clock)
    post = (MailFolder if remembers else Forgetful)(home / "outbox-files")
    letterhead = Letterhead("B <b@bank.example>", public_url="http://x", token=lambda key: key)
    channel = EmailChannel(letterhead, post, batch=10)
    desk = Desk(
        recipients=lambda ids, _: {
            c: Recipient(
                customer_id=c, email=f"{c}@bank.example", profile={"consent_email": True}
            )
            for c in ids
        },
        compose=lambda message, recipient, channel: Content(subject="s", text="t"),
        rules=Rules(),
    )
    dispatch(engine, {"email": channel}, desk, clock)


generator = np.random.default_rng(7)
for number in range(kills + 1):
    worker = os.fork()
    if worker == 0:
        work()
        os._exit(0)
    if number < kills:
        time.sleep(generator.uniform(0.0, 0.35))
        os.kill(worker, signal.SIGKILL)
    _, status = os.waitpid(worker, 0)
    if number == kills:
        sys.exit(os.waitstatus_to_exitcode(status))
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    engine = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(engine)
    engine.dispose()
    return tmp_path


def run(home: Path, *, remembers: bool) -> Counter[str]:
    """Run the driver; return how often each letter is in the sink."""
    arguments = [str(home), str(CUSTOMERS), str(KILLS), str(int(remembers))]
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, *arguments], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    path = home / "outbox-files" / "email-2026-03-02.jsonl"
    return Counter(json.loads(line)["key"] for line in path.read_text().splitlines())


def facts(home: Path) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Return how many touches and outbox items stand where, and how many events there are."""
    engine = open_ledger(f"sqlite:///{home / 'ledger.db'}")
    with engine.connect() as connection:
        found = tuple(
            Counter({row[0]: row[1] for row in connection.execute(query)})
            for query in (
                select(touch.c.state, func.count()).group_by(touch.c.state),
                select(outbox.c.state, func.count()).group_by(outbox.c.state),
                select(touch_event.c.kind, func.count()).group_by(touch_event.c.kind),
            )
        )
    engine.dispose()
    return found  # type: ignore[return-value]


def test_into_a_sink_that_remembers_every_letter_goes_exactly_once(home: Path) -> None:
    letters = run(home, remembers=True)

    meant = CUSTOMERS * 9 // 10
    assert len(letters) == meant
    assert set(letters.values()) == {1}
    states, items, events = facts(home)
    assert states == items == {"sent": meant}
    assert events == dict.fromkeys(("planned", "approved", "queued", "sent"), meant)


def test_into_a_sink_that_forgets_no_letter_goes_twice_and_each_is_accounted_for(
    home: Path,
) -> None:
    letters = run(home, remembers=False)

    assert set(letters.values()) == {1}
    states, items, _ = facts(home)
    assert states == items
    assert states.total() == CUSTOMERS * 9 // 10
    assert set(states) <= {"sent", "unknown"}
    assert states["sent"] <= len(letters) <= states.total()
    assert states["unknown"] <= 10 * KILLS, "at most one batch is in hand at each kill"
