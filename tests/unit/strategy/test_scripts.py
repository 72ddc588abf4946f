from collections.abc import Mapping
from datetime import date

import pytest

from asterism.audience import Catalogue, TagSpec, TagType
from asterism.kernel.errors import InvalidInputError
from asterism.strategy import MissingValueError, Reader, Rendered, load_strategy, render_script
from asterism.strategy.channels import CHANNELS
from asterism.strategy.checks import strategy_problems
from asterism.strategy.script_checks import text_problems
from asterism.strategy.strategy import Script
from asterism.strategy.testing import CATALOGUE

CONNECTED = frozenset(CHANNELS)


def render(text: str, profile: Mapping[str, object], name: str = "Ana") -> Rendered:
    strategy = load_strategy(text)
    script = strategy.script("email", 1)
    assert script is not None
    reader = Reader(profile=profile, name=name, bank="Bank", locale="en")
    return render_script(script, strategy.offers[0], reader, CATALOGUE)


def say(text: str, body: str, profile: Mapping[str, object], channel: str = "email") -> str:
    """Fill one body in for a customer of the sample strategy."""
    script = Script.model_validate({"channel": channel, "subject": "S", "body": body})
    reader = Reader(profile=profile, name="Ana", bank="Bank", locale="en")
    return render_script(script, load_strategy(text).offers[0], reader, CATALOGUE).body


def wrong(text: str, body: str, channel: str = "email") -> list[str]:
    """Return what is wrong with the sample strategy when one body is another."""
    changed = load_strategy(text)
    script = Script.model_validate({"channel": channel, "subject": "S", "body": body})
    others = [one for one in changed.scripts if one.channel != channel]
    changed = changed.model_copy(update={"scripts": (*others, script)})
    return [str(problem) for problem in strategy_problems(changed, CONNECTED)]


def test_money_is_shown_as_people_write_it(text: str) -> None:
    rendered = render(text, {"aum": 123_456_789})
    assert rendered.subject == "Hello Ana"
    assert rendered.body == "You hold 1,234,567.89. Look at Bond fund."


@pytest.mark.parametrize(
    ("profile", "name"), [({}, "Ana"), ({"aum": None}, "Ana"), ({"aum": 1}, "")]
)
def test_a_missing_value_blocks_the_message(
    text: str, profile: Mapping[str, object], name: str
) -> None:
    with pytest.raises(MissingValueError):
        render(text, profile, name)


@pytest.mark.parametrize(
    "body",
    [
        "{{ aum | round }}",
        "{{ 3 | plus: aum }}",
        "{% assign a = aum %}{{ a }}",
        "{{ nil }}",
        "{{ '' }}",
        "{{ '   ' }}",
        "{{ holds_fund }}",
        "{{ gender.length }}",
        "{{ aum | default: city }}",
    ],
)
def test_no_hole_and_no_flag_is_ever_shown(text: str, body: str) -> None:
    with pytest.raises(MissingValueError):
        say(text, body, {"holds_fund": True, "gender": "f"})


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("{{ aum | default: 'something' }}", "something"),
        ("{% if aum %}{{ aum }}{% else %}-{% endif %}", "-"),
        ("{% if age >= 60 %}old{% endif %}", "old"),
        ("{% if aum > 3 %}rich{% endif %}!", "!"),
        ("{% case tier %}{% when 'gold' %}G{% else %}O{% endcase %}", "G"),
        ("{{ transactions_30d }}", "12,345"),
        ("{{ rfm_score }}", "0.3333"),
        ("{{ card_spend_30d | floor }}", "98,765"),
    ],
)
def test_a_script_may_choose_between_phrases(text: str, body: str, shown: str) -> None:
    profile = {
        "age": 60,
        "tier": "gold",
        "transactions_30d": 12_345,
        "rfm_score": 1 / 3,
        "card_spend_30d": 9_876_543,
    }
    assert say(text, body, profile) == shown


def test_dates_are_written_in_the_readers_language(text: str) -> None:
    catalogue = Catalogue({"matures": TagSpec(name="matures", type=TagType.DATE)})
    script = Script.model_validate({"channel": "email", "body": "{{ matures }}"})
    said = [
        render_script(
            script,
            load_strategy(text).offers[0],
            Reader(profile={"matures": date(2026, 2, 1)}, name="A", bank="B", locale=locale),
            catalogue,
        ).body
        for locale in ("zh", "en", "es")
    ]
    assert said == ["2026年2月1日", "February 1, 2026", "1 de febrero de 2026"]


def test_everything_wrong_with_a_text_is_said_at_once() -> None:
    body = "{{ nam }} {{ aumm | replace: 'a', 'b' }}{% for x in y %}{% endfor %}"
    found = [str(problem) for problem in text_problems(body, "scripts[0].body", CATALOGUE)]
    assert any("no variable nam." in one and "Did you mean name?" in one for one in found)
    assert any("no variable aumm." in one and "Did you mean aum?" in one for one in found)
    assert any("template tag for" in one for one in found)
    assert any("filter replace" in one for one in found)


@pytest.mark.parametrize(
    "bomb",
    [
        "{% include 'secret' %}",
        "{% for i in (1..99999999) %}x{% endfor %}",
        "{% tablerow i in (1..99999999) %}x{% endtablerow %}",
        "{{ 'x'" + " | replace: 'x', 'xxxxxxxxxx'" * 100 + " }}",
        "{% assign a = 'xx' %}" + "{% assign a = a | append: a %}" * 99,
        "{{ aum | date: '%999999999d' }}",
        "{% if " + "aum and " * 600 + "aum %}{% endif %}",
        "{{ " + "a[" * 1_600 + "1" + "]" * 1_600 + " }}",
        "{% if aum %}" * 300 + "{% endif %}" * 300,
        "{{" * 2_500,
        "{{ ''.__class__.__mro__ }}",
        "x" * 5_001,
    ],
)
def test_a_text_that_could_run_away_is_refused(bomb: str, text: str) -> None:
    assert text_problems(bomb, "body", CATALOGUE)
    with pytest.raises(InvalidInputError):
        say(text, bomb, {"aum": 1})


def test_a_text_message_carries_signature_and_refusal(text: str) -> None:
    assert say(text, "A fund. Reply STOP", {}, "sms") == "【Bank】A fund. Reply STOP"
    assert wrong(text, "A fund. Reply STOP", "sms") == []


@pytest.mark.parametrize(
    "body",
    [
        "A fund.",
        "A fund.{% if aum %} Reply STOP{% endif %}",
        "A fund.{% comment %}STOP{% endcomment %}",
        "A fund.{% assign a = 'STOP' %}",
    ],
)
def test_a_way_to_refuse_that_may_be_missing_is_none(text: str, body: str) -> None:
    assert any("how to refuse" in one for one in wrong(text, body, "sms"))


def test_every_written_message_tells_how_to_refuse() -> None:
    """A channel that reaches into the customer's day without a person needs one of the two."""
    for spec in CHANNELS.values():
        if spec.disturbs and not spec.by_people:
            assert spec.opt_out_words or spec.tells_opt_out, spec.name


def test_a_text_that_shows_what_an_offer_lacks_is_refused(text: str) -> None:
    assert any("{benefit}".strip("{}") in one for one in wrong(text, "Take {{ benefit }}"))
    assert wrong(text, "Take {{ benefit | default: 'it' }}") == []
    assert wrong(text, "{% if benefit %}Take {{ benefit }}{% endif %}") == []


def test_a_waves_own_words_come_before_the_general(text: str) -> None:
    own = text.replace("holdout:", "  - {channel: email, wave: 2, subject: S, body: B}\nholdout:")
    strategy = load_strategy(own)
    own_words, general = strategy.script("email", 2), strategy.script("email", 1)
    assert own_words is not None
    assert general is not None
    assert own_words.subject.en == "S"
    assert general.subject.en == "Hello {{ name }}"
    assert strategy.script("call_list", 1) is None


def test_scripts_of_a_place_have_names_of_their_own_and_someone_to_speak_to(text: str) -> None:
    twice = text.replace("holdout:", "  - {channel: email, subject: S, body: B}\nholdout:")
    found = [str(p) for p in strategy_problems(load_strategy(twice), CONNECTED)]
    assert any("several scripts called main for email" in one for one in found)
    only = text.replace(
        "{channel: app_slot, subject", "{channel: app_slot, audience: age > 60, subject"
    )
    found = [str(p) for p in strategy_problems(load_strategy(only), CONNECTED)]
    assert any("one without is needed for everyone else" in one for one in found)
