"""The loop, end to end, on a simulated bank: nothing here is mocked."""

import json
import os
import subprocess
import sys
import time
from datetime import date
from math import isfinite
from pathlib import Path

import pytest
from sqlalchemy import func, select

from asterism.bootstrap import Asterism
from asterism.demo import DemoReport
from asterism.execution import delivered
from asterism.execution.tables import assignment, touch
from asterism.loop import run_day, send_what_is_due, sending

pytestmark = pytest.mark.xdist_group("demo")


def run(home: Path, *arguments: str, code: int = 0, said: str = "") -> str:
    """Run the command line as a person does; return its standard output."""
    done = subprocess.run(
        [sys.executable, "-m", "asterism", "--home", str(home), *arguments],
        capture_output=True,
        text=True,
        input=said,
        env={**os.environ, "ASTERISM_LOCALE": "en"},
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def test_five_days_touch_customers_and_measure_what_came_of_it(
    demo: tuple[Asterism, DemoReport],
) -> None:
    _, report = demo
    assert report.touches > 100
    assert len(report.lines) >= 6
    known = [line for line in report.lines if isfinite(line.low)]
    assert len(known) >= 2
    for line in known:
        assert line.low <= line.point <= line.high
        assert line.truth is not None
        assert line.n_touch > 0


def test_nobody_in_a_control_group_is_touched(demo: tuple[Asterism, DemoReport]) -> None:
    asterism, _ = demo
    held_out = select(assignment.c.customer_id, assignment.c.strategy).where(
        assignment.c.arm != "touch"
    )
    touched = select(touch.c.customer_id, touch.c.strategy)
    with asterism.bank.engine.connect() as connection:
        held = {tuple(row) for row in connection.execute(held_out)}
        reached = {tuple(row) for row in connection.execute(touched)}
        universal = {
            row.customer_id
            for row in connection.execute(
                select(assignment.c.customer_id).where(assignment.c.arm == "universal")
            )
        }
    assert held
    assert not held & reached
    assert not universal & {customer for customer, _ in reached}


def test_a_day_that_is_run_again_changes_nothing(demo: tuple[Asterism, DemoReport]) -> None:
    asterism, _ = demo
    day = date(2026, 6, 5)
    with asterism.bank.engine.connect() as connection:
        before = connection.execute(select(func.count()).select_from(touch)).scalar()
    report = run_day(asterism.bank_on(day), day)
    with asterism.bank.engine.connect() as connection:
        after = connection.execute(select(func.count()).select_from(touch)).scalar()
    assert report.seconds == {}
    assert before == after


def test_sending_between_the_days_sends_nothing_twice(demo: tuple[Asterism, DemoReport]) -> None:
    bank = demo[0].bank_on(date(2026, 6, 5))
    before = delivered(bank.engine, date(2026, 6, 5)).num_rows
    with sending(bank, interval=0.05):
        time.sleep(0.3)
    assert send_what_is_due(bank).get("sent", 0) == 0
    assert delivered(bank.engine, date(2026, 6, 5)).num_rows == before


def test_the_command_line_reads_the_same_bank(demo: tuple[Asterism, DemoReport]) -> None:
    home = demo[0].settings.home
    counted = json.loads(run(home, "audience", "count", "age >= 60", "--json"))
    assert 0 < counted["customers"] < counted["of"]
    assert len(json.loads(run(home, "tags", "list", "--json"))) >= 90
    assert len(json.loads(run(home, "strategy", "list", "--json"))) >= 12
    assert len(json.loads(run(home, "review", "--json"))) >= 6
    assert all(finding["well"] for finding in json.loads(run(home, "doctor", "--json")))


def test_a_misspelt_tag_is_named_with_its_place_and_a_suggestion(
    demo: tuple[Asterism, DemoReport],
) -> None:
    home = demo[0].settings.home
    said = json.loads(
        run(home, "audience", "count", "aeg >= 60 AND lifecycel = 'new'", "--json", code=2)
    )
    assert len(said["problems"]) == 2
    assert said["problems"][0]["where"] == "1:1"
    assert "age" in said["problems"][0]["message"]


def test_people_and_keys_come_and_go_from_the_command_line(tmp_path: Path) -> None:
    run(tmp_path, "user", "add", "Mei", "--role", "integrator", said="correct horse\n")
    made = json.loads(run(tmp_path, "key", "create", "--as", "mei", "--title", "App", "--json"))
    assert made["key"].startswith("ast_")
    (listed,) = json.loads(run(tmp_path, "key", "list", "--json"))
    assert (listed["title"], listed["active"]) == ("App", True)
    run(tmp_path, "key", "revoke", listed["key"])
    run(tmp_path, "user", "disable", "mei")
    (mei,) = json.loads(run(tmp_path, "user", "list", "--json"))
    assert (mei["user"], mei["role"], mei["active"]) == ("mei", "integrator", False)
