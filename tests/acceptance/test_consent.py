"""A refusal on the command line is heard by the very next decision."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from asterism.bootstrap import Asterism
from asterism.demo import DemoReport
from asterism.loop.planning import plan_day

pytestmark = pytest.mark.xdist_group("demo")


def run(home: Path, *arguments: str) -> Any:
    """Run the command line as a person does; return the JSON that it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "asterism", "--home", str(home), *arguments, "--json"],
        capture_output=True,
        text=True,
        env={**os.environ, "ASTERISM_LOCALE": "en"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def by_channel(asterism: Asterism) -> dict[str, set[str]]:
    """Return whom the next day's decision means to contact, by channel; nothing is written."""
    _, decisions = plan_day(asterism.bank)
    rows: list[Mapping[str, str]] = decisions.touches.to_pylist()
    found: dict[str, set[str]] = {}
    for row in rows:
        if row["arm"] == "touch":
            found.setdefault(row["channel"], set()).add(row["customer_id"])
    return found


def test_a_refusal_is_heard_by_the_next_decision_and_not_by_the_last(
    demo: tuple[Asterism, DemoReport],
) -> None:
    asterism, _ = demo
    home = asterism.bank.home
    before = by_channel(asterism)
    channel, medium = ("email", "email") if before.get("email") else ("app_slot", "app")
    one, other = sorted(before[channel])[:2]
    run(home, "consent", "withdraw", one, "--channel", medium, "--evidence", "call 1")
    run(home, "blacklist", "add", other, "--reason", "fraud case 7")
    after = by_channel(asterism)
    assert one not in after.get(channel, set())
    assert all(other not in customers for customers in after.values())
    assert len(before[channel] - after[channel]) < len(before[channel])

    states = run(home, "consent", "show", one)["states"]
    assert {s["medium"]: s["given"] for s in states if s["purpose"] == "marketing"}[medium] is False
    # the day was decided before anybody said so: it is explained by what was known then
    assert "fraud case 7" not in json.dumps(run(home, "why", other))
    listed = run(home, "blacklist", "show")
    assert [entry["customer_id"] for entry in listed] == [other]

    run(home, "consent", "give", one, "--channel", medium)
    run(home, "blacklist", "remove", other, "--reason", "cleared")
    assert by_channel(asterism) == before
