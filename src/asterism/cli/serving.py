"""Commands that serve and look after an installation: serve, up, demo, doctor."""

from typing import Annotated

import typer
import uvicorn

from asterism.bootstrap import Asterism
from asterism.bootstrap.web import console
from asterism.cli.context import AsJson, opened
from asterism.cli.doctor import examine
from asterism.cli.screen import figure, interval, margin, output, progress, show, table
from asterism.cli.words import _
from asterism.demo import DemoReport, demo_logins, run_demo
from asterism.loop import sending

Host = Annotated[str | None, typer.Option(help=_("Host to listen on."))]
Port = Annotated[int | None, typer.Option(help=_("Port to listen on."))]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("demo", help=_("Build a simulated bank, run the loop, open the console."))(demo)
    app.command("serve", help=_("Serve the console and the API."))(serve)
    app.command("up", help=_("Run everything in one process: console, API, sending."))(up)
    app.command("doctor", help=_("Check this installation; says what to do next."))(doctor)


def _listen(asterism: Asterism, host: str | None, port: int | None) -> None:
    chosen_host = host or asterism.settings.host
    chosen_port = asterism.settings.port if port is None else port
    margin.print(
        _(
            "The console is at http://{host}:{port} (Ctrl+C ends it)",
            host=chosen_host,
            port=chosen_port,
        )
    )
    uvicorn.run(
        console(asterism), host=chosen_host, port=chosen_port, log_level="warning", access_log=False
    )


def serve(context: typer.Context, host: Host = None, port: Port = None) -> None:
    """Serve the console and the API."""
    _listen(opened(context), host, port)


def up(context: typer.Context, host: Host = None, port: Port = None) -> None:
    """Run everything in one process."""
    asterism = opened(context)
    with sending(asterism.bank):
        _listen(asterism, host, port)


def demo(
    context: typer.Context,
    customers: Annotated[int, typer.Option(min=1000, help=_("How many customers."))] = 20_000,
    days: Annotated[int, typer.Option(min=1, max=365, help=_("How many days of the loop."))] = 30,
    seed: Annotated[int, typer.Option(help=_("The same seed gives the same bank."))] = 7,
    serve: Annotated[bool, typer.Option(help=_("Serve the console at the end."))] = True,
    host: Host = None,
    port: Port = None,
    as_json: AsJson = False,
) -> None:
    """Build a simulated bank, run the loop, open the console."""
    asterism = opened(context)
    with progress(_("Demo"), as_json) as listen:
        report = run_demo(asterism, customers=customers, days=days, seed=seed, progress=listen)
    show(report.to_json(), as_json, lambda: _comparison(report, asterism.settings.currency))
    if not serve:
        return
    if not as_json:
        for name, password in demo_logins(asterism.settings.home):
            output.print(_("Log in as {name} with {password}", name=name, password=password))
    _listen(asterism, host, port)


def _comparison(report: DemoReport, currency: str) -> object:
    words = ("Strategy", "Metric", "Touched", "Held out", "Measured", "95 % interval", "Truth")
    headings = [_(word) for word in words]
    rows = [
        (
            line.strategy,
            line.metric,
            line.n_touch,
            line.n_control,
            figure(line.metric, line.point, currency),
            interval(line.metric, line.low, line.high, currency),
            figure(line.metric, line.truth, currency),
        )
        for line in report.lines
    ]
    title = _(
        "{days} days, {touches} touches: what each strategy earned, and the truth",
        days=report.days,
        touches=f"{report.touches:,}",
    )
    return table(title, headings, rows)


def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Check this installation."""
    findings = examine(opened(context))
    rows = [(finding.what, "✓" if finding.well else "✗", finding.detail) for finding in findings]
    show(
        [
            {"what": finding.what, "well": finding.well, "detail": finding.detail}
            for finding in findings
        ],
        as_json,
        lambda: table(_("Check-up"), [_("What"), "", _("Detail")], rows),
    )
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)
