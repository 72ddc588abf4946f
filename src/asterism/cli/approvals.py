"""Commands by which a strategy goes live: submit, requests, approve, reject, publish."""

from typing import Annotated

import typer

from asterism.audience import Columns
from asterism.bootstrap import Asterism
from asterism.cli.context import AsJson, opened
from asterism.cli.running import Days, Share, grow, today
from asterism.cli.screen import show, table
from asterism.cli.speaking import OPERATOR, Who, may_publish_alone, note, person
from asterism.cli.strategy_files import StrategyFile, read
from asterism.cli.words import _
from asterism.insight.segments import segment_catalogue
from asterism.insight.snapshots import current_id
from asterism.kernel.errors import ConflictError
from asterism.kernel.words import N_
from asterism.server.auth import Act, Permission, User
from asterism.strategy import Strategy, load_strategy, validate_strategy
from asterism.strategy.approval import (
    Approver,
    Reach,
    Start,
    Thresholds,
    approve,
    go_live,
    publish_alone,
    reject,
    submit,
)
from asterism.strategy.drafts import content_of, start_draft
from asterism.strategy.publish import content_hash
from asterism.strategy.ramp import EVERYBODY
from asterism.strategy.readings import Expressions
from asterism.strategy.requests import approved_request, list_requests
from asterism.strategy.sizes import sizes

RequestId = Annotated[str, typer.Argument(metavar="REQUEST", help=_("The request's id."))]


def add_to(strategy: typer.Typer) -> None:
    """Add the commands to the group of strategies."""
    strategy.command("submit", help=_("Ask a second person to approve a strategy file."))(ask)
    strategy.command("requests", help=_("List what waits for approval, or is approved."))(requests)
    strategy.command("approve", help=_("Approve what another person wrote."))(say_yes)
    strategy.command("reject", help=_("Reject what another person wrote, with a reason."))(say_no)
    strategy.command("publish", help=_("Make an approved strategy live as a new version."))(publish)


def _checked(asterism: Asterism, text: str) -> Strategy:
    strategy = load_strategy(text)
    validate_strategy(strategy, segment_catalogue(asterism.bank.engine))
    return strategy


def _reach(asterism: Asterism, strategy: Strategy) -> Reach:
    """Return how much a strategy can do with the customers of the published snapshot."""
    bank = asterism.bank
    if current_id(bank.engine) is None:
        return Reach(customers=0, spend_minor=0)
    columns = Columns.open(bank.snapshot().path("columns"))
    expressions = Expressions(segment_catalogue(bank.engine))
    found = sizes(columns, content_of(strategy), expressions)
    budget = strategy.budget.per_day_minor
    spend = found.spend_minor if budget is None else min(budget, found.spend_minor)
    return Reach(customers=found.cell or 0, spend_minor=spend)


def ask(context: typer.Context, file: StrategyFile, name: Who, as_json: AsJson = False) -> None:
    """Ask a second person for approval."""
    asterism = opened(context)
    bank, settings = asterism.bank, asterism.settings
    strategy = _checked(asterism, read(file))
    user = person(asterism, name, Permission.WRITE_STRATEGIES)
    draft = start_draft(bank.engine, content_of(strategy), bank.clock, user.name)
    asked = submit(
        bank.engine,
        draft.draft_id,
        strategy,
        reach=_reach(asterism, strategy),
        thresholds=Thresholds(
            customers=settings.large_audience, spend_minor=settings.large_spend_minor
        ),
        clock=bank.clock,
        actor=user.name,
    )
    note(asterism, user.name, Act.SUBMIT_STRATEGY, strategy.id, request=asked.request_id)
    show(
        {"id": strategy.id, "request": asked.request_id, "large": asked.large},
        as_json,
        lambda: _(
            "Asked as {request}. Next, another person: "
            "asterism strategy approve {request} --as NAME, or Approvals in the console.",
            request=asked.request_id,
        ),
    )


def requests(context: typer.Context, as_json: AsJson = False) -> None:
    """List the requests that stand."""
    found = list_requests(opened(context).bank.engine)
    data: list[dict[str, object]] = [
        {
            "request": one.request_id,
            "strategy": one.strategy_id,
            "asked_by": one.asked_by,
            "customers": one.customers,
            "state": one.state,
        }
        for one in found
    ]
    headings = [_("Request"), _("Strategy"), _("Asked by"), _("Customers"), _("State")]
    rows = [tuple(row.values()) for row in data]
    show(data, as_json, lambda: table(_("Approvals"), headings, rows))


def say_yes(context: typer.Context, request: RequestId, name: Who, as_json: AsJson = False) -> None:
    """Approve a request."""
    asterism = opened(context)
    bank = asterism.bank
    user = person(asterism, name, Permission.APPROVE_STRATEGIES)
    seen = next((r.content_hash for r in list_requests(bank.engine) if r.request_id == request), "")
    done = approve(bank.engine, request, seen, bank.clock, _approver(user))
    note(asterism, user.name, Act.APPROVE_STRATEGY, done.strategy_id, request=request)
    show(
        {"request": request, "state": done.state, "expires_at": done.expires_at},
        as_json,
        lambda: _("{request} is approved for 72 hours.", request=request),
    )


def say_no(
    context: typer.Context,
    request: RequestId,
    name: Who,
    reason: Annotated[str, typer.Option(help=_("Why it is rejected."))],
    as_json: AsJson = False,
) -> None:
    """Reject a request."""
    asterism = opened(context)
    bank = asterism.bank
    user = person(asterism, name, Permission.APPROVE_STRATEGIES)
    done = reject(bank.engine, request, reason, bank.clock, _approver(user))
    note(asterism, user.name, Act.REJECT_STRATEGY, done.strategy_id, request=request)
    show(
        {"request": request, "state": done.state},
        as_json,
        lambda: _("{request} is rejected.", request=request),
    )


def _approver(user: User) -> Approver:
    of_large = Permission.APPROVE_LARGE_STRATEGIES in user.permissions
    return Approver(name=user.name, of_large=of_large)


def publish(
    context: typer.Context,
    file: StrategyFile,
    share: Share = EVERYBODY,
    days: Days = 0,
    as_json: AsJson = False,
) -> None:
    """Make a strategy live."""
    asterism = opened(context)
    bank = asterism.bank
    strategy = _checked(asterism, read(file))
    request = approved_request(bank.engine, content_hash(strategy), bank.clock.now())
    if request is not None:
        start = Start(share=share, day=today(asterism), step_days=days or None)
        done = go_live(bank.engine, request.request_id, start, bank.clock, OPERATOR)
        version, approved_by = done.version or 0, request.decided_by
    elif may_publish_alone(asterism):
        version, approved_by = publish_alone(bank.engine, strategy, bank.clock, OPERATOR), None
        if share < EVERYBODY:
            grow(asterism, strategy.id, version, share, days, OPERATOR)
    else:
        message = N_(
            "{id} is not approved: asterism strategy submit {file} --as NAME, "
            "then another person approves it."
        )
        raise ConflictError(message, id=strategy.id, file=file)
    detail = {"version": version, "approved_by": approved_by, "share": share}
    note(asterism, OPERATOR, Act.PUBLISH_STRATEGY, strategy.id, **detail)
    show(
        {"id": strategy.id, "version": version},
        as_json,
        lambda: _("{id} is live as version {version}.", id=strategy.id, version=version),
    )
