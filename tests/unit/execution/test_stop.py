"""A stop takes effect at once: what waits is called back, what is in hand is said."""

from typing import Any

import pytest
from sqlalchemy import update
from tests.unit.execution.conftest import DAY

from asterism.execution import plan_touches, queue_touches
from asterism.execution.outbox import due, take_in_hand
from asterism.execution.permission import Rules
from asterism.execution.reasons import Why
from asterism.execution.stop import stop
from asterism.execution.tables import outbox, touch
from asterism.kernel.errors import ConflictError
from asterism.ledger import reading
from asterism.strategy import library, publish_strategy

ZONE = "Asia/Shanghai"


@pytest.fixture
def waiting(bank: Any, decide: Any) -> Any:
    strategy = next(one for one in library() if one.id == "first_fund")
    publish_strategy(bank.engine, strategy, bank.clock, "ana")
    decisions = decide(*({"customer_id": f"C{n}"} for n in range(5)))
    plan_touches(bank.engine, decisions, DAY, bank.clock)
    queue_touches(bank.engine, DAY, bank.clock)
    return bank


def test_a_stop_says_what_it_called_back_and_what_was_in_flight(waiting: Any) -> None:
    with waiting.engine.begin() as connection:
        keys = [message.key for message in due(waiting.engine, "email", waiting.clock.now(), 2)]
        connection.execute(update(outbox).where(outbox.c.key.in_(keys)).values(state="sending"))
    done = stop(waiting.engine, "first_fund", waiting.clock, "bo", "complaints")
    assert (done.version, dict(done.recalled), dict(done.in_flight)) == (
        1,
        {"email": 3},
        {"email": 2},
    )
    with pytest.raises(ConflictError):
        stop(waiting.engine, "first_fund", waiting.clock, "bo", "again")


def test_what_was_read_before_the_stop_is_not_sent_after_it(
    waiting: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = waiting.clock.now()
    read = due(waiting.engine, "email", now, 10)
    monkeypatch.setattr("asterism.execution.stop.recall_touches", lambda *_, **__: 0)
    stop(waiting.engine, "first_fund", waiting.clock, "bo", "complaints")
    verdicts = {message.key: message for message in read}
    sent = take_in_hand(waiting.engine, "email", verdicts, rules=Rules(), now=now, zone=ZONE)
    assert sent == []
    with reading(waiting.engine) as connection:
        reasons = set(connection.execute(touch.select()).mappings().all()[0].values())
    assert Why.STRATEGY_STOPPED.value in reasons


def test_a_new_version_sends_again(waiting: Any, decide: Any) -> None:
    stop(waiting.engine, "first_fund", waiting.clock, "bo", "complaints")
    strategy = next(one for one in library() if one.id == "first_fund")
    assert publish_strategy(waiting.engine, strategy, waiting.clock, "ana") == 2
    decisions = decide({"customer_id": "C9", "version": 2})
    plan_touches(waiting.engine, decisions, DAY, waiting.clock)
    queue_touches(waiting.engine, DAY, waiting.clock)
    (message,) = due(waiting.engine, "email", waiting.clock.now(), 10)
    sent = take_in_hand(
        waiting.engine,
        "email",
        {message.key: message},
        rules=Rules(),
        now=waiting.clock.now(),
        zone=ZONE,
    )
    assert [one.customer_id for one in sent] == ["C9"]
