"""The migrations build exactly the tables that the code declares."""

import importlib.util
from pathlib import Path
from types import ModuleType

from asterism.ledger import open_ledger, upgrade

ROOT = Path(__file__).parents[2]


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_new_ledger_has_every_declared_table(tmp_path: Path) -> None:
    engine = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    upgrade(engine)
    assert tool("migration").pending(engine) == ("", "")


def test_upgrading_twice_changes_nothing(tmp_path: Path) -> None:
    engine = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    upgrade(engine)
    upgrade(engine)


def test_the_generated_reference_pages_are_current() -> None:
    reference = tool("reference")
    for name, page in reference.PAGES.items():
        assert (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == page(), (
            f"run: python tools/reference.py ({name} is not current)"
        )


def test_no_message_lacks_a_translation() -> None:
    assert tool("catalogues").gaps() == []
