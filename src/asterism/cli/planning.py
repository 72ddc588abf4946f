"""Commands about the allocation: plan, limits show, limits check, limits set."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group

from asterism.cli.context import AsJson, opened
from asterism.cli.screen import show, table
from asterism.cli.words import _, terminal_locale
from asterism.insight.segments import segment_catalogue
from asterism.kernel.errors import NotFoundError
from asterism.kernel.money import exponent
from asterism.loop.planning import plan_day
from asterism.strategy.allocation import Plan, Price
from asterism.strategy.limit_versions import current_limits, set_limits
from asterism.strategy.limits_document import BankLimits, dump_limits, load_limits
from asterism.strategy.price_list import free_limits
from asterism.strategy.price_words import in_words, missed_in_words, shown_minor

#: Prices shown to a person; JSON has all.
_SHOWN = 20

LimitsFile = Annotated[Path, typer.Argument(metavar="FILE", help=_("A file of limits (YAML)."))]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("plan", help=_("Solve a day's allocation without sending anything."))(plan)
    limits = typer.Typer(help=_("What all strategies share in a day."), no_args_is_help=True)
    limits.command("show", help=_("Show the limits in force, as YAML."))(show_)
    limits.command("check", help=_("Check a file of limits; every problem at once."))(check)
    limits.command("set", help=_("Put a file of limits in force from the next decision on."))(set_)
    app.add_typer(limits, name="limits")


def plan(
    context: typer.Context,
    on: Annotated[
        datetime | None,
        typer.Option(
            "--date", formats=["%Y-%m-%d"], help=_("The business day; the next if left out.")
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Solve a day's allocation."""
    asterism = opened(context)
    day, decisions = plan_day(asterism.bank, on.date() if on else None)
    found = decisions.plan
    prices = (*found.prices, *free_limits(decisions.families, found))
    data = {
        "value": found.value,
        "bound": found.bound,
        "gap": found.gap,
        "violations": len(found.violations),
        "prices": [_price_json(price) for price in prices],
    }
    currency = asterism.settings.currency
    show(data, as_json, lambda: _in_words(day.isoformat(), found, prices, currency))


def _price_json(price: Price) -> dict[str, object]:
    return {
        "limit": price.limit,
        "label": price.label,
        "unit": price.unit,
        "price": price.value_minor,
        "used": price.used,
        "limited_to": price.limited_to,
    }


def _in_words(day: str, found: Plan, prices: tuple[Price, ...], currency: str) -> Group:
    locale, scale = terminal_locale(), 10 ** exponent(currency)
    summary = table(
        _("The plan for {day}", day=day),
        [_("Value"), _("At most"), _("Gap"), _("Limits exceeded")],
        [
            (
                f"{found.value / scale:,.2f} {currency}",
                f"{found.bound / scale:,.2f} {currency}",
                f"{found.gap:.4%}",
                len(found.violations),
            )
        ],
    )
    rows = [
        (
            in_words(price, f"{shown_minor(price, scale) / scale:,.2f} {currency}").in_locale(
                locale
            ),
            round(price.used),
            round(price.limited_to),
        )
        for price in prices[:_SHOWN]
    ]
    missed = [missed_in_words(breach).in_locale(locale) for breach in found.unmet]
    heading = [_("What one more is worth"), _("Used"), _("Limit")]
    return Group(summary, table(_("Prices"), heading, rows), *(f"! {text}" for text in missed))


def show_(context: typer.Context, as_json: AsJson = False) -> None:
    """Show the limits in force."""
    found = current_limits(opened(context).bank.engine)
    data = {"version": found.version, "limits": found.limits.model_dump(mode="json")}
    show(data, as_json, lambda: dump_limits(found.limits).rstrip())


def _checked(context: typer.Context, file: Path) -> BankLimits:
    if not file.is_file():
        raise NotFoundError(_("There is no file {path}.", path=file))
    text = file.read_text(encoding="utf-8")
    return load_limits(text, segment_catalogue(opened(context).bank.engine))


def check(context: typer.Context, file: LimitsFile, as_json: AsJson = False) -> None:
    """Check a file of limits."""
    _checked(context, file)
    data = {"file": str(file), "valid": True}
    show(data, as_json, lambda: _("{path} holds.", path=file))


def set_(context: typer.Context, file: LimitsFile, as_json: AsJson = False) -> None:
    """Put a file of limits in force."""
    limits = _checked(context, file)
    bank = opened(context).bank
    version = set_limits(bank.engine, limits, bank.clock, "command line")
    data = {"version": version}
    show(data, as_json, lambda: _("The limits are in force as version {version}.", version=version))
