"""Commands about what customers agree to, and whom the bank leaves alone."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from asterism.bootstrap import Asterism
from asterism.cli.context import AsJson, opened
from asterism.cli.screen import show, table
from asterism.cli.words import _, terminal_locale
from asterism.execution.refusals import record_blacklist, record_consents
from asterism.insight.profiles import Profiles
from asterism.kernel.errors import NotFoundError
from asterism.server.auth.audit import Act, record
from asterism.strategy.blacklist import GENERAL, BlacklistEntry, blacklist_entries
from asterism.strategy.consent import (
    EVERY_MEDIUM,
    PURPOSES,
    Consent,
    Purpose,
    check_consents,
    consent_history,
    tag_of,
)
from asterism.strategy.consent_state import consent_states
from asterism.strategy.heard import standing_at

#: Who the record names for what is done from the command line, and where that was.
_OPERATOR, _SOURCE = "operator", "command line"
Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help=_("The customer's id."))]
PurposeOption = Annotated[Purpose, typer.Option(help=_("What for."))]
ChannelOption = Annotated[str, typer.Option(help=_("sms, email, phone or app; * for every one."))]
Evidence = Annotated[str | None, typer.Option(help=_("What proves it, such as a form's number."))]
ListName = Annotated[str, typer.Option("--list", help=_("Which list."))]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    consent = typer.Typer(help=_("What customers agree to."), no_args_is_help=True)
    consent.command("show", help=_("Show what holds, and everything that was said."))(show_)
    consent.command("give", help=_("Record that a customer agrees."))(give)
    consent.command("withdraw", help=_("Record that a customer refuses; it holds at once."))(
        withdraw
    )
    app.add_typer(consent, name="consent")
    blacklist = typer.Typer(help=_("Customers who are left alone."), no_args_is_help=True)
    blacklist.command("add", help=_("Put a customer on a list."))(add)
    blacklist.command("remove", help=_("Take a customer off a list."))(remove)
    blacklist.command("show", help=_("Show who is on the lists."))(listed)
    app.add_typer(blacklist, name="blacklist")


def _records(asterism: Asterism, customer: str) -> dict[str, object]:
    """Return the customer's tags as the bank's own records have them."""
    snapshot = asterism.bank.snapshot()
    profile = Profiles.open(snapshot.path("profiles")).get(customer)
    if profile is None:
        raise NotFoundError(_("There is no customer {id} in the snapshot.", id=customer))
    return profile


def show_(context: typer.Context, customer: Customer, as_json: AsJson = False) -> None:
    """Show a customer's consents."""
    asterism, locale = opened(context), terminal_locale()
    records, bank = _records(asterism, customer), asterism.bank
    standing = standing_at(bank.engine, bank.clock.now(), customer_ids=[customer])
    states = consent_states(records, standing)
    history = consent_history(bank.engine, customer)
    data = {
        "customer_id": customer,
        "states": [
            {
                "purpose": one.purpose,
                "medium": one.medium,
                "given": one.given,
                "source": one.source,
                "at": one.at,
            }
            for one in states
        ],
        "history": [
            {
                name: getattr(one, name)
                for name in ("purpose", "medium", "given", "at", "source", "evidence", "actor")
            }
            for one in history
        ],
    }
    words = {True: _("agreed"), False: _("refused"), None: _("never asked")}
    rows = [
        (
            PURPOSES[one.purpose].in_locale(locale),
            one.title.in_locale(locale),
            words[one.given],
            one.source,
            one.at,
        )
        for one in states
    ]
    headings = [_("Purpose"), _("Channel"), _("State"), _("Source"), _("At")]
    title = _("Consents of {id}", id=customer)
    show(data, as_json, lambda: table(title, headings, rows))


def give(
    context: typer.Context,
    customer: Customer,
    purpose: PurposeOption = Purpose.MARKETING,
    channel: ChannelOption = EVERY_MEDIUM,
    evidence: Evidence = None,
    as_json: AsJson = False,
) -> None:
    """Record that a customer agrees."""
    _hear(context, customer, (purpose, channel, evidence), as_json, given=True)


def withdraw(
    context: typer.Context,
    customer: Customer,
    purpose: PurposeOption = Purpose.MARKETING,
    channel: ChannelOption = EVERY_MEDIUM,
    evidence: Evidence = None,
    as_json: AsJson = False,
) -> None:
    """Record that a customer refuses."""
    _hear(context, customer, (purpose, channel, evidence), as_json, given=False)


def _hear(
    context: typer.Context,
    customer: str,
    said: tuple[Purpose, str, str | None],
    as_json: bool,
    *,
    given: bool,
) -> None:
    asterism = opened(context)
    bank, (purpose, channel, evidence) = asterism.bank, said
    known = _records(asterism, customer).get(tag_of(purpose, channel) or "")
    consent = Consent(
        customer_id=customer,
        purpose=purpose,
        medium=channel,
        given=given,
        at=bank.clock.now(),
        source=_SOURCE,
        evidence=evidence,
        actor=_OPERATOR,
        records_said=known if isinstance(known, bool) else None,
    )
    check_consents([consent])
    ended = record_consents(bank.engine, [consent]).suppressed
    detail = {"purpose": purpose.value, "medium": channel, "given": given}
    _on_record(asterism, Act.RECORD_CONSENT, customer, detail)
    show(
        {"customer_id": customer, **detail, "suppressed": ended},
        as_json,
        lambda: _("Recorded; {count} waiting touches are called off.", count=ended),
    )


def _on_record(asterism: Asterism, act: Act, subject: str, detail: Mapping[str, object]) -> None:
    bank = asterism.bank
    record(bank.engine, bank.clock, actor=_OPERATOR, act=act, subject=subject, detail=detail)


def add(
    context: typer.Context,
    customer: Customer,
    reason: Annotated[str, typer.Option(help=_("Why."))],
    name: ListName = GENERAL,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help=_("First day on which it counts no longer.")),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Put a customer on a list."""
    asterism = opened(context)
    _records(asterism, customer)
    zone = ZoneInfo(asterism.settings.time_zone)
    end = datetime.combine(until.date(), time(), tzinfo=zone) if until else None
    entry = BlacklistEntry(
        customer_id=customer,
        list=name,
        reason=reason,
        at=asterism.bank.clock.now(),
        actor=_OPERATOR,
        until=end,
    )
    ended = record_blacklist(asterism.bank.engine, entry)
    _on_record(asterism, Act.BLACKLIST, customer, {"list": name, "listed": True, "reason": reason})
    show(
        {"customer_id": customer, "list": name, "listed": True, "suppressed": ended},
        as_json,
        lambda: _("Listed; {count} waiting touches are called off.", count=ended),
    )


def remove(
    context: typer.Context,
    customer: Customer,
    reason: Annotated[str, typer.Option(help=_("Why."))],
    name: ListName = GENERAL,
    as_json: AsJson = False,
) -> None:
    """Take a customer off a list."""
    asterism = opened(context)
    bank = asterism.bank
    now = bank.clock.now()
    held = blacklist_entries(bank.engine, customer_id=customer, name=name)
    if not any(entry.listed for entry in held):
        raise NotFoundError(_("{id} is not on the list {name}.", id=customer, name=name))
    entry = BlacklistEntry(
        customer_id=customer, list=name, listed=False, reason=reason, at=now, actor=_OPERATOR
    )
    record_blacklist(bank.engine, entry)
    _on_record(asterism, Act.BLACKLIST, customer, {"list": name, "listed": False, "reason": reason})
    show(
        {"customer_id": customer, "list": name, "listed": False},
        as_json,
        lambda: _("{id} is off the list {name}.", id=customer, name=name),
    )


def listed(
    context: typer.Context,
    customer: Annotated[
        str | None, typer.Argument(metavar="[CUSTOMER]", help=_("One customer; all if left out."))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show who is on the lists."""
    bank = opened(context).bank
    now = bank.clock.now()
    entries = [
        one for one in blacklist_entries(bank.engine, customer_id=customer) if one.active(now)
    ]
    names = ("customer_id", "list", "reason", "at", "until", "actor")
    data = [{name: getattr(entry, name) for name in names} for entry in entries]
    headings = [_("Customer"), _("List"), _("Reason"), _("Since"), _("Until"), _("Who")]
    rows = [tuple(row.values()) for row in data]
    show(data, as_json, lambda: table(_("Blacklists"), headings, rows))
