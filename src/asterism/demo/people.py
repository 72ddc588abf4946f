"""The people who log in to the demo, one for each way of using the console."""

import secrets
from pathlib import Path

import ibis
from sqlalchemy import Engine

from asterism.kernel.clock import Clock
from asterism.kernel.files import write_atomically
from asterism.server.auth import Role, add_user
from asterism.settings import SETTINGS_FILE
from asterism.warehouse import Snapshot, connect

#: In the home directory, readable by its owner alone.
LOGIN_FILE = "demo-logins.txt"

_PEOPLE = {
    "strategy": Role.STRATEGY_MANAGER,
    "analyst": Role.ANALYST,
    "manager": Role.RELATIONSHIP_MANAGER,
    "branch": Role.BRANCH_HEAD,
    "operations": Role.OPERATIONS,
    "compliance": Role.COMPLIANCE,
    "admin": Role.ADMINISTRATOR,
}


def add_demo_people(engine: Engine, home: Path, snapshot: Snapshot, clock: Clock) -> None:
    """Let the demo's people log in, all with one new password that is kept in a file.

    The relationship manager is the one with most customers, the branch head the manager's own.
    """
    manager, branch = _busiest_manager(snapshot)
    password = secrets.token_urlsafe(9)
    for name, role in _PEOPLE.items():
        add_user(
            engine,
            name,
            password,
            role,
            branch_id=branch if role is Role.BRANCH_HEAD else None,
            manager_id=manager if role is Role.RELATIONSHIP_MANAGER else None,
            clock=clock,
        )
    path = home / LOGIN_FILE
    lines = [f"{name} {password}" for name in _PEOPLE]
    write_atomically(path, ("\n".join(lines) + "\n").encode())
    path.chmod(0o600)


def let_the_operator_publish(home: Path) -> None:
    """Let the demo's command line publish alone; in its console four eyes stay."""
    path = home / SETTINGS_FILE
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if not any(line.startswith("approval") for line in text.splitlines()):
        write_atomically(path, f'{text}approval = "off"\n'.encode())


def _busiest_manager(snapshot: Snapshot) -> tuple[str | None, str | None]:
    connection = connect()
    customers = snapshot.table(connection, "customers")
    book = (
        customers.filter(customers.manager_id.notnull())
        .group_by("manager_id", "branch_id")
        .agg(customers=lambda rows: rows.count())
        .order_by(ibis.desc("customers"), "manager_id")
        .limit(1)
    )
    rows = connection.to_pyarrow(book).to_pylist()
    connection.disconnect()
    return (rows[0]["manager_id"], rows[0]["branch_id"]) if rows else (None, None)


def demo_logins(home: Path) -> list[tuple[str, str]]:
    """Return the names and passwords of the demo's people; none where there is no demo."""
    path = home / LOGIN_FILE
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(name, password) for name, _, password in (line.partition(" ") for line in lines)]
