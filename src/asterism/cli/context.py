"""What a command works on: the home it was given, opened when first needed."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asterism.cli.words import _

if TYPE_CHECKING:  # help is shown without what the commands need
    from asterism.bootstrap import Asterism

AsJson = Annotated[
    bool, typer.Option("--json", help=_("Print one JSON document instead of tables."))
]


def remember_home(context: typer.Context, home: Path | None) -> None:
    """Keep the home for the command that follows."""
    context.obj = home


def opened(context: typer.Context) -> "Asterism":
    """Open the home that this command line names."""
    home: Path | None = context.obj
    settings = import_module("asterism.settings").read_settings(home)
    asterism: Asterism = import_module("asterism.bootstrap").open_asterism(settings)
    return asterism
