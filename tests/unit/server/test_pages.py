"""Every page shows what it promises, in three languages."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from asterism.execution.tables import touch, work_item
from asterism.server.auth import Role
from asterism.server.services import Services

Enter = Callable[[Role], Any]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("zh", ["闭环总览", "客户等级分布"]),
        ("en", ["The loop at a glance", "Customers by tier"]),
        ("es", ["El ciclo de un vistazo", "Clientes por nivel"]),
    ],
)
def test_the_overview_speaks_three_languages(admin: Any, code: str, words: list[str]) -> None:
    assert admin.post("/language", {"code": code, "back": "/"}).headers["location"] == "/"
    text = admin.get("/").text
    assert [word for word in words if word not in text] == []
    admin.post("/language", {"code": "en"})


def test_the_studio_counts_while_typing(admin: Any) -> None:
    found = admin.ask("/audiences/size", {"expression": "tier = 'gold' AND NOT holds_fund"}).json()
    assert found["problems"] == []
    assert 0 < found["count"] < 400
    assert found["tree"]["complete"]


def test_the_studio_says_what_is_wrong_where_and_what_was_meant(admin: Any) -> None:
    found = admin.ask("/audiences/size", {"expression": "aum > 1\nAND lifecicle = 'mature'"}).json()
    (problem,) = found["problems"]
    assert (problem["line"], problem["column"], problem["length"]) == (2, 5, 9)
    assert problem["replacement"] == "lifecycle"


def test_clicks_and_text_say_the_same(admin: Any) -> None:
    written = "aum >= 1000 AND (tier IN ('gold', 'silver') OR NOT holds_fund)"
    found = admin.ask("/audiences/size", {"expression": written}).json()
    back = admin.ask("/audiences/text", {"tree": found["tree"]}).json()["text"]
    assert admin.ask("/audiences/size", {"expression": back}).json()["text"] == found["text"]


def test_a_tree_that_is_no_tree_is_told_so(admin: Any) -> None:
    answer = admin.ask("/audiences/text", {"tree": {"kind": "row"}}).json()
    assert answer["problems"]


def test_a_segment_is_saved_compared_and_opened(admin: Any, services: Services) -> None:
    form = {"name": "gold_people", "title": "Gold people", "expression": "tier = 'gold'"}
    assert admin.post("/audiences/segments", form).headers["location"].endswith("gold_people")
    page = admin.get("/audiences?segment=gold_people").text
    assert "Gold people" in page
    asked = "/audiences/overlap?expression=tier%20%3D%20'gold'&against=gold_people"
    count = (
        services.current.get()
        .audience("tier = 'gold'")
        .mask(services.current.get().columns)
        .count()
    )
    assert admin.get(asked).text.count(f">{count}</td>") == 4
    assert admin.post("/audiences/segments", {**form, "name": "No!"}).status_code == 422


def test_a_frozen_list_keeps_its_customers(admin: Any) -> None:
    form = {"title": "Golden autumn", "expression": "tier = 'gold'"}
    assert admin.post("/audiences/lists", form).headers["location"] == "/lists"
    assert "Golden autumn" in admin.get("/lists").text


def test_charts_follow_the_audience(admin: Any) -> None:
    text = admin.get("/audiences/charts?expression=tier%20%3D%20'gold'").text
    assert text.count("data-chart=") >= 5


def test_the_map_links_every_cell_to_its_customers(admin: Any) -> None:
    text = admin.get("/map").text
    assert len(re.findall(r'role="cell"', text)) == 30


def test_a_tag_shows_where_it_comes_from_and_who_reads_it(admin: Any) -> None:
    text = admin.get("/tags/tier").text
    assert "balances.balance" in text
    assert "data-chart=" in text
    assert admin.get("/tags/no_such_tag").status_code == 404


def test_the_catalogue_finds_tags_by_their_words(admin: Any) -> None:
    text = admin.get("/tags?q=salary").text
    assert "salary_detected" in text
    assert ">aum<" not in text


def test_an_effect_never_stands_without_its_interval(admin: Any) -> None:
    text = admin.get("/review").text
    for row in re.findall(r"<tr>.*?</tr>", text, re.DOTALL):
        if re.search(r"<strong>[+-]", row):
            assert re.search(r"\[.+, .+\]", row)
            assert re.search(r"n|\d", row)


def test_a_strategy_shows_its_funnel_and_its_text(admin: Any) -> None:
    text = admin.get("/strategies/birthday").text
    assert "From audience to touch" in text
    assert "id: birthday" in text
    assert admin.get("/strategies/nothing").status_code == 404


def test_a_strategy_is_stopped_with_a_reason_only(admin: Any) -> None:
    assert admin.post("/strategies/birthday/stop", {"reason": ""}).status_code == 422
    assert admin.post("/strategies/birthday/stop", {"reason": "wrong words"}).status_code == 303
    assert "stopped" in admin.get("/strategies/birthday").text
    assert admin.post("/strategies/birthday/stop", {"reason": "again"}).status_code == 409


def test_a_touch_tells_its_life(admin: Any, services: Services) -> None:
    with services.engine.connect() as connection:
        touch_id = connection.execute(touch.select().limit(1)).mappings().one()["touch_id"]
    assert "Planned" in admin.get(f"/touches/{touch_id}").text
    assert admin.get("/touches?state=sent&day=2026-06-04").status_code == 200
    assert admin.get("/touches/unknown").status_code == 404


def test_a_result_is_recorded_once(admin: Any, services: Services) -> None:
    day = services.current.get().day
    with services.engine.begin() as connection:
        row = connection.execute(touch.select().limit(1)).mappings().one()
        connection.execute(
            work_item.insert().values(
                **{name: row[name] for name in ("touch_id", "customer_id", "strategy", "offer")},
                value_minor=100,
                manager_id=None,
                branch_id=None,
                state="open",
                due_on=day,
                live_until=day,
                attempts=0,
            )
        )
    path = f"/worklist/{row['touch_id']}"
    assert row["customer_id"] in admin.get("/worklist").text
    assert admin.post(path, {"result": ""}).status_code == 422
    assert admin.post(path, {"result": "later", "later_on": "soon"}).status_code == 422
    assert "Accepted" in admin.post(path, {"result": "done", "note": "will come"}).text
    assert admin.post(path, {"result": "done"}).status_code == 409


def test_a_wrong_audience_is_explained_on_the_customers_page(admin: Any) -> None:
    text = admin.get("/customers?audience=agee%20%3E%201").text
    assert "Did you mean age?" in text


def test_the_unsubscribe_page_asks_before_it_acts(visitor: Any) -> None:
    assert "<form" in visitor.get("/unsubscribe/abcdef").text
    assert visitor.request("POST", "/unsubscribe/abcdef").status_code == 404


def test_text_from_outside_is_never_markup(admin: Any) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    for path in ("/customers", "/tags", "/touches", "/audiences"):
        answer = admin.get(path, params={"q": hostile, "expression": hostile, "customer": hostile})
        assert hostile not in answer.text
