"""The commands, gathered; errors become words and exit codes in one place."""

import sys
from collections.abc import Sequence
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from asterism import __version__
from asterism.cli.contents import CONTENTS
from asterism.cli.context import remember_home
from asterism.cli.screen import fail
from asterism.cli.words import _
from asterism.kernel.errors import AsterismError


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"asterism {__version__}")
        raise typer.Exit


def every_command(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(
            envvar="ASTERISM_HOME", help=_("The directory in which all state lives."), metavar="DIR"
        ),
    ] = None,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help=_("Show the version.")),
    ] = False,
) -> None:
    """Take the options that every command has."""
    remember_home(context, home)


def build(words: Sequence[str] = ()) -> typer.Typer:
    """Return the application with the commands that `words` may mean: all, unless one is named."""
    app = _empty()
    named = [module for module, commands in CONTENTS.items() if set(commands) & set(words)]
    for module in named or CONTENTS:
        import_module(f"asterism.cli.{module}").register(app)
    return app


def outline() -> typer.Typer:
    """Return the application as its help shows it: commands that do nothing, imported at once."""
    app = _empty()
    for commands in CONTENTS.values():
        for name, line in commands.items():
            app.command(name, help=_(line))(_nothing)
    return app


def _empty() -> typer.Typer:
    return typer.Typer(
        name="asterism",
        help=_("Asterism: from what a bank knows of its customers to a measured effect."),
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        callback=every_command,
    )


def _nothing() -> None:
    """Stand for a command."""


def _home_first(words: Sequence[str]) -> list[str]:
    """Let `--home` stand anywhere in the line: it belongs to every command.

    >>> _home_first(["day", "--home", "bank", "--json"])
    ['--home', 'bank', 'day', '--json']
    >>> _home_first(["audience", "count", "age > 3", "--home=bank"])
    ['--home=bank', 'audience', 'count', 'age > 3']
    """
    first: list[str] = []
    rest: list[str] = []
    left = iter(words)
    for word in left:
        if word == "--home":
            first += [word, *islice(left, 1)]
        elif word.startswith("--home="):
            first.append(word)
        else:
            rest.append(word)
    return first + rest


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; exits with 0, or the code of what went wrong."""
    given = _home_first(sys.argv[1:] if arguments is None else arguments)
    try:
        known = {name for commands in CONTENTS.values() for name in commands}
        app = build(given) if known.intersection(given) else outline()
        app(given, prog_name="asterism")
    except AsterismError as error:
        try:
            fail(error, as_json="--json" in given)
        except typer.Exit as end:
            sys.exit(end.exit_code)
