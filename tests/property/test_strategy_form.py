"""Whatever a strategy holds, the form of it holds: nothing is lost on the way through."""

from enum import Enum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asterism.server.console.strategy_form import content_from, fields_of
from asterism.strategy import Strategy, dump_strategy, library, load_strategy
from asterism.strategy.channels import ChannelName
from asterism.strategy.drafts import content_of
from asterism.strategy.terms import (
    BenefitKind,
    Family,
    Metric,
    Rating,
    Scene,
    Schedule,
    Stage,
    Tier,
)
from asterism.strategy.yaml_text import read_yaml

#: Line ends are those of files: a browser has no others to give back.
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\r\0")
LINES = st.text(LETTERS, min_size=1, max_size=30)
IDS = st.from_regex(r"[a-z][a-z0-9_]{1,20}", fullmatch=True)
MINOR = st.integers(0, 10**15)
SHARES = st.floats(0.0, 1.0)


def words() -> st.SearchStrategy[Any]:
    """Return one text, or three, of which one at least says something."""
    some = st.text(LETTERS, max_size=9)
    three = st.fixed_dictionaries({"zh": some, "en": some, "es": some})
    return st.one_of(LINES, three.filter(lambda texts: any(texts.values())))


def one(words_of: type[Enum]) -> st.SearchStrategy[str]:
    return st.sampled_from([word.value for word in words_of])


def some(words_of: type[Enum], least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.lists(one(words_of), min_size=least, max_size=4)


def part(needed: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(needed, optional=optional)


OFFERS = part(
    {"id": IDS, "title": words(), "family": one(Family)},
    {
        "risk_rating": one(Rating),
        "eligibility": LINES,
        "benefit": part({}, {"kind": one(BenefitKind), "title": words(), "cost_minor": MINOR}),
        "quota": st.tuples(st.integers(0, 99), st.integers(99, 10**9)).map(
            lambda pair: {"minimum": pair[0], "maximum": pair[1]}
        ),
    },
)
WAVES = part({}, {"day": st.integers(0, 365), "channels": some(ChannelName), "audience": LINES})
SCRIPTS = part(
    {"channel": one(ChannelName), "body": words()},
    {"wave": st.integers(1, 20), "subject": words()},
)
UPLIFT = st.floats(-1e12, 1e12)
STRATEGIES = part(
    {
        "id": IDS,
        "title": words(),
        "owner": LINES,
        "goal": part(
            {"metric": one(Metric), "value_minor": MINOR},
            {
                "family": one(Family),
                "per": st.integers(1, 10**15),
                "target": st.integers(0, 10**17),
            },
        ),
        "scene": one(Scene),
        "audience": LINES,
        "offers": st.lists(OFFERS, min_size=1, max_size=3),
        "channels": some(ChannelName, 1),
        "scripts": st.lists(SCRIPTS, min_size=1, max_size=3),
        "holdout": st.floats(0.01, 0.5),
        "response": part(
            {"uplift": UPLIFT},
            {
                "by_tier": st.dictionaries(one(Tier), UPLIFT, max_size=3),
                "by_channel": st.dictionaries(one(ChannelName), st.floats(0, 1000), max_size=3),
                "take_up": SHARES,
            },
        ),
        "period": st.tuples(st.dates(), st.dates()).map(
            lambda days: {"start": min(days).isoformat(), "end": max(days).isoformat()}
        ),
    },
    {
        "description": words(),
        "cell": part({}, {"tiers": some(Tier), "stages": some(Stage)}),
        "waves": st.lists(WAVES, min_size=1, max_size=3),
        "budget": part({}, {"per_day_minor": MINOR, "total_minor": MINOR}),
        "schedule": one(Schedule),
        "cooldown_days": st.integers(0, 3_650),
        "outcome_days": st.integers(1, 365),
        "priority": st.floats(0.001, 100),
    },
).map(Strategy.model_validate)


def through_the_form(strategy: Strategy, digits: int) -> dict[str, object]:
    return content_from(fields_of(content_of(strategy), digits), digits)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(STRATEGIES, st.sampled_from([0, 2, 3]))
def test_a_strategy_comes_back_from_its_form_the_same(strategy: Strategy, digits: int) -> None:
    back = Strategy.model_validate(through_the_form(strategy, digits))
    assert back == strategy
    assert dump_strategy(back) == dump_strategy(strategy)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(STRATEGIES)
def test_a_file_comes_back_from_the_form_with_the_same_content(strategy: Strategy) -> None:
    text = dump_strategy(strategy)
    back = dump_strategy(Strategy.model_validate(through_the_form(load_strategy(text), 2)))
    assert read_yaml(back, "") == read_yaml(text, "")


@pytest.mark.parametrize("strategy", library(), ids=lambda strategy: strategy.id)
def test_every_ready_strategy_comes_back_from_its_form(strategy: Strategy) -> None:
    assert Strategy.model_validate(through_the_form(strategy, 2)) == strategy


@settings(deadline=None)
@given(
    st.dictionaries(
        st.one_of(
            st.sampled_from(
                ["offers[0].id", "offers[x].id", "waves[99999].day", "channels[2]", "goal", "title"]
            ),
            st.text(max_size=12),
        ),
        st.lists(st.text(max_size=12), max_size=2),
    )
)
def test_any_form_is_read(fields: dict[str, list[str]]) -> None:
    content = content_from(fields_of(content_from(fields, 2), 2), 2)
    assert content_from(fields_of(content, 2), 2) == content
