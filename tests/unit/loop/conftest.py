import shutil
from datetime import UTC, datetime

import pytest

from asterism.bootstrap import Asterism, open_asterism
from asterism.demo import run_demo
from asterism.kernel.clock import SetClock
from asterism.settings import Settings


@pytest.fixture(scope="session")
def asterism(tmp_path_factory: pytest.TempPathFactory) -> Asterism:
    """Four hundred customers after five days of the loop, the last of them June 5."""
    home = tmp_path_factory.mktemp("bank")
    opened = open_asterism(
        Settings(home=home, locale="en"), SetClock(datetime(2026, 6, 5, 4, tzinfo=UTC))
    )
    run_demo(opened, customers=400, days=5, seed=5)
    return opened


@pytest.fixture(scope="module")
def altered(asterism: Asterism, tmp_path_factory: pytest.TempPathFactory) -> Asterism:
    """The same bank once more, for a module that writes into its ledger."""
    home = tmp_path_factory.mktemp("altered") / "home"
    shutil.copytree(asterism.bank.home, home)
    return open_asterism(Settings(home=home, locale="en"), asterism.bank.clock)
