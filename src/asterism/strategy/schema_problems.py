"""What the schema finds wrong, in sentences with a path and a suggestion."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from asterism.kernel.errors import Problem
from asterism.strategy.strategy import Part

_SENTENCES = {
    "missing": "This is missing.",
    "too_short": "At least {min_length} is needed.",
    "too_long": "At most {max_length} are allowed.",
    "string_too_short": "This is empty.",
    "string_too_long": "At most {max_length} characters are allowed.",
    "string_type": "This should be text.",
    "int_type": "This should be a whole number.",
    "int_parsing": "This should be a whole number.",
    "int_from_float": "This should be a whole number.",
    "float_type": "This should be a number.",
    "float_parsing": "This should be a number.",
    "finite_number": "This should be a finite number.",
    "tuple_type": "This should be a list.",
    "mapping_type": "This should be a mapping.",
    "model_type": "This should be a mapping.",
    "date_type": "This should be a date such as 2026-01-31.",
    "date_parsing": "This should be a date such as 2026-01-31.",
    "date_from_datetime_parsing": "This should be a date such as 2026-01-31.",
    "date_from_datetime_inexact": "This should be a date such as 2026-01-31.",
    "greater_than_equal": "{value} is too small: at least {ge}.",
    "greater_than": "{value} is too small: it must be above {gt}.",
    "less_than_equal": "{value} is too large: at most {le}.",
    "less_than": "{value} is too large: it must be below {lt}.",
    "string_pattern_mismatch": (
        "{value} is not an id: small letters, digits and underscores, a letter first."
    ),
}
#: Errors whose message our own validators wrote: it is the message id.
_OWN = frozenset({"words", "quota", "period"})
_SUGGESTION = "Did you mean {suggestion}?"


def schema_problems(error: ValidationError, model: type[BaseModel]) -> tuple[Problem, ...]:
    """Return one problem for each thing that `error` found in a document of `model`."""
    return tuple(_problem(item, model) for item in error.errors(include_url=False))


def path_of(location: Iterable[int | str]) -> str:
    """Return a path such as `offers[0].quota.minimum`, indices counted from 0 as in YAML tools."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return text.removeprefix(".")


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return the known word nearest to `word`, or nothing."""
    return next(iter(get_close_matches(word, list(known), n=1, cutoff=0.6)), "")


def misspelt(message: str, where: str, word: str, known: Iterable[str]) -> Problem:
    """Return a problem about an unknown `word` (the message's field), with a suggestion."""
    names = sorted(known)
    near = suggestion(word, names)
    values = {"word": word, "known": ", ".join(names), "suggestion": near}
    return Problem(message=message, where=where, values=values, hint=_SUGGESTION if near else "")


def _problem(item: ErrorDetails, model: type[BaseModel]) -> Problem:
    kind, where = item["type"], path_of(item["loc"])
    value = _shown(item.get("input"))
    context = {key: str(text) for key, text in item.get("ctx", {}).items()}
    if kind == "extra_forbidden":
        fields = _fields_at(model, item["loc"][:-1])
        return misspelt("There is no field {word} here.", where, str(item["loc"][-1]), fields)
    if kind == "enum":
        known = re.findall(r"'([^']*)'", context.get("expected", ""))
        return misspelt(
            "{word} is not one of: {known}.", where.removesuffix(".[key]"), value, known
        )
    if kind in _OWN:
        return Problem(message=item["msg"], where=where)
    message = _SENTENCES.get(kind, "{detail}.")
    values = {"value": value, "detail": item["msg"], **context}
    return Problem(message=message, where=where, values=values)


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"  # noqa: PLR2004 - fits a line


def _fields_at(model: type[BaseModel], location: tuple[int | str, ...]) -> tuple[str, ...]:
    """Return the names of the fields of the part at `location` within `model`."""
    part: type[BaseModel] | None = model
    for step in location:
        if part is None or not isinstance(step, str):
            continue
        field = part.model_fields.get(step)
        part = _part_in(field.annotation) if field is not None else None
    return tuple(part.model_fields) if part is not None else ()


def _part_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    return next((found for a in get_args(annotation) if (found := _part_in(a))), None)
