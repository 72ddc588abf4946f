"""A simulated bank after five days of the loop, built once for all acceptance tests."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from asterism.bootstrap import Asterism, open_asterism
from asterism.demo import DemoReport, run_demo
from asterism.kernel.clock import SetClock
from asterism.settings import Settings

EVENING = datetime(2026, 6, 5, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Asterism, DemoReport]:
    """Four thousand customers, five days that end on 5 June 2026."""
    home: Path = tmp_path_factory.mktemp("bank")
    asterism = open_asterism(Settings(home=home), SetClock(EVENING))
    return asterism, run_demo(asterism, customers=4000, days=5, seed=11)
