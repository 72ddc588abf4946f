"""Files and functions that a person can hold in mind."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: The ledger's migrations are written by a tool and never edited.
SOURCES = sorted(
    path
    for room in ("src", "bench", "tools")
    for path in (ROOT / room).rglob("*.py")
    if path.parent.name != "versions"
)
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "service", "misc"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_has_at_most_400_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_function_has_at_most_60_lines(path: Path) -> None:
    long = [
        f"{node.name} ({(node.end_lineno or 0) - node.lineno + 1} lines)"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > 60
    ]
    assert long == []


def test_files_are_named_for_what_they_do() -> None:
    assert [path for path in SOURCES if path.stem in FORBIDDEN_NAMES] == []
