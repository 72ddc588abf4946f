"""The console in a real browser: every page, three languages, two widths, no complaint."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright

from asterism.bootstrap import Asterism, open_asterism
from asterism.bootstrap.web import console
from asterism.demo import run_demo
from asterism.kernel.clock import SetClock
from asterism.server.auth import Role, add_user
from asterism.settings import Settings

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="the system has no Chromium"),
]
PASSWORD = "correct horse"
PAGES = (
    "/",
    "/customers",
    "/tags",
    "/tags/aum",
    "/audiences",
    "/map",
    "/strategies",
    "/strategies/birthday",
    "/touches",
    "/worklist",
    "/review",
    "/lists",
    "/audit",
)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Asterism:
    noon = datetime(2026, 6, 5, 4, 0, tzinfo=UTC)
    home = tmp_path_factory.mktemp("bank")
    asterism = open_asterism(Settings(home=home), SetClock(noon))
    run_demo(asterism, customers=300, days=2, seed=5)
    add_user(
        asterism.bank.engine, "ada", PASSWORD, Role.ADMINISTRATOR, None, None, asterism.bank.clock
    )
    return asterism


@pytest.fixture(scope="module")
def address(bank: Asterism) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(console(bank), host="127.0.0.1", port=port, log_level="warning", ws="none")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        yield browser
        browser.close()


def enter(chromium: Browser, address: str, width: int, code: str) -> tuple[Page, list[str]]:
    context = chromium.new_context(viewport={"width": width, "height": 900})
    context.add_cookies([{"name": "asterism_language", "value": code, "url": address}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda said: (
            complaints.append(f"{page.url}: {said.text}")
            if said.type in {"error", "warning"}
            else None
        ),
    )
    page.goto(f"{address}/login")
    page.fill("#name", "ada")
    page.fill("#password", PASSWORD)
    page.click("form.card-in button")
    page.wait_for_url(f"{address}/")
    return page, complaints


@pytest.mark.parametrize("code", ["zh", "en", "es"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_opens_without_complaint_and_without_scrolling_sideways(
    chromium: Browser, address: str, width: int, code: str
) -> None:
    page, complaints = enter(chromium, address, width, code)
    for path in PAGES:
        answer = page.goto(address + path)
        assert answer
        assert answer.status == 200, path
        page.wait_for_load_state("networkidle")
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, f"{path} is {over} pixels too wide"
    assert complaints == []
    page.context.close()


def test_typing_an_audience_shows_its_size_and_clicking_changes_its_text(
    chromium: Browser, address: str
) -> None:
    page, complaints = enter(chromium, address, 1440, "en")
    page.goto(f"{address}/audiences")
    count = page.locator("#count")
    everyone = count.inner_text()
    assert int(everyone) >= 300
    page.fill("#expression", "tier = 'gold'")
    expect(count).not_to_have_text(everyone)
    fewer = int(count.inner_text())
    assert 0 < fewer < int(everyone)
    page.locator(".rule select").first.select_option("age")
    expect(page.locator("#expression")).to_have_value(re.compile("age"))
    page.fill("#expression", "lifecicle = 'mature'")
    page.locator("#problems button").click()
    expect(page.locator("#expression")).to_have_value(re.compile("^lifecycle"))
    page.wait_for_selector("#charts svg")
    page.wait_for_selector("#overlap table")
    assert complaints == []
    page.context.close()


def test_one_customer_is_found_by_number_and_shown_in_clear_with_a_reason(
    chromium: Browser, address: str
) -> None:
    page, complaints = enter(chromium, address, 390, "en")
    page.goto(f"{address}/customers")
    page.locator("table.list a").first.click()
    page.wait_for_selector("h1:has-text('*')")
    page.locator("[data-sheet=unmask]").click()
    page.fill("#unmask-reason", "the customer asked for a call")
    page.locator("dialog[open] button.first").click()
    page.wait_for_selector(".notice.gold")
    assert "*" not in page.locator("h1").inner_text()
    assert complaints == []
    page.context.close()


def test_dark_is_remembered(chromium: Browser, address: str) -> None:
    page, _ = enter(chromium, address, 1440, "en")
    page.locator("details.drop summary").nth(1).click()
    page.locator("[data-theme-choice=dark]").click()
    page.goto(f"{address}/tags")
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    page.context.close()
