"""E-mail: messages on the bank's letterhead, carried by SMTP or left in a folder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from asterism.execution.channels.mail import Letterhead, UnaddressableError
from asterism.execution.channels.port import Message, Outcome, Result, Standing, Traits
from asterism.execution.reasons import Why
from asterism.kernel.words import Text

EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready for the post."""

    key: str
    sender: str
    address: str
    #: The whole e-mail, headers and body, in ASCII with CRLF.
    mail: bytes


class Post(Protocol):
    """Carries letters."""

    def carry(self, letters: Sequence[Letter], now: datetime) -> Sequence[Outcome]:
        """Hand `letters` over; ChannelDownError if the post is closed and nothing has left."""
        ...

    def lookup(self, keys: Sequence[str]) -> Mapping[str, Standing]:
        """Tell what became of letters whose sender died."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class EmailChannel:
    """Sends e-mail; an address that cannot be one is a hard bounce without a call."""

    name = EMAIL
    title = Text("电子邮件", "E-mail", "Correo electrónico")

    def __init__(self, letterhead: Letterhead, post: Post, *, batch: int = 50) -> None:
        """Write on `letterhead`, send by `post`, at most `batch` letters in one hand-off."""
        self._letterhead = letterhead
        self._post = post
        self.traits = Traits(
            consent="consent_email", intrusive=True, address="email", rendered=True, batch=batch
        )

    def deliver(self, batch: Sequence[Message], now: datetime) -> Sequence[Outcome]:
        """Write and send the batch."""
        letters, bounced = [], []
        for message in batch:
            try:
                mail = self._letterhead.write(message, now)
            except UnaddressableError as error:
                bounced.append(
                    Outcome(
                        key=message.key,
                        result=Result.FAILED,
                        reason=Why.HARD_BOUNCE,
                        detail=str(error),
                    )
                )
                continue
            sender = self._letterhead.envelope_sender
            letters.append(Letter(message.key, sender, message.address, mail))
        return [*bounced, *self._post.carry(letters, now)] if letters else bounced

    def lookup(self, keys: Sequence[str]) -> Mapping[str, Standing]:
        """Ask the post."""
        return self._post.lookup(keys)

    def close(self) -> None:
        """Close the post."""
        self._post.close()
