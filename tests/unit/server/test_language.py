"""Numbers, money and days as each language writes them."""

from datetime import UTC, date, datetime

import pytest

from asterism.server.language import Language, choose


@pytest.mark.parametrize(
    ("code", "number", "money", "short", "percent", "day"),
    [
        ("zh", "1,234,567", "¥1,234.50", "¥1.2亿", "12.3%", "2026年6月5日"),
        ("en", "1,234,567", "¥1,234.50", "¥123.4M", "12.3%", "Jun 5, 2026"),
        ("es", "1.234.567", "1.234,50 ¥", "123,4 M¥", "12,3 %", "5 jun 2026"),
    ],
)
def test_each_language_writes_in_its_own_way(  # noqa: PLR0913, PLR0917 - a row of the table
    code: str, number: str, money: str, short: str, percent: str, day: str
) -> None:
    language = Language(code)

    def same(text: str) -> str:
        return text.replace("\u00a0", " ").replace("\u202f", " ")

    assert same(language.number(1_234_567)) == number
    assert same(language.money(123_450)) == money
    assert same(language.short_money(12_345_000_000)) == short
    assert same(language.percent(0.123)) == percent
    assert language.day(date(2026, 6, 5)) == day


def test_what_is_not_known_is_a_dash() -> None:
    language = Language("en")
    assert {
        language.number(None),
        language.money(None),
        language.short_money(None),
        language.percent(None),
        language.day(None),
        language.moment(None),
    } == {"—"}


def test_moments_are_told_in_the_banks_own_time() -> None:
    assert "08:30" in Language("zh").time(datetime(2026, 6, 5, 0, 30, tzinfo=UTC))


def test_the_browser_chooses_before_the_person_and_the_bank() -> None:
    assert choose("es", "en", "zh") == "es"
    assert choose(None, "en", "zh") == "en"
    assert choose("xx", None, "zh") == "zh"


def test_whole_money_has_no_cents() -> None:
    assert Language("zh").money(123_450, cents=False) == "¥1,234"
    assert Language("en", currency="JPY").money(1_234).endswith("1,234")


def test_less_than_half_a_unit_has_no_sign() -> None:
    assert Language("en", "CNY", "Asia/Shanghai").short_money(-30) == "¥0"
    assert Language("en", "CNY", "Asia/Shanghai").short_money(-80) == "-¥1"
