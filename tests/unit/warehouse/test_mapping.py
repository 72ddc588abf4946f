"""A mapping file is checked as a whole: every problem, where it stands, and what was meant."""

from pathlib import Path

import pytest

from asterism.kernel.errors import InvalidInputError, NotFoundError, Problem
from asterism.warehouse import load_mapping
from asterism.warehouse.mapping import parse_mapping

HEAD = "version: 1\ncurrency: CNY\ntime_zone: Asia/Shanghai\n"


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(InvalidInputError) as caught:
        parse_mapping(text)
    return caught.value.problems


def found(text: str) -> list[str]:
    return [str(problem) for problem in problems(text)]


def test_everything_wrong_is_said_at_once_with_path_and_line() -> None:
    text = (
        "version: 2\n"
        "currency: Yuan\n"
        "time_zone: Asia/Shangai\n"
        "tables:\n"
        "  custmers: {files: c.csv}\n"
        "  customers:\n"
        "    files: ../c.csv\n"
        "    encoding: gb1803\n"
        "    columns:\n"
        "      custmer_id: id\n"
        "      gender: {value: sex, codes: {1: man}}\n"
        "      birth_date: read_csv('x')\n"
    )
    assert found(text) == [
        "version:1: version must be 1.",
        "currency:2: currency must be a code such as CNY.",
        "time_zone:3: Asia/Shangai is not known here. Did you mean Asia/Shanghai?",
        "tables.custmers:5: custmers is not known here. Did you mean customers?",
        (
            "tables.customers.files:7: ../c.csv leaves the source folder: write it relative to "
            "the folder."
        ),
        "tables.customers.encoding:8: gb1803 is not known here. Did you mean gb18030?",
        (
            "tables.customers.columns.custmer_id:10: custmer_id is not known here. "
            "Did you mean customer_id?"
        ),
        (
            "tables.customers.columns.gender.codes:11: man is not known here. "
            "Known are female, male, other."
        ),
        found(text)[8],
        "tables.customers.columns:10: customer_id must be mapped.",
    ]
    assert found(text)[8].startswith("tables.customers.columns.birth_date:12 (1:1): there is no")


@pytest.mark.parametrize(
    ("load", "words"),
    [
        ("{columns: same}", "where the rows come from"),
        ("{files: c.csv}", "how the columns are made"),
        ("{files: c, columns: same}", "format of c is not clear"),
        (
            "{files: c.csv, database: {url_from: X, query: select 1}, columns: same}",
            "exactly|one of",
        ),
        ("{files: c.csv, header: false, columns: same}", "needs names"),
        ("{files: c.jsonl, columns: same}", "need names"),
        ("{files: c.csv, delimiter: '||', columns: same}", "not one character"),
        ("{files: c.csv, skip: -1, columns: same}", "whole number"),
        ("{files: c.csv, decimal: x, columns: same}", "separator"),
        ("{files: c.csv, formats: '%Q', columns: same}", "not a date format"),
        ("{files: c.csv, two_digit_years_from: 5, columns: same}", "not a year"),
        ("{files: c.csv, money: cents, columns: same}", "cents is not known"),
        ("{files: c.csv, round_money: maybe, columns: same}", "neither true nor false"),
        ("{files: c.csv, colums: same}", "Did you mean columns"),
        ("{database: {url_from: 'sqlite://', query: select 1}, columns: same}", "environment"),
        ("{database: {url_from: X, query: drop table x}, columns: same}", "one SELECT"),
        ("{database: {url_from: X, query: select 1; select 2}, columns: same}", "one SELECT"),
        ("{files: c.csv, join: {files: d.csv, as: d}, columns: same}", "a join needs"),
        ("{files: c.csv, keep: {per: name}, columns: same}", "last_by or first_by"),
        ("{files: c.csv, keep: {last_by: n, per: nam}, columns: same}", "Did you mean name"),
        ("{files: c.csv, checks: {rows: {lest: 1}}, columns: same}", "Did you mean least"),
        ("{files: c.csv, checks: {null_shares: {nam: 1}}, columns: same}", "Did you mean name"),
        ("{files: c.csv, ranges: {birth_date: {least: soon}}, columns: same}", "no end of a range"),
        ("{files: c.csv, references: {city: warn}, columns: same}", "city is not known"),
        ("{files: c.csv, columns: {customer_id: {codes: {a: b}}}}", "value .an expression. or"),
        ("{files: c.csv, columns: {customer_id: a, declared_income: b}}", "major or minor"),
        ("{files: c.csv, columns: {customer_id: a, gender: {value: s, codes: sex}}}", "sex is not"),
        (
            "{files: c.csv, columns: {customer_id: a, children: {value: s, codes: {a: 1}}}}",
            "no text",
        ),
        ("{files: c.csv, columns: {customer_id: a, gender: {constant: man}}}", "man is not known"),
        ("[{files: c.csv, columns: same}, {files: d.csv, columns: same, name: 1}]", "two loads"),
    ],
)
def test_each_mistake_in_a_load_has_its_words(load: str, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        parse_mapping(f"{HEAD}tables:\n  customers: {load}\n")


def test_code_tables_can_be_named_and_explained() -> None:
    mapping = parse_mapping(
        f"{HEAD}codes:\n  sex: {{1: male, N: {{to: other, note: not said}}}}\n"
        "tables:\n  customers: {files: c.csv, columns: "
        "{customer_id: id, gender: {value: s, codes: sex, otherwise: other}}}\n"
    )
    rule = mapping.loads[0].rules["gender"]
    assert rule.codes == {"1": "male", "N": "other"}
    assert rule.otherwise == "other"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("a: [", "not YAML"),
        ("a: 1\na: 2\n", "twice"),
        ("[" * 30 + "]" * 30, "nested deeper"),
        ("&a a: *a", "aliases|not YAML|not known"),
        ("!!python/object/apply:os.system [echo]", "not known|version"),
        ("x: " + "y" * 600_000, "larger than"),
    ],
)
def test_what_is_no_mapping_is_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        parse_mapping(text)


def test_a_yaml_bomb_is_refused_quickly() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(InvalidInputError, match="aliases unfold"):
        parse_mapping("\n".join(lines))


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 3_900 + "a" + ")" * 3_900,
        "NOT " * 1_900 + "a",
        " + ".join(["a"] * 1_900),
        "upper(" * 900 + "a" + ")" * 900,
        "CASE WHEN a THEN " * 400 + "a" + " END" * 400,
    ],
)
def test_an_expression_cannot_exhaust_the_machine(expression: str) -> None:
    with pytest.raises(InvalidInputError, match=r"too long|too deeply|not an expression|longer"):
        parse_mapping(
            f"{HEAD}tables:\n  customers: {{files: c.csv, columns: "
            f"{{customer_id: '{expression}'}}}}\n"
        )


def test_a_yaml_that_contains_itself_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        parse_mapping("a: &a [*a]")


def test_a_mapping_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        load_mapping(tmp_path / "absent.yaml")
    (tmp_path / "m.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInputError, match="UTF-8"):
        load_mapping(tmp_path / "m.yaml")
