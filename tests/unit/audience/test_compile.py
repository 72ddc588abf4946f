"""What compiles, what it reads, and what is said about everything that does not."""

from collections.abc import Callable

import pytest

from asterism.audience import (
    Audience,
    Catalogue,
    InvalidAudienceError,
    TagSpec,
    TagType,
    compile_audience,
)
from asterism.audience.limits import MAX_CONDITIONS, MAX_NESTING, MAX_TEXT
from asterism.kernel.errors import Problem

Compile = Callable[[str], Audience]


def problems(compiled: Compile, text: str) -> tuple[Problem, ...]:
    with pytest.raises(InvalidAudienceError) as caught:
        compiled(text)
    return caught.value.problems


def test_the_tags_and_segments_that_are_read_through_segments_are_known(compiled: Compile) -> None:
    audience = compiled("holds_fund AND IN_SEGMENT('young wealthy') AND 2 * inflow > aum")
    assert audience.tags == {"holds_fund", "aum", "age", "inflow"}
    assert audience.segments == {"wealthy", "young wealthy"}


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("AGE>3 and not holds_fund", "age > 3 AND NOT holds_fund"),
        ("500.50 <= aum", "aum >= 500.5"),
        ("((age = 3) AND (age < 4 AND age > 1))", "age = 3 AND age < 4 AND age > 1"),
        ("age = 1 OR age = 2 AND holds_fund", "age = 1 OR (age = 2 AND holds_fund)"),
        ("NOT (age > 1)", "NOT (age > 1)"),
        ("NOT tier IN ('gold')", "tier NOT IN ('gold')"),
        ("holds_fund = false", "NOT holds_fund"),
        ("holds_fund is not true", "holds_fund IS NOT TRUE"),
        ("rfm_score > 1e-1", "rfm_score > 0.1"),
        ("rfm_score > -0.0", "rfm_score > 0"),
        ("aum * 0.5 > 3", "0.5 * aum > 3"),
        ("yen = 12", "yen = 12"),
        ("city like '北%' or city <> 'it''s'", "city LIKE '北%' OR city <> 'it''s'"),
        ("age in (3, 2, 3)", "age IN (3, 2)"),
        (
            "opened between date '2020-01-01' and date '2020-12-31'",
            "opened BETWEEN DATE '2020-01-01' AND DATE '2020-12-31'",
        ),
        ("true", "TRUE"),
    ],
)
def test_one_meaning_has_one_spelling(compiled: Compile, written: str, canonical: str) -> None:
    assert compiled(written).text == canonical
    assert compiled(canonical).text == canonical


def test_tags_whose_names_need_quotation_marks_keep_them() -> None:
    names = ("order", "a b", 'say "hi"', "标签", "Upper", "1st", "x; DROP TABLE y --")
    catalogue = Catalogue({name: TagSpec(name=name, type=TagType.FLAG) for name in names})
    for name in names:
        quoted = '"' + name.replace('"', '""') + '"'
        audience = compile_audience(quoted, catalogue)
        assert audience.tags == {name}
        assert compile_audience(audience.text, catalogue) == audience


def test_every_problem_is_told_at_once_with_its_place(compiled: Compile) -> None:
    found = problems(
        compiled, "aumm > 1 AND tier = 'glod'\n  AND age > 2.5 AND IN_SEGMENT('welthy')"
    )
    assert [(one.where, one.values.get("suggestion")) for one in found] == [
        ("1:1", "aum"),
        ("1:21", "gold"),
        ("2:13", None),
        ("2:32", "wealthy"),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("aum > 1.001", "aum is money with 2 decimal digits; 1.001 is finer than that."),
        ("yen > 1.5", "yen is money with 0 decimal digits; 1.5 is finer than that."),
        ("age > 2.5", "age is a whole number; 2.5 is not."),
        ("age > 9223372036854775808", "9223372036854775808 is larger than any value of age can"),
        ("aum > 92233720368547758.08", "is larger than any value of aum can be"),
        ("rfm_score > 1e999", "too large, too small or too long"),
        ("age > 1e999999999", "too large, too small or too long"),
        ("age > 'x'", "age is a number; 'x' is a text."),
        ("age > DATE '2020-01-01'", "age is a number; 2020-01-01 is a date."),
        ("city = 5", "city is a text; 5 is not. Put single quotation marks around it: '5'."),
        ("opened > '2020-01-01'", "opened is a date; 2020-01-01 is a text. Write DATE '2020"),
        ("opened > DATE '2021-02-29'", "'2021-02-29' is not a date."),
        ("opened > DATE '20210201'", "'20210201' is not a date."),
        ("tier = 'platinum'", "tier never takes the value 'platinum'."),
        ("tier IN ('gold', 'sliver')", "Did you mean silver?"),
        ("holds_fund > 1", "holds_fund is a flag; it is not compared with a value."),
        ("holds_fund < consent_sms", "is a flag: it is neither larger nor smaller"),
        ("tier", "tier is not a flag: compare it with a value."),
        ("aum > age", "aum (money) and age (integer) cannot be compared"),
        ("aum > yen", "cannot be compared"),
        ("city > opened", "cannot be compared"),
        ("age LIKE 'x'", "LIKE is for texts; age is not one."),
        (r"city LIKE 'a\%'", "A pattern cannot hold a backslash"),
        ("city LIKE city", "LIKE is followed by a text"),
        ("city = 'a\tb'", "The text holds the character U+0009"),
        ("age = NULL", "Nothing equals NULL, not even NULL. Write IS NULL or IS NOT NULL."),
        ("age IN (1, NULL)", "Nothing equals NULL"),
        ("age IN (age)", "A value must stand here, not a tag."),
        ("age IN ()", "The list after IN is empty."),
        ("1 = 1", "A comparison needs a tag on one side."),
        ("1 BETWEEN age AND 3", "A comparison needs a tag on one side."),
        ("age * age > 3", "A product is one number times one tag"),
        ("2 * city > 3", "A product is one number times one tag"),
        ("- age > 3", "A minus sign stands only before a number."),
        ("password = 'x'", "password is secret (class C3); no audience may read it."),
        ("IN_SEGMENT('nobody')", "There is no segment nobody."),
        ("IN_SEGMENT(age)", "IN_SEGMENT takes one name"),
        ("IN_SEGMENT('a', 'b')", "IN_SEGMENT takes one name"),
        ("IN_SEGMENT('a')", "Segment a would contain itself: a → b → c → a."),
        ("IN_SEGMENT('broken')", "Segment broken is not valid. In broken, at 1:10: Something"),
        ("UPPER(city) = 'X'", "There is no function UPPER; the only one is IN_SEGMENT."),
        ("drop_everything()", "There is no function drop_everything; the only one is IN_SEGMENT."),
        ("customers.age > 3", "is not part of the audience language"),
        ("age > 3 -- more", "Comments are not part of an audience."),
        ("/* x */ age > 3", "Comments are not part of an audience."),
        ("age > 3; DROP TABLE x", "; is not part of the audience language."),
        ("age IN (SELECT 1)", "SELECT is not part of the audience language. Subqueries are not"),
        ("age + 1 > 3", "+ is not part of the audience language."),
        ("age / 2 > 3", "Multiply by the reciprocal"),
        ("age::text = '3'", ":: is not part of the audience language."),
        ("CASE WHEN holds_fund THEN 1 END", "CASE is not part of the audience language."),
        ("city ILIKE 'x'", "ILIKE is not part of the audience language."),
        ("city LIKE 'x' ESCAPE 'y'", "ESCAPE is not part"),
        ("age BETWEEN SYMMETRIC 1 AND 2", "This form is not part of the audience language."),
        ("city = 'a' 'b'", "must stand here"),
        ("age > :x", ": is not part"),
        ("age > ?", "? is not part"),
        ("age = age = age", "must stand here"),
        ("age IS 3", "IS is followed by NULL"),
        ("age IS TRUE", "IS is followed by NULL"),
        ("NULL", "NULL is not a condition."),
        ("()", "A condition must stand here."),
        ("tier IN ('gold') = TRUE", "Only a flag is compared with TRUE or FALSE."),
        ("DATE '2020-01-01'", "This is a value, not a condition"),
        ("age NOT", "NOT does not fit here."),
        ("5", "This is a value, not a condition"),
        ("'x'", "This is a value, not a condition"),
        ("", "The expression is empty. Write TRUE for all customers."),
        ("  \n ", "The expression is empty."),
        ("age >", "Something is missing beside >."),
        ("age > 1 AND", "Something is missing beside AND."),
        ("(age > 1", "A parenthesis is opened and never closed."),
        ("age > 1)", "A parenthesis is closed that was never opened."),
        ("city = 'x", "A quotation mark is opened here and never closed."),
        ("age > 1 holds_fund", "holds_fund does not fit here. Join conditions with AND or OR."),
        ("age ＞ 3", "＞ is not a sign of the language. Type > instead."),
        ("tier IN ('gold'，'basic')", "， is not a sign of the language. Type , instead."),
        ("city = “北京”", "“ is not a sign of the language. Type ' instead."),
    ],
)
def test_what_is_wrong_is_said_with_the_remedy(compiled: Compile, text: str, sentence: str) -> None:
    found = problems(compiled, text)
    assert any(sentence in str(problem) for problem in found), [str(one) for one in found]
    assert all(problem.where for problem in found)


@pytest.mark.parametrize(
    "bomb",
    [
        "(" * 5000,
        "(" * 4000 + "age > 1" + ")" * 4000,
        "NOT " * 2000 + "holds_fund",
        "age > " + "-" * 3000 + "1",
        "age > " + "- " * 3000 + "1",
        "holds_fund AND (" * 500 + "holds_fund" + ")" * 500,
        "age IN (" + "(" * 2000 + "1" + ")" * 2000 + ")",
        "age IN (" + ",".join(["1"] * 4000) + ")",
        " OR ".join(["holds_fund"] * 700),
        "IN_SEGMENT(" * 900,
        "x" * (MAX_TEXT + 1),
        "age = " + "9" * 9000,
        "city = '" + "a" * 20_000 + "'",
        "'" * 9999,
        "\ud800 = 'x'",
        "city = '\ud800'",
        "age > 1" + "\x00",
        "[" * 3000,
        "CASE " * 1500,
    ],
)
def test_a_bomb_is_refused_with_a_clear_error(compiled: Compile, bomb: str) -> None:
    assert problems(compiled, bomb)


def test_what_is_just_within_the_limits_compiles(compiled: Compile) -> None:
    nested = "(" * MAX_NESTING + "age > 1" + ")" * MAX_NESTING
    assert compiled(nested).text == "age > 1"
    assert compiled(" OR ".join(["holds_fund"] * MAX_CONDITIONS)).tags == {"holds_fund"}


def test_segments_that_multiply_each_other_are_refused() -> None:
    tags = {"f": TagSpec(name="f", type=TagType.FLAG)}
    segments = {"s0": "f"}
    for level in range(1, 8):
        again = f"IN_SEGMENT('s{level - 1}')"
        segments[f"s{level}"] = " OR ".join([again] * 50)
    with pytest.raises(InvalidAudienceError, match="conditions"):
        compile_audience("IN_SEGMENT('s7')", Catalogue(tags, segments))


def test_segments_in_a_long_chain_are_refused() -> None:
    tags = {"f": TagSpec(name="f", type=TagType.FLAG)}
    chain = {f"s{level}": f"IN_SEGMENT('s{level + 1}')" for level in range(20)} | {"s20": "f"}
    with pytest.raises(InvalidAudienceError, match="Segments stand more than"):
        compile_audience("IN_SEGMENT('s0')", Catalogue(tags, chain))
    assert compile_audience("IN_SEGMENT('s15')", Catalogue(tags, chain)).tags == {"f"}


def test_two_segments_that_differ_inside_are_not_taken_for_each_other() -> None:
    tags = {"age": TagSpec(name="age", type=TagType.INTEGER)}
    first = compile_audience("IN_SEGMENT('s')", Catalogue(tags, {"s": "age > 1"}))
    second = compile_audience("IN_SEGMENT('s')", Catalogue(tags, {"s": "age > 2"}))
    assert first.text == second.text
    assert first != second
