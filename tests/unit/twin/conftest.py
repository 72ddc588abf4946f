"""A small world that the tests look at, and one that they may change."""

import shutil
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from asterism.twin import World, build_world

CUSTOMERS = 3_000
START = date(2025, 9, 10)
HISTORY_DAYS = 130


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Only to be read."""
    directory = tmp_path_factory.mktemp("twin")
    return build_world(directory, CUSTOMERS, 11, HISTORY_DAYS, START)


@pytest.fixture
def world(built: World, tmp_path: Path) -> World:
    """A copy to live in."""
    directory = tmp_path / "twin"
    shutil.copytree(built.directory, directory)
    return World.open(directory)


@pytest.fixture
def no_touches() -> pa.Table:
    names = ("touch_id", "customer_id", "strategy", "offer", "family", "channel")
    columns = {name: pa.array([], pa.string()) for name in names}
    return pa.table(columns | {"sent_at": pa.array([], pa.timestamp("us", tz="UTC"))})
