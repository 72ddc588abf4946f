"""E-mail through a real SMTP server: what arrives, how often, and what is written down."""

import asyncio
import email
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import Engine, select

from asterism.execution import Desk, dispatch, plan_touches, queue_touches
from asterism.execution.channels import (
    ChannelContext,
    EmailChannel,
    Letterhead,
    SmtpPost,
    SmtpServer,
    Traits,
    standard_registry,
)
from asterism.execution.compose import StrategyWords
from asterism.execution.recipients import Recipient
from asterism.execution.tables import touch
from asterism.execution.unsubscribe import unsubscribe
from asterism.kernel.clock import SetClock
from asterism.kernel.errors import InvalidInputError
from asterism.ledger import metadata, open_ledger
from asterism.strategy import library, publish_strategy
from asterism.strategy.testing import CATALOGUE

DAY = date(2026, 3, 2)
AGREED = {"consent_email": True, "consent_marketing": True, "logins_30d": 3}


class Mailbox:
    """A server's hooks: keeps what arrives, refuses whom it is told to."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.hang_up_after_data = False

    async def handle_RCPT(  # noqa: N802 - the server's hook
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        letter = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        if self.hang_up_after_data:
            server.transport.abort()
            await asyncio.sleep(0)
        return "250 taken"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[Controller]:
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))


@pytest.fixture
def channel(engine: Engine, server: Controller, tmp_path: Path) -> Iterator[EmailChannel]:
    found = open_channel(engine, tmp_path, server.port)
    yield found
    found.close()


def open_channel(engine: Engine, home: Path, port: int) -> EmailChannel:
    context = ChannelContext(
        engine=engine,
        home=home,
        sender="星河银行 <service@bank.example>",
        public_url="https://bank.example",
        smtp=SmtpServer(host="127.0.0.1", port=port, timeout=5),
    )
    found = standard_registry().open(context)["email"]
    assert isinstance(found, EmailChannel)
    return found


@dataclass(frozen=True)
class Decisions:
    touches: Any
    funnel: Sequence[Any] = ()


@dataclass
class Bank:
    """A bank with one published strategy and customers whom a test may change."""

    engine: Engine
    clock: SetClock
    channel: EmailChannel
    changes: dict[str, Mapping[str, Any]]

    def plan(self, *customers: str) -> None:
        rows = [
            {
                "customer_id": customer,
                "strategy": "first_fund",
                "version": 1,
                "wave": 1,
                "offer": "short_bond",
                "channel": "email",
                "value_minor": 100,
                "cost_minor": 2,
                "arm": "touch",
            }
            for customer in customers
        ]
        plan_touches(self.engine, Decisions(pa.Table.from_pylist(rows)), DAY, self.clock)

    def send(self) -> dict[str, int]:
        queue_touches(self.engine, DAY, self.clock)
        compose = StrategyWords(self.engine, CATALOGUE, bank="星河银行", locale="zh")
        desk = Desk(recipients=self.look_up, compose=compose)
        return dispatch(self.engine, {"email": self.channel}, desk, self.clock)

    def look_up(self, customer_ids: Sequence[str], _: Traits) -> dict[str, Recipient]:
        usual = {"name": "王小明", "profile": AGREED}
        return {
            one: Recipient(
                **{
                    **usual,
                    "customer_id": one,
                    "email": f"{one}@bank.example",
                    **self.changes.get(one, {}),
                }
            )
            for one in customer_ids
        }

    def touches(self) -> dict[str, tuple[str, str | None]]:
        row = touch.c
        with self.engine.connect() as connection:
            rows = connection.execute(select(row.customer_id, row.state, row.reason)).all()
        return {row.customer_id: (row.state, row.reason) for row in rows}


@pytest.fixture
def bank(engine: Engine, clock: SetClock, channel: EmailChannel) -> Bank:
    strategy = next(one for one in library() if one.id == "first_fund")
    publish_strategy(engine, strategy, clock, "ana")
    return Bank(engine, clock, channel, {})


def test_a_letter_arrives_with_all_that_identifies_it(bank: Bank, mailbox: Mailbox) -> None:
    bank.plan("a")

    bank.send()

    (letter,) = mailbox.letters
    with bank.engine.connect() as connection:
        key = connection.execute(select(touch.c.touch_id)).scalar_one()
    assert letter["Message-ID"] == f"<{key}@bank.example>"
    assert letter["To"] == "王小明 <a@bank.example>"
    assert letter["From"] == "星河银行 <service@bank.example>"
    assert letter["Subject"] == "王小明，了解短债基金"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, html = (letter.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert "短债基金主要投资短期债券" in plain.get_content()
    assert "退订" in plain.get_content()
    assert "<p>王小明您好" in html.get_content()


def test_the_link_in_the_letter_ends_the_letters(bank: Bank, mailbox: Mailbox) -> None:
    bank.plan("a")
    bank.send()
    link = mailbox.letters[0]["List-Unsubscribe"].strip("<>")
    assert link.startswith("https://bank.example/unsubscribe/")

    assert unsubscribe(bank.engine, link.rpartition("/")[2], bank.clock) == "email"
    bank.clock.set(datetime(2026, 3, 20, 2, 0, tzinfo=UTC))
    plan_again = Decisions(_planned_again(bank))
    plan_touches(bank.engine, plan_again, date(2026, 3, 20), bank.clock)
    bank.send()
    queue_touches(bank.engine, date(2026, 3, 20), bank.clock)
    bank.send()

    assert len(mailbox.letters) == 1


def _planned_again(bank: Bank) -> Any:
    names = ("customer_id", "strategy", "version", "wave", "offer", "channel")
    with bank.engine.connect() as connection:
        row = connection.execute(select(*(touch.c[name] for name in names))).mappings().one()
    return pa.Table.from_pylist([{**row, "value_minor": 1, "cost_minor": 1, "arm": "touch"}])


def test_markup_in_a_customers_name_stays_text(bank: Bank, mailbox: Mailbox) -> None:
    bank.plan("a")
    bank.changes["a"] = {"name": "<script>alert(1)</script>"}

    bank.send()

    html = mailbox.letters[0].get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()
    assert "&lt;script&gt;" in html.get_content()


@pytest.mark.parametrize(
    "name", ["x\r\nBcc: all@bank.example", "x, y@bank.example", '"; <all@bank.example>']
)
def test_a_name_smuggles_no_header_and_no_recipient_in(
    bank: Bank, mailbox: Mailbox, name: str
) -> None:
    bank.plan("a")
    bank.changes["a"] = {"name": name}

    bank.send()

    (letter,) = mailbox.letters
    assert letter["Bcc"] is None
    assert [address.addr_spec for address in letter["To"].addresses] == ["a@bank.example"]


@pytest.mark.parametrize(
    "address",
    [
        "no address",
        "a@b@c",
        "a@bank.example\r\nRCPT TO:<x@bank.example>",
        "a@bank",
        "王@bank.example",
    ],
)
def test_an_address_that_is_none_is_a_hard_bounce_without_a_call(
    bank: Bank, mailbox: Mailbox, address: str
) -> None:
    bank.plan("a")
    bank.changes["a"] = {"email": address}

    bank.send()

    assert mailbox.letters == []
    assert bank.touches() == {"a": ("failed", "channel.hard_bounce")}


def test_a_value_that_is_missing_blocks_the_letter(bank: Bank, mailbox: Mailbox) -> None:
    bank.plan("a", "b")
    bank.changes["a"] = {"name": ""}

    bank.send()

    assert [letter["To"].addresses[0].addr_spec for letter in mailbox.letters] == ["b@bank.example"]
    assert bank.touches()["a"] == ("suppressed", "send.missing_variable")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("550 no such mailbox", ("failed", "channel.hard_bounce")),
        ("554 not from you", ("failed", "channel.rejected")),
        ("451 try again later", ("queued", None)),
    ],
)
def test_the_servers_answer_decides(
    bank: Bank, mailbox: Mailbox, answer: str, expected: tuple[str, str | None]
) -> None:
    mailbox.answers["a@bank.example"] = answer
    bank.plan("a", "b")

    bank.send()

    assert bank.touches() == {"a": expected, "b": ("sent", None)}
    assert len(mailbox.letters) == 1


def test_a_letter_that_was_put_off_is_tried_again_and_arrives_once(
    bank: Bank, mailbox: Mailbox
) -> None:
    mailbox.answers["a@bank.example"] = "451 try again later"
    bank.plan("a")
    bank.send()
    mailbox.answers.clear()

    bank.send()
    assert mailbox.letters == []
    bank.clock.set(datetime(2026, 3, 2, 2, 2, tzinfo=UTC))
    bank.send()

    assert len(mailbox.letters) == 1


def test_a_server_that_takes_a_letter_and_hangs_up_leaves_an_unknown_outcome(
    bank: Bank, mailbox: Mailbox
) -> None:
    mailbox.hang_up_after_data = True
    bank.plan("a")
    bank.send()
    mailbox.hang_up_after_data = False

    for hour in (3, 4, 5):
        bank.clock.set(datetime(2026, 3, 2, hour, tzinfo=UTC))
        bank.send()

    assert len(mailbox.letters) == 1
    assert bank.touches() == {"a": ("unknown", "channel.outcome_unknown")}


def test_without_a_server_nothing_is_lost(bank: Bank, mailbox: Mailbox, tmp_path: Path) -> None:
    port = free_port()
    bank.channel = open_channel(bank.engine, tmp_path, port)
    bank.plan("a")
    assert bank.send()["down"] == 1
    assert bank.touches() == {"a": ("queued", None)}
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()

    bank.clock.set(datetime(2026, 3, 2, 3, tzinfo=UTC))
    bank.send()
    bank.channel.close()
    server.stop()

    assert len(mailbox.letters) == 1


def test_connections_stay_open_between_batches(bank: Bank, mailbox: Mailbox) -> None:
    peers: list[Any] = []
    taken = mailbox.handle_DATA

    async def remember(server: Any, session: Any, envelope: Any) -> str:
        peers.append(session.peer)
        return await taken(server, session, envelope)

    mailbox.handle_DATA = remember  # type: ignore[method-assign]
    bank.plan(*(f"c{number}" for number in range(120)))

    bank.send()

    assert len(mailbox.letters) == 120
    assert len(set(peers)) <= 4


def test_a_wrong_sender_is_explained() -> None:
    with pytest.raises(InvalidInputError, match="Name <address>"):
        Letterhead("the bank", public_url="https://bank.example", token=str)


def test_a_wrong_server_address_is_explained() -> None:
    with pytest.raises(InvalidInputError, match="smtp://host:port"):
        SmtpServer.of("mail.bank.example")
    server = SmtpServer.of("smtps://mail.bank.example")
    assert (server.port, server.implicit_tls) == (465, True)
    SmtpPost(server).close()


#: Forks workers that plan and send by SMTP, and kills each after a while; the last may finish.
DRIVER = """
import os, signal, sys, time
from datetime import UTC, date, datetime
from types import SimpleNamespace
import numpy as np
import pyarrow as pa
from asterism.execution import Desk, dispatch, plan_touches, queue_touches
from asterism.execution.channels import (
    Content, EmailChannel, Letterhead, SmtpPost, SmtpServer
)
from asterism.execution.recipients import Recipient
from asterism.kernel.clock import SetClock
from asterism.kernel.errors import InvalidInputError
from asterism.ledger import open_ledger

url, port, customers, kills = sys.argv[1], *map(int, sys.argv[2:5])


def work():
    engine = open_ledger(url)
    clock = SetClock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    rows = [
        {
            "customer_id": f"C{n:05d}", "strategy": "first_fund", "version": 1, "wave": 1,
            "offer": "money_fund", "channel": "email", "value_minor": n, "cost_minor": 2,
            "arm": "touch",
        }
        for n in range(customers)
    ]
    chosen = SimpleNamespace(touches=pa.Table.from_pylist(rows), funnel=[])
    plan_touches(engine, chosen, date(2026, 3, 2), clock)
    queue_touches(engine, date(2026, 3, 2), clock)
    letterhead = Letterhead("B <b@bank.example>", public_url="http://x", token=lambda key: key)
    post = SmtpPost(SmtpServer(host="127.0.0.1", port=port, timeout=5))
    desk = Desk(
        recipients=lambda ids, _: {
            c: Recipient(
                customer_id=c, email=f"{c}@bank.example", profile={"consent_email": True}
            )
            for c in ids
        },
        compose=lambda message, recipient, channel: Content(subject="s", text="t"),
    )
    channel = EmailChannel(letterhead, post, batch=8)
    dispatch(engine, {"email": channel}, desk, clock)
    channel.close()


generator = np.random.default_rng(11)
for number in range(kills + 1):
    worker = os.fork()
    if worker == 0:
        work()
        os._exit(0)
    if number < kills:
        time.sleep(generator.uniform(0.05, 0.5))
        os.kill(worker, signal.SIGKILL)
    _, status = os.waitpid(worker, 0)
    if number == kills:
        sys.exit(os.waitstatus_to_exitcode(status))
"""


def test_a_sender_that_is_killed_doubles_nothing_and_loses_nothing(
    engine: Engine, server: Controller, mailbox: Mailbox
) -> None:
    customers, kills = 300, 5
    arguments = [str(engine.url), str(server.port), str(customers), str(kills)]

    done = subprocess.run(
        [sys.executable, "-c", DRIVER, *arguments], check=False, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    letters = Counter(letter["X-Asterism-Touch"] for letter in mailbox.letters)
    with engine.connect() as connection:
        rows = connection.execute(select(touch.c.touch_id, touch.c.state)).all()
    states = {row.touch_id: row.state for row in rows}
    assert set(letters.values()) == {1}
    assert len(states) == customers
    assert set(states.values()) <= {"sent", "unknown"}
    assert {key for key, state in states.items() if state == "sent"} <= set(letters)
    assert list(states.values()).count("unknown") <= 8 * kills
