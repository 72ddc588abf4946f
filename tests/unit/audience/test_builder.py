"""The click builder: an audience becomes a tree, and the tree the same audience again."""

import json
from collections.abc import Callable

import pytest

from asterism.audience import Audience, from_tree
from asterism.kernel.errors import InvalidInputError

Compile = Callable[[str], Audience]


@pytest.mark.parametrize(
    "text",
    [
        "aum >= 500000 AND NOT holds_fund",
        "age > 3 OR (tier IN ('gold', 'silver') AND opened < DATE '2020-01-01')",
        "NOT (age > 3 OR holds_fund)",
        "NOT (age > 3)",
        "city LIKE '北%' AND city NOT LIKE '%''%'",
        "IN_SEGMENT('wealthy') AND NOT IN_SEGMENT('young wealthy')",
        "age BETWEEN 3 AND 5 AND age NOT BETWEEN 7 AND 9",
        "aum > inflow AND rfm_score = 0.1 AND rfm_score < 1e+300",
        "holds_fund IS NOT TRUE AND age IS NOT NULL AND consent_sms IS FALSE",
        "age NOT IN (1, 2)",
        "TRUE",
    ],
)
def test_what_the_builder_can_show_comes_back_the_same(compiled: Compile, text: str) -> None:
    audience = compiled(text)
    tree = json.loads(json.dumps(audience.tree()))
    assert tree["complete"] is True
    assert compiled(from_tree(tree)) == audience


@pytest.mark.parametrize("text", ["0.5 * aum > 3 AND age > 3", "FALSE OR holds_fund"])
def test_what_the_builder_cannot_show_says_so_and_is_kept(compiled: Compile, text: str) -> None:
    audience = compiled(text)
    tree = audience.tree()
    assert tree["complete"] is False
    assert compiled(from_tree(tree)) == audience


def test_a_row_looks_as_documented(compiled: Compile) -> None:
    assert compiled("aum >= 500000").tree() == {
        "kind": "group",
        "join": "and",
        "negated": False,
        "items": [
            {"kind": "row", "tag": "aum", "operator": ">=", "value": {"number": "500000"}},
        ],
        "complete": True,
    }


def group(*items: object) -> dict[str, object]:
    return {"kind": "group", "join": "and", "items": list(items)}


def row(**parts: object) -> dict[str, object]:
    return {"kind": "row", "tag": "age", "operator": "=", "value": {"number": "1"}, **parts}


def test_names_and_values_cannot_break_out(compiled: Compile) -> None:
    hostile = "x' OR TRUE --"
    text = from_tree(group(row(tag='age" OR TRUE OR "age', operator="is null")))
    assert text == '"age"" OR TRUE OR ""age" IS NULL'
    text = from_tree(group(row(tag="city", value={"text": hostile})))
    assert compiled(text).matches({"city": hostile})
    assert not compiled(text).matches({"city": "x"})


@pytest.mark.parametrize(
    ("item", "where"),
    [
        (row(tag=""), "tree.items.0.tag"),
        (row(operator="= 1 OR"), "tree.items.0.operator"),
        (row(operator=None), "tree.items.0.operator"),
        (row(value={"number": "1 OR TRUE"}), "tree.items.0.value"),
        (row(value={"number": "NaN"}), "tree.items.0.value"),
        (row(value={"number": 5}), "tree.items.0.value"),
        (row(value={"date": "2020-13-01"}), "tree.items.0.value"),
        (row(value={"text": "a", "number": "1"}), "tree.items.0.value"),
        (row(value=None), "tree.items.0.value"),
        (row(operator="in", value={"list": []}), "tree.items.0.value"),
        (row(operator="in", value={"list": [{"number": "1"}, {}]}), "tree.items.0.value.1"),
        (row(operator="between", value={"range": [{"number": "1"}]}), "tree.items.0.value"),
        ({"kind": "group", "join": "xor", "items": []}, "tree.items.0"),
        ({"kind": "group", "join": "or", "items": []}, "tree.items.0"),
        ({"kind": "segment"}, "tree.items.0"),
        ({"kind": "text", "text": "age > 1) OR (TRUE"}, "1:8"),
        ("age > 1", "tree.items.0"),
    ],
)
def test_a_tree_that_says_nothing_is_refused_with_its_path(item: object, where: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        from_tree(group(item))
    assert [problem.where for problem in caught.value.problems] == [where]


def test_a_tree_too_deep_is_refused() -> None:
    tree = group(row())
    for _ in range(200):
        tree = group(tree)
    with pytest.raises(InvalidInputError, match="nested too deep"):
        from_tree(tree)
