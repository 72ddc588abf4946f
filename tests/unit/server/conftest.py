"""A small bank with its console, and visitors who browse it."""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from asterism.bootstrap import Asterism, open_asterism
from asterism.bootstrap.web import console
from asterism.demo import run_demo
from asterism.kernel.clock import SetClock
from asterism.ledger import open_ledger, upgrade
from asterism.server.auth import Role, add_user
from asterism.server.services import Services
from asterism.settings import Settings

NOON = datetime(2026, 6, 5, 4, 0, tzinfo=UTC)
PASSWORD = "correct horse"
HOST = "http://console.example"


class Visitor:
    """A browser without a screen: keeps cookies, sends the token of the page it saw."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.cookies = httpx.Cookies()
        self.token = ""

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(
                transport=transport, base_url=HOST, cookies=self.cookies
            ) as client:
                answer = await client.request(method, path, **options)
                self.cookies = client.cookies
                return answer

        answer = asyncio.run(ask())
        found = re.search(r'X-CSRF-Token": "([0-9a-f]+)"', answer.text)
        self.token = found[1] if found else self.token
        return answer

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        """Send a form as the page would, with its token."""
        form = {"csrf_token": self.token, **(data or {})}
        return self.request("POST", path, data=form, **options)

    def ask(self, path: str, body: dict[str, Any]) -> httpx.Response:
        """Send JSON as the page's script would."""
        return self.request("POST", path, json=body, headers={"x-csrf-token": self.token})

    def log_in(self, name: str, password: str = PASSWORD) -> "Visitor":
        answer = self.request("POST", "/login", data={"name": name, "password": password})
        assert answer.status_code == 303, answer.text
        self.get("/")
        return self


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture
def ledger(tmp_path: Path) -> Engine:
    engine = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    upgrade(engine)
    return engine


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Asterism:
    """Four hundred customers after three days of the loop, with one user of every role."""
    home = tmp_path_factory.mktemp("bank")
    asterism = open_asterism(Settings(home=home, locale="en"), SetClock(NOON))
    run_demo(asterism, customers=400, days=3, seed=5)
    columns = (
        Services(
            engine=asterism.bank.engine,
            warehouse=asterism.bank.warehouse,
            clock=asterism.bank.clock,
            home=home,
            settings=asterism.settings,
        )
        .current.get()
        .columns
    )
    managers, valid = columns.values("manager_id")
    branches, _ = columns.values("branch_id")
    place = next(i for i, known in enumerate(valid if valid is not None else managers) if known)
    for role in Role:
        add_user(
            asterism.bank.engine,
            f"the {role.value}",
            PASSWORD,
            role,
            branch_id=str(branches[place]) if role is Role.BRANCH_HEAD else None,
            manager_id=str(managers[place]) if role is Role.RELATIONSHIP_MANAGER else None,
            clock=asterism.bank.clock,
        )
    return asterism


@pytest.fixture(scope="session")
def app(bank: Asterism) -> FastAPI:
    return console(bank)


@pytest.fixture
def services(app: FastAPI) -> Services:
    found: Services = app.state.services
    return found


@pytest.fixture
def visitor(app: FastAPI) -> Visitor:
    return Visitor(app)


@pytest.fixture
def browser(app: FastAPI) -> Callable[[], Visitor]:
    """Return what opens a new browser."""
    return lambda: Visitor(app)


@pytest.fixture
def signed_in(app: FastAPI) -> Callable[[Role], Visitor]:
    return lambda role: Visitor(app).log_in(f"the {role.value}")


@pytest.fixture
def admin(signed_in: Callable[[Role], Visitor]) -> Visitor:
    return signed_in(Role.ADMINISTRATOR)
