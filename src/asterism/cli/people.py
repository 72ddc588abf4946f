"""Commands about the people who use the console: user add."""

import sys
from typing import Annotated

import typer

from asterism.cli.context import AsJson, opened
from asterism.cli.screen import show
from asterism.cli.words import _
from asterism.server.auth import Role, add_user


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    user = typer.Typer(help=_("People who may log in."), no_args_is_help=True)
    user.command("add", help=_("Let a person log in; the password is asked for, or piped in."))(add)
    app.add_typer(user, name="user")

    @user.callback()
    def _group() -> None:
        """Keep `add` a command of its own although it is the only one."""


def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help=_("The log-in name."))],
    role: Annotated[Role, typer.Option(help=_("What the person may do."))],
    branch: Annotated[str | None, typer.Option(help=_("Branch id, for a branch head."))] = None,
    manager: Annotated[
        str | None, typer.Option(help=_("Staff id, for a relationship manager."))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Let a person log in."""
    bank = opened(context).bank
    if sys.stdin.isatty():
        password = typer.prompt(_("Password"), hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    add_user(
        bank.engine, name, password, role, branch_id=branch, manager_id=manager, clock=bank.clock
    )
    show({"user": name, "role": role}, as_json, lambda: _("{name} may log in now.", name=name))
