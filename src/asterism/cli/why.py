"""The command that asks why: one customer, one day, every strategy or one."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Group

from asterism.audience import TagType
from asterism.cli.context import AsJson, opened
from asterism.cli.screen import problem_in_words, show, table
from asterism.cli.words import _, terminal_locale
from asterism.insight.tags import catalogue
from asterism.loop.explanation import Explained, explain_customer
from asterism.loop.practice import Practice
from asterism.strategy.why import StrategyWhy, Verdict

_YES, _NO, _WAITING = "✓", "✗", "…"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("why", help=_("Why, and why not: one customer and every strategy."))(why)


def why(
    context: typer.Context,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help=_("The customer's id."))],
    strategy: Annotated[
        str | None, typer.Option(help=_("One strategy; all that were live if left out."))
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(
            "--date", formats=["%Y-%m-%d"], help=_("The business day; the next if left out.")
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Explain one customer's day."""
    asterism = opened(context)
    found = explain_customer(
        asterism.bank,
        customer,
        day=on.date() if on else None,
        strategy=strategy,
        practice=Practice.of(asterism.bank.home, asterism.settings),
    )
    show(explained_json(found), as_json, lambda: _explained(found))


def explained_json(found: Explained) -> dict[str, object]:
    """Return an explanation as plain values, in the terminal's language."""
    return {
        "customer_id": found.customer_id,
        "day": found.day.isoformat(),
        "decided_at": found.decided_at.isoformat() if found.decided_at else None,
        "snapshot": found.snapshot,
        "decided": [asdict(one) for one in found.decided],
        "strategies": [
            {
                **_answer_json(one),
                "charge": asdict(charge) if (charge := found.charges.get(_id(one))) else None,
            }
            for one in found.strategies
        ],
        "notices": [problem_in_words(notice) for notice in found.notices],
    }


def _id(one: StrategyWhy) -> str:
    return one.published.strategy.id


def _answer_json(one: StrategyWhy) -> dict[str, object]:
    locale = terminal_locale()
    return {
        "strategy": one.published.strategy.id,
        "version": one.published.version,
        "arm": one.arm,
        "eligible": one.eligible,
        "reason": one.reason.code,
        "layer": one.reason.layer.value,
        "words": one.reason.in_locale(locale),
        "choices": [asdict(choice) for choice in one.choices],
        "layers": [_verdict_json(verdict, locale) for verdict in one.verdicts],
    }


def _verdict_json(verdict: Verdict, locale: str) -> dict[str, object]:
    return {
        "gate": verdict.reason.code,
        "layer": verdict.reason.layer.value,
        "passed": verdict.passed,
        "conditions": list(verdict.conditions),
        "clauses": [
            {"text": clause.text, "holds": clause.holds, "values": _values(clause.values)}
            for clause in verdict.clauses
        ],
        "explanations": [
            {
                "words": told.text.in_locale(locale),
                "remedy": told.remedy.in_locale(locale) if told.remedy else None,
                "from_day": told.from_day.isoformat() if told.from_day else None,
            }
            for told in verdict.explanations
        ],
    }


def _values(values: Mapping[str, object]) -> dict[str, object]:
    """Return a customer's tags as people read them: money in major units."""
    tags = catalogue().tags
    money = {name for name in values if name in tags and tags[name].type is TagType.MONEY}
    return {
        name: value / 10 ** tags[name].exponent
        if name in money and isinstance(value, int)
        else value
        for name, value in values.items()
    }


def _explained(found: Explained) -> Group:
    locale = terminal_locale()
    headings = [_("Strategy"), _("Answer"), _("Layer"), _("Reason"), _("What would make it a yes")]
    rows = [_answer_row(one, locale) for one in found.strategies]
    parts: list[object] = [f"! {problem_in_words(notice)}" for notice in found.notices]
    if rows:
        title = _("Customer {id} on {day}", id=found.customer_id, day=found.day)
        parts.append(table(title, headings, rows))
    if len(found.strategies) == 1:
        parts.append(_gates(found.strategies[0], locale))
    if found.decided:
        lines = [
            (
                one.strategy,
                one.arm,
                one.channel,
                one.script,
                " → ".join(event.kind for event in one.life) or None,
            )
            for one in found.decided
        ]
        words = ("Strategy", "Arm", "Channel", "Script", "Life")
        parts.append(table(_("Decided"), [_(word) for word in words], lines))
    return Group(*parts)  # type: ignore[arg-type] # Rich's own union


def _answer_row(one: StrategyWhy, locale: str) -> Sequence[object]:
    told = one.verdicts[-1].explanations if one.verdicts and not one.choices else ()
    said = "; ".join(dict.fromkeys(found.text.in_locale(locale) for found in told))
    remedies = [found.remedy.in_locale(locale) for found in told if found.remedy]
    answer = _NO if not one.choices else _YES if one.reason.code.endswith("chosen") else _WAITING
    return (
        one.published.strategy.title.in_locale(locale),
        answer,
        one.reason.layer.value,
        said or one.reason.in_locale(locale),
        "; ".join(dict.fromkeys(remedies)) or None,
    )


def _gates(one: StrategyWhy, locale: str) -> object:
    rows = []
    for verdict in one.verdicts:
        clauses = "; ".join(
            f"{clause.text} ({', '.join(f'{k} = {v}' for k, v in _values(clause.values).items())})"
            for clause in verdict.clauses
        )
        shown = clauses or ", ".join(verdict.conditions)
        rows.append((_YES if verdict.passed else _NO, verdict.reason.code, shown))
    return table(_("Gates"), ["", _("Gate"), _("Condition and values")], rows)
