"""The JSON API: what it answers, and that its reference tells all of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import delete, update

from asterism.execution.tables import touch, touch_event
from asterism.server.auth import Role, add_key
from asterism.server.services import Services

ROOT = Path(__file__).parents[3]
Enter = Callable[[Role], Any]


def with_key(services: Services, name: str) -> dict[str, str]:
    return {"authorization": f"Bearer {add_key(services.engine, name, 'test', services.clock)}"}


def test_an_audience_is_counted_by_key(services: Services, visitor: Any) -> None:
    key = with_key(services, "the integrator")
    answer = visitor.get("/api/v1/audiences/count?expression=age%20%3E%3D%2040", headers=key)
    found = answer.json()
    assert answer.status_code == 200
    assert found["expression"] == "age >= 40"
    assert 0 < found["count"] < found["population"] == services.current.get().size


def test_a_wrong_key_opens_nothing(visitor: Any) -> None:
    answer = visitor.get("/api/v1/strategies", headers={"authorization": "Bearer ast_wrong"})
    assert answer.status_code == 401


def test_problems_come_as_problem_json_all_at_once(services: Services, visitor: Any) -> None:
    key = with_key(services, "the integrator")
    answer = visitor.get(
        "/api/v1/audiences/count?expression=agee%20%3E%201%20AND%20aumm%20%3E%201", headers=key
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [problem["where"] for problem in answer.json()["problems"]] == ["1:1", "1:14"]


def test_a_profile_holds_tags_and_no_names(services: Services, visitor: Any) -> None:
    customer = str(services.current.get().columns.customer_ids[3])
    found = visitor.get(
        f"/api/v1/customers/{customer}?tags=age&tags=tier&tags=nothing",
        headers=with_key(services, "the integrator"),
    ).json()
    assert found["customer_id"] == customer
    assert set(found["tags"]) == {"age", "tier"}


def test_a_slot_shows_counts_and_takes_clicks(services: Services, visitor: Any) -> None:
    key = with_key(services, "the integrator")
    day = services.current.get().day
    with services.engine.begin() as connection:
        row = (
            connection.execute(touch.select().where(touch.c.channel == "app_slot").limit(1))
            .mappings()
            .one()
        )
        connection.execute(delete(touch_event).where(touch_event.c.touch_id == row["touch_id"]))
        connection.execute(
            update(touch)
            .where(touch.c.touch_id == row["touch_id"])
            .values(state="sent", live_until=day)
        )
    slot = f"/api/v1/slots/home/customers/{row['customer_id']}"
    shown = visitor.get(slot, headers=key)
    assert shown.status_code == 200
    touch_id = shown.json()["touch_id"]
    told = f"/api/v1/slots/home/touches/{touch_id}"
    assert visitor.request("POST", f"{told}/impression", headers=key).json() == {"first": True}
    assert visitor.request("POST", f"{told}/impression", headers=key).json() == {"first": False}
    assert visitor.request("POST", f"{told}/click", headers=key).json() == {"first": True}
    nobody = visitor.get("/api/v1/slots/home/customers/nobody", headers=key)
    assert nobody.status_code == 204
    unknown = visitor.request("POST", "/api/v1/slots/home/touches/x/click", headers=key)
    assert unknown.status_code == 404


def test_effects_come_with_interval_and_denominators(services: Services, visitor: Any) -> None:
    key = with_key(services, "the integrator")
    reports = visitor.get("/api/v1/review", headers=key).json()
    assert reports
    for report in reports:
        assert {"point", "low", "high"} == set(report["effect"])
        assert report["n_touch"] + report["n_control"] > 0
    one = visitor.get(f"/api/v1/review/{reports[0]['strategy']}", headers=key).json()
    assert one == reports[0]


def test_strategies_are_listed_and_read_whole(services: Services, visitor: Any) -> None:
    key = with_key(services, "the integrator")
    listed = visitor.get("/api/v1/strategies", headers=key).json()
    one = visitor.get(f"/api/v1/strategies/{listed[0]['id']}", headers=key).json()
    assert one["yaml"].startswith(f"id: {listed[0]['id']}")


def test_the_api_does_only_what_the_role_allows(signed_in: Enter) -> None:
    manager = signed_in(Role.RELATIONSHIP_MANAGER)
    assert manager.get("/api/v1/strategies").status_code == 403
    assert manager.get("/api/v1/slots/home/customers/x").status_code == 403


def test_the_reference_tells_every_operation_and_no_other(visitor: Any) -> None:
    paths = visitor.get("/api/v1/openapi.json").json()["paths"]
    operations = {f"{verb.upper()} {path}" for path, verbs in paths.items() for verb in verbs}
    text = (ROOT / "docs" / "reference" / "api.md").read_text()
    told = {line[4:-1] for line in text.splitlines() if line.startswith("### `")}
    assert {operation.strip("`") for operation in told} == operations


def test_the_console_reference_tells_every_permission() -> None:
    from asterism.server.auth import Permission

    text = (ROOT / "docs" / "reference" / "console.md").read_text()
    assert [one.value for one in Permission if f"`{one.value}`" not in text] == []
