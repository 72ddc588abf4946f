"""Scripts, rehearsals and reasons in the console."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from asterism.execution.tables import assignment
from asterism.server.auth import Role
from asterism.server.console.people import people
from asterism.server.services import Services

Enter = Callable[[Role], Any]


@pytest.fixture
def decided(services: Services) -> Any:
    """One decision of the last day."""
    with services.engine.connect() as connection:
        query = assignment.select().where(assignment.c.arm == "touch")
        return (
            connection.execute(query.order_by(assignment.c.assigned_on.desc())).mappings().first()
        )


def test_scripts_are_tried_on_customers_whose_names_stay_masked(
    admin: Any, services: Services
) -> None:
    page = admin.get("/strategies/salary_arrived/scripts?locale=zh").text
    assert "The longest case" in page or "Nobody that you may see" in page
    assert "characters" in page or "Nobody" in page
    assert admin.get("/strategies/no_such/scripts").status_code == 404


def test_no_name_is_shown_in_clear(admin: Any, services: Services) -> None:
    page = admin.get("/strategies/app_not_used/scripts?locale=en").text
    page += admin.get("/strategies/deposit_maturing/scripts?locale=en").text
    shown = set(re.findall(r"/customers/(C\d+)", page))
    assert shown
    known = people(services, services.current.get(), shown, clear=True)
    assert [person.name for person in known.values() if person.name in page] == []


def test_a_branch_head_tries_scripts_on_the_own_branch_only(signed_in: Enter) -> None:
    assert signed_in(Role.BRANCH_HEAD).get("/strategies/birthday/scripts").status_code == 200


def test_a_rehearsal_runs_beside_the_requests(admin: Any) -> None:
    where = "/strategies/large_inflow/rehearsal"
    assert "Not rehearsed yet" in admin.get(where).text
    started = admin.post(where, {"version": 1, "days": 7})
    assert started.status_code == 303
    for _ in range(200):
        text = admin.get(started.headers["location"]).text
        if "Day by day" in text:
            break
        time.sleep(0.1)
    assert "Only 3 of the 7 days are kept" in text
    assert "Who else wanted them" in text


def test_a_draft_is_tried_and_rehearsed_before_it_is_published(admin: Any) -> None:
    draft = admin.post("/drafts", {"source": "strategy:large_inflow:1"}).headers["location"]
    assert "draft" in admin.get(f"{draft}/scripts").text
    started = admin.post(f"{draft}/rehearsal", {"days": 3})
    assert started.headers["location"] == f"{draft}/rehearsal?days=3"
    assert admin.get(started.headers["location"]).status_code == 200
    assert admin.get("/drafts/no_such/rehearsal").status_code == 404


def test_only_who_writes_strategies_rehearses(signed_in: Enter) -> None:
    reader = signed_in(Role.OPERATIONS)
    assert reader.get("/strategies/large_inflow/rehearsal").status_code == 403


def test_why_shows_every_layer_what_was_decided_and_what_came_of_it(
    admin: Any, decided: Any
) -> None:
    customer, day = decided["customer_id"], decided["assigned_on"]
    page = admin.get(f"/customers/{customer}/why?day={day}").text
    assert "What was decided, and what came of it" in page
    assert "stopped here" in page
    one = admin.get(f"/customers/{customer}/why?day={day}&strategy={decided['strategy']}").text
    assert "Chosen" in one


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/customers/NOBODY/why", 404),
        ("/customers/{}/why?day=2020-01-01", 404),
        ("/customers/{}/why?day=soon", 422),
        ("/customers/{}/why?strategy=no_such", 404),
    ],
)
def test_what_cannot_be_explained_is_said(admin: Any, decided: Any, path: str, status: int) -> None:
    assert admin.get(path.format(decided["customer_id"])).status_code == status
