import pytest

from asterism.kernel.errors import InvalidInputError
from asterism.strategy import Reader, load_strategy, render_script
from asterism.strategy.testing import CATALOGUE


def render(text, profile, name="Ana"):
    strategy = load_strategy(text)
    script = strategy.script("email", 1)
    reader = Reader(profile=profile, name=name, bank="Bank", locale="en")
    return render_script(script, strategy.offers[0], reader, CATALOGUE)


def test_money_is_shown_as_people_write_it(text):
    rendered = render(text, {"aum": 123_456_789})
    assert rendered.subject == "Hello Ana"
    assert rendered.body == "You hold 1,234,567.89. Look at Bond fund."


@pytest.mark.parametrize(
    ("profile", "name"), [({}, "Ana"), ({"aum": None}, "Ana"), ({"aum": 1}, "")]
)
def test_a_missing_value_blocks_the_message(text, profile, name):
    with pytest.raises(InvalidInputError):
        render(text, profile, name)


def test_a_waves_own_words_come_before_the_general(text):
    own = text.replace("holdout:", "  - {channel: email, wave: 2, subject: S, body: B}\nholdout:")
    strategy = load_strategy(own)
    assert strategy.script("email", 2).subject.en == "S"
    assert strategy.script("email", 1).subject.en == "Hello {{ name }}"
    assert strategy.script("call_list", 1) is None
