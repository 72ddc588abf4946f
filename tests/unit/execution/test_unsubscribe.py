"""Links by which customers refuse further messages."""

from typing import Any

import pytest
from sqlalchemy import select

from asterism.execution.channels import MemoryChannel, Traits
from asterism.execution.unsubscribe import (
    touch_of_token,
    unsubscribe,
    unsubscribe_key,
    unsubscribe_token,
)
from asterism.kernel.errors import NotFoundError
from asterism.strategy.consent import consent


def test_a_ledger_has_one_key(bank: Any) -> None:
    assert unsubscribe_key(bank.engine) == unsubscribe_key(bank.engine)


@pytest.mark.parametrize("change", [0, 10, 40, 63])
def test_a_token_that_was_changed_is_no_token(change: int) -> None:
    key = b"k" * 32
    token = unsubscribe_token(key, "0" * 32)
    changed = token[:change] + ("1" if token[change] != "1" else "2") + token[change + 1 :]

    assert touch_of_token(key, token) == "0" * 32
    assert touch_of_token(key, changed) is None


@pytest.mark.parametrize("token", ["", "x", "退订", "0" * 32])
def test_nonsense_is_no_token(bank: Any, token: str) -> None:
    with pytest.raises(NotFoundError):
        unsubscribe(bank.engine, token, bank.clock)


@pytest.mark.parametrize(("everything", "channel"), [(False, "email"), (True, "*")])
def test_a_link_refuses_the_touchs_channel_or_every_one(
    bank: Any, decide: Any, *, everything: bool, channel: str
) -> None:
    bank.plan(decide({"customer_id": "a"}))
    post = MemoryChannel(name="email", traits=Traits(consent="", intrusive=False))
    bank.send(post)
    token = unsubscribe_token(unsubscribe_key(bank.engine), post.taken[0].key)

    assert unsubscribe(bank.engine, token, bank.clock, everything=everything) == channel
    unsubscribe(bank.engine, token, bank.clock, everything=everything)

    with bank.engine.connect() as connection:
        rows = connection.execute(select(consent.c.customer_id, consent.c.medium))
        assert set(map(tuple, rows)) == {("a", channel)}
