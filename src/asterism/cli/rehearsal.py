"""The command that asks what a strategy would do: rehearse."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group

from asterism.cli.context import AsJson, opened
from asterism.cli.screen import figure, interval, problem_in_words, progress, show, table
from asterism.cli.words import _, terminal_locale
from asterism.kernel.errors import NotFoundError
from asterism.kernel.money import exponent
from asterism.kernel.words import N_
from asterism.loop.practice import Practice
from asterism.loop.rehearsal import Rehearsal, rehearse
from asterism.review import Range
from asterism.strategy import (
    REASONS,
    Strategy,
    get_strategy,
    library,
    list_strategies,
    load_strategy,
)


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("rehearse", help=_("What a strategy would have done; nothing is sent."))(rehearse_)


def rehearse_(
    context: typer.Context,
    strategy: Annotated[
        str, typer.Argument(metavar="STRATEGY", help=_("A strategy file, or the id of one."))
    ],
    days: Annotated[int, typer.Option(help=_("How many days to replay."), min=1, max=366)] = 14,
    as_json: AsJson = False,
) -> None:
    """Rehearse a strategy on the days that are kept."""
    asterism = opened(context)
    with progress(_("Rehearsing"), quiet=as_json) as listen:
        chosen = _strategy(context, strategy)
        found = rehearse(
            asterism.bank,
            chosen,
            days,
            practice=Practice.of(asterism.bank.home, asterism.settings),
            progress=listen,
        )
    show(
        rehearsal_json(found),
        as_json,
        lambda: _rehearsal(found, chosen, asterism.settings.currency),
    )


def _strategy(context: typer.Context, named: str) -> Strategy:
    """Return the strategy of a file, of the ledger, or of the library, in this order."""
    if Path(named).is_file():
        return load_strategy(Path(named).read_text(encoding="utf-8"))
    engine = opened(context).bank.engine
    if any(row.strategy.id == named for row in list_strategies(engine)):
        return get_strategy(engine, named).strategy
    for ready in library():
        if ready.id == named:
            return ready
    raise NotFoundError(
        N_("There is no file {path}, and no strategy of that id: see asterism strategy list"),
        path=named,
    )


def rehearsal_json(found: Rehearsal) -> dict[str, object]:
    """Return a rehearsal as plain values."""
    evidence = found.evidence
    return {
        "strategy": found.strategy,
        "asked_days": found.asked_days,
        "kept_days": len(found.days),
        "customers": found.customers,
        "touches": found.touches,
        "cost_minor": found.cost_minor,
        "times": {str(times): count for times, count in found.times.items()},
        **{f"by_{name}": dict(counts) for name, counts in found.by.items()},
        "dropped": dict(found.dropped),
        "wanted_too": dict(found.wanted_too),
        "lost_to_others": sum(day.lost_to_others for day in found.days),
        "evidence": {
            "strategies": list(evidence.strategies),
            "own": evidence.own,
            "customers": evidence.customers,
            "per_customer": evidence.per_customer.to_json(),
        }
        if evidence
        else None,
        **{
            name: value.to_json() if value else None
            for name, value in (
                ("expected", found.expected),
                ("expected_value_minor", found.expected_value),
                ("expected_profit_minor", found.expected_profit),
            )
        },
        "days": [asdict(day) for day in found.days],
        "notices": [problem_in_words(notice) for notice in found.notices],
    }


def _rehearsal(found: Rehearsal, strategy: Strategy, currency: str) -> Group:
    locale = terminal_locale()
    days = [
        (str(day.day), day.meant, day.eligible, day.touched, day.taken_up - day.touched)
        for day in found.days
    ]
    words = ("Day", "In the audience", "Eligible", "Touched", "Left alone")
    drops = [
        (REASONS[code].in_locale(locale) if code in REASONS else code, count)
        for code, count in found.dropped.items()
    ]
    parts: list[object] = [
        table(strategy.title.in_locale(locale), [_(word) for word in words], days),
        _(
            "{touches} touches of {customers} customers, costing {cost}",
            touches=f"{found.touches:,}",
            customers=f"{found.customers:,}",
            cost=_money(found.cost_minor, currency),
        ),
        table(_("How often"), [_("Touches"), _("Customers")], list(found.times.items())),
        table(_("What stopped customers"), [_("Reason"), _("Customers")], drops),
    ]
    for name, title in (("tier", _("Tier")), ("lifecycle", _("Stage")), ("channel", _("Channel"))):
        rows = sorted(found.by[name].items(), key=lambda row: -row[1])
        parts.append(table(title, [title, _("Touches")], rows))
    if found.wanted_too:
        headings = [_("Strategy"), _("Customers that both want")]
        parts.append(table(_("Overlap"), headings, list(found.wanted_too.items())))
    parts.append(_expected(found, strategy.goal.metric.value, currency))
    parts += [f"! {problem_in_words(notice)}" for notice in found.notices]
    return Group(*(part for part in parts if part))  # type: ignore[arg-type] # Rich's own union


def _expected(found: Rehearsal, metric: str, currency: str) -> str:
    evidence, profit = found.evidence, found.expected_profit
    if evidence is None or profit is None:
        return _("Expected effect: no evidence")
    one = evidence.per_customer
    return _(
        "Expected of one customer: {point} {interval}; net of cost: {profit} {profits} "
        "(measured on {customers} customers of {strategies})",
        point=figure(metric, one.point, currency),
        interval=interval(metric, one.low, one.high, currency),
        profit=_money(profit.point, currency),
        profits=_span(profit, currency),
        customers=f"{evidence.customers:,}",
        strategies=", ".join(evidence.strategies),
    )


def _span(value: Range, currency: str) -> str:
    return f"[{_money(value.low, currency)}, {_money(value.high, currency)}]"


def _money(minor: float, currency: str) -> str:
    return f"{minor / 10 ** exponent(currency):,.2f} {currency}"
