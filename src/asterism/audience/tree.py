"""The audience for people who click: groups of AND and OR with simple rows, as JSON-able data.

| node | looks like |
|---|---|
| group | `{"kind": "group", "join": "and", "negated": false, "items": […]}`, join `and` or `or` |
| row | `{"kind": "row", "tag": "aum", "operator": ">=", "value": {"number": "500000"}}` |
| segment | `{"kind": "segment", "name": "payroll", "negated": false}` |
| text | `{"kind": "text", "text": "0.5 * aum > inflow_30d"}`: the builder cannot show it |

The tree of an audience is a group that also has `"complete"`: false as soon as it holds a text
node. A value is an object with one key that says what it is: `number` and `text` and `date` are
texts, `tag` names another tag; lists are `{"list": […]}`, the ends of a range `{"range": […]}`.
An AND group without items is everyone.
"""

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
    Tag,
)
from asterism.audience.wording import canonical, literal

Node = dict[str, object]


def tree_of(condition: Condition) -> Node:
    """Return the tree of a condition: a group, with `complete`."""
    node = _node(condition)
    if node["kind"] != "group":
        node = _group("and", [node])
    return {**node, "complete": not _holds_text(node)}


def _node(condition: Condition) -> Node:
    match condition:
        case All(items):
            return _group("and", [_node(item) for item in items])
        case Any(items):
            return _group("or", [_node(item) for item in items])
        case Constant(True):
            return _group("and", [])
        case Not(item):
            return _negated(item)
        case _:
            return _row(condition) or _text(condition)


def _group(join: str, items: list[Node], *, negated: bool = False) -> Node:
    return {"kind": "group", "join": join, "negated": negated, "items": items}


def _negated(item: Condition) -> Node:
    node = _node(item)
    if node["kind"] in ("group", "segment") and not node["negated"]:
        return {**node, "negated": True}
    opposite = _OPPOSITE.get(str(node.get("operator")))
    if node["kind"] == "row" and opposite is not None:
        return {**node, "operator": opposite}
    return _group("and", [node], negated=True)


_OPPOSITE = {
    "is set": "is not set",
    "is null": "is not null",
    "is true": "is not true",
    "is false": "is not false",
    "in": "not in",
    "like": "not like",
    "between": "not between",
}


def _row(condition: Condition) -> Node | None:
    """Return the row or segment node of a single condition, or None if there is none."""
    match condition:
        case Flag(tag):
            return _bare(tag, "is set")
        case IsNull(tag):
            return _bare(tag, "is null")
        case IsTruth(tag, truth):
            return _bare(tag, "is true" if truth else "is false")
        case InSegment(name):
            return {"kind": "segment", "name": name, "negated": False}
        case _:
            return _row_with_value(condition)


def _row_with_value(condition: Condition) -> Node | None:
    match condition:
        case Compare(Tag() as tag, operator, Literal() | Tag() as right):
            return {**_bare(tag, operator.value), "value": _value(right)}
        case Between(Tag() as tag, Literal() | Tag() as low, Literal() | Tag() as high):
            return {**_bare(tag, "between"), "value": {"range": [_value(low), _value(high)]}}
        case OneOf(tag, values):
            return {**_bare(tag, "in"), "value": {"list": [_value(value) for value in values]}}
        case Like(tag, pattern):
            return {**_bare(tag, "like"), "value": {"text": pattern}}
        case _:
            return None


def _bare(tag: Tag, operator: str) -> Node:
    return {"kind": "row", "tag": tag.name, "operator": operator}


def _value(value: Literal | Tag) -> Node:
    if isinstance(value, Tag):
        return {"tag": value.name}
    if value.type is TagType.TEXT:
        return {"text": value.value}
    if value.type is TagType.DATE:
        return {"date": str(value.value)}
    return {"number": literal(value)}


def _text(condition: Condition) -> Node:
    return {"kind": "text", "text": canonical(condition)}


def _holds_text(node: Node) -> bool:
    items = node.get("items", [])
    inner = items if isinstance(items, list) else []
    return node["kind"] == "text" or any(_holds_text(item) for item in inner)
