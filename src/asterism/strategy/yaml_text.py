"""YAML from strangers: plain data only, within limits, duplicate keys refused."""

from collections.abc import Hashable
from typing import Any

import yaml

from asterism.kernel.errors import InvalidInputError, Problem

#: Largest strategy file, in characters.
MAX_CHARACTERS = 200_000
#: Deepest nesting of lists and mappings.
MAX_DEPTH = 12
#: Most scalars, lists and mappings in a file.
MAX_NODES = 10_000


class _PlainLoader(yaml.SafeLoader):
    """Safe loading that also refuses a key given twice, which YAML lets pass."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - the library's signature
        """Build a mapping; InvalidInputError names a key given twice."""
        seen: set[object] = set()
        for key_node, _ in node.value:
            if key_node.value in seen:
                raise _refused(
                    "The key {key} is given twice.", key_node.start_mark, key=key_node.value
                )
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)


def read_yaml(text: str, subject: str) -> object:
    """Return the plain data in `text`; InvalidInputError about `subject` if it is not YAML.

    Anchors and aliases are refused: they are how a small file becomes a huge one.
    """
    if len(text) > MAX_CHARACTERS:
        message = "The file has {found} characters; at most {limit} are allowed."
        values = {"found": len(text), "limit": MAX_CHARACTERS}
        raise InvalidInputError(subject, [Problem(message=message, values=values)])
    try:
        _check_shape(text)
        return yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = _refused("This is not YAML: {detail}.", mark, detail=error.problem or "?")
        raise InvalidInputError(subject, problem.problems) from error
    except (yaml.YAMLError, ValueError) as error:
        detail = str(error).splitlines()[0]
        problem = _refused("This is not YAML: {detail}.", None, detail=detail)
        raise InvalidInputError(subject, problem.problems) from error
    except InvalidInputError as error:
        raise InvalidInputError(subject, error.problems) from error


def _check_shape(text: str) -> None:
    """Refuse aliases, deep nesting and too many nodes before anything is built."""
    depth = nodes = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refused("Anchors and aliases are not allowed.", event.start_mark)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        nodes += isinstance(event, yaml.NodeEvent)
        if depth > MAX_DEPTH:
            message = "Lists and mappings are nested deeper than {limit}."
            raise _refused(message, event.start_mark, limit=MAX_DEPTH)
        if nodes > MAX_NODES:
            message = "The file has more than {limit} values."
            raise _refused(message, event.start_mark, limit=MAX_NODES)


def _refused(message: str, mark: Any, **values: object) -> InvalidInputError:
    where = f"{mark.line + 1}:{mark.column + 1}" if mark is not None else ""
    return InvalidInputError("", [Problem(message=message, where=where, values=values)])


class _PlainDumper(yaml.SafeDumper):
    """Dumping for people: long texts as blocks, lists indented, keys in the given order."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002 - the library's signature
        """Indent lists below their key."""
        super().increase_indent(flow, indentless=False)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    if not all(character.isprintable() or character == "\n" for character in text):
        style = '"'  # the other styles lose what YAML takes for a line's end
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_PlainDumper.add_representer(str, _represent_text)


def write_yaml(data: object) -> str:
    """Return plain `data` as YAML that `read_yaml` reads back equal."""
    return str(yaml.dump(data, Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=100))
