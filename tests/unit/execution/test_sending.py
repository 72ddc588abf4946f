"""What is due is checked once more, and leaves once at most."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Column, Engine, select

from asterism.execution import Refusal, recall_touches, record_refusals
from asterism.execution.channels import (
    AppSlotChannel,
    ChannelDownError,
    MemoryChannel,
    Message,
    Outcome,
    Result,
    Standing,
    Traits,
)
from asterism.execution.compose import UnrenderableError
from asterism.execution.life import State
from asterism.execution.outbox import ATTEMPTS
from asterism.execution.permission import Rules
from asterism.execution.queries import life_of
from asterism.execution.reasons import REASONS, Why
from asterism.execution.sender import sole_sender
from asterism.execution.tables import outbox, touch
from asterism.strategy import Caps

EMAIL = Traits(consent="consent_email", intrusive=True, address="email", rendered=True, batch=2)


def email(**changes: Any) -> MemoryChannel:
    return MemoryChannel(name="email", traits=EMAIL, **changes)


def states(engine: Engine) -> dict[str, str]:
    return _by_customer(engine, touch.c.state)


def reasons(engine: Engine) -> dict[str, str]:
    return _by_customer(engine, touch.c.reason)


def _by_customer(engine: Engine, column: Column[str]) -> dict[str, str]:
    with engine.connect() as connection:
        rows = connection.execute(select(touch.c.customer_id, column)).all()
    return {row[0]: row[1] for row in rows}


def test_a_touch_goes_through_its_life_in_order(bank: Any, decide: Any) -> None:
    bank.plan(decide({"customer_id": "a"}))
    channel = email()

    told = bank.send(channel)

    assert told["sent"] == 1
    message = channel.taken[0]
    assert message.address == "a@bank.example"
    assert message.content is not None
    assert "Name of a" in message.content.text
    row, events = life_of(bank.engine, message.key)
    assert row.sent_at == bank.clock.now()
    assert [event.kind for event in events] == ["planned", "approved", "queued", "sent"]


def test_sending_again_sends_nothing_twice(bank: Any, decide: Any) -> None:
    bank.plan(decide(*({"customer_id": f"c{n}"} for n in range(5))))
    channel = email()
    bank.send(channel)

    told = bank.send(channel)

    assert told.get("sent", 0) == 0
    assert len(channel.taken) == 5


def test_what_is_worth_most_goes_first(bank: Any, decide: Any) -> None:
    bank.plan(decide(*({"customer_id": f"c{n}", "value_minor": n} for n in (2, 9, 5))))
    channel = email()

    bank.send(channel)

    assert [message.value_minor for message in channel.taken] == [9, 5, 2]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"profile": {"consent_email": True, "blacklisted": True}}, Why.BLACKLISTED),
        ({"profile": {"consent_email": True, "deceased": True}}, Why.DECEASED),
        ({"profile": {"consent_email": False}}, Why.NOT_CONSENTED),
        ({"profile": {}}, Why.NOT_CONSENTED),
        ({"profile": {"consent_email": True, "consent_marketing": False}}, Why.NOT_CONSENTED),
        ({"email": ""}, Why.NO_ADDRESS),
    ],
)
def test_what_changed_since_the_decision_suppresses_with_the_reason(
    bank: Any, decide: Any, reachable: Any, changes: dict[str, Any], why: Why
) -> None:
    bank.plan(decide({"customer_id": "a"}))
    bank.recipients["a"] = reachable("a", **changes)
    channel = email()

    bank.send(channel)

    assert channel.taken == []
    assert states(bank.engine) == {"a": State.SUPPRESSED}
    assert reasons(bank.engine) == {"a": why}


def test_a_customer_who_left_the_data_is_not_written_to(bank: Any, decide: Any) -> None:
    bank.plan(decide({"customer_id": "nobody"}))

    bank.send(email())

    assert reasons(bank.engine) == {"nobody": Why.NO_CUSTOMER}


def test_a_stopped_strategy_sends_nothing(bank: Any, decide: Any) -> None:
    bank.plan(decide({"customer_id": "a"}))
    bank.desk_changes["rules"] = Rules(stopped={"first_fund"})

    bank.send(email())

    assert reasons(bank.engine) == {"a": Why.STRATEGY_STOPPED}


def test_a_missing_value_blocks_the_message(bank: Any, decide: Any, monkeypatch: Any) -> None:
    def wordless(*_: object) -> None:
        raise UnrenderableError(Why.MISSING_VARIABLE, "name")

    bank.plan(decide({"customer_id": "a"}))
    monkeypatch.setitem(bank.send.__func__.__globals__, "words", wordless)

    bank.send(email())

    assert reasons(bank.engine) == {"a": Why.MISSING_VARIABLE}


def test_quiet_hours_postpone_to_the_morning_where_the_customer_lives(
    bank: Any, decide: Any, reachable: Any
) -> None:
    bank.plan(decide({"customer_id": "here"}, {"customer_id": "urumqi"}))
    bank.recipients["urumqi"] = reachable("urumqi", time_zone="Asia/Urumqi")
    bank.clock.set(datetime(2026, 3, 2, 0, 30, tzinfo=UTC))
    channel = email()
    bank.send(channel)
    assert [message.customer_id for message in channel.taken] == ["here"]

    bank.clock.set(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    bank.send(channel)

    assert [message.customer_id for message in channel.taken] == ["here", "urumqi"]


def test_what_waits_past_its_last_day_expires(bank: Any, decide: Any) -> None:
    bank.plan(decide({"customer_id": "a", "live_until": date(2026, 3, 2)}))
    bank.clock.set(datetime(2026, 3, 2, 14, 0, tzinfo=UTC))
    bank.send(email())
    bank.clock.set(datetime(2026, 3, 3, 2, 0, tzinfo=UTC))
    channel = email()

    told = bank.send(channel)

    assert told["expired"] == 1
    assert channel.taken == []
    assert states(bank.engine) == {"a": State.EXPIRED}


def test_caps_count_every_channel_and_the_batch_itself(bank: Any, decide: Any) -> None:
    rows = [
        {"customer_id": "a", "strategy": f"s{n}", "channel": channel}
        for n in range(3)
        for channel in ("email", "app_slot")
    ]
    bank.plan(decide(*rows))
    bank.desk_changes["rules"] = Rules(per_day=2)
    slot = MemoryChannel(name="app_slot", traits=AppSlotChannel.traits)
    channel = email()

    bank.send(slot, channel)

    assert len(slot.taken) + len(channel.taken) == 2


def test_caps_look_back_seven_and_thirty_days(bank: Any, decide: Any) -> None:
    bank.desk_changes["rules"] = Rules(
        caps=Caps(per_7_days=2, per_30_days=3, channel_per_7_days={})
    )
    channel = email()
    start = bank.clock.now()
    gone = []
    for days in (0, 1, 7, 8, 9, 17, 31, 39):
        bank.clock.set(start + timedelta(days=days))
        bank.plan(decide({"customer_id": "a"}), bank.clock.now().date())
        gone.append(bank.send(channel).get("sent", 0))

    assert gone == [1, 1, 0, 1, 0, 0, 1, 1]


def test_a_channel_has_a_cap_of_its_own(bank: Any, decide: Any) -> None:
    bank.desk_changes["rules"] = Rules(
        caps=Caps(channel_per_7_days={"email": 1}, channel_per_30_days={}), per_day=5
    )
    rows = [{"strategy": f"s{n}", "channel": name} for n in (1, 2) for name in ("email", "slot")]
    bank.plan(decide(*({"customer_id": "a", **row} for row in rows)))
    channel, slot = email(), MemoryChannel(name="slot")

    bank.send(channel, slot)

    assert len(channel.taken) == 1
    assert len(slot.taken) == 2


def test_a_refusal_ends_at_once_what_waits_and_what_is_planned_later(
    bank: Any, decide: Any
) -> None:
    bank.plan(decide({"customer_id": "a"}, {"customer_id": "b"}))
    bank.clock.set(datetime(2026, 3, 1, 14, 0, tzinfo=UTC))
    refusal = Refusal(
        customer_id="a", channel="email", at=bank.clock.now(), source="console", touch_id=None
    )

    assert record_refusals(bank.engine, [refusal]) == 1
    bank.clock.set(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    channel = email()
    bank.send(channel)

    assert [message.customer_id for message in channel.taken] == ["b"]
    assert reasons(bank.engine)["a"] == Why.REFUSED


def test_a_refused_channel_stays_refused_until_the_customer_withdraws(
    bank: Any, decide: Any
) -> None:
    refusal = Refusal(customer_id="a", channel="*", at=bank.clock.now(), source="console")
    record_refusals(bank.engine, [refusal])
    bank.plan(decide({"customer_id": "a"}))
    channel = email()
    bank.send(channel)
    assert channel.taken == []

    withdrawn = Refusal(
        customer_id="a", channel="*", at=bank.clock.now(), source="console", refused=False
    )
    record_refusals(bank.engine, [withdrawn])
    bank.clock.set(bank.clock.now() + timedelta(days=1))
    bank.plan(decide({"customer_id": "a"}), date(2026, 3, 3))
    bank.send(channel)

    assert len(channel.taken) == 1


class Dying(MemoryChannel):
    """Takes the first message of a batch, and then the process dies."""

    def deliver(self, batch: Any, now: datetime) -> Any:
        super().deliver(batch[:1], now)
        raise KeyboardInterrupt


def test_after_a_crash_a_channel_that_remembers_sends_the_rest_once(bank: Any, decide: Any) -> None:
    bank.plan(decide(*({"customer_id": f"c{n}"} for n in range(4))))
    dying = Dying(name="email", traits=EMAIL)
    with pytest.raises(KeyboardInterrupt):
        bank.send(dying)
    after = email(taken=dying.taken)

    bank.send(after)

    assert sorted(message.customer_id for message in after.taken) == ["c0", "c1", "c2", "c3"]
    assert set(states(bank.engine).values()) == {State.SENT}


class Forgetful(MemoryChannel):
    """Takes everything and cannot say what."""

    def lookup(self, keys: Any) -> Any:
        return dict.fromkeys(keys, Standing.CANNOT_SAY)


def test_after_a_crash_an_unknown_outcome_is_never_sent_again(bank: Any, decide: Any) -> None:
    bank.plan(decide(*({"customer_id": f"c{n}"} for n in range(4))))
    with pytest.raises(KeyboardInterrupt):
        bank.send(Dying(name="email", traits=EMAIL))
    after = Forgetful(name="email", traits=EMAIL)

    bank.send(after)

    assert sorted(states(bank.engine).values()) == ["sent", "sent", "unknown", "unknown"]
    assert len(after.taken) == 2
    assert bank.send(after).get("sent", 0) == 0


def test_an_unknown_outcome_counts_as_a_contact(bank: Any, decide: Any) -> None:
    bank.desk_changes["rules"] = Rules(per_day=1)
    bank.plan(decide({"customer_id": "a"}))
    with pytest.raises(KeyboardInterrupt):
        bank.send(Dying(name="email", traits=EMAIL))
    bank.plan(decide({"customer_id": "a", "strategy": "another"}))
    after = Forgetful(name="email", traits=EMAIL)

    bank.send(after)

    assert after.taken == []


class Down(MemoryChannel):
    """Cannot be reached."""

    def deliver(self, batch: Any, now: datetime) -> Any:
        raise ChannelDownError("connection refused")


def test_a_channel_that_is_down_is_tried_again_later_and_given_up_in_the_end(
    bank: Any, decide: Any
) -> None:
    bank.plan(decide({"customer_id": "a", "live_until": date(2026, 4, 1)}))
    down = Down(name="email", traits=EMAIL)
    told = []
    for _ in range(ATTEMPTS):
        told.append(bank.send(down))
        assert bank.send(down).get("checked", 0) == 0, "it waits before it tries again"
        bank.clock.set(bank.clock.now() + timedelta(hours=1))

    assert [one.get("retry", 0) for one in told] == [1] * (ATTEMPTS - 1) + [0]
    assert states(bank.engine) == {"a": State.FAILED}
    assert reasons(bank.engine) == {"a": Why.GAVE_UP}


def test_a_failed_hand_off_is_no_contact(bank: Any, decide: Any) -> None:
    bank.desk_changes["rules"] = Rules(per_day=1)
    bank.plan(decide({"customer_id": "a"}, {"customer_id": "a", "strategy": "other"}))
    bank.send(Down(name="email", traits=EMAIL))
    channel = email()
    bank.clock.set(bank.clock.now() + timedelta(minutes=2))

    assert bank.send(channel)["sent"] == 1


class Faulty(MemoryChannel):
    """A plug-in with a fault."""

    def deliver(self, batch: Any, now: datetime) -> Any:
        raise ZeroDivisionError


def test_a_plug_ins_fault_does_not_stop_the_other_channels(bank: Any, decide: Any) -> None:
    bank.plan(decide({"customer_id": "a"}, {"customer_id": "b", "channel": "app_slot"}))
    slot = MemoryChannel(name="app_slot", traits=AppSlotChannel.traits)

    told = bank.send(Faulty(name="email", traits=EMAIL), slot)

    assert told["down"] == 1
    assert states(bank.engine) == {"a": State.QUEUED, "b": State.SENT}


class Rejecting(MemoryChannel):
    """Refuses one customer and says nothing about another."""

    def deliver(self, batch: Any, now: datetime) -> Any:
        outcomes = []
        for message in batch:
            if message.customer_id == "gone":
                reason = Why.HARD_BOUNCE
                outcome = Outcome(key=message.key, result=Result.FAILED, reason=reason)
                outcomes.append(outcome)
            elif message.customer_id != "silent":
                outcomes.append(Outcome(key=message.key, result=Result.SENT))
        return outcomes


def test_each_message_of_a_batch_has_its_own_outcome(bank: Any, decide: Any) -> None:
    bank.plan(decide(*({"customer_id": name} for name in ("gone", "silent", "fine"))))
    traits = Traits(consent="", intrusive=False, batch=10)

    bank.send(Rejecting(name="email", traits=traits))

    assert states(bank.engine) == {"gone": "failed", "silent": "unknown", "fine": "sent"}
    assert reasons(bank.engine)["gone"] == Why.HARD_BOUNCE


def test_two_senders_on_one_channel_do_not_meet(bank: Any, decide: Any) -> None:
    bank.plan(decide({"customer_id": "a"}))
    channel = email()

    with sole_sender(bank.engine, "email") as alone:
        told = bank.send(channel)

    assert alone
    assert told["busy"] == 1
    assert channel.taken == []
    assert bank.send(channel)["sent"] == 1


def test_what_is_recalled_does_not_leave(bank: Any, decide: Any) -> None:
    bank.plan(decide({"customer_id": "a"}, {"customer_id": "b", "strategy": "other"}))

    assert recall_touches(bank.engine, "first_fund", bank.clock, actor="ana") == 1
    channel = email()
    bank.send(channel)

    assert [message.customer_id for message in channel.taken] == ["b"]
    assert states(bank.engine)["a"] == State.RECALLED


def test_what_is_queued_can_be_recalled_too(bank: Any, decide: Any) -> None:
    bank.plan(decide({"customer_id": "a"}))
    bank.clock.set(datetime(2026, 3, 2, 14, 0, tzinfo=UTC))
    bank.send(email())
    recall_touches(bank.engine, "first_fund", bank.clock)
    bank.clock.set(datetime(2026, 3, 3, 2, 0, tzinfo=UTC))
    channel = email()

    bank.send(channel)

    assert channel.taken == []
    with bank.engine.connect() as connection:
        assert connection.execute(select(outbox.c.state)).scalars().all() == ["recalled"]


def test_a_message_carries_what_the_touch_says(bank: Any, decide: Any) -> None:
    bank.plan(decide({"customer_id": "a", "branch_id": "B1", "manager_id": "M1", "wave": 2}))
    channel = email()
    bank.send(channel)

    message: Message = channel.taken[0]
    assert (message.branch_id, message.manager_id, message.wave) == ("B1", "M1", 2)
    assert message.planned_for == date(2026, 3, 2)


def test_every_reason_has_words() -> None:
    assert set(REASONS) == set(Why)
