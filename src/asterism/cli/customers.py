"""Commands about one customer."""

from typing import Annotated

import typer

from asterism.cli.context import AsJson, opened
from asterism.cli.screen import show, table
from asterism.cli.words import _, terminal_locale
from asterism.insight.profiles import Profiles
from asterism.insight.tags import TAGS
from asterism.kernel.errors import NotFoundError


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("customer", help=_("Show what is known of one customer."))(customer)


def customer(
    context: typer.Context,
    identity: Annotated[str, typer.Argument(metavar="ID", help=_("The customer's id."))],
    as_json: AsJson = False,
) -> None:
    """Show one customer."""
    snapshot = opened(context).bank.snapshot()
    profile = Profiles.open(snapshot.path("profiles")).get(identity)
    if profile is None:
        raise NotFoundError(_("There is no customer {id} in the snapshot.", id=identity))
    locale = terminal_locale()
    rows = [
        (TAGS[name].title.in_locale(locale), name, value)
        for name, value in profile.items()
        if value is not None and name in TAGS
    ]
    headings = [_("What"), _("Tag"), _("Value")]
    show(
        {"customer_id": identity, "as_of": snapshot.as_of, "tags": profile},
        as_json,
        lambda: table(_("Customer {id}", id=identity), headings, rows),
    )
