"""A rehearsal tells what a strategy would have done, and does nothing."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, inspect, select

from asterism.bootstrap import Asterism
from asterism.kernel.errors import InvalidInputError
from asterism.ledger import metadata
from asterism.loop.practice import Practice
from asterism.loop.rehearsal import Rehearsal, rehearse
from asterism.strategy import Strategy, library

READY = {strategy.id: strategy for strategy in library()}


def rehearsed(asterism: Asterism, strategy: Strategy, days: int = 5) -> Rehearsal:
    practice = Practice.of(asterism.bank.home, asterism.settings)
    return rehearse(asterism.bank, strategy, days, practice=practice)


def variant(name: str, **changes: object) -> Strategy:
    return READY["birthday"].model_copy(update={"id": name, **changes})


def rows_of(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        present = set(inspect(engine).get_table_names())
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
            if table.name in present
        }


def files_of(home: Path) -> set[Path]:
    return {path for path in home.rglob("*") if not path.name.startswith("ledger.db")}


def test_nothing_is_written_and_nothing_is_sent(asterism: Asterism) -> None:
    bank = asterism.bank
    before, files = rows_of(bank.engine), files_of(bank.home)
    found = rehearsed(asterism, variant("birthday_two"))
    assert found.touches > 0
    assert rows_of(bank.engine) == before
    assert files_of(bank.home) == files


def test_its_figures_add_up(asterism: Asterism) -> None:
    found = rehearsed(asterism, variant("birthday_two", audience="logins_30d >= 1"))
    assert len(found.days) == 5
    assert sum(times * customers for times, customers in found.times.items()) == found.touches
    for counts in found.by.values():
        assert sum(counts.values()) == found.touches
    for day in found.days:
        assert day.meant >= day.eligible >= day.taken_up >= day.touched
        # Everybody is dropped by one reason, or taken up.
        assert sum(day.dropped.values()) + day.taken_up == day.customers
    assert found.customers <= found.touches


def test_its_own_cooldown_binds_it_from_day_to_day(asterism: Asterism) -> None:
    found = rehearsed(asterism, variant("often", audience="logins_30d >= 1", cooldown_days=30))
    assert set(found.times) == {1}
    assert found.dropped["permission.cooldown"] > 0


def test_a_published_strategy_replays_what_it_did(asterism: Asterism) -> None:
    """With the same data, limits and rivals a rehearsal is the past."""
    found = rehearsed(asterism, READY["birthday"])
    with asterism.bank.engine.connect() as connection:
        table = metadata.tables["assignment"]
        query = select(func.count()).where(table.c.strategy == "birthday", table.c.wave == 1)
        done = connection.execute(query).scalar_one()
    assert sum(day.taken_up for day in found.days) == done


def test_who_else_wanted_the_customers_is_counted(asterism: Asterism) -> None:
    found = rehearsed(asterism, variant("birthday_two"))
    both = [day.wanted_too.get("birthday", 0) for day in found.days]
    assert found.wanted_too["birthday"] == sum(both) > 0
    assert all(n <= day.eligible for n, day in zip(both, found.days, strict=True))
    assert all(day.lost_to_others <= day.eligible - day.taken_up for day in found.days)


@pytest.mark.parametrize(
    ("audience", "words"),
    [
        ("age > 200", "Nobody is in the audience"),
        ("TRUE", "The audience is everybody"),
    ],
)
def test_an_audience_of_nobody_or_everybody_is_said(
    asterism: Asterism, audience: str, words: str
) -> None:
    found = rehearsed(asterism, variant("strange", audience=audience))
    assert any(words in str(notice) for notice in found.notices)


def test_days_that_are_not_kept_are_said(asterism: Asterism) -> None:
    found = rehearsed(asterism, variant("birthday_two"), days=30)
    assert any("Only 5 of the 30 days" in str(notice) for notice in found.notices)


def test_without_experiments_there_is_no_expected_effect(asterism: Asterism) -> None:
    found = rehearsed(asterism, variant("birthday_two"))
    if found.evidence is None:
        assert found.expected is None
        assert any("no evidence" in str(notice) for notice in found.notices)
    else:
        assert found.expected is not None
        assert found.expected.low <= found.expected.point <= found.expected.high


def test_a_strategy_that_does_not_hold_is_refused(asterism: Asterism) -> None:
    with pytest.raises(InvalidInputError):
        rehearsed(asterism, variant("wrong", audience="no_such_tag > 1"))


def test_the_homes_contact_policy_binds(asterism: Asterism, tmp_path: Path) -> None:
    home = tmp_path / "strict"
    shutil.copytree(asterism.bank.home, home, ignore=shutil.ignore_patterns("warehouse", "*.db*"))
    (home / "contact-policy.yaml").write_text("caps: {per_7_days: 1, per_30_days: 1}\n")
    practice = Practice.of(home, asterism.settings)
    assert practice.limits(asterism.bank.engine).caps.per_7_days == 1
