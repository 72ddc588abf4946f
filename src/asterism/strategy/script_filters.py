"""The filters of scripts: none multiplies text, and none takes a missing value for nothing.

Liquid's own read anything that is not a number as 0; a message must not say that.
"""

import math
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import wraps
from typing import Any

from liquid.builtin.filters.misc import default
from liquid.exceptions import FilterError, UndefinedError
from liquid.undefined import Undefined

_LONGEST_TEXT = 1_000
_MOST_DIGITS = 6


def _known(filter_: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that refuses what is missing."""

    @wraps(filter_)
    def checked(*arguments: Any) -> Any:
        for argument in arguments:
            if isinstance(argument, Undefined):
                raise UndefinedError(f"'{argument.name}' is undefined", token=None)
        return filter_(*arguments)

    return checked


def _numbers(filter_: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter of numbers that computes with exact decimals and refuses all else."""

    @wraps(filter_)
    def checked(*arguments: Any) -> Any:
        try:
            return filter_(*map(_number, arguments))
        except ArithmeticError as error:
            raise FilterError("the number is too large", token=None) from error

    return _known(checked)


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise FilterError(f"{value} is not a number", token=None)
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if not number.is_finite():
        raise FilterError(f"{value} is not a number", token=None)
    return number


def _round(value: Decimal, digits: Decimal = Decimal(0)) -> Decimal:
    places = min(max(int(digits), 0), _MOST_DIGITS)
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _truncate(value: object, length: object = 50) -> str:
    """Return at most `length` characters, the last one an ellipsis if some are left out."""
    text = str(value)
    most = min(max(int(_number(length)), 1), _LONGEST_TEXT)
    return text if len(text) <= most else f"{text[: most - 1]}…"


FILTERS: Mapping[str, Callable[..., Any]] = {
    "at_least": _numbers(max),
    "at_most": _numbers(min),
    "capitalize": _known(lambda value: str(value).capitalize()),
    "ceil": _numbers(math.ceil),
    "default": default,
    "downcase": _known(lambda value: str(value).lower()),
    "floor": _numbers(math.floor),
    "minus": _numbers(lambda value, other: value - other),
    "plus": _numbers(lambda value, other: value + other),
    "round": _numbers(_round),
    "truncate": _known(_truncate),
    "upcase": _known(lambda value: str(value).upper()),
}
