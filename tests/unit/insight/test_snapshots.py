"""Publishing a snapshot is one row; the last one is the current one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from asterism.insight.snapshots import (
    PartLike,
    current,
    current_id,
    get_published,
    month_ends,
    publish,
    snapshot_history,
)
from asterism.kernel.clock import SetClock
from asterism.kernel.errors import NotFoundError
from asterism.ledger import metadata, open_ledger

CLOCK = SetClock(datetime(2026, 3, 1, 4, tzinfo=UTC))


@dataclass(frozen=True)
class Rows:
    rows: int


@dataclass(frozen=True)
class Sealed:
    id: str
    as_of: date
    datasets: Mapping[str, Sequence[PartLike]] = field(default_factory=dict)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(engine)
    yield engine
    engine.dispose()


def test_before_the_first_publication_there_is_no_snapshot(engine: Engine) -> None:
    assert current(engine) is None
    assert current_id(engine) is None
    assert snapshot_history(engine) == ()
    with pytest.raises(NotFoundError):
        get_published(engine, "s1")


def test_the_last_one_published_is_the_current_one(engine: Engine) -> None:
    publish(engine, Sealed("s1", date(2026, 2, 28)), CLOCK)
    publish(engine, Sealed("s2", date(2026, 2, 27)), CLOCK)
    assert current_id(engine) == "s2"
    assert [row.id for row in snapshot_history(engine)] == ["s1", "s2"]


def test_publishing_again_changes_nothing(engine: Engine) -> None:
    first = publish(engine, Sealed("s1", date(2026, 2, 28)), CLOCK)
    publish(engine, Sealed("s2", date(2026, 3, 1)), CLOCK)
    later = SetClock(datetime(2026, 3, 5, tzinfo=UTC))
    assert publish(engine, Sealed("s1", date(2026, 2, 28)), later) == first
    assert current_id(engine) == "s2"
    assert len(snapshot_history(engine)) == 2


def test_a_publication_says_how_many_rows_it_holds(engine: Engine) -> None:
    sealed = Sealed(
        "s1", date(2026, 2, 28), {"customers": [Rows(3), Rows(4)], "profiles": [Rows(0)]}
    )
    assert publish(engine, sealed, CLOCK).rows == 7
    assert get_published(engine, "s1").published_at == CLOCK.now()


def test_a_month_is_stood_for_by_its_last_day(engine: Engine) -> None:
    days = [date(2026, 1, 30), date(2026, 1, 31), date(2026, 2, 3), date(2026, 1, 31)]
    for number, day in enumerate(days):
        publish(engine, Sealed(f"s{number}", day), CLOCK)
    assert [row.id for row in month_ends(engine, months=12)] == ["s3", "s2"]
    assert [row.id for row in month_ends(engine, months=1)] == ["s2"]
