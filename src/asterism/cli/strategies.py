"""Commands about strategies: what there is, and its YAML."""

from typing import Annotated

import typer

from asterism.cli import approvals, running, strategy_files
from asterism.cli.context import AsJson, opened
from asterism.cli.screen import show, table
from asterism.cli.strategy_files import StrategyFile, read
from asterism.cli.words import _, terminal_locale
from asterism.insight.segments import segment_catalogue
from asterism.strategy import (
    dump_strategy,
    get_strategy,
    library,
    list_strategies,
    load_strategy,
    validate_strategy,
)


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    strategy = typer.Typer(help=_("Strategies: what to say to whom."), no_args_is_help=True)
    strategy.command("validate", help=_("Check a strategy file; every problem at once."))(validate)
    strategy.command("list", help=_("List the strategies, live and in the library."))(list_)
    strategy.command("show", help=_("Show a strategy's YAML."))(show_)
    approvals.add_to(strategy)
    running.add_to(strategy)
    strategy_files.add_to(strategy)
    app.add_typer(strategy, name="strategy")


def validate(context: typer.Context, file: StrategyFile, as_json: AsJson = False) -> None:
    """Check a strategy file."""
    strategy = load_strategy(read(file))
    validate_strategy(strategy, segment_catalogue(opened(context).bank.engine))
    show(
        {"id": strategy.id, "valid": True},
        as_json,
        lambda: _("{id} holds. Next: asterism strategy publish {file}", id=strategy.id, file=file),
    )


def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the strategies."""
    locale = terminal_locale()
    published = list_strategies(opened(context).bank.engine)
    known = {row.strategy.id for row in published}
    data: list[dict[str, object]] = [
        {
            "id": row.strategy.id,
            "title": row.strategy.title.in_locale(locale),
            "version": row.version,
            "state": str(row.state),
        }
        for row in published
    ]
    data += [
        {"id": one.id, "title": one.title.in_locale(locale), "version": None, "state": "library"}
        for one in library()
        if one.id not in known
    ]
    headings = [_("Strategy"), _("Title"), _("Version"), _("State")]
    rows = [tuple(row.values()) for row in data]
    show(data, as_json, lambda: table(_("Strategies"), headings, rows))


def show_(
    context: typer.Context,
    identity: Annotated[str, typer.Argument(metavar="ID", help=_("The strategy's id."))],
    version: Annotated[
        int | None, typer.Option(help=_("A version; the newest if left out."))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a strategy's YAML."""
    found = get_strategy(opened(context).bank.engine, identity, version)
    text = dump_strategy(found.strategy)
    show({"id": identity, "version": found.version, "yaml": text}, as_json, lambda: text)
