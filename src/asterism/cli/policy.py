"""Commands about the contact policy: policy show, policy check."""

from pathlib import Path
from typing import Annotated

import typer

from asterism.cli.context import AsJson, opened
from asterism.cli.screen import show, table
from asterism.cli.words import _, terminal_locale
from asterism.execution.policy import POLICY_FILE, load_policy, read_policy
from asterism.kernel.errors import NotFoundError
from asterism.strategy.caps import Span


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    policy = typer.Typer(help=_("How often and when customers are contacted."))
    policy.command("show", help=_("Show the contact policy that holds."))(policy_)
    policy.command("check", help=_("Check a contact policy; every problem at once."))(check)
    app.add_typer(policy, name="policy")


def policy_(context: typer.Context, as_json: AsJson = False) -> None:
    """Show the contact policy."""
    asterism, locale = opened(context), terminal_locale()
    policy = read_policy(asterism.bank.home, asterism.settings.time_zone)
    caps, quiet = policy.caps, policy.quiet
    channels = sorted({name for span in Span for name in getattr(caps, f"channel_per_{span}")})
    data = {
        "caps": {
            channel or "*": {str(span): caps.limit(span, channel) for span in Span}
            for channel in ("", *channels)
        },
        "cooldown_days": dict(caps.channel_cooldown_days),
        "one_voice": {"order": list(caps.channel_order), "days": caps.one_voice_days},
        "hours": {
            kind.value: {
                name or "*": [f"{hours.of(name).opens:%H:%M}", f"{hours.of(name).closes:%H:%M}"]
                for name in ("", *hours.by_channel)
            }
            for kind, hours in quiet.by_class.items()
        },
        "holidays": sorted(quiet.holidays),
        "zones": list(quiet.zones),
    }
    rows = [
        (channel or _("all together"), *(caps.limit(span, channel) for span in Span))
        for channel in ("", *channels)
    ]
    headings = [_("Channel"), *(span.title.in_locale(locale) for span in Span)]
    show(data, as_json, lambda: table(_("Contacts of one customer, at most"), headings, rows))


def check(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help=_("The home's own if left out."))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a contact policy."""
    asterism = opened(context)
    path = file or asterism.bank.home / POLICY_FILE
    if not path.is_file():
        raise NotFoundError(_("There is no file {path}.", path=path))
    load_policy(path.read_text(encoding="utf-8"), asterism.settings.time_zone)
    show({"file": str(path), "valid": True}, as_json, lambda: _("{path} holds.", path=path))
