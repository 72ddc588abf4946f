"""From text to an audience: parse, resolve segments, check, and refuse everything wrong at once."""

import hashlib
from dataclasses import replace

from asterism.audience.audience import Audience
from asterism.audience.catalogue import Catalogue
from asterism.audience.check import Checker
from asterism.audience.findings import Findings, InvalidAudienceError
from asterism.audience.limits import (
    MAX_EXPANDED_CONDITIONS,
    MAX_EXPANDED_NESTING,
    MAX_NESTING,
    MAX_SEGMENT_DEPTH,
    MAX_TEXT,
)
from asterism.audience.operations import Condition, InSegment, children
from asterism.audience.syntax import nesting, parse
from asterism.audience.wording import canonical
from asterism.kernel.errors import Problem
from asterism.kernel.words import N_


def compile_audience(text: str, catalogue: Catalogue) -> Audience:
    """Return the audience that `text` describes.

    Raises `InvalidAudienceError` with every problem found, each with its `line:column`.
    """
    return Audience(_Compiler(catalogue).compile(text))


class _Compiler:
    """Compiles one expression together with the segments that it reaches, each of them once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._done: dict[str, InSegment | InvalidAudienceError] = {}
        #: The segments that are being compiled, outermost first.
        self._path: list[str] = []

    def compile(self, text: str) -> Condition:
        findings = Findings(text)
        tree = parse(text, self._catalogue.tags, findings)
        if tree is None:
            raise findings.error()
        condition = Checker(self._catalogue, self._segment, findings).condition(tree)
        if not findings:
            _check_size(condition, findings)
        if findings:
            raise findings.error()
        return condition

    def _segment(self, name: str, offset: int, findings: Findings) -> InSegment | None:
        """Return the compiled segment, or None after noting at `offset` why there is none."""
        if name in self._path:
            cycle = [*self._path[self._path.index(name) :], name]
            message = N_("Segment {name} would contain itself: {path}.")
            findings.add(offset, message, name=name, path=" → ".join(cycle))
            return None
        if name not in self._catalogue.segments:
            message = N_("There is no segment {name}.")
            findings.add_misspelt(offset, message, name, self._catalogue.segments)
            return None
        if len(self._path) >= MAX_SEGMENT_DEPTH:
            message = N_("Segments stand more than {limit} deep inside one another.")
            findings.add(offset, message, limit=MAX_SEGMENT_DEPTH)
            return None
        found = self._done.get(name) or self._compile_segment(name)
        if isinstance(found, InSegment):
            return found
        _note_broken(name, found.problems[0], offset, findings)
        return None

    def _compile_segment(self, name: str) -> InSegment | InvalidAudienceError:
        self._path.append(name)
        try:
            body = self.compile(self._catalogue.segments[name])
        except InvalidAudienceError as error:
            self._done[name] = error
        else:
            self._done[name] = InSegment(name, body, fingerprint(body))
        finally:
            self._path.pop()
        return self._done[name]


def _note_broken(name: str, problem: Problem, offset: int, findings: Findings) -> None:
    """Note at `offset` that a segment is not valid, and where the cause lies, however deep."""
    message = N_("Segment {name} is not valid. In {segment}, at {place}: {problem}")
    cause = {
        "segment": name,
        "place": problem.where,
        "problem": str(replace(problem, where="")),
    }
    if problem.message == message:
        cause = {key: str(problem.values[key]) for key in cause}
    findings.add(offset, message, name=name, **cause)


def fingerprint(condition: Condition) -> str:
    """Return a digest of the condition's whole meaning, segments within it included."""
    digest = hashlib.blake2b(canonical(condition).encode(), digest_size=16)
    waiting = [condition]
    while waiting:
        current = waiting.pop()
        if isinstance(current, InSegment):
            digest.update(current.fingerprint.encode())
        else:
            waiting.extend(reversed(children(current)))
    return digest.hexdigest()


def _check_size(condition: Condition, findings: Findings) -> None:
    """Note it if the canonical text could not be read again or segments multiply the work."""
    text = canonical(condition)
    if len(text) > MAX_TEXT or nesting(text) > MAX_NESTING:
        message = N_("Written out in canonical form the expression is too long or too deep.")
        findings.add(0, message, N_("Save a part as a segment and use IN_SEGMENT('name')."))
    size, depth = _expanded(condition, {})
    if size > MAX_EXPANDED_CONDITIONS or depth > MAX_EXPANDED_NESTING:
        message = N_("With its segments written out the expression has {count} conditions.")
        hint = N_("{limit} conditions, nested {depth} deep, are allowed.")
        findings.add(
            *(0, message, hint),
            count=size,
            limit=MAX_EXPANDED_CONDITIONS,
            depth=MAX_EXPANDED_NESTING,
        )


def _expanded(condition: Condition, known: dict[str, tuple[int, int]]) -> tuple[int, int]:
    """Return how many conditions there are and how deep, with the segments written out."""
    if isinstance(condition, InSegment) and condition.fingerprint in known:
        return known[condition.fingerprint]
    inner = [_expanded(child, known) for child in children(condition)]
    size = sum(size for size, _ in inner) or 1
    depth = 1 + max((depth for _, depth in inner), default=0)
    if isinstance(condition, InSegment):
        known[condition.fingerprint] = (size, depth)
    return size, depth
