"""The pages of effects: the programme, one strategy, and how large an experiment must be."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from asterism.server.auth import Role

Enter = Callable[[Role], Any]


def test_an_effect_leads_from_everybody_to_what_changed(admin: Any) -> None:
    listed = admin.get("/review").text
    strategies = set(re.findall(r'href="/review/([a-z_]+)"', listed))
    assert strategies
    for strategy in strategies:
        page = admin.get(f"/review/{strategy}")
        assert page.status_code == 200
        assert "From everybody to the effect" in page.text
        assert "in the universal control" in page.text
    assert admin.get("/review/nothing").status_code == 404


def test_the_planner_asks_for_a_strategy_first(admin: Any) -> None:
    text = admin.get("/experiments/size").text
    assert "Choose a strategy" in text
    assert "data-chart" not in text


def test_the_planner_answers_with_customers_days_and_a_picture(admin: Any) -> None:
    text = admin.get("/experiments/size?strategy=app_not_used&effect=5").text
    assert "with a chance of 80%" in text
    assert "data-chart" in text
    found = re.search(r'<span class="figure">([\d,]+)</span>', text)
    assert found
    back = admin.get(
        f"/experiments/size?strategy=app_not_used&customers={found[1].replace(',', '')}"
    ).text
    assert re.search(r"\+(5|4\.99) pp", back)


@pytest.mark.parametrize(
    "asked", ["effect=0", "effect=5&holdout=100", "effect=5&power=100", "customers=3"]
)
def test_the_planner_says_what_cannot_be_planned(admin: Any, asked: str) -> None:
    page = admin.get(f"/experiments/size?strategy=app_not_used&{asked}")
    assert page.status_code == 200
    assert "notice bad" in page.text


def test_nonsense_in_the_form_is_taken_for_nothing(admin: Any) -> None:
    for asked in (
        "effect=much&customers=&power=nan",
        "customers=1e999",
        "customers=-5&effect=-inf",
    ):
        page = admin.get(f"/experiments/size?strategy=app_not_used&{asked}")
        assert page.status_code == 200


def test_who_may_not_see_effects_may_not_plan_them(signed_in: Enter) -> None:
    assert signed_in(Role.RELATIONSHIP_MANAGER).get("/experiments/size").status_code == 403
