from datetime import date

import pytest
from sqlalchemy import Engine

from asterism.kernel.clock import SetClock
from asterism.kernel.errors import ConflictError, NotFoundError
from asterism.strategy import (
    get_strategy,
    list_strategies,
    list_versions,
    live_strategies,
    load_strategy,
    publish_strategy,
    stop_strategy,
)

DAY = date(2026, 1, 7)


def test_the_same_content_is_the_same_version(engine: Engine, clock: SetClock, text: str) -> None:
    strategy = load_strategy(text)
    assert publish_strategy(engine, strategy, clock, "ana") == 1
    assert publish_strategy(engine, load_strategy(text), clock, "bo") == 1
    assert publish_strategy(engine, load_strategy(text.replace("0.2", "0.3")), clock, "bo") == 2
    assert publish_strategy(engine, strategy, clock, "ana") == 3
    assert [row.published_by for row in list_versions(engine, "try_fund")] == ["ana", "bo", "ana"]
    assert get_strategy(engine, "try_fund", 2).strategy.holdout == 0.3
    assert get_strategy(engine, "try_fund").strategy == strategy


def test_only_the_newest_version_in_its_period_is_live(
    engine: Engine, clock: SetClock, text: str
) -> None:
    publish_strategy(engine, load_strategy(text), clock, "ana")
    later = text.replace("2020-01-01", "2026-02-01")
    publish_strategy(engine, load_strategy(later), clock, "ana")
    assert live_strategies(engine, DAY) == ()
    (live,) = live_strategies(engine, date(2026, 2, 1))
    assert live.version == 2


def test_a_stopped_strategy_starts_again_only_as_a_new_version(
    engine: Engine, clock: SetClock, text: str
) -> None:
    strategy = load_strategy(text)
    publish_strategy(engine, strategy, clock, "ana")
    assert stop_strategy(engine, "try_fund", clock, "bo", "complaints") == 1
    assert live_strategies(engine, DAY) == ()
    assert [row.state for row in list_strategies(engine)] == ["stopped"]
    with pytest.raises(ConflictError):
        stop_strategy(engine, "try_fund", clock, "bo", "again")
    assert publish_strategy(engine, strategy, clock, "ana") == 2
    assert [row.version for row in live_strategies(engine, DAY)] == [2]
    assert [row.state for row in list_versions(engine, "try_fund")] == ["stopped", "published"]


def test_what_was_never_published_is_not_found(engine: Engine, clock: SetClock) -> None:
    for call in (
        lambda: get_strategy(engine, "nothing"),
        lambda: stop_strategy(engine, "nothing", clock, "ana", ""),
    ):
        with pytest.raises(NotFoundError):
            call()
