"""A strategy with everything it needs, in one file: to take from one bank to another.

A bundle is one YAML document: the strategy, the segments and tags that its expressions name, and
tests of its audience. It holds no paths and nothing that could run; its checksum covers all of it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from asterism.audience import Catalogue, compile_audience
from asterism.kernel.errors import Problem
from asterism.kernel.words import LOCALES, N_, Text
from asterism.strategy.document import plain, read_strategy
from asterism.strategy.programme import choosing
from asterism.strategy.script_language import words
from asterism.strategy.strategy import Strategy
from asterism.strategy.yaml_text import write_yaml

#: The version of the format, and the key by which a bundle is known.
FORMAT, FORMAT_KEY = 1, "asterism_bundle"
SUBJECT = N_("The bundle cannot be imported")


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleSegment:
    """A segment that the strategy's expressions name."""

    name: str
    title: Text
    expression: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceTest:
    """A made-up customer, and whether the strategy's audience must hold for them."""

    title: str
    profile: Mapping[str, object]
    meant: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What a bundle holds."""

    strategy: Strategy
    segments: tuple[BundleSegment, ...] = ()
    #: Name and type of each tag that is needed.
    tags: Mapping[str, str]
    tests: tuple[AudienceTest, ...] = ()


def make_bundle(
    strategy: Strategy,
    catalogue: Catalogue,
    titles: Mapping[str, Text],
    tests: tuple[AudienceTest, ...] = (),
) -> Bundle:
    """Return the bundle of a strategy that holds against `catalogue`; `titles` are segments'."""
    names: set[str] = set()
    tags: set[str] = set()
    for text in (*choosing(strategy), *_script_audiences(strategy)):
        audience = compile_audience(text, catalogue)
        names |= set(audience.segments)
        tags |= set(audience.tags)
    tags |= _script_variables(strategy) & catalogue.tags.keys()
    segments = tuple(
        BundleSegment(
            name=name,
            title=titles.get(name, Text(name, name, name)),
            expression=catalogue.segments[name],
        )
        for name in _deepest_first(names, catalogue)
    )
    kinds = {tag: catalogue.tags[tag].type.value for tag in sorted(tags)}
    return Bundle(strategy=strategy, segments=segments, tags=kinds, tests=tests)


def _script_audiences(strategy: Strategy) -> list[str]:
    return [script.audience for script in strategy.scripts if script.audience]


def _script_variables(strategy: Strategy) -> frozenset[str]:
    texts = {
        text.in_locale(locale)
        for script in strategy.scripts
        for text in (script.subject, script.body)
        for locale in LOCALES
    }
    return frozenset().union(*(words(text).variables for text in texts))


def _deepest_first(names: set[str], catalogue: Catalogue) -> list[str]:
    """Return the segments with all that they are made of, each after what it needs."""
    ordered: list[str] = []

    def visit(name: str) -> None:
        if name in ordered or name not in catalogue.segments:
            return
        for inner in sorted(compile_audience(catalogue.segments[name], catalogue).segments):
            if inner != name:
                visit(inner)
        ordered.append(name)

    for name in sorted(names):
        visit(name)
    return ordered


def dump_bundle(bundle: Bundle) -> str:
    """Return the bundle's file, its checksum included."""
    data = _plain(bundle)
    return write_yaml({FORMAT_KEY: FORMAT, "checksum": checksum(data), **data})


def _plain(bundle: Bundle) -> dict[str, object]:
    return {
        "strategy": plain(bundle.strategy),
        "segments": [
            {
                "name": one.name,
                "title": {locale: one.title.in_locale(locale) for locale in LOCALES},
                "expression": one.expression,
            }
            for one in bundle.segments
        ],
        "tags": dict(bundle.tags),
        "tests": [
            {"title": one.title, "profile": dict(one.profile), "meant": one.meant}
            for one in bundle.tests
        ],
    }


def checksum(data: object) -> str:
    """Return the SHA-256 of plain data as it is written in a bundle."""
    return hashlib.sha256(write_yaml(data).encode()).hexdigest()


def below(where: str, problem: Problem) -> Problem:
    """Return a problem of a part with the part's place before its own."""
    path = f"{where}.{problem.where}" if problem.where else where
    return Problem(message=problem.message, where=path, values=problem.values, hint=problem.hint)


def missing_here(bundle: Bundle, catalogue: Catalogue) -> tuple[Problem, ...]:
    """Return what this bank lacks for the bundle, and which of its tests fail here."""
    problems = [*_tags_missing(bundle, catalogue), *_segments_different(bundle, catalogue)]
    if problems:
        return tuple(problems)
    whole = with_segments(bundle, catalogue)
    _, wrong = read_strategy(plain(bundle.strategy), whole)
    problems += [below("strategy", one) for one in wrong]
    return tuple(problems) or tuple(_failing(bundle, whole))


def with_segments(bundle: Bundle, catalogue: Catalogue) -> Catalogue:
    """Return the bank's catalogue with the bundle's segments in it."""
    added = {one.name: one.expression for one in bundle.segments}
    return Catalogue(tags=catalogue.tags, segments={**added, **catalogue.segments})


def _tags_missing(bundle: Bundle, catalogue: Catalogue) -> list[Problem]:
    problems = []
    for name, kind in bundle.tags.items():
        here = catalogue.tags.get(name)
        values = {"name": name, "kind": kind, "here": here.type.value if here else ""}
        if here is None:
            message = N_("This bank has no tag {name} ({kind}): make it first.")
            problems.append(Problem(message=message, where=f"tags.{name}", values=values))
        elif here.type.value != kind:
            message = N_("The tag {name} is {here} in this bank, and {kind} in the bundle.")
            problems.append(Problem(message=message, where=f"tags.{name}", values=values))
    return problems


def _segments_different(bundle: Bundle, catalogue: Catalogue) -> list[Problem]:
    message = N_("This bank has another segment {name}: rename one of the two.")
    return [
        Problem(message=message, where=f"segments.{one.name}", values={"name": one.name})
        for one in bundle.segments
        if catalogue.segments.get(one.name, one.expression) != one.expression
    ]


def _failing(bundle: Bundle, catalogue: Catalogue) -> list[Problem]:
    audience = compile_audience(bundle.strategy.audience, catalogue)
    message = N_("The test {title} fails: the audience says {said}.")
    return [
        Problem(
            message=message,
            where=f"tests[{place}]",
            values={"title": test.title, "said": not test.meant},
        )
        for place, test in enumerate(bundle.tests)
        if audience.matches(test.profile) is not test.meant
    ]
