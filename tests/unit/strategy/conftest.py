from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from asterism.audience import Columns
from asterism.kernel.clock import SetClock
from asterism.ledger import metadata, open_ledger
from asterism.strategy.testing import made_up_customers

STRATEGY = """
id: try_fund
title: {zh: 试试基金, en: Try a fund, es: Pruebe un fondo}
owner: wealth
goal: {metric: account_opened, family: bond_fund, value_minor: 20000}
scene: product
audience: aum >= 10000
offers:
  - {id: bond, title: Bond fund, family: bond_fund}
channels: [email, app_slot]
scripts:
  - {channel: email, subject: 'Hello {{ name }}', body: 'You hold {{ aum }}. Look at {{ offer }}.'}
  - {channel: app_slot, subject: A fund, body: '{{ offer }}'}
holdout: 0.2
response: {uplift: 0.02}
period: {start: 2020-01-01}
cooldown_days: 30
outcome_days: 14
"""


@pytest.fixture
def text() -> str:
    return STRATEGY


@pytest.fixture(scope="session")
def customers(tmp_path_factory: pytest.TempPathFactory) -> Columns:
    return made_up_customers(tmp_path_factory.mktemp("columns"), 4_000, seed=7)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(engine)
    return engine


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 1, 7, 2, tzinfo=UTC))
