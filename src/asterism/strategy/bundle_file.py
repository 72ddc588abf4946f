"""Reads a bundle's file from a stranger: everything that is wrong with it, before anything is kept.

One YAML document within the limits of a strategy's file: plain data, no anchors, no paths.
"""

from typing import Any

from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import LOCALES, N_, Text
from asterism.strategy.bundle import (
    FORMAT,
    FORMAT_KEY,
    SUBJECT,
    AudienceTest,
    Bundle,
    BundleSegment,
    below,
    checksum,
)
from asterism.strategy.document import read_strategy
from asterism.strategy.yaml_text import read_yaml

MOST_TESTS, MOST_SEGMENTS = 200, 200
_FIELDS = frozenset({"strategy", "segments", "tags", "tests"})


def read_bundle(text: str) -> Bundle:
    """Return the bundle in a file's text; InvalidInputError with everything that is wrong.

    Whether this bank has what the bundle needs is asked of `bundle.missing_here`.
    """
    data = read_yaml(text, SUBJECT)
    if not isinstance(data, dict) or data.get(FORMAT_KEY) != FORMAT:
        message = N_("This is not a bundle of format {format}.")
        raise InvalidInputError(SUBJECT, [Problem(message=message, values={"format": FORMAT})])
    content = {name: value for name, value in data.items() if name not in {FORMAT_KEY, "checksum"}}
    if data.get("checksum") != checksum(content):
        message = N_("The checksum does not fit: the file was changed or cut off on its way.")
        raise InvalidInputError(SUBJECT, [Problem(message=message, where="checksum")])
    problems = [
        Problem(message=N_("There is no field {word} here."), where=name, values={"word": name})
        for name in map(str, content.keys() - _FIELDS)
    ]
    strategy, wrong = read_strategy(_mapping(content.get("strategy")))
    problems += [below("strategy", one) for one in wrong]
    segments = _segments(content.get("segments"), problems)
    tests = _tests(content.get("tests"), problems)
    tags = {str(name): str(kind) for name, kind in _mapping(content.get("tags")).items()}
    if strategy is None or problems:
        raise InvalidInputError(SUBJECT, problems)
    return Bundle(strategy=strategy, segments=segments, tags=tags, tests=tests)


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _rows(value: object, where: str, most: int, problems: list[Problem]) -> list[dict[str, Any]]:
    rows = value if isinstance(value, list) else []
    if len(rows) > most:
        values = {"max_length": most}
        message = N_("At most {max_length} are allowed.")
        problems.append(Problem(message=message, where=where, values=values))
    return [_mapping(row) for row in rows[:most]]


def _segments(value: object, problems: list[Problem]) -> tuple[BundleSegment, ...]:
    found = []
    for place, row in enumerate(_rows(value, "segments", MOST_SEGMENTS, problems)):
        title = _mapping(row.get("title"))
        texts = (row.get("name"), row.get("expression"), *map(title.get, LOCALES))
        if not all(isinstance(text, str) and text for text in texts):
            message = N_("A segment has a name, a title in zh, en and es, and an expression.")
            problems.append(Problem(message=message, where=f"segments[{place}]"))
            continue
        words = Text(**{locale: str(title[locale]) for locale in LOCALES})
        found.append(BundleSegment(name=str(texts[0]), title=words, expression=str(texts[1])))
    return tuple(found)


def _tests(value: object, problems: list[Problem]) -> tuple[AudienceTest, ...]:
    found = []
    for place, row in enumerate(_rows(value, "tests", MOST_TESTS, problems)):
        profile, meant = row.get("profile"), row.get("meant")
        if not isinstance(profile, dict) or not isinstance(meant, bool):
            message = N_("A test has a profile, and says with `meant` whether it is in.")
            problems.append(Problem(message=message, where=f"tests[{place}]"))
            continue
        title = str(row.get("title", place + 1))
        found.append(AudienceTest(title=title, profile=profile, meant=meant))
    return tuple(found)
