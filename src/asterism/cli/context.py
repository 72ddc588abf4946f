"""What a command works on: the home it was given, opened when first needed."""

from pathlib import Path
from typing import Annotated

import typer

from asterism.bootstrap import Asterism, open_asterism
from asterism.cli.words import _
from asterism.settings import read_settings

AsJson = Annotated[
    bool, typer.Option("--json", help=_("Print one JSON document instead of tables."))
]


def remember_home(context: typer.Context, home: Path | None) -> None:
    """Keep the home for the command that follows."""
    context.obj = home


def opened(context: typer.Context) -> Asterism:
    """Open the home that this command line names."""
    home: Path | None = context.obj
    return open_asterism(read_settings(home))
