"""Commands about the people who use the console, and the keys of other systems."""

import sys
from typing import Annotated

import typer

from asterism.cli.context import AsJson, opened
from asterism.cli.screen import output, show, table
from asterism.cli.words import _
from asterism.loop import Bank
from asterism.server.auth import (
    Act,
    Role,
    add_key,
    add_user,
    disable_user,
    enable_user,
    list_keys,
    list_users,
    record,
    revoke_key,
    set_password,
)

#: Who the record names for what is done from the command line.
_OPERATOR = "operator"

Name = Annotated[str, typer.Argument(help=_("The log-in name."))]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    user = typer.Typer(help=_("People who may log in."), no_args_is_help=True)
    user.command("add", help=_("Let a person log in; the password is asked for, or piped in."))(add)
    user.command("list", help=_("List who may log in."))(people)
    user.command("password", help=_("Give a person a new password; asked for, or piped in."))(
        password
    )
    user.command("disable", help=_("Cut a person off: sessions and keys end at once."))(disable)
    user.command("enable", help=_("Let a person in again."))(enable)
    app.add_typer(user, name="user")
    key = typer.Typer(help=_("Keys of the bank's other systems."), no_args_is_help=True)
    key.command("create", help=_("Make a key that acts as a user; it is printed once."))(new_key)
    key.command("list", help=_("List the keys."))(keys)
    key.command("revoke", help=_("Take a key out of use."))(drop_key)
    app.add_typer(key, name="key")


def _asked_password() -> str:
    if sys.stdin.isatty():
        asked: str = typer.prompt(_("Password"), hide_input=True, confirmation_prompt=True)
        return asked
    return sys.stdin.readline().rstrip("\n")


def _note(bank: Bank, act: Act, subject: str) -> None:
    record(bank.engine, bank.clock, actor=_OPERATOR, act=act, subject=subject)


def add(
    context: typer.Context,
    name: Name,
    role: Annotated[Role, typer.Option(help=_("What the person may do."))],
    branch: Annotated[str | None, typer.Option(help=_("Branch id, for a branch head."))] = None,
    manager: Annotated[
        str | None, typer.Option(help=_("Staff id, for a relationship manager."))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Let a person log in."""
    bank = opened(context).bank
    add_user(
        bank.engine,
        name,
        _asked_password(),
        role,
        branch_id=branch,
        manager_id=manager,
        clock=bank.clock,
    )
    _note(bank, Act.ADD_USER, name)
    show({"user": name, "role": role}, as_json, lambda: _("{name} may log in now.", name=name))


def people(context: typer.Context, as_json: AsJson = False) -> None:
    """List who may log in."""
    found = list_users(opened(context).bank.engine)
    rows = [
        {
            "user": one.name,
            "role": one.role,
            "sees": one.scope.key or one.scope.reach,
            "since": one.created_at.isoformat(timespec="minutes"),
            "active": one.disabled_at is None,
        }
        for one in found
    ]
    headings = (_("Name"), _("Role"), _("Sees"), _("Since"), _("Active"))
    show(rows, as_json, lambda: table(_("People"), headings, [list(row.values()) for row in rows]))


def password(context: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Give a person a new password."""
    bank = opened(context).bank
    set_password(bank.engine, name, _asked_password())
    _note(bank, Act.RESET_LOG_IN, name)
    show({"user": name}, as_json, lambda: _("{name} has a new password.", name=name))


def disable(context: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Cut a person off."""
    bank = opened(context).bank
    disable_user(bank.engine, name, bank.clock)
    _note(bank, Act.DISABLE_USER, name)
    show({"user": name, "active": False}, as_json, lambda: _("{name} is cut off.", name=name))


def enable(context: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Let a person in again."""
    bank = opened(context).bank
    enable_user(bank.engine, name)
    _note(bank, Act.ENABLE_USER, name)
    show({"user": name, "active": True}, as_json, lambda: _("{name} may log in now.", name=name))


def new_key(
    context: typer.Context,
    name: Annotated[str, typer.Option("--as", help=_("The log-in name it acts as."))],
    title: Annotated[str, typer.Option(help=_("The system that will hold the key."))],
    as_json: AsJson = False,
) -> None:
    """Make a key."""
    bank = opened(context).bank
    key = add_key(bank.engine, name, title, bank.clock)
    _note(bank, Act.ADD_KEY, name)
    show({"user": name, "title": title, "key": key}, as_json, lambda: output.print(key))


def keys(context: typer.Context, as_json: AsJson = False) -> None:
    """List the keys."""
    rows = [
        {
            "key": one.key_id,
            "title": one.title,
            "user": one.user,
            "since": one.created_at.isoformat(timespec="minutes"),
            "active": one.revoked_at is None,
        }
        for one in list_keys(opened(context).bank.engine)
    ]
    headings = (_("Key"), _("System"), _("Acts as"), _("Since"), _("Active"))
    show(rows, as_json, lambda: table(_("Keys"), headings, [list(row.values()) for row in rows]))


def drop_key(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help=_("The key's id, from `key list`."))],
    as_json: AsJson = False,
) -> None:
    """Take a key out of use."""
    bank = opened(context).bank
    found = revoke_key(bank.engine, key, bank.clock)
    _note(bank, Act.REVOKE_KEY, found.user)
    show({"key": key, "active": False}, as_json, lambda: _("The key is revoked."))
