from collections.abc import Mapping

import pytest

from asterism.kernel.errors import InvalidInputError
from asterism.strategy import Reader, Rendered, load_strategy, render_script
from asterism.strategy.testing import CATALOGUE


def render(text: str, profile: Mapping[str, object], name: str = "Ana") -> Rendered:
    strategy = load_strategy(text)
    script = strategy.script("email", 1)
    assert script is not None
    reader = Reader(profile=profile, name=name, bank="Bank", locale="en")
    return render_script(script, strategy.offers[0], reader, CATALOGUE)


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
    with pytest.raises(InvalidInputError):
        render(text, profile, name)


def test_a_waves_own_words_come_before_the_general(text: str) -> None:
    own = text.replace("holdout:", "  - {channel: email, wave: 2, subject: S, body: B}\nholdout:")
    strategy = load_strategy(own)
    own_words, general = strategy.script("email", 2), strategy.script("email", 1)
    assert own_words is not None
    assert general is not None
    assert own_words.subject.en == "S"
    assert general.subject.en == "Hello {{ name }}"
    assert strategy.script("call_list", 1) is None
