"""One customer: in or not, and why."""

from collections.abc import Callable
from datetime import date

import pytest

from asterism.audience import Audience
from asterism.audience.truth import matcher

Compile = Callable[[str], Audience]


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("age > 3", False),  # unknown is not in
        ("NOT (age > 3)", False),  # and neither is its opposite
        ("age IS NULL", True),
        ("age > 3 OR TRUE", True),
        ("NOT (age > 3 AND FALSE)", True),
        ("age > 3 OR age <= 3", False),
        ("NOT IN_SEGMENT('wealthy')", True),  # being in a segment is never unknown
        ("holds_fund IS NOT TRUE", True),
        ("age IN (1, 2)", False),
        ("age NOT IN (1, 2)", False),
        ("age BETWEEN 1 AND 2 OR aum IS NULL", True),
    ],
)
def test_a_customer_without_values_follows_three_valued_logic(
    compiled: Compile, text: str, *, holds: bool
) -> None:
    assert compiled(text).matches({}) is holds


def test_money_literals_are_major_units_and_profiles_hold_minor_units(compiled: Compile) -> None:
    audience = compiled("aum >= 500000.01")
    assert audience.matches({"aum": 50_000_001})
    assert not audience.matches({"aum": 50_000_000})


def test_whole_numbers_are_compared_exactly_with_values_beyond_doubles(compiled: Compile) -> None:
    assert compiled("age > 9007199254740992").matches({"age": 9007199254740993})
    assert not compiled("age = 9007199254740992").matches({"age": 9007199254740993})


def test_whole_numbers_meet_numbers_as_doubles(compiled: Compile) -> None:
    profile = {"age": 9007199254740993, "rfm_score": 9007199254740992.0}
    assert compiled("age = rfm_score").matches(profile)


def test_a_number_that_is_not_finite_counts_as_null(compiled: Compile) -> None:
    assert compiled("rfm_score IS NULL").matches({"rfm_score": float("nan")})
    assert compiled("rfm_score IS NULL").matches({"rfm_score": float("inf")})


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("", "", True),
        ("", "a", False),
        ("%", "", True),
        ("_", "", False),
        ("_", "😀", True),
        ("a%", "abc", True),
        ("a%", "Abc", False),
        ("%b%", "abc", True),
        ("%c", "abc", True),
        ("a%a", "a", False),
        ("a%a", "aa", True),
        ("a_c", "abc", True),
        ("%_b%", "b", False),
        ("%ab%ab%", "abab", True),
        ("%ab%ab%", "aba", False),
        ("%.%", "a+b", False),
        ("a%", "a\nb", True),
    ],
)
def test_like_matches_as_sql_does(pattern: str, text: str, *, matches: bool) -> None:
    assert matcher(pattern)(text) is matches


def test_a_hostile_pattern_does_not_take_long() -> None:
    assert not matcher("%a" * 2000 + "%b")("a" * 20_000)


def test_why_and_why_not_are_told_clause_by_clause(compiled: Compile) -> None:
    audience = compiled("aum >= 5 AND NOT holds_fund AND (age > 30 OR tier = 'gold')")
    clauses = audience.explain({"aum": 100, "holds_fund": None, "age": 40})
    assert [(clause.text, clause.holds) for clause in clauses] == [
        ("aum >= 5", False),
        ("NOT holds_fund", None),
        ("age > 30 OR tier = 'gold'", True),
    ]
    assert clauses[2].values == {"age": 40, "tier": None}


def test_dates_are_compared_as_dates(compiled: Compile) -> None:
    assert compiled("opened < DATE '9999-12-31'").matches({"opened": date(1, 1, 1)})
