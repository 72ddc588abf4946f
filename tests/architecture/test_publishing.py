"""Nothing goes live past the approval: one door, and who may stand in it."""

import ast
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "asterism"
#: What publishes without asking anybody, and who may: the door itself, and the simulated bank.
UNASKED = {"publish_strategy", "publish_in"}
DOORS = {
    "strategy/__init__.py",
    "strategy/publish.py",
    "strategy/approval.py",
    "demo/bank.py",
}


def test_only_the_door_publishes_without_asking() -> None:
    found = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name | ast.alias)
        and (node.id if isinstance(node, ast.Name) else node.name) in UNASKED
    }
    assert found <= DOORS


def test_only_the_operator_s_command_line_publishes_alone() -> None:
    callers = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "publish_alone"
    }
    assert callers == {"cli/approvals.py"}
