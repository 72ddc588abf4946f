"""What the person sees: tables or JSON on standard output, progress and errors beside it."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from typing import NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table

from asterism.cli.words import _, terminal_locale
from asterism.kernel.errors import AsterismError, InvalidInputError, Problem
from asterism.kernel.money import exponent
from asterism.kernel.progress import Progress, silent
from asterism.kernel.words import translate

#: Columns of a table that goes to a file or another program.
_WIDE = 160
_MONEY = frozenset({"aum_change", "card_spend"})

output = Console(width=None if sys.stdout.isatty() else _WIDE)
margin = Console(stderr=True)


def show(data: object, as_json: bool, render: Callable[[], object]) -> None:
    """Print `data` as one JSON document, or what `render` makes of it for a person."""
    if as_json:
        sys.stdout.write(json.dumps(data, default=str, ensure_ascii=False, indent=2) + "\n")
    else:
        rendered = render()
        if rendered is not None:
            output.print(rendered)


def table(title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    """Return a table; numbers stand to the right."""
    made = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for position, heading in enumerate(headings):
        numeric = bool(rows) and isinstance(rows[0][position], int | float)
        made.add_column(heading, justify="right" if numeric else "left")
    for row in rows:
        made.add_row(*(_cell(value) for value in row))
    return made


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "✓" if value else ""
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}"
    return str(value)


def figure(metric: str, value: float | None, currency: str) -> str:
    """Return an effect in its metric's unit: money in major units, shares in percentage points."""
    if value is None or not isfinite(value):
        return "–"
    if metric in _MONEY:
        return f"{value / 10 ** exponent(currency):+,.2f} {currency}"
    return f"{value:+.2%}"


def interval(metric: str, low: float, high: float, currency: str) -> str:
    """Return the two ends of an interval; a dash while too few customers stand behind it."""
    if not (isfinite(low) and isfinite(high)):
        return "–"
    return f"[{figure(metric, low, currency)}, {figure(metric, high, currency)}]"


@contextmanager
def progress(label: str, quiet: bool = False) -> Iterator[Progress]:
    """Yield a listener that draws a bar on standard error while the work goes on."""
    if quiet or not margin.is_terminal:
        yield silent
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Bar(*columns, TimeElapsedColumn(), console=margin, transient=True) as bar:
        task = bar.add_task(label, total=1.0)

        def listen(step: str, done: float) -> None:
            bar.update(task, description=f"{label} · {step}", completed=done)

        yield listen


def problem_in_words(problem: Problem) -> str:
    """Return one problem in the terminal's language, its place first."""
    locale = terminal_locale()
    text = translate(problem.message, locale, **problem.values)
    if problem.hint:
        text = f"{text} {translate(problem.hint, locale, **problem.values)}"
    return f"{problem.where}: {text}" if problem.where else text


def fail(error: AsterismError, as_json: bool) -> NoReturn:
    """Say on standard error what was wrong and end with the error's exit code."""
    problems = error.problems if isinstance(error, InvalidInputError) else ()
    subject = error.subject if isinstance(error, InvalidInputError) else error.message
    said = _(subject, **error.values)
    if as_json:
        document = {
            "error": said,
            "problems": [
                {"where": problem.where, "message": problem_in_words(problem)}
                for problem in problems
            ],
        }
        sys.stderr.write(json.dumps(document, ensure_ascii=False) + "\n")
    else:
        margin.print(f"[bold red]{_('Error')}[/]: ", end="")
        margin.print(said, markup=False)
        for problem in problems:
            margin.print(f"  • {problem_in_words(problem)}", markup=False)
    raise typer.Exit(error.exit_code)
