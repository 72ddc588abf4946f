"""Whatever happens in whatever order: caps hold, refusals are heeded, nothing goes twice."""

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from asterism.execution import (
    Desk,
    Refusal,
    dispatch,
    plan_touches,
    queue_touches,
    recall_touches,
    record_receipts,
    record_refusals,
)
from asterism.execution.channels import Content, MemoryChannel, Message, Standing, Traits
from asterism.execution.life import State
from asterism.execution.permission import Rules
from asterism.execution.recipients import Recipient
from asterism.execution.tables import touch
from asterism.kernel.clock import SetClock, local_day
from asterism.ledger import metadata, open_ledger
from asterism.strategy import Caps

CUSTOMERS = ("a", "b", "c")
CHANNELS = ("email", "app_slot")
CAPS = Caps(per_7_days=3, per_30_days=5, channel_per_7_days={}, channel_per_30_days={})
PER_DAY = 2
ZONE = "Asia/Shanghai"
_ORDER = list(State)


@dataclass(frozen=True)
class Decisions:
    touches: Any
    funnel: Sequence[Any] = ()


class Shaky(MemoryChannel):
    """Dies before or after taking a batch when told to, and remembers or not."""

    mood: str = "well"

    def deliver(self, batch: Any, now: datetime) -> Any:
        mood, self.mood = self.mood, "well"
        if mood == "dies before":
            raise KeyboardInterrupt
        outcomes = super().deliver(batch, now)
        if mood in {"dies after", "forgets"}:
            raise KeyboardInterrupt
        return outcomes

    def lookup(self, keys: Any) -> Any:
        if self.forgetful:
            return dict.fromkeys(keys, Standing.CANNOT_SAY)
        return super().lookup(keys)

    forgetful: bool = False


def everybody(customer_ids: Sequence[str], _: Traits) -> Mapping[str, Recipient]:
    profile = {"consent_email": True}
    return {one: Recipient(customer_id=one, email=one, profile=profile) for one in customer_ids}


def words(message: Message, recipient: Recipient, channel: str) -> Content:
    return Content(subject="s", text=recipient.customer_id + message.offer + channel)


class Promises(RuleBasedStateMachine):
    """Days of a bank with three customers, beside a model of what was promised them."""

    @initialize()
    def open(self) -> None:
        self.room = tempfile.TemporaryDirectory()
        path = Path(self.room.name) / "ledger.db"
        self.engine = open_ledger(f"sqlite:///{path}")
        metadata.create_all(self.engine)
        self.clock = SetClock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
        self.refused: set[tuple[str, str]] = set()
        self.sent_when_refused: Counter[tuple[str, str]] = Counter()
        self.seen: dict[str, State] = {}
        self.number = 0
        self.channels = {
            "email": Shaky(
                name="email",
                traits=Traits(consent="consent_email", intrusive=True, address="email", batch=2),
            ),
            "app_slot": Shaky(name="app_slot", traits=Traits(consent="", intrusive=False)),
        }

    def teardown(self) -> None:
        self.engine.dispose()
        self.room.cleanup()

    @rule(
        who=st.lists(st.sampled_from(CUSTOMERS), min_size=1, max_size=4),
        channel=st.sampled_from(CHANNELS),
        strategy=st.sampled_from(["one", "two"]),
    )
    def plan(self, who: list[str], channel: str, strategy: str) -> None:
        self.number += 1
        rows = [
            {
                "customer_id": customer,
                "strategy": strategy,
                "version": 1,
                "wave": 1,
                "offer": "fund",
                "channel": channel,
                "value_minor": self.number,
                "cost_minor": 1,
                "arm": "touch",
                "occasion": f"{self.number}",
            }
            for customer in who
        ]
        chosen = Decisions(pa.Table.from_pylist(rows))
        day = local_day(self.clock.now(), ZONE)
        first = plan_touches(self.engine, chosen, day, self.clock)
        again = plan_touches(self.engine, chosen, day, self.clock)
        assert first["planned"] == len(set(who))
        assert again["planned"] == 0

    @rule(
        channel=st.sampled_from(CHANNELS),
        mood=st.sampled_from(["well", "dies before", "dies after", "forgets"]),
    )
    def send(self, channel: str, mood: str) -> None:
        found = self.channels[channel]
        found.mood, found.forgetful = mood, mood == "forgets"
        before = len(found.taken)
        day = local_day(self.clock.now(), ZONE)
        queue_touches(self.engine, day, self.clock)
        rules = Rules(caps=CAPS, per_day=PER_DAY)
        desk = Desk(recipients=everybody, compose=words, rules=rules, time_zone=ZONE)
        try:
            dispatch(self.engine, self.channels, desk, self.clock)
        except KeyboardInterrupt:
            dispatch(self.engine, self.channels, desk, self.clock)
        found.mood, found.forgetful = "well", False
        assert len(found.taken) >= before

    @rule(customer=st.sampled_from(CUSTOMERS), channel=st.sampled_from([*CHANNELS, "*"]))
    def refuse(self, customer: str, channel: str) -> None:
        refusal = Refusal(
            customer_id=customer, channel=channel, at=self.clock.now(), source="console"
        )
        record_refusals(self.engine, [refusal])
        self.refused |= {(customer, one) for one in CHANNELS if channel in {"*", one}}
        self.sent_when_refused = self.sent()

    @rule(strategy=st.sampled_from(["one", "two"]))
    def recall(self, strategy: str) -> None:
        recall_touches(self.engine, strategy, self.clock)

    @rule(hours=st.integers(1, 60))
    def wait(self, hours: int) -> None:
        self.clock.set(self.clock.now() + timedelta(hours=hours))

    @rule(kind=st.sampled_from(["seen", "answered", "refused", "converted"]))
    def answer(self, kind: str) -> None:
        keys = [message.key for one in self.channels.values() for message in one.taken]
        at = pa.array([self.clock.now()] * len(keys), pa.timestamp("us", tz="UTC"))
        table = pa.table(
            {
                "touch_id": pa.array(keys, pa.string()),
                "kind": pa.array([kind] * len(keys), pa.string()),
                "at": at,
            }
        )
        told = record_receipts(self.engine, table)
        assert told["unknown"] == 0
        assert record_receipts(self.engine, table)["recorded"] == 0

    def sent(self) -> Counter[tuple[str, str]]:
        return Counter(
            (message.customer_id, name)
            for name, one in self.channels.items()
            for message in one.taken
        )

    @invariant()
    def nothing_goes_twice_and_all_that_went_is_written_down(self) -> None:
        if not hasattr(self, "channels"):
            return
        with self.engine.connect() as connection:
            states = {
                row.touch_id: row.state
                for row in connection.execute(select(touch.c.touch_id, touch.c.state))
            }
        for channel in self.channels.values():
            keys = [message.key for message in channel.taken]
            assert len(keys) == len(set(keys))
            assert {states[key] for key in keys} <= {
                "sent",
                "unknown",
                "seen",
                "answered",
                "converted",
            }

    @invariant()
    def a_refused_channel_is_silent(self) -> None:
        if not hasattr(self, "channels"):
            return
        now = self.sent()
        for pair in self.refused:
            if pair in self.sent_when_refused or pair in now:
                assert now[pair] == self.sent_when_refused[pair]

    @invariant()
    def caps_hold(self) -> None:
        if not hasattr(self, "channels"):
            return
        row = touch.c
        query = select(row.customer_id, row.sent_on).where(row.sent_on.is_not(None))
        with self.engine.connect() as connection:
            contacts = connection.execute(query).all()
        for customer in CUSTOMERS:
            days = [one.sent_on for one in contacts if one.customer_id == customer]
            for last in days:
                ages = [(last - day).days for day in days if day <= last]
                assert sum(age == 0 for age in ages) <= PER_DAY
                assert sum(age <= 7 for age in ages) <= CAPS.per_7_days
                assert sum(age <= 30 for age in ages) <= CAPS.per_30_days

    @invariant()
    def no_touch_goes_back(self) -> None:
        if not hasattr(self, "channels"):
            return
        with self.engine.connect() as connection:
            rows = connection.execute(select(touch.c.touch_id, touch.c.state)).all()
        for row in rows:
            before = self.seen.get(row.touch_id, State.PLANNED)
            assert _ORDER.index(State(row.state)) >= _ORDER.index(before)
            self.seen[row.touch_id] = State(row.state)


Promises.TestCase.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
TestPromises = Promises.TestCase
