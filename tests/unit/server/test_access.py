"""People and keys: let in, cut off, given a new password, each on the record."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from asterism.kernel.errors import ConflictError
from asterism.server.auth import Role, add_user, disable_user, list_users
from asterism.server.auth.audit import Act, entries
from asterism.server.services import Services

Browser = Callable[[], Any]
PASSWORD = "correct horse"


def secret(page: str) -> str:
    found = re.search(r'<code class="mono wrap-any">([^<]+)</code>', page)
    assert found
    return found[1]


def test_a_new_person_logs_in_with_the_password_shown_once(browser: Browser, admin: Any) -> None:
    admin.get("/access")
    form = {"name": "Lin Xia", "role": "branch_head", "branch": "B1"}
    password = secret(admin.post("/access/people", form).text)
    browser().log_in("lin xia", password)
    page = admin.get("/access").text
    assert password not in page
    assert "branch B1" in page


def test_a_person_cut_off_is_out_with_the_next_request(
    browser: Browser, admin: Any, services: Services
) -> None:
    add_user(services.engine, "leaver", PASSWORD, Role.ANALYST, None, None, services.clock)
    leaver = browser().log_in("leaver")
    admin.get("/access")
    assert admin.post("/access/people/leaver/disable").status_code == 303
    assert leaver.get("/customers").status_code == 303
    assert leaver.get("/customers").headers["location"].startswith("/login")
    admin.post("/access/people/leaver/enable")
    browser().log_in("leaver")


def test_a_new_password_ends_the_old_one_and_its_sessions(
    browser: Browser, admin: Any, services: Services
) -> None:
    add_user(services.engine, "forgetful", PASSWORD, Role.ANALYST, None, None, services.clock)
    old = browser().log_in("forgetful")
    admin.get("/access")
    password = secret(admin.post("/access/people/forgetful/password").text)
    assert old.get("/tags").status_code == 303
    browser().log_in("forgetful", password)
    answer = browser().request("POST", "/login", data={"name": "forgetful", "password": PASSWORD})
    assert answer.status_code == 401


def test_nobody_changes_their_own_access(admin: Any) -> None:
    admin.get("/access")
    for change in ("disable", "password"):
        assert admin.post(f"/access/people/the administrator/{change}").status_code == 422


def test_the_last_administrator_stays(ledger: Any, clock: Any) -> None:
    for name in ("first", "second"):
        add_user(ledger, name, PASSWORD, Role.ADMINISTRATOR, None, None, clock)
    disable_user(ledger, "first", clock)
    with pytest.raises(ConflictError, match="last administrator"):
        disable_user(ledger, "second", clock)
    assert [one.disabled_at is None for one in list_users(ledger)] == [False, True]


def test_a_key_opens_the_api_until_it_is_revoked(browser: Browser, admin: Any) -> None:
    admin.get("/access")
    page = admin.post("/access/keys", {"name": "the integrator", "title": "App"}).text
    bearer = {"authorization": f"Bearer {secret(page)}"}
    assert browser().get("/api/v1/strategies", headers=bearer).status_code == 200
    key_id = re.findall(r"/access/keys/(\w+)/revoke", page)[0]
    assert admin.post(f"/access/keys/{key_id}/revoke").status_code == 303
    assert browser().get("/api/v1/strategies", headers=bearer).status_code == 401


def test_access_changes_are_on_record(admin: Any, services: Services) -> None:
    admin.get("/access")
    admin.post("/access/people", {"name": "recorded", "role": "analyst"})
    found = entries(services.engine, act=Act.ADD_USER.value)[0]
    assert (found.actor, found.subject) == ("the administrator", "recorded")


def test_one_changes_ones_own_password(browser: Browser, services: Services) -> None:
    add_user(services.engine, "careful", PASSWORD, Role.ANALYST, None, None, services.clock)
    here, there = browser().log_in("careful"), browser().log_in("careful")
    here.get("/account")
    wrong = {"current": "not it", "new": "a new password", "again": "another one"}
    refused = here.post("/account/password", wrong)
    assert refused.status_code == 422
    assert "present password is not right" in refused.text
    assert "new passwords differ" in refused.text
    right = {"current": PASSWORD, "new": "a new password", "again": "a new password"}
    assert here.post("/account/password", right).status_code == 200
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
    browser().log_in("careful", "a new password")
