"""Commands about rows that an import set aside: quarantine list, correct, replay."""

from pathlib import Path
from typing import Annotated

import typer

from asterism.cli.context import AsJson, opened
from asterism.cli.screen import show, table
from asterism.cli.words import _, terminal_locale
from asterism.insight.snapshots import publish
from asterism.kernel.errors import InvalidInputError, Problem
from asterism.warehouse import Entry, correct, list_quarantine, load_mapping, replay
from asterism.warehouse.intake.reasons import TEXTS, Reason


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    quarantine = typer.Typer(
        help=_("Rows set aside on import: see them, correct them, load them."),
        no_args_is_help=True,
    )
    quarantine.command("list", help=_("List what is in quarantine, with the reasons."))(list_)
    quarantine.command("correct", help=_("Say what a row should have said."))(correct_)
    quarantine.command("replay", help=_("Load corrected rows through the same mapping."))(replay_)
    app.add_typer(quarantine, name="quarantine")


def list_(
    context: typer.Context,
    of: Annotated[str | None, typer.Option("--table", help=_("One canonical table."))] = None,
    limit: Annotated[int, typer.Option(min=1, help=_("How many rows."))] = 100,
    as_json: AsJson = False,
) -> None:
    """List what is in quarantine."""
    bank = opened(context).bank
    entries = list_quarantine(bank.warehouse, bank.snapshot(), table=of, limit=limit)
    data = [_plain(entry) for entry in entries]
    headings = [_("Row"), _("Table"), _("File"), _("What is wrong"), _("Corrected")]
    rows = [
        (entry.id, entry.table, f"{entry.file}:{entry.row}", _faults(entry), bool(entry.corrected))
        for entry in entries
    ]
    show(data, as_json, lambda: table(_("Quarantine"), headings, rows))


def correct_(
    context: typer.Context,
    row: Annotated[str, typer.Argument(help=_("The row's id, from quarantine list."))],
    values: Annotated[
        list[str], typer.Argument(metavar="COLUMN=VALUE…", help=_("What the source should say."))
    ],
    as_json: AsJson = False,
) -> None:
    """Say what a row should have said."""
    bank = opened(context).bank
    wrong = [value for value in values if "=" not in value]
    if wrong:
        message = "Write {given} as COLUMN=VALUE."
        raise InvalidInputError(
            "The correction does not hold",
            [Problem(message=message, values={"given": value}) for value in wrong],
        )
    pairs = dict(value.split("=", 1) for value in values)
    entry = correct(
        bank.warehouse, bank.snapshot(), row, {name: text or None for name, text in pairs.items()}
    )
    show(_plain(entry), as_json, lambda: _("Noted. Next: asterism quarantine replay MAPPING"))


def replay_(
    context: typer.Context,
    mapping: Annotated[Path, typer.Argument(help=_("The mapping file (YAML)."))],
    as_json: AsJson = False,
) -> None:
    """Load corrected rows."""
    bank = opened(context).bank
    snapshot, report = replay(bank.warehouse, bank.snapshot(), load_mapping(mapping))
    publish(bank.engine, snapshot, bank.clock)
    show(
        {"snapshot": snapshot.id, "report": report.to_json()},
        as_json,
        lambda: report.in_locale(terminal_locale()),
    )


def _plain(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.id,
        "table": entry.table,
        "file": entry.file,
        "row": entry.row,
        "faults": [{"column": column, "reason": reason} for column, reason in entry.faults],
        "values": dict(entry.values),
        "corrected": dict(entry.corrected),
    }


def _faults(entry: Entry) -> str:
    locale = terminal_locale()
    return "; ".join(
        f"{column or '*'}: {TEXTS[Reason(reason)].in_locale(locale)}"
        for column, reason in entry.faults
    )
