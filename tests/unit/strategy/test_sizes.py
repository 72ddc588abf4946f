"""A draft is counted while it is written, whatever it lacks yet."""

import pytest
from tests.unit.strategy.test_ramp import DAY

from asterism.audience import Columns
from asterism.strategy import decide, draft, library, load_strategy
from asterism.strategy.drafts import content_of
from asterism.strategy.readings import Expressions
from asterism.strategy.sizes import lenient, sizes
from asterism.strategy.strategy import Strategy
from asterism.strategy.testing import CATALOGUE

EXPRESSIONS = Expressions(CATALOGUE)


@pytest.mark.parametrize("strategy", library(), ids=lambda strategy: strategy.id)
def test_sizes_are_those_of_the_night_before_any_contact(
    customers: Columns, strategy: Strategy
) -> None:
    found = sizes(customers, content_of(strategy), EXPRESSIONS)
    assert found.everyone == customers.size
    weekday = strategy.period.start.toordinal() % 7
    day = DAY.fromordinal(DAY.toordinal() - (DAY.toordinal() - weekday) % 7)
    night = decide(customers, [draft(strategy)], day=day, catalogue=CATALOGUE).funnel
    left = {step.reason: step.left for step in night}
    if left["audience.schedule"]:
        assert found.cell == left["audience.meant"]
    # the risk test is counted to the day here and to the second at night: made-up tests differ
    if left["audience.schedule"] and not any(offer.rating for offer in strategy.offers):
        assert found.eligible == left["eligibility.special_care"]
    assert found.waves[0].customers == found.permitted
    assert found.everyone >= (found.audience or 0) >= (found.cell or 0) >= (found.eligible or 0)


def test_what_cannot_be_read_is_not_counted(customers: Columns, text: str) -> None:
    content = content_of(load_strategy(text))
    wrong = sizes(customers, {**content, "audience": "aum >="}, EXPRESSIONS)
    assert (wrong.audience, wrong.cell, wrong.permitted) == (None, None, None)
    assert wrong.everyone == customers.size


def test_a_draft_with_hardly_anything_in_it_is_counted(customers: Columns) -> None:
    assert sizes(customers, {}, EXPRESSIONS).audience == customers.size
    some = sizes(customers, {"audience": "aum >= 10000", "offers": [{}], "waves": 3}, EXPRESSIONS)
    assert 0 < (some.audience or 0) < customers.size


def test_what_is_right_in_a_draft_survives_what_is_wrong(text: str) -> None:
    content = content_of(load_strategy(text))
    offers = content["offers"]
    assert isinstance(offers, list)
    del offers[0]["title"]
    offers[0]["eligibility"] = "aum > 5"
    content |= {"holdout": "much", "goal": {}, "channels": ["email", "pigeon"], "scripts": []}
    found = lenient(content)
    assert found.offers[0].eligibility == "aum > 5"
    assert found.channels == ("email",)
    assert found.audience == "aum >= 10000"
