"""The commands, gathered; errors become words and exit codes in one place."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from asterism import __version__
from asterism.cli import audiences, customers, data, people, serving, strategies
from asterism.cli.context import remember_home
from asterism.cli.screen import fail
from asterism.cli.words import _
from asterism.kernel.errors import AsterismError

app = typer.Typer(
    name="asterism",
    help=_("Asterism: from what a bank knows of its customers to a measured effect."),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
data.register(app)
audiences.register(app)
customers.register(app)
strategies.register(app)
people.register(app)
serving.register(app)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"asterism {__version__}")
        raise typer.Exit


@app.callback()
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


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; exits with 0, or the code of what went wrong."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        app(given, standalone_mode=True)
    except AsterismError as error:
        try:
            fail(error, as_json="--json" in given)
        except typer.Exit as end:
            sys.exit(end.exit_code)
