"""A day that is killed at random moments, and run again, ends as if nothing had happened."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from asterism.bootstrap import Asterism, open_asterism
from asterism.demo import DemoReport
from asterism.execution.tables import touch
from asterism.settings import Settings

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.slow]

NEXT_DAY = "2026-06-06"


def start_day(home: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "asterism",
            "--home",
            str(home),
            "day",
            "--date",
            NEXT_DAY,
            "--json",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=dict(os.environ),
    )


def touches(home: Path) -> set[tuple[object, ...]]:
    engine = open_asterism(Settings(home=home)).bank.engine
    query = select(touch.c.touch_id, touch.c.strategy, touch.c.customer_id, touch.c.state)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(query)]
    assert len(found) == len(set(found))
    return set(found)


def test_a_killed_day_is_finished_by_the_next_run(
    demo: tuple[Asterism, DemoReport], tmp_path: Path
) -> None:
    calm, stormy = tmp_path / "calm", tmp_path / "stormy"
    for home in (calm, stormy):
        shutil.copytree(demo[0].settings.home, home)
    started = time.monotonic()
    undisturbed = start_day(calm)
    _, said = undisturbed.communicate()
    assert undisturbed.returncode == 0, said.decode()
    whole = time.monotonic() - started
    chance = np.random.default_rng(3)
    for _ in range(int(os.environ.get("ASTERISM_KILLS", "6"))):
        process = start_day(stormy)
        time.sleep(whole * chance.uniform(0.3, 0.95))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    last = start_day(stormy)
    _, said = last.communicate()
    assert last.returncode == 0, said.decode()
    assert touches(stormy) == touches(calm)
