"""Commands that bring data in and run the day: init, import, day."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from asterism.cli.context import AsJson, opened
from asterism.cli.screen import output, progress, show, table
from asterism.cli.words import _
from asterism.demo import live_until
from asterism.insight.snapshots import current_id, publish
from asterism.kernel.clock import local_day
from asterism.loop import Feed, add_feed, run_day
from asterism.warehouse import import_mapping, load_mapping


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("init", help=_("Prepare a home: settings, ledger, warehouse."))(init)
    app.command("import", help=_("Load a bank's files through a mapping."))(import_)
    app.command("day", help=_("Run one day of the loop; a day that was cut short goes on."))(day)


def init(context: typer.Context, as_json: AsJson = False) -> None:
    """Prepare a home."""
    asterism = opened(context)
    home = asterism.settings.home
    show(
        {"home": str(home)},
        as_json,
        lambda: _("Ready: {home}. Next: asterism import MAPPING --source DIR", home=home),
    )


def import_(
    context: typer.Context,
    mapping: Annotated[Path, typer.Argument(help=_("The mapping file (YAML)."))],
    source: Annotated[Path, typer.Option(help=_("The folder that the mapping's files are in."))],
    daily: Annotated[
        bool, typer.Option(help=_("Read this folder again on every day of the loop."))
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Load a bank's files."""
    asterism = opened(context)
    bank = asterism.bank
    checked = load_mapping(mapping)
    identity = current_id(bank.engine)
    parent = bank.warehouse.open(identity) if identity else None
    with progress(_("Importing"), as_json) as listen:
        snapshot, report = import_mapping(bank.warehouse, parent, checked, source, progress=listen)
    publish(bank.engine, snapshot, bank.clock)
    if daily:
        add_feed(bank.engine, Feed(mapping=mapping, source=source), bank.clock)
    rows = [
        (name, part.read, part.loaded, part.quarantined, part.duplicates)
        for name, part in report.tables.items()
    ]
    headings = [_("Table"), _("Read"), _("Loaded"), _("Quarantined"), _("Duplicates")]
    title = _("Snapshot {id}, as of {as_of}", id=snapshot.id, as_of=snapshot.as_of)
    show(
        {"snapshot": snapshot.id, "as_of": snapshot.as_of, "report": report.to_json()},
        as_json,
        lambda: table(title, headings, rows),
    )
    if report.quarantined and not as_json:
        output.print(
            _("{rows} rows are in quarantine: asterism quarantine list", rows=report.quarantined)
        )


def day(
    context: typer.Context,
    date_: Annotated[
        datetime | None,
        typer.Option(
            "--date", formats=["%Y-%m-%d"], help=_("The business day; today if left out.")
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run one day of the loop."""
    asterism = opened(context)
    bank = asterism.bank
    chosen: date = (
        date_.date() if date_ else local_day(bank.clock.now(), asterism.settings.time_zone)
    )
    with progress(_("Day {day}", day=chosen), as_json) as listen:
        live_until(asterism, chosen)
        report = run_day(asterism.bank_on(chosen), chosen, listen)
    rows = [
        (name, ", ".join(f"{key}={value}" for key, value in result.items()))
        for name, result in report.results.items()
    ]
    show(
        {
            "day": report.day,
            "stages": report.results,
            "resumed_after": report.resumed_after,
            "seconds": report.seconds,
        },
        as_json,
        lambda: table(_("Day {day}", day=chosen), [_("Stage"), _("Result")], rows),
    )
