from pathlib import Path

import pytest

from asterism.kernel.clock import SetClock
from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.files import directory_appearing_whole
from asterism.kernel.money import Money
from asterism.kernel.words import Text, translate


def test_a_text_falls_back_to_english() -> None:
    text = Text("客户", "Customer", "Cliente")
    assert text.in_locale("zh") == "客户"
    assert text.in_locale("fr") == "Customer"


def test_an_unknown_message_comes_back_filled() -> None:
    assert translate("no such message {what}", "zh", what="x") == "no such message x"


def test_an_error_tells_every_problem_with_its_place_and_remedy() -> None:
    problems = [
        Problem(message="unknown tag {name}", where="1:4", values={"name": "aum"}),
        Problem(message="empty", hint="Write an expression."),
    ]
    text = str(InvalidInputError("The audience does not hold", problems))
    assert "1:4: unknown tag aum" in text
    assert "empty Write an expression." in text


def test_money_is_never_finer_than_its_currency() -> None:
    assert Money.of("12.34", "CNY").minor == 1234
    assert Money.of(12, "JPY").minor == 12
    with pytest.raises(ValueError, match="finer"):
        Money.of("12.345", "CNY")
    with pytest.raises(ValueError, match="do not add up"):
        Money(1, "CNY") + Money(1, "EUR")


def test_a_directory_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    def fill_and_fail() -> None:
        with directory_appearing_whole(tmp_path / "made") as partial:
            (partial / "a").write_text("1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fill_and_fail()
    assert list(tmp_path.iterdir()) == []
    with directory_appearing_whole(tmp_path / "made") as partial:
        (partial / "a").write_text("1")
    assert (tmp_path / "made" / "a").read_text() == "1"


def test_a_clock_refuses_a_moment_without_a_zone() -> None:
    from datetime import datetime

    with pytest.raises(ValueError, match="time zone"):
        SetClock(datetime(2026, 1, 1))  # noqa: DTZ001
