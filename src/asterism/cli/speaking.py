"""For whom the command line speaks: a person after their password, else the operator.

The operator of the machine is nobody in the bank: publishes alone where the installation says so,
and stops always.
"""

import sys
from typing import Annotated

import typer

from asterism.bootstrap import Asterism
from asterism.cli.words import _
from asterism.kernel.errors import ConflictError
from asterism.kernel.words import N_
from asterism.server.auth import Act, Permission, User, get_user, list_users, record
from asterism.server.auth.users import has_password

#: Who the record names for what is done from the command line by no person of the bank.
OPERATOR = "operator"
Who = Annotated[
    str, typer.Option("--as", metavar="NAME", help=_("Who does it; the password is asked for."))
]


def may_publish_alone(asterism: Asterism) -> bool:
    """Tell whether the operator may publish: approval is off, or nobody could give it yet."""
    if asterism.settings.approval == "off":
        return True
    people = list_users(asterism.bank.engine)
    return not any(
        person.disabled_at is None and Permission.APPROVE_STRATEGIES in person.permissions
        for person in people
    )


def person(asterism: Asterism, name: str, permission: Permission) -> User:
    """Return the person who proves to be `name`; ConflictError if they are not, or may not."""
    if sys.stdin.isatty():
        password = typer.prompt(_("Password"), hide_input=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    engine = asterism.bank.engine
    if not has_password(engine, name, password):
        raise ConflictError(N_("The name or the password is wrong."))
    user = get_user(engine, name)
    if permission not in user.permissions:
        raise ConflictError(N_("The role of {name} does not allow this."), name=user.name)
    return user


def note(asterism: Asterism, actor: str, act: Act, subject: str, **detail: object) -> None:
    """Put on record what was done from the command line."""
    bank = asterism.bank
    record(
        bank.engine,
        bank.clock,
        actor=actor,
        act=act,
        subject=subject,
        detail={**detail, "by": "command line"},
    )
