"""The check-up: what an operator asks first when something is odd."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version

from sqlalchemy import text

from asterism.bootstrap import Asterism
from asterism.cli.words import _
from asterism.kernel.errors import AsterismError
from asterism.ledger import reading

_FREE_SPACE_WANTED = 2 * 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at."""

    what: str
    well: bool
    #: What was seen, and what to do if it is not well.
    detail: str


def examine(asterism: Asterism) -> tuple[Finding, ...]:
    """Look at everything; no finding stops the next."""
    checks: tuple[tuple[str, Callable[[Asterism], tuple[bool, str]]], ...] = (
        (_("Libraries"), _libraries),
        (_("Home"), _home),
        (_("Ledger"), _ledger),
        (_("Snapshot"), _snapshot),
        (_("E-mail"), _mail),
    )
    return tuple(_findings(asterism, checks))


def _findings(
    asterism: Asterism, checks: tuple[tuple[str, Callable[[Asterism], tuple[bool, str]]], ...]
) -> Iterator[Finding]:
    for what, check in checks:
        try:
            well, detail = check(asterism)
        except (AsterismError, OSError) as error:
            well, detail = False, str(error)
        yield Finding(what=what, well=well, detail=detail)


def _libraries(_asterism: Asterism) -> tuple[bool, str]:
    names = ("duckdb", "ibis-framework", "sqlglot", "numpy", "sqlalchemy", "fastapi")
    return True, ", ".join(f"{name} {version(name)}" for name in names)


def _home(asterism: Asterism) -> tuple[bool, str]:
    home = asterism.settings.home
    free = shutil.disk_usage(home).free
    detail = _("{home}, {free} GB free", home=home, free=f"{free / 1024**3:.1f}")
    return free >= _FREE_SPACE_WANTED, detail


def _ledger(asterism: Asterism) -> tuple[bool, str]:
    with reading(asterism.bank.engine) as connection:
        if connection.dialect.name != "sqlite":
            return True, connection.dialect.name
        verdict = connection.execute(text("PRAGMA quick_check")).scalar()
    return verdict == "ok", f"sqlite: {verdict}"


def _snapshot(asterism: Asterism) -> tuple[bool, str]:
    snapshot = asterism.bank.snapshot()
    return True, _("{id}, as of {as_of}", id=snapshot.id, as_of=snapshot.as_of)


def _mail(asterism: Asterism) -> tuple[bool, str]:
    address = asterism.settings.smtp_url
    return True, address or _(
        "no server: letters stay in outbox-files; set smtp_url in settings.toml"
    )
