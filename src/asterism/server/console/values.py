"""A tag's value as people read it."""

from datetime import UTC, date, datetime

from asterism.audience import TagType
from asterism.insight.tags import TAGS
from asterism.server.console.vocabulary import word
from asterism.server.language import Language


def written(tag: str, value: object, language: Language) -> str:
    """Return a value in words: money with its currency, flags as yes and no, codes by name."""
    if value is None:
        return "—"
    found = TAGS.get(tag)
    unit, money = (found.unit, found.type is TagType.MONEY) if found else ("", False)
    match value:
        case bool():
            return word("flag", str(value).lower(), language.code)
        case date():
            return language.day(value)
        case int() if money:
            return language.money(value, cents=False)
        case int() | float():
            return _number(unit, value, language)
        case _:
            return word(tag, value, language.code)


def _number(unit: str, value: float, language: Language) -> str:
    if unit == "unix_second":
        return language.moment(datetime.fromtimestamp(value, UTC))
    if unit == "ratio":
        return language.percent(value)
    digits = 0 if isinstance(value, int) else 2
    return f"{language.number(value, digits)}{_unit(unit, language)}"


def _unit(unit: str, language: Language) -> str:
    name = {
        "year": language.say("years"),
        "day": language.say("days"),
        "month": language.say("months"),
        "hour": language.say("o'clock"),
    }.get(unit, "")
    return f" {name}" if name else ""
