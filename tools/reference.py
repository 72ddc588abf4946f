"""Writes the reference pages that follow from the code: the command line and the settings.

Usage: `python tools/reference.py` writes them; a test fails while they are not current.
"""

import inspect
import os
import re
import sys
from pathlib import Path
from typing import Any

import typer.main

os.environ["ASTERISM_LOCALE"] = "en"

from asterism.cli.app import build
from asterism.settings import Settings

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"


def command_line() -> str:
    """Return the page of all commands, their arguments and options."""
    group = typer.main.get_command(build())
    lines = [
        "# Command line",
        "",
        "Every command takes `--home DIR` (or `ASTERISM_HOME`) before its name, `--help` after.",
        "`--json` prints one JSON document on standard output; errors go to standard error, as",
        "JSON too then. Work of more than a second draws a bar on standard error.",
        "`asterism --install-completion` makes the shell complete commands.",
        "",
        "| exit code | means |",
        "|---|---|",
        "| 0 | done |",
        "| 1 | something went wrong; the sentence says what to do |",
        "| 2 | the input or the command's words are wrong; every problem is listed |",
        "| 3 | the thing asked for does not exist |",
        "| 4 | it does not fit the present state |",
        "",
    ]
    for name, command in _commands(group, "asterism"):
        lines += _section(name, command)
    return "\n".join(lines)


def _commands(command: Any, name: str) -> list[tuple[str, Any]]:
    """Return the commands below one, deepest last; Typer carries its own copy of click's types."""
    children = getattr(command, "commands", None)
    if children is None:
        return [(name, command)]
    return [
        found for word, inner in children.items() for found in _commands(inner, f"{name} {word}")
    ]


def _section(name: str, command: Any) -> list[str]:
    rows = [
        f"| `{_name(parameter)}` | {parameter.help or ''} |"
        for parameter in command.params
        if parameter.name != "help"
    ]
    heading = [f"## `{name}`", "", command.help or "", ""]
    return [*heading, "| | |", "|---|---|", *rows, ""] if rows else heading


def _name(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper())
    return ", ".join((*parameter.opts, *parameter.secondary_opts))


def settings() -> str:
    """Return the page of all settings, from the lines above their fields."""
    source = inspect.getsource(Settings)
    lines = [
        "# Settings",
        "",
        "Read once at the start: from the environment (`ASTERISM_` and the name in capitals), then",
        "from `settings.toml` in the home directory. All wrong settings are named at once.",
        "",
        "| setting | default | meaning |",
        "|---|---|---|",
    ]
    for meaning, name in re.findall(r"#: (.+)\n    (\w+):", source):
        default = Settings.model_fields[name].default
        shown = "~/.asterism" if name == "home" else str(default) or "empty"
        lines.append(f"| `{name}` | {shown} | {meaning} |")
    return "\n".join([*lines, ""])


PAGES = {"command-line.md": command_line, "settings.md": settings}


def main() -> int:
    """Write the pages."""
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
