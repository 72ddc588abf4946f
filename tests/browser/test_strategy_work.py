"""A strategy's way in a real browser: drafted, counted, approved by another, live, stopped."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.test_console import (  # noqa: F401 - fixtures
    CHROMIUM,
    PASSWORD,
    address,
    bank,
    chromium,
)

from asterism.bootstrap import Asterism
from asterism.server.auth import Role, add_user

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="the system has no Chromium"),
]


@pytest.fixture(scope="module")
def people(bank: Asterism) -> None:  # noqa: F811
    for name, role in (("mia", Role.STRATEGY_MANAGER), ("cleo", Role.COMPLIANCE)):
        add_user(bank.bank.engine, name, PASSWORD, role, None, None, bank.bank.clock)


def enter(browser: Browser, address: str, name: str, width: int = 1440) -> tuple[Page, list[str]]:  # noqa: F811
    context = browser.new_context(viewport={"width": width, "height": 900})
    context.add_cookies([{"name": "asterism_language", "value": "en", "url": address}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.goto(f"{address}/login")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("form.card-in button")
    page.wait_for_url(f"{address}/")
    return page, complaints


def sizes_follow_the_audience(page: Page) -> None:
    page.fill("#audience", "age > 20 AND holds_fnd")
    wrong = page.locator("[data-at='audience']")
    expect(wrong).to_contain_text("holds_fund")
    expect(page.locator("#audience")).to_have_attribute("aria-invalid", "true")
    assert page.locator("#audience").evaluate("node => node === document.activeElement")
    page.fill("#audience", "age > 20")
    expect(wrong).to_be_hidden()
    audience = page.locator(".size-row", has_text="in the audience").locator("strong")
    expect(audience).not_to_have_text("—")
    before = int(audience.inner_text())
    page.fill("#audience", "age > 60")
    expect(audience).not_to_have_text(str(before))
    assert 0 < int(audience.inner_text()) < before


def rows_move(page: Page) -> None:
    rows = page.locator("#draft-form [id^='channels[']:not([id$='wrong'])")
    count, first = rows.count(), rows.first.input_value()
    page.locator("button[value='down channels[0]']").click()
    expect(rows.nth(1)).to_have_value(first)
    page.locator("button[value='up channels[1]']").click()
    expect(rows.nth(0)).to_have_value(first)
    assert rows.count() == count


def approve(page: Page, address: str, request: str) -> None:  # noqa: F811
    page.goto(f"{address}/approvals")
    page.get_by_role("link", name="The first fund").first.click()
    page.wait_for_url(request)
    expect(page.get_by_text("for the spring")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.get_by_role("button", name="Approve exactly this").click()
    expect(page.get_by_text("Approved by cleo")).to_be_visible()


@pytest.mark.usefixtures("people")
def test_from_a_template_to_live_to_stopped(chromium: Browser, address: str) -> None:  # noqa: F811
    mia, complaints = enter(chromium, address, "mia")
    mia.goto(f"{address}/library/first_fund")
    mia.locator("form[action='/drafts'] button").first.click()
    mia.wait_for_selector("#draft-form")
    mia.fill("#id", "spring_fund")
    sizes_follow_the_audience(mia)
    rows_move(mia)
    mia.reload()
    expect(mia.locator("#audience")).to_have_value("age > 60")
    mia.fill("#note", "for the spring")
    mia.get_by_role("button", name="Ask for approval").click()
    mia.wait_for_url(re.compile("/approvals/"))
    assert mia.get_by_role("button", name="Approve exactly this").count() == 0
    cleo, more = enter(chromium, address, "cleo", width=390)
    approve(cleo, address, mia.url)
    mia.reload()
    mia.get_by_role("button", name="Put it live").click()
    mia.wait_for_url(f"{address}/strategies/spring_fund")
    expect(mia.get_by_text("1% of its customers may be taken up yet.")).to_be_visible()
    mia.get_by_role("button", name="Go to 10% now").click()
    expect(mia.get_by_text("10% of its customers may be taken up yet.")).to_be_visible()
    mia.locator("[data-sheet=stop]").click()
    mia.fill("#reason", "the wrong month")
    mia.locator("dialog[open] button.danger").click()
    expect(mia.get_by_role("heading", name="Already in flight")).to_be_visible()
    mia.goto(f"{address}/strategies/spring_fund")
    expect(mia.locator("h1 .badge-s")).to_have_text("stopped")
    assert (complaints, more) == ([], [])
    mia.context.close()
    cleo.context.close()


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("width", [1440, 390])
def test_the_editor_fits_and_is_used_by_keyboard(
    chromium: Browser,  # noqa: F811
    address: str,  # noqa: F811
    width: int,
) -> None:
    page, complaints = enter(chromium, address, "mia", width)
    page.goto(f"{address}/strategies")
    page.get_by_role("button", name="New strategy").click()
    page.wait_for_selector("#draft-form")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.locator(".wrongs a").first.focus()
    page.keyboard.press("Enter")
    focused = "document.activeElement.closest('#draft-form') !== null"
    assert page.evaluate(focused)
    page.locator("#id").focus()
    with page.expect_response(re.compile("/drafts/")):
        page.keyboard.type("by_hand")
        page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.id") == "id"
    page.reload()
    expect(page.locator("#id")).to_have_value("by_hand")
    page.goto(f"{page.url}/yaml")
    expect(page.locator("textarea[name=text]")).to_have_value(re.compile("id: by_hand"))
    assert complaints == []
    page.context.close()
