"""Commands about strategies' files: diff, export, import; and how a command finds a file."""

from pathlib import Path
from typing import Annotated

import typer

from asterism.cli.context import AsJson, opened
from asterism.cli.screen import show, table
from asterism.cli.words import _
from asterism.insight.segments import list_segments, segment_catalogue
from asterism.kernel.errors import InvalidInputError, NotFoundError, Problem
from asterism.kernel.files import write_atomically
from asterism.kernel.words import N_
from asterism.strategy import dump_strategy, get_strategy, library
from asterism.strategy.bundle import dump_bundle, make_bundle
from asterism.strategy.bundle_file import read_bundle
from asterism.strategy.import_bundle import audience_tests, import_bundle
from asterism.strategy.versions import changes, yaml_diff
from asterism.strategy.yaml_text import MAX_CHARACTERS

StrategyFile = Annotated[
    Path, typer.Argument(metavar="FILE", help=_("The strategy file (YAML), or a library id."))
]
StrategyId = Annotated[str, typer.Argument(metavar="ID", help=_("The strategy's id."))]


def add_to(strategy: typer.Typer) -> None:
    """Add the commands to the group of strategies."""
    strategy.command("diff", help=_("Show what differs between two versions."))(diff)
    strategy.command("export", help=_("Write a strategy and all it needs into one bundle."))(export)
    strategy.command("import", help=_("Take a bundle in as a draft."))(bring_in)


def read(path: Path) -> str:
    """Return the text of a strategy's file, or of the library's strategy of that id."""
    for ready in library():
        if ready.id == str(path):
            return dump_strategy(ready)
    if not path.is_file():
        raise NotFoundError(
            N_("There is no file {path}, and no strategy of that id in the library."), path=path
        )
    return path.read_text(encoding="utf-8")


def diff(
    context: typer.Context,
    identity: StrategyId,
    before: Annotated[int, typer.Argument(help=_("The earlier version."))],
    after: Annotated[int, typer.Argument(help=_("The later version."))],
    yaml: Annotated[bool, typer.Option("--yaml", help=_("As lines of the file."))] = False,
    as_json: AsJson = False,
) -> None:
    """Show what differs between two versions."""
    engine = opened(context).bank.engine
    old, new = (get_strategy(engine, identity, version).strategy for version in (before, after))
    found = changes(old, new)
    data = [{"where": c.where, "before": c.before, "after": c.after} for c in found]
    if yaml:
        text = "\n".join(yaml_diff(old, new, (f"v{before}", f"v{after}")))
        show(data, as_json, lambda: text)
        return
    rows = [(c.where, str(c.before or "–"), str(c.after or "–")) for c in found]
    headings = [_("Field"), _("Before"), _("After")]
    show(data, as_json, lambda: table(_("What differs"), headings, rows))


def export(
    context: typer.Context,
    identity: StrategyId,
    file: Annotated[Path, typer.Argument(help=_("The file to write."))],
    version: Annotated[
        int | None, typer.Option(help=_("A version; the newest if left out."))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a strategy as a bundle."""
    engine = opened(context).bank.engine
    published = get_strategy(engine, identity, version)
    titles = {one.name: one.title for one in list_segments(engine)}
    bundle = make_bundle(
        published.strategy, segment_catalogue(engine), titles, audience_tests(engine, identity)
    )
    write_atomically(file, dump_bundle(bundle).encode())
    data = {
        "id": identity,
        "version": published.version,
        "segments": [one.name for one in bundle.segments],
        "tags": list(bundle.tags),
        "tests": len(bundle.tests),
    }
    show(data, as_json, lambda: _("{id} is written to {file}.", id=identity, file=file))


def bring_in(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=_("The bundle."))],
    as_json: AsJson = False,
) -> None:
    """Take a bundle in."""
    bank = opened(context).bank
    bundle = read_bundle(_text(file))
    draft = import_bundle(bank.engine, bundle, bank.clock, "operator")
    data = {
        "id": bundle.strategy.id,
        "draft": draft.draft_id,
        "segments": [one.name for one in bundle.segments],
        "tests": len(bundle.tests),
    }
    show(
        data,
        as_json,
        lambda: _("{id} is a draft now: open it in the console.", id=bundle.strategy.id),
    )


def _text(file: Path) -> str:
    if not file.is_file():
        raise NotFoundError(N_("There is no file {path}."), path=file)
    subject = N_("The file cannot be read")
    if file.stat().st_size > 4 * MAX_CHARACTERS:
        message = N_("The file is larger than {limit} bytes.")
        values = {"limit": 4 * MAX_CHARACTERS}
        raise InvalidInputError(subject, [Problem(message=message, values=values)])
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            subject, [Problem(message=N_("The file is not UTF-8 text."))]
        ) from error
