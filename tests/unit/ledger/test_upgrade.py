"""The ledger is brought to the newest shape, and left alone where it has it."""

import sys
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from asterism import ledger
from asterism.ledger import open_ledger, upgrade
from asterism.ledger.store import newest_version


def test_the_newest_version_by_name_is_the_last_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(ledger.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == newest_version()


def test_a_ledger_at_the_newest_version_needs_no_migrations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_ledger(f"sqlite:///{tmp_path}/ledger.db")
    upgrade(engine)
    monkeypatch.setitem(sys.modules, "alembic.command", None)
    upgrade(engine)
