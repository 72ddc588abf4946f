from typing import Any

import pytest

from asterism.server.auth.roles import Role
from asterism.server.services import Services
from asterism.strategy import set_limits
from asterism.strategy.channels import ChannelName
from asterism.strategy.limits_document import BankLimits
from asterism.strategy.plans import latest_plan


@pytest.fixture
def tight(services: Services) -> None:
    limits = BankLimits(channels={ChannelName.EMAIL: 5, ChannelName.APP_SLOT: 5}, per_branch=1)
    set_limits(services.engine, limits, services.clock, "a test")


def test_the_page_shows_the_days_plan_and_its_proof(admin: Any, services: Services) -> None:
    plan = latest_plan(services.engine)
    assert plan is not None
    text = admin.get("/prices").text
    assert 'hx-get="/prices/what-if"' in text or not plan.prices
    assert "%" in text


def test_the_slider_plans_again_at_once(admin: Any, tight: None) -> None:
    answer = admin.get("/prices/what-if?limit=channel:email&percent=200")
    assert answer.status_code == 200
    assert "200" in answer.text
    assert admin.get("/prices/what-if?limit=channel:pigeon&percent=10").status_code == 404
    assert admin.get("/prices/what-if?limit=channel:email&percent=9999").status_code == 422


def test_prices_are_not_for_everyone(signed_in: Any) -> None:
    assert signed_in(Role.RELATIONSHIP_MANAGER).get("/prices").status_code == 403
    assert signed_in(Role.ANALYST).get("/prices").status_code == 200
