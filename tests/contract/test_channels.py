"""What every channel promises, whoever wrote it: found in the registry, put through the suite."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from asterism.execution.channels import (
    AppSlotChannel,
    Channel,
    ChannelContext,
    ChannelRegistry,
    Content,
    MemoryChannel,
    Message,
    Result,
    Standing,
    standard_registry,
)
from asterism.kernel.errors import ConflictError
from asterism.kernel.words import Text
from asterism.ledger import metadata, open_ledger
from asterism.strategy.channels import CHANNELS, CONNECTED, ChannelName

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def registry() -> ChannelRegistry:
    found = standard_registry()
    found.register("memory", lambda _: MemoryChannel())
    return found


NAMES = sorted(registry().factories)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def open_channels(engine: Engine, tmp_path: Path) -> Any:
    def open_() -> Mapping[str, Channel]:
        return registry().open(ChannelContext(engine=engine, home=tmp_path))

    return open_


@pytest.fixture(params=NAMES)
def channel(request: pytest.FixtureRequest, open_channels: Any) -> Iterator[Channel]:
    found: Channel = open_channels()[request.param]
    yield found
    found.close()


def message(number: int, **changes: Any) -> Message:
    usual: dict[str, Any] = {
        "key": f"{number:032x}",
        "customer_id": f"C{number}",
        "strategy": "first_fund",
        "version": 1,
        "wave": 1,
        "offer": "money_fund",
        "value_minor": number,
        "planned_for": date(2026, 3, 2),
        "live_until": date(2026, 3, 5),
        "manager_id": "M1",
        "branch_id": "B1",
        "address": f"c{number}@bank.example",
        "name": "王小明",
        "content": Content(subject="您好", text="请看看这只基金。"),
    }
    return Message(**{**usual, **changes})


def batch(size: int = 3) -> list[Message]:
    return [message(number) for number in range(size)]


def test_a_channel_says_what_it_is(channel: Channel) -> None:
    assert channel.name in NAMES
    assert isinstance(channel.title, Text)
    assert all((channel.title.zh, channel.title.en, channel.title.es))
    assert channel.traits.batch > 0
    assert channel.traits.address in ("", "email", "mobile")


def test_every_message_has_one_outcome(channel: Channel) -> None:
    messages = batch()

    outcomes = channel.deliver(messages, NOW)

    assert sorted(outcome.key for outcome in outcomes) == [one.key for one in messages]
    assert {outcome.result for outcome in outcomes} == {Result.SENT}


def test_delivering_does_not_change_what_it_is_given(channel: Channel) -> None:
    messages = batch()

    channel.deliver(messages, NOW)

    assert messages == batch()


def test_an_empty_batch_is_no_work(channel: Channel) -> None:
    assert list(channel.deliver([], NOW)) == []


def test_a_channel_knows_every_key_it_is_asked_about(channel: Channel) -> None:
    channel.deliver([message(1)], NOW)

    standings = channel.lookup([message(1).key, message(2).key])

    assert set(standings) == {message(1).key, message(2).key}
    assert all(isinstance(standing, Standing) for standing in standings.values())


def test_what_was_never_taken_is_not_said_to_be_taken(channel: Channel) -> None:
    assert channel.lookup([message(9).key])[message(9).key] is not Standing.TAKEN


def test_what_may_be_sent_again_may_truly_be_sent_again(
    channel: Channel, open_channels: Any, tmp_path: Path
) -> None:
    """After a crash, sending what `lookup` allows has the effect of sending it once."""
    channel.deliver(batch(), NOW)
    before = effects(tmp_path)
    after = open_channels().get(channel.name) if channel.name != "memory" else channel

    known = after.lookup([one.key for one in batch()])
    again = [one for one in batch() if known[one.key] is Standing.SAFE_TO_SEND]
    after.deliver(again, NOW)

    assert effects(tmp_path) == before
    after.close()


def effects(home: Path) -> dict[str, str]:
    """Return every file that a channel left, by name."""
    rooms = (home / "lists", home / "outbox-files")
    return {
        str(path.relative_to(home)): path.read_text(encoding="utf-8")
        for room in rooms
        for path in sorted(room.rglob("*"))
        if path.is_file()
    }


def test_closing_twice_is_closing_once(channel: Channel) -> None:
    channel.close()
    channel.close()


def test_odd_customers_do_not_break_a_channel(channel: Channel, tmp_path: Path) -> None:
    odd = [
        message(1, name="=cmd|' /C calc'!A0", address="+8613800000000"),
        message(2, name="a\r\nBcc: all@bank.example", branch_id="../../etc/cron.d/x"),
        message(3, name="", branch_id=None, manager_id=None, content=None),
        message(4, name="\u202egnp.exe", offer="＝1+1", branch_id="分行/一"),
    ]

    outcomes = channel.deliver(odd, NOW)

    assert {outcome.key for outcome in outcomes} == {one.key for one in odd}
    assert all("etc/cron" not in name for name in effects(tmp_path))
    assert all(path.is_relative_to(tmp_path) for path in tmp_path.rglob("*"))


def test_strategies_and_channels_speak_of_the_same_channels() -> None:
    assert set(standard_registry().factories) == set(CONNECTED)


@pytest.mark.parametrize("name", sorted(standard_registry().factories))
def test_sending_asks_for_the_same_consent_as_deciding(name: str, open_channels: Any) -> None:
    assert open_channels()[name].traits.consent == CHANNELS[ChannelName(name)].consent


def test_a_plug_in_comes_in_by_the_same_door_and_takes_no_ones_name() -> None:
    found = standard_registry()
    found.register("carrier_pigeon", lambda _: MemoryChannel(name="carrier_pigeon"))

    with pytest.raises(ConflictError):
        found.register(AppSlotChannel.name, lambda _: AppSlotChannel())


def test_e_mail_without_a_server_is_left_in_the_folder(open_channels: Any, tmp_path: Path) -> None:
    open_channels()["email"].deliver([message(1)], NOW)

    lines = (tmp_path / "outbox-files" / "email-2026-03-02.jsonl").read_text().splitlines()

    assert [json.loads(line)["key"] for line in lines] == [message(1).key]
    assert "List-Unsubscribe" in json.loads(lines[0])["mail"]


def test_a_letter_that_a_crash_cut_off_is_written_again_whole(
    open_channels: Any, tmp_path: Path
) -> None:
    email = open_channels()["email"]
    email.deliver(batch(2), NOW)
    path = tmp_path / "outbox-files" / "email-2026-03-02.jsonl"
    path.write_bytes(path.read_bytes()[:-20])

    known = email.lookup([one.key for one in batch(2)])
    assert list(known.values()) == [Standing.TAKEN, Standing.SAFE_TO_SEND]
    email.deliver([message(1)], NOW)

    assert [json.loads(line)["key"] for line in path.read_text().splitlines()] == [
        message(0).key,
        message(1).key,
    ]
