"""What a page says and how it writes numbers, money and dates, in one language."""

import gettext
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_time
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_symbol,
)

from asterism.kernel.errors import Problem
from asterism.kernel.money import exponent
from asterism.kernel.words import LOCALE_DIRECTORY, LOCALES, Text, translations

COOKIE = "asterism_language"
NAMES = {"zh": "中文", "en": "English", "es": "Español"}
_BABEL = {"zh": "zh_Hans_CN", "en": "en_US", "es": "es_ES"}
_HTML = {"zh": "zh-CN", "en": "en", "es": "es"}
#: Stands where there is no value.
_NOTHING = "—"
#: Symbols that a currency has where it is at home.
_SYMBOLS = {"CNY": "¥", "CZK": "Kč", "MXN": "$", "ARS": "$", "CLP": "$", "COP": "$"}
#: Figures below this are short enough as they are.
_SHORTENED = 10_000


@dataclass(frozen=True, slots=True)
class Language:
    """One language's words and ways of writing."""

    code: str
    currency: str = "CNY"
    zone: str = "Asia/Shanghai"

    @property
    def html(self) -> str:
        """The language as HTML names it."""
        return _HTML[self.code]

    @property
    def babel(self) -> Locale:
        """The language as Babel names it."""
        return _locale(self.code)

    def say(self, message: str, **values: object) -> str:
        """Return an English message id in this language, its fields filled."""
        text = messages(self.code).gettext(message)
        return text.format(**values) if values else text

    def text(self, words: Text | str | None) -> str:
        """Return declared text in this language; a plain string stays itself."""
        if words is None:
            return ""
        return words.in_locale(self.code) if isinstance(words, Text) else words

    def number(self, value: float | Decimal | None, digits: int = 0) -> str:
        """Write a number with at most `digits` decimals."""
        if value is None:
            return _NOTHING
        pattern = "#,##0" + ("." + "#" * digits if digits else "")
        return format_decimal(value, format=pattern, locale=self.babel)

    def signed(self, value: float | None, digits: int = 0) -> str:
        """Write a number with its sign."""
        if value is None:
            return _NOTHING
        return ("+" if value > 0 else "") + self.number(value, digits)

    def short(self, value: float | None) -> str:
        """Write a number in few characters: 1.2万, 3.4M."""
        if value is None:
            return _NOTHING
        if abs(value) < _SHORTENED:
            return self.number(value)
        return format_compact_decimal(value, locale=self.babel, fraction_digits=1)

    def percent(self, share: float | None, digits: int = 1) -> str:
        """Write a share (0 to 1) as a percentage."""
        if share is None:
            return _NOTHING
        pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
        if self.code == "es":
            pattern = pattern.replace("%", "\u00a0%")
        return format_percent(share, format=pattern, locale=self.babel)

    def money(self, minor: float | None, *, cents: bool = True) -> str:
        """Write an amount of minor units in the bank's currency."""
        if minor is None:
            return _NOTHING
        digits = exponent(self.currency)
        amount = Decimal(round(minor)).scaleb(-digits)
        if not cents:
            amount = Decimal(round(amount))  # an int has no minus zero
        pattern = None if cents else "¤#,##0" if self.code != "es" else "#,##0\u00a0¤"
        text = format_currency(
            amount, self.currency, format=pattern, locale=self.babel, currency_digits=cents
        )
        return self._narrow(text)

    def short_money(self, minor: float | None) -> str:
        """Write an amount of minor units in few characters: ¥1.2亿."""
        if minor is None:
            return _NOTHING
        amount = Decimal(round(minor)).scaleb(-exponent(self.currency))
        if abs(amount) < _SHORTENED:
            return self.money(minor, cents=False)
        text = format_compact_currency(amount, self.currency, locale=self.babel, fraction_digits=1)
        return self._narrow(text)

    def _narrow(self, text: str) -> str:
        """Write the bank's own currency as it is written at home: ¥, not CN¥."""
        symbol = get_currency_symbol(self.currency, self.babel)
        return text.replace(symbol, _SYMBOLS.get(self.currency, symbol))

    def day(self, day: date | None, form: str = "medium") -> str:
        """Write a calendar day."""
        return format_date(day, format=form, locale=self.babel) if day else _NOTHING

    def month_day(self, day: date | None) -> str:
        """Write a day without its year."""
        return format_skeleton("MMMd", day, locale=self.babel) if day else _NOTHING

    def moment(self, moment: datetime | None) -> str:
        """Write a moment in the bank's own time."""
        if moment is None:
            return _NOTHING
        return format_datetime(moment, "medium", tzinfo=ZoneInfo(self.zone), locale=self.babel)

    def time(self, moment: datetime | None) -> str:
        """Write a moment's time of day in the bank's own time."""
        if moment is None:
            return _NOTHING
        return format_time(moment, "short", tzinfo=ZoneInfo(self.zone), locale=self.babel)


@cache
def messages(code: str) -> gettext.NullTranslations:
    """Return a language's messages: the console's own wording first, then every package's."""
    path = LOCALE_DIRECTORY / code / "LC_MESSAGES" / "server.mo"
    if not path.exists():
        return translations(code)
    with path.open("rb") as file:
        own = gettext.GNUTranslations(file)
    own.add_fallback(translations(code))
    return own


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(_BABEL[code])


def choose(cookie: str | None, preferred: str | None, default: str) -> str:
    """Return the language to speak: the browser's choice, else the person's, else the bank's."""
    for code in (cookie, preferred, default):
        if code in LOCALES:
            return str(code)
    return "zh"


def in_words(problem: Problem, language: Language) -> dict[str, str]:
    """Return a problem's place, sentence and hint in a language."""
    return {
        "where": problem.where,
        "message": language.say(problem.message).format(**problem.values),
        "hint": language.say(problem.hint).format(**problem.values) if problem.hint else "",
    }
