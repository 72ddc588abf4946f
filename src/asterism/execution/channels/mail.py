"""One message as e-mail: headers that identify it, and that let the customer refuse the next.

Written byte by byte: the standard library's message objects take milliseconds for each letter.
"""

import base64
import html
import re
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime, formataddr, parseaddr

from asterism.execution.channels.port import Content, Message
from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import Text

FOOTER = Text(
    "如不希望再收到此类邮件，请点击退订：{link}",
    "If you do not want such messages, unsubscribe here: {link}",
    "Si no desea recibir estos mensajes, dese de baja aquí: {link}",
)
#: What an address must look like: nothing that could end a header or name a second recipient.
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"
)
_LONGEST_ADDRESS = 254
#: Bytes of UTF-8 in one encoded word, so that it stays below 75 characters.
_WORD_BYTES = 42
_LONGEST_NAME = 60


class UnaddressableError(Exception):
    """The address is not one that mail can be sent to."""


class Letterhead:
    """Turns messages into e-mail of one sender."""

    def __init__(
        self, sender: str, *, public_url: str, token: Callable[[str], str], locale: str = "zh"
    ) -> None:
        """Write as `sender` ("Name <address>"); `token` signs a touch's unsubscribe link."""
        name, address = parseaddr(sender)
        if not _ADDRESS.fullmatch(address):
            wrong = Problem(message="Write the sender of e-mail as Name <address>.")
            raise InvalidInputError("The e-mail channel cannot be opened", [wrong])
        self._from = _mailbox(name, address)
        self._address = address
        self._domain = address.rpartition("@")[2]
        self._public_url = public_url.rstrip("/")
        self._token = token
        self._footer = FOOTER.in_locale(locale)

    @property
    def envelope_sender(self) -> str:
        """The address that bounces go to."""
        return self._address

    def write(self, message: Message, now: datetime) -> bytes:
        """Return `message` as e-mail; UnaddressableError if its address cannot be one."""
        if len(message.address) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(message.address):
            raise UnaddressableError(message.address)
        content = message.content or Content(subject="", text="")
        link = self.unsubscribe_link(message.key)
        boundary = f"=_{message.key}"
        headers = (
            f"From: {self._from}",
            f"To: {_mailbox(message.name, message.address)}",
            f"Subject: {encoded(content.subject)}",
            f"Date: {format_datetime(now)}",
            f"Message-ID: <{message.key}@{self._domain}>",
            f"List-Unsubscribe: <{link}>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            f"X-Asterism-Touch: {message.key}",
            "MIME-Version: 1.0",
            f'Content-Type: multipart/alternative; boundary="{boundary}"',
        )
        plain = f"{content.text}\n\n--\n{self._footer.format(link=link)}\n"
        parts = (("plain", plain), ("html", _html(content.text, self._footer, link)))
        body = "".join(_part(boundary, kind, text) for kind, text in parts)
        return ("\r\n".join(headers) + f"\r\n\r\n{body}--{boundary}--\r\n").encode("ascii")

    def unsubscribe_link(self, touch_id: str) -> str:
        """Return the link by which the touch's customer refuses e-mail."""
        return f"{self._public_url}/unsubscribe/{self._token(touch_id)}"


def encoded(text: str) -> str:
    """Return a header's text: one line, as it is if plain ASCII, else in encoded words.

    >>> encoded("A first fund"), encoded("基金")
    ('A first fund', '=?utf-8?b?5Z+66YeR?=')
    """
    line = _one_line(text)
    if line.isascii() and "=?" not in line and len(line) <= _LONGEST_NAME:
        return line
    words: list[bytes] = [b""]
    for character in line:
        piece = character.encode("utf-8", errors="replace")
        if len(words[-1]) + len(piece) > _WORD_BYTES:
            words.append(b"")
        words[-1] += piece
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words)


def _mailbox(name: str, address: str) -> str:
    """Return `name <address>`, the name quoted or encoded so that it is nothing but a name."""
    shown = _one_line(name)[:_LONGEST_NAME]
    if shown.isascii():
        return formataddr((shown, address))
    return f"{encoded(shown)} <{address}>"


def _one_line(text: str) -> str:
    """Return `text` without line breaks and other characters that nobody sees."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())


def _part(boundary: str, kind: str, text: str) -> str:
    content = base64.encodebytes(text.encode("utf-8", errors="replace")).decode("ascii")
    return (
        f"--{boundary}\r\n"
        f"Content-Type: text/{kind}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n" + content.replace("\n", "\r\n")
    )


def _html(text: str, footer: str, link: str) -> str:
    """Return plain text as HTML: nothing in it is markup, whoever wrote it."""
    paragraphs = "".join(
        "<p>" + html.escape(block.strip()).replace("\n", "<br>") + "</p>"
        for block in text.split("\n\n")
        if block.strip()
    )
    anchor = f'<a href="{html.escape(link)}">{html.escape(link)}</a>'
    return f"<html><body>{paragraphs}<hr><p>{footer.format(link=anchor)}</p></body></html>"
