"""Whatever is typed, or posted as a tree, either compiles or is refused with problems."""

from collections.abc import Callable
from typing import TypeVar

import ibis
from hypothesis import example, given, settings
from hypothesis import strategies as st

from asterism.audience import (
    Catalogue,
    TagSpec,
    TagType,
    compile_audience,
    from_tree,
)
from asterism.kernel.errors import InvalidInputError, Problem

Made = TypeVar("Made")

TAGS = {
    "age": TagSpec(name="age", type=TagType.INTEGER),
    "aum": TagSpec(name="aum", type=TagType.MONEY),
    "score": TagSpec(name="score", type=TagType.NUMBER),
    "city": TagSpec(name="city", type=TagType.TEXT),
    "tier": TagSpec(name="tier", type=TagType.TEXT, values=("gold",)),
    "f": TagSpec(name="f", type=TagType.FLAG),
    "opened": TagSpec(name="opened", type=TagType.DATE),
    'a"b': TagSpec(name='a"b', type=TagType.FLAG),
}
CATALOGUE = Catalogue(TAGS, {"s": "f", "loop": "IN_SEGMENT('loop')", "bad": "((("})
WORDS = (
    *("age", "aum", "score", "city", "tier", "f", "opened", '"a""b"', "IN_SEGMENT", "('s')"),
    *("AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "IS", "NULL", "TRUE", "FALSE", "DATE", "="),
    *("<>", "<", ">=", "(", ")", ",", "*", "-", "1", "2.5", "1e400", "'x'", "'gold'", "'", '"'),
    *(
        "--",
        "/*",
        "*/",
        ";",
        "SELECT",
        "CASE",
        "CAST(",
        "AS",
        "::",
        "||",
        ".",
        "[",
        "{",
        "$1",
        "@x",
    ),
    *("'2020-01-01'", "UNION", "EXISTS", "INTERVAL", "ANY", "ESCAPE", "ILIKE", "COLLATE", "\x00"),
    *(
        "，",
        "＞",
        "“",
        "\ud800",
        "\u202e",
        "\u200b",
        "OVER",
        "EXTRACT(",
        "DISTINCT",
        "SYMMETRIC",
        "?",
    ),
    *("first", "left", "values", "row", "if(", "x'00'", "b'1'", "n'x'", "e'x'", "0x1", "1_0", "\\"),
)
TYPED = st.text(max_size=60) | st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)


def outcome(make: Callable[[], Made]) -> Made | tuple[Problem, ...]:
    """Return what `make` makes, or the problems it is refused with; there is at least one."""
    try:
        return make()
    except InvalidInputError as error:
        return error.problems or (Problem(message=""),)


def compiles(text: str) -> bool:
    """Compile; what is accepted must be read again the same and stay one plain condition."""
    audience = outcome(lambda: compile_audience(text, CATALOGUE))
    if isinstance(audience, tuple):
        assert all(problem.where and str(problem) for problem in audience)
        return False
    assert compile_audience(audience.text, CATALOGUE) == audience
    assert audience.matches({}) in (True, False)
    return True


@settings(deadline=None, max_examples=1500)
@given(TYPED)
@example('CAST(0""""')
def test_anything_typed_compiles_or_is_refused(text: str) -> None:
    compiles(text)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=30))
def test_a_value_stays_a_value_on_every_engine(value: str) -> None:
    quoted = value.replace("'", "''")
    if not compiles(f"city = '{quoted}'"):
        return
    audience = compile_audience(f"city = '{quoted}'", CATALOGUE)
    assert audience.matches({"city": value})
    assert not audience.matches({"city": value + "x"})
    table = ibis.memtable({"city": [value, value + "x", None]}, schema={"city": "string"})
    found = table.select(found=audience.to_ibis(table)).to_pyarrow()["found"].to_pylist()
    assert found == [True, False, None]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
VALUE = st.dictionaries(
    st.sampled_from(["number", "text", "date", "tag", "list", "range"]), JSON | TYPED, max_size=2
)
ROW = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["row", "segment", "text", "group"]),
        "tag": TYPED | JSON,
        "operator": st.sampled_from(["=", "in", "between", "like", "is null", "is set"]) | JSON,
        "value": VALUE | JSON,
        "name": TYPED | JSON,
        "text": TYPED | JSON,
    }
)
TREE = st.recursive(
    ROW | JSON,
    lambda inner: st.fixed_dictionaries(
        {
            "kind": st.just("group"),
            "join": st.sampled_from(["and", "or"]) | JSON,
            "negated": st.booleans(),
            "items": st.lists(inner, max_size=3) | JSON,
        }
    ),
    max_leaves=5,
)


@settings(deadline=None, max_examples=500)
@given(
    st.dictionaries(st.just("items"), st.lists(TREE, max_size=4)), st.sampled_from(["and", "or"])
)
def test_any_tree_becomes_an_expression_or_is_refused(tree: dict[str, object], join: str) -> None:
    text = outcome(lambda: from_tree({"kind": "group", "join": join, **tree}))
    if isinstance(text, tuple):
        assert all(str(problem) for problem in text)
    else:
        compiles(text)
