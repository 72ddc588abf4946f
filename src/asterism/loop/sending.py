"""Sending between the days' runs: what quiet hours held back, and what is tried again."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from asterism.execution import dispatch
from asterism.kernel.errors import AsterismError
from asterism.loop.bank import Bank
from asterism.loop.desk import desk

#: Seconds between two looks at what is due.
INTERVAL = 60.0

_log = logging.getLogger(__name__)


def send_what_is_due(bank: Bank) -> dict[str, int]:
    """Send once; counts of what became of it."""
    return dispatch(bank.engine, bank.channels, desk(bank, bank.snapshot()), bank.clock)


@contextmanager
def sending(bank: Bank, interval: float = INTERVAL) -> Iterator[None]:
    """Send in the background, every `interval` seconds, as long as the block runs."""
    ended = threading.Event()

    def work() -> None:
        while not ended.wait(interval):
            try:
                send_what_is_due(bank)
            except AsterismError as error:
                _log.warning("nothing was sent this time: %s", error)

    thread = threading.Thread(target=work, name="sending", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=interval)
