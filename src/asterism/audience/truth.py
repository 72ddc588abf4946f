"""The live reading: whether this one customer is in.

A condition becomes nested closures once, which then answer True, False or None (unknown) for one
profile after another. A profile maps tags to values: money as int minor units, dates as `date`;
a missing tag is null, and so is a number that is not finite.
"""

import math
import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any as Anything

from asterism.audience.catalogue import TagType
from asterism.audience.operations import (
    All,
    Any,
    Between,
    Compare,
    Condition,
    Constant,
    Flag,
    InSegment,
    IsNull,
    IsTruth,
    Like,
    Literal,
    Not,
    OneOf,
    Operator,
    Scaled,
    Tag,
    Term,
    in_doubles,
)

Profile = Mapping[str, object]
Predicate = Callable[[Profile], bool | None]
_Value = Callable[[Profile], Anything]

_COMPARE: Mapping[Operator, Callable[[Anything, Anything], bool]] = {
    Operator.EQ: operator.eq,
    Operator.NE: operator.ne,
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
}


def predicate(condition: Condition) -> Predicate:
    """Return the function that answers `condition` for one profile."""
    match condition:
        case All(items):
            return _all([predicate(item) for item in items])
        case Any(items):
            return _any([predicate(item) for item in items])
        case Not(item):
            return _not(predicate(item))
        case InSegment(body=body):
            inside = predicate(body)
            return lambda profile: inside(profile) is True
        case Between():
            return _all([_compare(comparison) for comparison in condition.as_comparisons()])
        case _:
            return _single(condition)


def _single(condition: Condition) -> Predicate:
    match condition:
        case Constant(value):
            return lambda _: value
        case Compare():
            return _compare(condition)
        case OneOf(tag, values):
            return _one_of(tag, values)
        case Like(tag, pattern):
            return _like(tag, pattern)
        case _:
            return _presence(condition)


def _presence(condition: Condition) -> Predicate:
    """Return the predicate of a condition that asks for no more than what a tag holds."""
    match condition:
        case Flag(tag):
            return _value(tag)
        case IsNull(tag):
            stored = _value(tag)
            return lambda profile: stored(profile) is None
        case IsTruth(tag, truth):
            stored = _value(tag)
            return lambda profile: stored(profile) is truth
        case _:
            raise TypeError(f"{type(condition).__name__} is not a single condition")


def _all(items: list[Predicate]) -> Predicate:
    def holds(profile: Profile) -> bool | None:
        answer: bool | None = True
        for item in items:
            found = item(profile)
            if found is False:
                return False
            if found is None:
                answer = None
        return answer

    return holds


def _any(items: list[Predicate]) -> Predicate:
    def holds(profile: Profile) -> bool | None:
        answer: bool | None = False
        for item in items:
            found = item(profile)
            if found is True:
                return True
            if found is None:
                answer = None
        return answer

    return holds


def _not(item: Predicate) -> Predicate:
    def holds(profile: Profile) -> bool | None:
        found = item(profile)
        return None if found is None else not found

    return holds


def _compare(comparison: Compare) -> Predicate:
    doubles = in_doubles(comparison)
    left = _term(comparison.left, doubles=doubles)
    compare = _COMPARE[comparison.operator]
    if isinstance(comparison.right, Literal):
        bound: Anything = comparison.right.value
        bound = float(bound) if doubles else bound

        def holds_against_value(profile: Profile) -> bool | None:
            value = left(profile)
            return None if value is None else compare(value, bound)

        return holds_against_value
    right = _term(comparison.right, doubles=doubles)

    def holds(profile: Profile) -> bool | None:
        one, other = left(profile), right(profile)
        return None if one is None or other is None else compare(one, other)

    return holds


def _one_of(tag: Tag, values: tuple[Literal, ...]) -> Predicate:
    stored, wanted = _value(tag), frozenset(value.value for value in values)

    def holds(profile: Profile) -> bool | None:
        value = stored(profile)
        return None if value is None else value in wanted

    return holds


def _like(tag: Tag, pattern: str) -> Predicate:
    stored, matches = _value(tag), matcher(pattern)

    def holds(profile: Profile) -> bool | None:
        value = stored(profile)
        return None if value is None else matches(value)

    return holds


def _term(term: Term, *, doubles: bool) -> _Value:
    if isinstance(term, Literal):
        constant = term.value
        return lambda _: constant
    if isinstance(term, Scaled):
        factor, stored = term.factor, _value(term.tag)

        def product(profile: Profile) -> float | None:
            value = stored(profile)
            return None if value is None else factor * float(value)

        return product
    value = _value(term)
    if not doubles or term.type is TagType.NUMBER:
        return value

    def as_double(profile: Profile) -> float | None:
        found = value(profile)
        return None if found is None else float(found)

    return as_double


def _value(tag: Tag) -> _Value:
    """Return what reads the tag from a profile, None for null."""
    name = tag.name
    if tag.type is TagType.FLAG:
        return lambda profile: None if (found := profile.get(name)) is None else bool(found)
    if tag.type is not TagType.NUMBER:
        return lambda profile: profile.get(name)

    def finite(profile: Profile) -> float | None:
        found: Anything = profile.get(name)
        if found is None:
            return None
        value = float(found)
        return value if math.isfinite(value) else None

    return finite


@lru_cache(maxsize=1024)
def matcher(pattern: str) -> Callable[[str], bool]:
    """Return what tells whether a whole text matches a LIKE pattern.

    Each stretch between two `%` is looked for once, from left to right, so that the time is
    bounded by the lengths of text and pattern multiplied, whatever the pattern.

    >>> matcher("北%")("北京"), matcher("_京")("北京"), matcher("b%")("Beijing")
    (True, True, False)
    """
    first, *others = pattern.split("%")
    if not others:
        whole = _stretch(first)
        return lambda text: len(text) == len(first) and whole.match(text) is not None
    *middle, last = others
    head, tail = _stretch(first), _stretch(last)
    between = [_stretch(part) for part in middle if part]

    def matches(text: str) -> bool:
        end = len(text) - len(last)
        if end < len(first) or head.match(text) is None or tail.match(text, end) is None:
            return False
        place = len(first)
        for part in between:
            found = part.search(text, place, end)
            if found is None:
                return False
            place = found.end()
        return True

    return matches


def _stretch(text: str) -> "re.Pattern[str]":
    """Return the pattern of a stretch without `%`; its matches are as long as the stretch."""
    return re.compile("".join("." if sign == "_" else re.escape(sign) for sign in text), re.DOTALL)
