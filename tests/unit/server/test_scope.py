"""A manager sees their own customers, a branch head their branch, in every place that shows any."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from asterism.server.auth import Role, Scope, add_user, disable_user, get_user
from asterism.server.auth.audit import entries
from asterism.server.auth.scope import Reach, scope_of
from asterism.server.services import Services

Enter = Callable[[Role], Any]
NARROW = [(Role.RELATIONSHIP_MANAGER, "manager_id"), (Role.BRANCH_HEAD, "branch_id")]


def keys(services: Services, tag: str) -> dict[str, str | None]:
    """Return every customer's branch or manager."""
    columns = services.current.get().columns
    values, valid = columns.values(tag)
    known = valid if valid is not None else [True] * columns.size
    return {
        customer: str(value) if there else None
        for customer, value, there in zip(columns.customer_ids, values, known, strict=True)
    }


def inside_and_outside(services: Services, role: Role, tag: str) -> tuple[set[str], set[str]]:
    user_key = next(key for key in [_user(services, role)])
    found = keys(services, tag)
    inside = {customer for customer, key in found.items() if key == user_key}
    return inside, set(found) - inside


def _user(services: Services, role: Role) -> str:
    return get_user(services.engine, f"the {role.value}").scope.key


@pytest.mark.parametrize(("role", "tag"), NARROW)
def test_counts_stop_at_the_scope(
    services: Services, signed_in: Enter, role: Role, tag: str
) -> None:
    inside, _ = inside_and_outside(services, role, tag)
    visitor = signed_in(role)
    answer = visitor.get("/api/v1/audiences/count").json()
    assert (answer["count"], answer["population"]) == (len(inside), len(inside))
    assert visitor.ask("/audiences/size", {"expression": ""}).json()["count"] == len(inside)
    everyone = "aum >= 0 OR aum < 0 OR aum IS NULL OR TRUE"
    assert visitor.ask("/audiences/size", {"expression": everyone}).json()["count"] == len(inside)


@pytest.mark.parametrize(("role", "tag"), NARROW)
def test_customers_outside_look_as_if_they_did_not_exist(
    services: Services, signed_in: Enter, role: Role, tag: str
) -> None:
    inside, outside = inside_and_outside(services, role, tag)
    visitor = signed_in(role)
    stranger, own = min(outside), min(inside)
    unknown = visitor.get("/api/v1/customers/nobody")
    for path in (f"/customers/{stranger}", f"/customers/{stranger}/timeline"):
        assert visitor.get(path).status_code == 404
    hidden = visitor.get(f"/api/v1/customers/{stranger}")
    assert (hidden.status_code, hidden.json()) == (404, unknown.json())
    assert visitor.post(f"/customers/{stranger}/unmask", {"reason": "curious"}).status_code == 404
    assert visitor.get(f"/customers?q={stranger}").status_code == 200
    assert visitor.get(f"/customers?q={own}").headers["location"] == f"/customers/{own}"
    assert visitor.get(f"/customers/{own}").status_code == 200


@pytest.mark.parametrize(("role", "tag"), NARROW)
def test_no_page_names_a_customer_outside(
    services: Services, signed_in: Enter, role: Role, tag: str
) -> None:
    _, outside = inside_and_outside(services, role, tag)
    visitor = signed_in(role)
    for path in ("/", "/customers", "/touches", "/worklist", "/audiences", "/map", "/strategies"):
        text = visitor.get(path).text
        assert [customer for customer in outside if customer in text] == [], path


def test_an_export_holds_the_scope_and_nothing_that_runs(
    services: Services, signed_in: Enter
) -> None:
    inside, _ = inside_and_outside(services, Role.BRANCH_HEAD, "branch_id")
    visitor = signed_in(Role.BRANCH_HEAD)
    answer = visitor.post("/audiences/export", {"reason": "letters to the branch's customers"})
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert {row["customer_id"] for row in rows} == inside
    assert not [cell for row in rows for cell in row.values() if cell[:1] in "=+@\t" and cell]
    entry = entries(services.engine, act="export")[0]
    assert entry.detail["customers"] == len(inside)
    assert rows[0]["export"] == f"the branch_head/{entry.sequence}"


def test_an_export_needs_a_reason(admin: Any) -> None:
    answer = admin.post("/audiences/export", {"reason": " "})
    assert answer.status_code == 422
    assert "Say what the file is for." in answer.text


def test_names_are_masked_until_a_reason_is_on_record(services: Services, admin: Any) -> None:
    reading = services.current.get()
    customer = str(reading.columns.customer_ids[0])
    with services.engines.lend() as connection:
        table = reading.snapshot.table(connection, "customers")
        found = table.filter(table["customer_id"] == customer)
        row = connection.to_pyarrow(found).to_pylist()[0]
    page = admin.get(f"/customers/{customer}").text
    assert row["name"] not in page
    assert row["mobile"] not in page
    assert admin.post(f"/customers/{customer}/unmask", {"reason": ""}).status_code == 422
    shown = admin.post(f"/customers/{customer}/unmask", {"reason": "a call was asked for"}).text
    assert row["name"] in shown
    assert row["mobile"] in shown
    entry = entries(services.engine, act="unmask")[0]
    assert (entry.subject, entry.detail) == (customer, {"reason": "a call was asked for"})
    assert row["name"] not in admin.get(f"/customers/{customer}").text


def test_a_person_without_the_key_of_their_role_sees_nobody() -> None:
    assert scope_of(Role.RELATIONSHIP_MANAGER, "B1", None) == Scope(reach=Reach.NONE)
    assert scope_of(Role.BRANCH_HEAD, None, "M1") == Scope(reach=Reach.NONE)
    assert scope_of(Role.ANALYST, None, None) == Scope(reach=Reach.ALL)
    assert not Scope(reach=Reach.NONE).allows({"branch_id": None})


def test_the_scope_of_nobody_counts_nobody(services: Services) -> None:
    reading = services.current.get()
    assert reading.count(reading.mask(None, Scope(reach=Reach.NONE))) == 0
    quoted = Scope(reach=Reach.BRANCH, key="B' OR TRUE OR branch_id = '")
    assert reading.count(reading.mask(None, quoted)) == 0


def test_a_disabled_person_is_cut_off_in_the_middle(services: Services, visitor: Any) -> None:
    clock = services.clock
    add_user(services.engine, "leaving", "correct horse", Role.ANALYST, None, None, clock)
    visitor.log_in("leaving")
    disable_user(services.engine, "leaving", clock)
    assert visitor.get("/customers").status_code == 303
