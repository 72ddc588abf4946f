import pytest

from asterism.kernel.errors import InvalidInputError, Problem
from asterism.strategy import Strategy, dump_strategy, library, load_strategy, validate_strategy
from asterism.strategy.terms import Family
from asterism.strategy.testing import CATALOGUE
from asterism.warehouse.canonical.holdings import PRODUCT_FAMILIES


def problems(text: str) -> dict[str, Problem]:
    with pytest.raises(InvalidInputError) as caught:
        load_strategy(text, CATALOGUE)
    return {problem.where: problem for problem in caught.value.problems}


@pytest.mark.parametrize("strategy", library(), ids=lambda strategy: strategy.id)
def test_every_ready_strategy_holds_and_survives_its_file(strategy: Strategy) -> None:
    validate_strategy(strategy, CATALOGUE)
    assert load_strategy(dump_strategy(strategy), CATALOGUE) == strategy


@pytest.mark.parametrize("strategy", library(), ids=lambda strategy: strategy.id)
def test_every_ready_strategy_speaks_three_languages(strategy: Strategy) -> None:
    for words in (strategy.title, strategy.description, *(o.title for o in strategy.offers)):
        assert len({words.zh, words.en, words.es}) == 3
        assert all((words.zh, words.en, words.es))


def test_there_are_at_least_twelve_ready_strategies() -> None:
    assert len({strategy.id for strategy in library()}) >= 12


def test_families_are_those_of_the_canonical_tables() -> None:
    assert tuple(Family) == PRODUCT_FAMILIES


def test_all_problems_come_at_once_each_with_its_path(text: str) -> None:
    wrong = (
        text.replace("holdout: 0.2", "holdout: 0.9")
        .replace("owner: wealth", "ownr: wealth")
        .replace("aum >= 10000", "aum >= 10000 AND holds_fnd")
        .replace("[email, app_slot]", "[emial, app_slot]")
        .replace("{start: 2020-01-01}", "{start: 2020-01-02, end: 2020-01-01}")
        .replace("{{ aum }}", "{{ amu }}")
        .replace("{uplift: 0.02}", "{uplift: .nan}")
        .replace("cooldown_days: 30", "cooldown_days: 30\nbudget: {per_day_minor: -5}")
    )
    found = problems(wrong)
    assert set(found) == {
        "holdout",
        "owner",
        "ownr",
        "audience 1:18",
        "channels[0]",
        "period",
        "scripts[0].body",
        "response.uplift",
        "budget.per_day_minor",
    }
    assert found["ownr"].values["suggestion"] == "owner"
    assert found["channels[0]"].values["suggestion"] == "email"
    assert found["scripts[0].body"].values["suggestion"] == "aum"
    assert "holds_fund" in str(found["audience 1:18"])


def test_what_contradicts_itself_is_found_once_the_schema_holds(text: str) -> None:
    wrong = (
        text.replace("[email, app_slot]", "[email, app_slot, call_list, sms]")
        .replace("{uplift: 0.02}", "{uplift: 2}")
        .replace("cooldown_days: 30", "cooldown_days: 3\nwaves: [{day: 0}, {day: 9}, {day: 9}]")
        .replace(", family: bond_fund, value", ", value")
    )
    with pytest.raises(InvalidInputError) as caught:
        load_strategy(wrong, CATALOGUE)
    wheres = {problem.where for problem in caught.value.problems}
    wanted = {"channels[3]", "scripts", "response.uplift", "goal.family", "waves[2].day"}
    assert wanted | {"cooldown_days"} == wheres


def test_an_sms_must_say_how_to_refuse_more_of_them(text: str) -> None:
    wrong = text.replace("[email, app_slot]", "[email, app_slot, sms]").replace(
        "holdout:", "  - {channel: sms, body: Buy a fund}\nholdout:"
    )
    assert "refuse further messages" in str(problems(wrong)["scripts[2].body"])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("a: &x [1]\nb: *x", "Anchors and aliases are not allowed."),
        ("id: one\nid: two", "The key {key} is given twice."),
        ("[" * 40 + "]" * 40, "Lists and mappings are nested deeper than {limit}."),
        ("x" * 300_000, "The file has {found} characters; at most {limit} are allowed."),
        ("- 1\n" * 20_000, "The file has more than {limit} values."),
        ("id: [", "This is not YAML: {detail}."),
        ("id: \x07", "This is not YAML: {detail}."),
        ("!!python/object/apply:os.system [ls]", "This is not YAML: {detail}."),
        ("just text", "A strategy is a mapping of fields such as id, title and audience."),
        ("", "A strategy is a mapping of fields such as id, title and audience."),
    ],
)
def test_hostile_files_end_in_a_clear_refusal(wrong: str, message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        load_strategy(wrong)
    assert [problem.message for problem in caught.value.problems] == [message]
    assert str(caught.value)


def test_a_template_may_not_include_or_loop(text: str) -> None:
    wrong = text.replace(
        "You hold {{ aum }}.", '{% include "x" %}{% for i in (1..9) %}{% endfor %}'
    )
    assert "is not allowed here" in str(problems(wrong)["scripts[0].body"])
