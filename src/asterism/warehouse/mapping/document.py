"""YAML with line numbers, read so that a hostile file cannot exhaust the machine."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches

import yaml

from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_

#: The parser in C, ten times as fast, where the library has it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_BYTES = 512 * 1024
MAX_DEPTH = 20
#: Nodes after aliases are followed: nested aliases multiply.
MAX_NODES = 50_000
#: Names that are listed where none is near to a misspelt one.
_FEW = 30


@dataclass(frozen=True, slots=True)
class Node:
    """One value of the document and where it stands."""

    #: What YAML makes of it: a mapping, a list, or a scalar.
    value: "dict[str, Node] | list[Node] | str | int | float | bool | None"
    #: As it was written, for scalars.
    text: str
    line: int
    path: str

    @property
    def where(self) -> str:
        """The path and the line, as problems show it."""
        return f"{self.path}:{self.line}" if self.path else str(self.line)

    @property
    def entries(self) -> "dict[str, Node]":
        """The entries of a mapping; none for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> "list[Node]":
        """The items of a list; a single value is a list of itself, an absent one of nothing."""
        if isinstance(self.value, list):
            return self.value
        return [] if self.value is None else [self]

    def get(self, name: str) -> "Node | None":
        """Return the entry called `name`, if there is one that is not null."""
        node = self.entries.get(name)
        return None if node is None or node.value is None else node


@dataclass(slots=True)
class Findings:
    """Collects everything that is wrong, to say it all at once."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, node: Node, message: str, hint: str = "", **values: object) -> None:
        """Note a problem at `node`."""
        self.problems.append(
            Problem(message=message, where=node.where, values=values, hint=hint),
        )

    def unknown(self, node: Node, name: str, known: "Iterator[str] | list[str]") -> None:
        """Note that `name` is not one of `known`, with the nearest one, or all if they are few."""
        names = list(known)
        message, nearest = N_("{name} is not known here."), suggestion(name, names)
        if nearest:
            hint = N_("Did you mean {suggestion}?")
            self.add(node, message, hint, name=name, suggestion=nearest)
        elif len(names) <= _FEW:
            self.add(node, message, N_("Known are {known}."), name=name, known=", ".join(names))
        else:
            self.add(node, message, name=name)

    def allow(self, node: Node, names: tuple[str, ...]) -> None:
        """Note every entry of `node` that is not one of `names`."""
        for name, entry in node.entries.items():
            if name not in names:
                self.unknown(entry, name, list(names))

    def choice(self, node: Node | None, names: tuple[str, ...], default: str) -> str:
        """Return the text of `node` if it is one of `names`; note a problem if it is not."""
        if node is None:
            return default
        if node.text not in names:
            self.unknown(node, node.text, list(names))
            return default
        return node.text

    def raise_if_any(self, subject: str) -> None:
        """Raise InvalidInputError with everything that was found."""
        if self.problems:
            raise InvalidInputError(subject, self.problems)


def suggestion(name: str, known: list[str]) -> str:
    """Return the known name nearest to `name`, or an empty text."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    nearest = get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=0.6)
    return by_folded[nearest[0]] if nearest else ""


def read_document(text: str, subject: str) -> Node:
    """Parse one YAML document; InvalidInputError if it is no YAML, too big, deep or tangled."""
    problem = _refusal(text)
    if problem:
        raise InvalidInputError(subject, [problem])
    try:
        _limit_depth(text)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        message = N_("this is not YAML: {detail}")
        problem = Problem(message=message, where=str(line), values={"detail": error.problem})
        raise InvalidInputError(subject, [problem]) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        message = N_("this is not YAML: {detail}")
        problem = Problem(message=message, values={"detail": str(error)})
        raise InvalidInputError(subject, [problem]) from error
    if root is None:
        raise InvalidInputError(subject, [Problem(message=N_("the file is empty."))])
    reader = _Reader(subject)
    node = reader.read(root, "")
    reader.findings.raise_if_any(subject)
    return node


def _refusal(text: str) -> Problem | None:
    if len(text.encode()) > MAX_BYTES:
        return Problem(
            message=N_("the file is larger than {limit} bytes."), values={"limit": MAX_BYTES}
        )
    return None


def _limit_depth(text: str) -> None:
    """Refuse deep nesting while it is still a flat stream of events."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise ValueError(f"nested deeper than {MAX_DEPTH} levels")


class _Reader:
    """Turns YAML's nodes into ours, counting."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.findings = Findings()
        self._left = MAX_NODES
        self._scalars = yaml.SafeLoader("")

    def read(self, node: yaml.Node, path: str) -> Node:
        self._left -= 1
        if self._left < 0 or path.count(".") > MAX_DEPTH:
            message = N_("the aliases unfold to more than {limit} values.")
            problem = Problem(message=message, values={"limit": MAX_NODES})
            raise InvalidInputError(self.subject, [problem])
        line = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return Node(self._mapping(node, path), "", line, path)
        if isinstance(node, yaml.SequenceNode):
            items = [self.read(item, f"{path}.{n}") for n, item in enumerate(node.value, 1)]
            return Node(items, "", line, path)
        return Node(self._scalar(node), str(node.value), line, path)

    def _mapping(self, node: yaml.MappingNode, path: str) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        for key, value in node.value:
            name = str(key.value)
            child = self.read(value, f"{path}.{name}" if path else name)
            if name in entries:
                self.findings.add(child, N_("{name} stands here twice."), name=name)
            entries[name] = child
        return entries

    def _scalar(self, node: yaml.Node) -> str | int | float | bool | None:
        try:
            value = self._scalars.construct_object(node)
        except (ValueError, yaml.YAMLError):
            value = node.value
        return value if isinstance(value, str | int | float | bool | None) else str(node.value)
