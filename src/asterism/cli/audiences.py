"""Commands about who: audience count, tags."""

from typing import Annotated

import msgspec
import typer

from asterism.audience import Columns, compile_audience
from asterism.cli.context import AsJson, opened
from asterism.cli.screen import show, table
from asterism.cli.words import _, terminal_locale
from asterism.insight.segments import segment_catalogue
from asterism.insight.statistics import tag_statistics
from asterism.insight.tags import TAGS
from asterism.insight.tags.lineage import lineage, privacy
from asterism.kernel.errors import NotFoundError


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    audience = typer.Typer(help=_("Which customers: count an audience."), no_args_is_help=True)
    audience.command("count", help=_("Count the customers for whom an expression holds."))(count)
    app.add_typer(audience, name="audience")
    tags = typer.Typer(help=_("What is known of customers: the tag catalogue."))
    tags.command("list", help=_("List the tags with their coverage."))(list_tags)
    tags.command("show", help=_("Show one tag: meaning, lineage, distribution."))(show_tag)
    app.add_typer(tags, name="tags", no_args_is_help=True)


def count(
    context: typer.Context,
    expression: Annotated[str, typer.Argument(help=_('For example "age >= 60 AND holds_fund"'))],
    as_json: AsJson = False,
) -> None:
    """Count an audience."""
    bank = opened(context).bank
    audience = compile_audience(expression, segment_catalogue(bank.engine))
    columns = Columns.open(bank.snapshot().path("columns"))
    size = audience.mask(columns).count()
    share = size / columns.size if columns.size else 0.0
    show(
        {"audience": audience.text, "customers": size, "of": columns.size, "share": share},
        as_json,
        lambda: _(
            "{customers} of {of} customers ({share})",
            customers=f"{size:,}",
            of=f"{columns.size:,}",
            share=f"{share:.2%}",
        ),
    )


def list_tags(context: typer.Context, as_json: AsJson = False) -> None:
    """List the tags."""
    statistics = tag_statistics(opened(context).bank.snapshot())
    locale = terminal_locale()
    data = [
        {
            "id": name,
            "title": tag.title.in_locale(locale),
            "category": tag.category,
            "type": tag.type,
            "privacy": privacy(tag, TAGS),
            "coverage": statistics[name].coverage if name in statistics else None,
        }
        for name, tag in TAGS.items()
    ]
    headings = [_("Tag"), _("Title"), _("Category"), _("Type"), _("Privacy"), _("Coverage")]
    show(data, as_json, lambda: table(_("Tags"), headings, [tuple(row.values()) for row in data]))


def show_tag(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help=_("The tag's id."))],
    as_json: AsJson = False,
) -> None:
    """Show one tag."""
    if name not in TAGS:
        raise NotFoundError(_("There is no tag {name}: see asterism tags list", name=name))
    tag = TAGS[name]
    statistics = tag_statistics(opened(context).bank.snapshot()).get(name)
    locale = terminal_locale()
    data = {
        "id": name,
        "title": tag.title.in_locale(locale),
        "description": tag.description.in_locale(locale),
        "category": tag.category,
        "type": tag.type,
        "unit": tag.unit,
        "privacy": privacy(tag, TAGS),
        "lineage": sorted(lineage(tag, TAGS)),
        "statistics": msgspec.to_builtins(statistics) if statistics else None,
    }
    show(data, as_json, lambda: table(name, ["", ""], [(key, data[key]) for key in data]))
