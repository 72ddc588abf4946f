"""Frequency at the hand-off: to the second, over all channels, under two senders at once."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from asterism.execution import Desk, dispatch, queue_touches
from asterism.execution.channels import MemoryChannel, Traits
from asterism.execution.permission import Rules
from asterism.execution.reasons import Why
from asterism.execution.tables import outbox, touch
from asterism.strategy import Caps

FREE: dict[str, Any] = {"channel_per_7_days": {}, "channel_per_30_days": {}, "per_7_days": 99}
FREE["per_30_days"] = 99
TEXT = Traits(consent="", intrusive=False)


def channel(name: str = "email") -> MemoryChannel:
    return MemoryChannel(name=name, traits=TEXT)


@pytest.fixture
def several(bank: Any, decide: Any) -> Callable[..., None]:
    """Plan one touch of customer a for each of some strategies and channels."""

    def plan(*channels: str, caps: Caps) -> None:
        bank.desk_changes["rules"] = Rules(caps=caps, per_day=99)
        rows = [
            {"customer_id": "a", "strategy": f"s{n}", "channel": name, "value_minor": 100 - n}
            for n, name in enumerate(channels)
        ]
        bank.plan(decide(*rows))

    return plan


def test_a_cap_of_an_hour_waits_for_the_hour_to_the_second(bank: Any, several: Any) -> None:
    several("email", "email", caps=Caps(per_hour=1, **FREE))
    post, start = channel(), bank.clock.now()
    bank.send(post)
    assert len(post.taken) == 1
    with bank.engine.connect() as connection:
        waiting = connection.execute(
            select(outbox.c.due_at, outbox.c.last_error).where(outbox.c.state == "waiting")
        ).one()
    assert tuple(waiting) == (start + timedelta(hours=1), Why.CAP_HOUR)
    bank.clock.set(start + timedelta(minutes=59, seconds=59))
    bank.send(post)
    assert len(post.taken) == 1
    bank.clock.set(start + timedelta(hours=1))
    bank.send(post)
    assert len(post.taken) == 2


def test_a_cap_of_a_minute_is_of_one_channel_where_it_says_so(bank: Any, several: Any) -> None:
    caps = Caps(channel_per_minute={"email": 1}, **FREE)
    several("email", "email", "app_slot", caps=caps)
    post, slot = channel(), channel("app_slot")
    bank.send(post, slot)
    assert (len(post.taken), len(slot.taken)) == (1, 1)
    bank.clock.set(bank.clock.now() + timedelta(minutes=1))
    bank.send(post, slot)
    assert len(post.taken) == 2


def test_a_cap_of_a_day_counts_people_too(bank: Any, several: Any) -> None:
    several("call_list", "manager_list", "email", caps=Caps(per_day=2, **FREE))
    found = [channel(name) for name in ("call_list", "manager_list", "email")]
    bank.send(*found)
    assert [len(one.taken) for one in found] == [1, 1, 0]
    with bank.engine.connect() as connection:
        why = connection.execute(select(touch.c.reason).where(touch.c.channel == "email")).scalar()
    assert why == Why.CAP_DAY


def test_a_channels_cooldown_ends_on_its_day(bank: Any, decide: Any) -> None:
    caps = Caps(channel_cooldown_days={"email": 3}, **FREE)
    bank.desk_changes["rules"] = Rules(caps=caps, per_day=99)
    post, start, gone = channel(), bank.clock.now(), []
    for days in range(7):
        bank.clock.set(start + timedelta(days=days))
        bank.plan(decide({"customer_id": "a"}), bank.clock.now().date())
        gone.append(bank.send(post).get("sent", 0))
    assert gone == [1, 0, 0, 1, 0, 0, 1]


def test_the_channel_that_goes_first_speaks_and_the_others_keep_silent(
    bank: Any, several: Any
) -> None:
    caps = Caps(channel_order=("manager_list", "email"), one_voice_days=2, **FREE)
    several("email", "app_slot", "manager_list", caps=caps)
    found = [channel(name) for name in ("app_slot", "email", "manager_list")]
    bank.send(*found)
    assert {one.name: len(one.taken) for one in found} == {
        "manager_list": 1,
        "email": 0,
        "app_slot": 0,
    }
    with bank.engine.connect() as connection:
        rows = connection.execute(select(touch.c.reason).where(touch.c.state == "suppressed"))
        assert set(rows.scalars()) == {Why.ONE_VOICE}


def test_a_clock_set_back_frees_no_cap(bank: Any, decide: Any) -> None:
    caps = Caps(per_hour=1, **(FREE | {"per_7_days": 2}))
    bank.desk_changes["rules"] = Rules(caps=caps, per_day=99)
    post, start = channel(), bank.clock.now()
    for hours in (0, 2):
        bank.clock.set(start + timedelta(hours=hours))
        bank.plan(decide({"customer_id": "a", "strategy": f"s{hours}"}))
        bank.send(post)
    assert len(post.taken) == 2
    bank.clock.set(start - timedelta(hours=1))
    bank.plan(decide({"customer_id": "a", "strategy": "late"}))
    bank.send(post)
    assert len(post.taken) == 2


def test_two_senders_at_once_never_send_one_too_many(bank: Any, decide: Any) -> None:
    customers = [f"c{n}" for n in range(20)]
    names = ("email", "app_slot", "call_list")
    rows = [
        {"customer_id": c, "strategy": f"s{n}", "channel": name}
        for c in customers
        for n in range(2)
        for name in names
    ]
    bank.plan(decide(*rows))
    queue_touches(bank.engine, bank.clock.now().date(), bank.clock)
    rules = Rules(caps=Caps(per_day=3, **FREE), per_day=99)
    words = bank.send.__func__.__globals__["words"]
    desk = Desk(recipients=bank.look_up, compose=words, rules=rules)
    found = [channel(name) for name in names]

    def send(one: MemoryChannel) -> None:
        dispatch(bank.engine, {one.name: one}, desk, bank.clock)

    threads = [threading.Thread(target=send, args=(one,)) for one in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent = [message.customer_id for one in found for message in one.taken]
    assert {customer: sent.count(customer) for customer in customers} == dict.fromkeys(customers, 3)


def test_the_moment_is_the_banks_day(bank: Any, decide: Any) -> None:
    """Two minutes apart, and two calendar days in Shanghai."""
    bank.desk_changes["rules"] = Rules(caps=Caps(**FREE), per_day=1)
    post = channel()
    for minutes in (0, 2):
        bank.clock.set(datetime(2026, 3, 2, 15, 59, tzinfo=UTC) + timedelta(minutes=minutes))
        bank.plan(decide({"customer_id": "a", "strategy": f"s{minutes}"}))
        queue_touches(bank.engine, bank.clock.now().date(), bank.clock)
        bank.send(post)
    assert len(post.taken) == 2
