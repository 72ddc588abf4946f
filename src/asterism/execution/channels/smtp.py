"""Letters by SMTP, over connections that stay open between batches."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from asterism.execution.channels.email import Letter
from asterism.execution.channels.port import ChannelDownError, Outcome, Result, Standing
from asterism.execution.reasons import Why
from asterism.kernel.errors import InvalidInputError, Problem

#: SMTP codes that say the mailbox does not exist.
_NO_SUCH_MAILBOX = frozenset({550, 551, 553})
_PERMANENT = 500
_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """Where letters are handed in."""

    host: str
    port: int
    #: Encrypted from the first byte (smtps); otherwise STARTTLS where the server offers it.
    implicit_tls: bool = False
    user: str = ""
    password: str = ""
    #: Seconds after which an answer is no longer expected.
    timeout: float = 30.0

    @classmethod
    def of(cls, url: str, *, user: str = "", password: str = "") -> "SmtpServer":
        """Return the server of smtp://host:port or smtps://host:port."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            wrong = Problem(
                message="Write the SMTP server as smtp://host:port or smtps://host:port."
            )
            raise InvalidInputError("The e-mail channel cannot be opened", [wrong])
        return cls(
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            implicit_tls=parts.scheme == "smtps",
            user=user,
            password=password,
        )


class SmtpPost:
    """Hands letters to one SMTP server over a few connections at a time."""

    def __init__(self, server: SmtpServer, *, connections: int = 4) -> None:
        """Open at most `connections`, when they are needed."""
        self._server = server
        self._limit = connections
        self._runner: asyncio.Runner | None = None
        self._open: list[SMTP] = []

    def carry(self, letters: Sequence[Letter], now: datetime) -> Sequence[Outcome]:
        """Send all letters; ChannelDownError if the server cannot be reached at all."""
        if self._runner is None:
            self._runner = asyncio.Runner()
        return self._runner.run(self._carry(letters))

    def lookup(self, keys: Sequence[str]) -> Mapping[str, Standing]:
        """Say that SMTP cannot say."""
        return dict.fromkeys(keys, Standing.CANNOT_SAY)

    def close(self) -> None:
        """Take leave of the server."""
        if self._runner is not None:
            self._runner.run(self._quit())
            self._runner.close()
            self._runner = None

    async def _carry(self, letters: Sequence[Letter]) -> Sequence[Outcome]:
        waiting = list(reversed(letters))
        outcomes: list[Outcome] = []
        lines = [self._line(waiting, outcomes) for _ in range(min(self._limit, len(letters)))]
        errors = [error for error in await asyncio.gather(*lines) if error is not None]
        if errors and not outcomes:
            raise ChannelDownError(errors[0])
        told = {outcome.key for outcome in outcomes}
        return outcomes + [
            Outcome(key=letter.key, result=Result.NOT_SENT, detail=errors[0] if errors else "")
            for letter in letters
            if letter.key not in told
        ]

    async def _line(self, waiting: list[Letter], outcomes: list[Outcome]) -> str | None:
        """Send letters over one connection until none waits; return why it could not open."""
        while waiting:
            try:
                connection = await self._connection()
            except (SMTPException, OSError) as error:
                return str(error) or type(error).__name__
            while waiting and connection.is_connected:
                outcomes.append(await _send(connection, waiting.pop()))
            if connection.is_connected:
                self._open.append(connection)
        return None

    async def _connection(self) -> SMTP:
        while self._open:
            connection = self._open.pop()
            if connection.is_connected and await _answers(connection):
                return connection
        server = self._server
        connection = SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.implicit_tls,
            username=server.user or None,
            password=server.password or None,
            timeout=server.timeout,
        )
        await connection.connect()
        return connection

    async def _quit(self) -> None:
        for connection in self._open:
            try:
                await connection.quit()
            except SMTPException:
                connection.close()
        self._open.clear()


async def _answers(connection: SMTP) -> bool:
    try:
        await connection.noop()
    except SMTPException:
        connection.close()
        return False
    return True


async def _send(connection: SMTP, letter: Letter) -> Outcome:
    """Send one letter; until its content goes out, a broken line means it has not left."""
    content_started = False
    try:
        await connection.mail(letter.sender)
        await connection.rcpt(letter.address)
        content_started = True
        await connection.data(letter.mail)
    except SMTPResponseException as error:
        await _reset(connection)
        return _refused(letter.key, error)
    except (SMTPServerDisconnected, SMTPTimeoutError, OSError) as error:
        connection.close()
        result = Result.UNKNOWN if content_started else Result.NOT_SENT
        reason = Why.OUTCOME_UNKNOWN if content_started else ""
        return Outcome(key=letter.key, result=result, reason=reason, detail=str(error))
    return Outcome(key=letter.key, result=Result.SENT)


async def _reset(connection: SMTP) -> None:
    try:
        await connection.rset()
    except SMTPException:
        connection.close()


def _refused(key: str, error: SMTPResponseException) -> Outcome:
    """Tell a mailbox that does not exist from a refusal, and both from "not now"."""
    detail = f"{error.code} {error.message}"
    if error.code < _PERMANENT:
        return Outcome(key=key, result=Result.NOT_SENT, detail=detail)
    mailbox = isinstance(error, SMTPRecipientRefused) and error.code in _NO_SUCH_MAILBOX
    reason = Why.HARD_BOUNCE if mailbox else Why.REJECTED
    return Outcome(key=key, result=Result.FAILED, reason=reason, detail=detail)
