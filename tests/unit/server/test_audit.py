"""The record shows whoever tampers with it."""

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from asterism.kernel.clock import SetClock
from asterism.server.auth.audit import Act, audit, entries, head, record, verify


@pytest.fixture
def written(ledger: Engine, clock: SetClock) -> Engine:
    for number in range(6):
        record(ledger, clock, actor="ana", act=Act.EXPORT, subject=f"list {number}")
    return ledger


def test_an_untouched_chain_holds(written: Engine) -> None:
    assert verify(written) is None
    assert [entry.subject for entry in entries(written, limit=2)] == ["list 5", "list 4"]
    assert head(written)[0] == 6


@pytest.mark.parametrize("column", ["actor", "act", "subject", "detail", "address", "at"])
def test_a_changed_row_shows(written: Engine, column: str) -> None:
    value: object = "bea" if column != "at" else sa.func.datetime("2020-01-01")
    with written.begin() as connection:
        connection.execute(sa.update(audit).where(audit.c.sequence == 3).values({column: value}))
    assert verify(written) == 3


def test_a_missing_row_shows(written: Engine) -> None:
    with written.begin() as connection:
        connection.execute(sa.delete(audit).where(audit.c.sequence == 3))
    assert verify(written) == 4


def test_two_rows_that_change_places_show(written: Engine) -> None:
    with written.begin() as connection:
        for old, new in ((2, 100), (3, 2), (100, 3)):
            where = audit.c.sequence == old
            connection.execute(sa.update(audit).where(where).values(sequence=new))
    assert verify(written) == 2


def test_a_cut_off_end_shows_against_a_head_kept_elsewhere(written: Engine) -> None:
    kept = head(written)
    with written.begin() as connection:
        connection.execute(sa.delete(audit).where(audit.c.sequence > 4))
    assert verify(written) is None
    assert head(written) != kept
