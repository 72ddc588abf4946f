"""What a message says: the words of its strategy's version, filled in for one customer."""

from functools import lru_cache
from typing import Protocol

from sqlalchemy import Engine

from asterism.audience.catalogue import Catalogue
from asterism.execution.channels.port import Content, Message
from asterism.execution.reasons import Why
from asterism.execution.recipients import Recipient
from asterism.kernel.errors import InvalidInputError, NotFoundError
from asterism.strategy import (
    MissingValueError,
    PublishedStrategy,
    Reader,
    get_strategy,
    render_script,
)


class UnrenderableError(Exception):
    """There are no words for this customer: `why`, and what the template said."""

    def __init__(self, why: Why, detail: str) -> None:
        super().__init__(why, detail)
        self.why = why
        self.detail = detail


class Composer(Protocol):
    """Finds the words for a message."""

    def __call__(self, message: Message, recipient: Recipient, channel: str) -> Content:
        """Return what `message` says on `channel`; UnrenderableError if it must not go."""
        ...


class StrategyWords:
    """Composes from the scripts of the strategies in the ledger; versions never change."""

    def __init__(self, engine: Engine, catalogue: Catalogue, *, bank: str, locale: str) -> None:
        """Write as `bank`, in `locale` (zh, en, es), with the tags of `catalogue` as values."""
        self._catalogue = catalogue
        self._bank = bank
        self._locale = locale

        @lru_cache(maxsize=1_024)
        def version(strategy: str, number: int) -> PublishedStrategy:
            return get_strategy(engine, strategy, number)

        self._version = version

    def __call__(self, message: Message, recipient: Recipient, channel: str) -> Content:
        """Return the script that was drawn for the customer, filled in."""
        try:
            strategy = self._version(message.strategy, message.version).strategy
            offer = strategy.offer(message.offer)
        except (NotFoundError, KeyError) as error:
            raise UnrenderableError(Why.NO_SCRIPT, message.strategy) from error
        script = strategy.script(channel, message.wave, message.script)
        if script is None:
            raise UnrenderableError(Why.NO_SCRIPT, channel)
        reader = Reader(
            profile=recipient.profile, name=recipient.name, bank=self._bank, locale=self._locale
        )
        try:
            words = render_script(script, offer, reader, self._catalogue)
        except InvalidInputError as error:
            missing = isinstance(error, MissingValueError)
            why = Why.MISSING_VARIABLE if missing else Why.TEMPLATE_FAILED
            raise UnrenderableError(why, str(error.__cause__ or error)) from error
        return Content(subject=" ".join(words.subject.split()), text=words.body)
