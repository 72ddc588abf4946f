"""Commands about strategies that run: ramp, stop."""

from datetime import date
from typing import Annotated

import typer

from asterism.bootstrap import Asterism
from asterism.cli.context import AsJson, opened
from asterism.cli.screen import show, table
from asterism.cli.speaking import OPERATOR, Who, may_publish_alone, note, person
from asterism.cli.strategy_files import StrategyId
from asterism.cli.words import _
from asterism.execution.stop import stop as stop_now
from asterism.kernel.clock import local_day
from asterism.kernel.errors import ConflictError
from asterism.kernel.words import N_
from asterism.server.auth import Act, Permission
from asterism.strategy import get_strategy
from asterism.strategy.ramp import set_ramp

Share = Annotated[
    float, typer.Option(min=0.0, max=1.0, help=_("Share of its customers to begin with."))
]
Days = Annotated[
    int, typer.Option(min=0, max=365, help=_("Days to the next step; 0 for steps by hand."))
]


def add_to(strategy: typer.Typer) -> None:
    """Add the commands to the group of strategies."""
    strategy.command("ramp", help=_("Set the share of its customers that may be taken up."))(ramp)
    strategy.command("stop", help=_("Stop a strategy now; says what was already in flight."))(stop)


def today(asterism: Asterism) -> date:
    """Return the bank's present day."""
    return local_day(asterism.bank.clock.now(), asterism.settings.time_zone)


def grow(
    asterism: Asterism, identity: str, version: int, share: float, days: int, actor: str
) -> None:
    """Set the ramp of a version."""
    bank = asterism.bank
    with bank.engine.begin() as connection:
        set_ramp(
            connection,
            identity,
            version,
            share=share,
            since=today(asterism),
            step_days=days or None,
            actor=actor,
            clock=bank.clock,
        )


def ramp(
    context: typer.Context,
    identity: StrategyId,
    share: Share,
    days: Days = 0,
    name: Who = "",
    as_json: AsJson = False,
) -> None:
    """Set the ramp of a strategy's newest version."""
    asterism = opened(context)
    published = get_strategy(asterism.bank.engine, identity)
    actor = OPERATOR
    if name or not may_publish_alone(asterism):
        if not name:
            raise ConflictError(N_("Say who you are: --as NAME."))
        actor = person(asterism, name, Permission.PUBLISH_STRATEGIES).name
    grow(asterism, identity, published.version, share, days, actor)
    detail = {"version": published.version, "share": share, "step_days": days}
    note(asterism, actor, Act.RAMP_STRATEGY, identity, **detail)
    show(
        {"id": identity, "version": published.version, "share": share},
        as_json,
        lambda: _("{id} may take up {share} of its customers.", id=identity, share=f"{share:.0%}"),
    )


def stop(
    context: typer.Context,
    identity: StrategyId,
    reason: Annotated[str, typer.Option(help=_("Why it is stopped; goes on record."))],
    as_json: AsJson = False,
) -> None:
    """Stop a strategy now."""
    asterism = opened(context)
    bank = asterism.bank
    done = stop_now(bank.engine, identity, bank.clock, OPERATOR, reason)
    note(asterism, OPERATOR, Act.STOP_STRATEGY, identity, **done.to_json(), reason=reason)
    channels = sorted({*done.recalled, *done.in_flight})
    rows = [(name, done.recalled.get(name, 0), done.in_flight.get(name, 0)) for name in channels]
    title = _("{id} is stopped: nothing more of it leaves.", id=identity)
    headings = [_("Channel"), _("Called back"), _("Already in flight")]
    show(done.to_json(), as_json, lambda: table(title, headings, rows))
