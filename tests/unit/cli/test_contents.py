"""The help of `asterism` says what the commands say of themselves, and needs none of them."""

import subprocess
import sys

import typer

from asterism.cli.app import build, outline


def _lines(app: typer.Typer) -> dict[str, str]:
    commands = typer.main.get_command(app).commands.items()  # type: ignore[attr-defined]
    return {name: command.get_short_help_str(200) for name, command in commands}


def test_the_outline_has_every_command_with_its_own_line_of_help() -> None:
    assert _lines(outline()) == _lines(build())


def test_help_imports_nothing_that_a_command_needs() -> None:
    script = (
        "import sys\n"
        "from asterism.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'ibis', 'sqlalchemy', 'numba', 'duckdb', 'pyarrow', 'fastapi', 'pandas'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
