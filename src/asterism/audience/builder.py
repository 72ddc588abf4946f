"""From the click builder's tree back to an expression; whatever the tree holds is quoted."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from asterism.audience.findings import SUBJECT, Findings
from asterism.audience.limits import MAX_NESTING
from asterism.audience.syntax import parse
from asterism.audience.wording import quoted_name, quoted_text
from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_

#: Operators of a row by the values they take, and how they are written.
NO_VALUE = {
    "is set": "{tag}",
    "is not set": "NOT {tag}",
    "is null": "{tag} IS NULL",
    "is not null": "{tag} IS NOT NULL",
    "is true": "{tag} IS TRUE",
    "is not true": "{tag} IS NOT TRUE",
    "is false": "{tag} IS FALSE",
    "is not false": "{tag} IS NOT FALSE",
}
ONE_VALUE = frozenset({"=", "<>", "<", "<=", ">", ">=", "like", "not like"})
RANGE = frozenset({"between", "not between"})
LIST = frozenset({"in", "not in"})
_WRONG = ""


def from_tree(tree: Mapping[str, object]) -> str:
    """Return the expression that a tree (see `Audience.tree`) stands for.

    Raises `InvalidInputError` with all problems, each with its path such as `items.0.value`.
    Whether the tags exist and the types fit is for `compile_audience` to say.
    """
    writer = _Writer()
    text = writer.group(tree, "tree", 0)
    if writer.problems:
        raise InvalidInputError(SUBJECT, writer.problems)
    return text


class _Writer:
    """Writes nodes as text and gathers what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def group(self, node: Mapping[str, object], path: str, depth: int) -> str:
        items, join = node.get("items"), node.get("join")
        if not isinstance(items, list) or join not in ("and", "or"):
            return self._wrong(path, N_("A group has a join, which is and or or, and items."))
        if depth > MAX_NESTING:
            return self._wrong(path, N_("Groups are nested too deep."))
        if not items and join == "or":
            return self._wrong(path, N_("This group is empty."))
        texts = [
            self._item(item, f"{path}.items.{place}", depth + 1) for place, item in enumerate(items)
        ]
        text = f" {str(join).upper()} ".join(texts) or "TRUE"
        if node.get("negated"):
            return f"NOT ({text})"
        return f"({text})" if depth else text

    def _item(self, node: object, path: str, depth: int) -> str:
        if not isinstance(node, Mapping):
            return self._wrong(path, N_("A node must stand here."))
        match node.get("kind"):
            case "group":
                return self.group(node, path, depth)
            case "row":
                return self._row(node, path)
            case "segment" if isinstance(name := node.get("name"), str):
                return f"{'NOT ' if node.get('negated') else ''}IN_SEGMENT({quoted_text(name)})"
            case "text" if isinstance(text := node.get("text"), str):
                return self._text(text, path)
            case _:
                return self._wrong(path, N_("A node is a group, a row, a segment or a text."))

    def _row(self, node: Mapping[str, object], path: str) -> str:
        tag, operator = node.get("tag"), node.get("operator")
        if not isinstance(tag, str) or not tag:
            return self._wrong(f"{path}.tag", N_("Choose a tag."))
        name, place, value = quoted_name(tag), f"{path}.value", node.get("value")
        match operator:
            case str() if operator in NO_VALUE:
                return NO_VALUE[operator].replace("{tag}", name)
            case str() if operator in ONE_VALUE:
                return f"{name} {operator.upper()} {self._value(value, place)}"
            case str() if operator in RANGE:
                low, high = (*self._values(value, "range", place), _WRONG, _WRONG)[:2]
                return f"{name} {operator.upper()} {low} AND {high}"
            case str() if operator in LIST:
                listed = ", ".join(self._values(value, "list", place))
                return f"{name} {operator.upper()} ({listed})"
            case _:
                return self._wrong(f"{path}.operator", N_("Choose an operator."))

    def _values(self, value: object, kind: str, path: str) -> list[str]:
        values = value.get(kind) if isinstance(value, Mapping) else None
        if not isinstance(values, list) or not values or (kind == "range" and len(values) != 2):  # noqa: PLR2004 - two ends
            self._wrong(path, N_("Enter the values."))
            return []
        return [self._value(item, f"{path}.{place}") for place, item in enumerate(values)]

    def _value(self, value: object, path: str) -> str:
        if isinstance(value, Mapping) and len(value) == 1:
            kind, content = next(iter(value.items()))
            write = _VALUES.get(str(kind))
            text = write(content) if write and isinstance(content, str) else None
            if text is not None:
                return text
        return self._wrong(path, N_("Enter a value."))

    def _text(self, text: str, path: str) -> str:
        """Take a text that is whole by itself, so that the parentheses around it hold it."""
        findings = Findings(text)
        if parse(text, (), findings) is None:
            self.problems.extend(findings.error().problems)
            return _WRONG
        return f"({text})"

    def _wrong(self, path: str, message: str) -> str:
        self.problems.append(Problem(message=message, where=path))
        return _WRONG


def _number(text: str) -> str | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return text.strip().replace("_", "") if number.is_finite() else None


def _date(text: str) -> str | None:
    try:
        return f"DATE '{date.fromisoformat(text).isoformat()}'"
    except ValueError:
        return None


_VALUES: dict[str, Callable[[str], str | None]] = {
    "number": _number,
    "text": quoted_text,
    "date": _date,
    "tag": quoted_name,
}
