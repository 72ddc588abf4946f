"""One message as e-mail: headers that identify it, and that let the customer refuse the next."""

import html
from collections.abc import Callable, Sequence
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

from asterism.execution.channels.port import Content, Message
from asterism.kernel.words import Text

FOOTER = Text(
    "如不希望再收到此类邮件，请点击退订：{link}",
    "If you do not want such messages, unsubscribe here: {link}",
    "Si no desea recibir estos mensajes, dese de baja aquí: {link}",
)


class UnaddressableError(Exception):
    """The address is not one that mail can be sent to."""


class Letterhead:
    """Turns messages into e-mail of one sender."""

    def __init__(
        self, sender: str, *, public_url: str, token: Callable[[str], str], locale: str = "zh"
    ) -> None:
        """Write as `sender` ("Name <address>"); `token` signs a touch's unsubscribe link."""
        name, address = parseaddr(sender)
        self._sender = Address(display_name=name, addr_spec=address)
        self._public_url = public_url.rstrip("/")
        self._token = token
        self._locale = locale

    @property
    def envelope_sender(self) -> str:
        """The address that bounces go to."""
        return self._sender.addr_spec

    def write(self, message: Message, now: datetime) -> EmailMessage:
        """Return `message` as e-mail; UnaddressableError if its address cannot be one."""
        content = message.content or Content(subject="", text="")
        link = self.unsubscribe_link(message.key)
        mail = EmailMessage(policy=SMTP)
        mail["From"] = self._sender
        mail["To"] = _address(message.address, message.name)
        mail["Subject"] = content.subject
        mail["Date"] = now
        mail["Message-ID"] = f"<{message.key}@{self._sender.domain}>"
        mail["List-Unsubscribe"] = f"<{link}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail["X-Asterism-Touch"] = message.key
        footer = FOOTER.in_locale(self._locale)
        mail.set_content(f"{content.text}\n\n--\n{footer.format(link=link)}\n")
        mail.add_alternative(_html(content.text, footer, link), subtype="html")
        return mail

    def unsubscribe_link(self, touch_id: str) -> str:
        """Return the link by which the touch's customer refuses e-mail."""
        return f"{self._public_url}/unsubscribe/{self._token(touch_id)}"


def _address(address: str, name: str) -> Address:
    """Refuse what could smuggle a header or a second recipient in."""
    try:
        parsed = Address(display_name=" ".join(name.split()), addr_spec=address)
    except (ValueError, MessageError, IndexError) as error:
        raise UnaddressableError(str(error)) from error
    if not address.isascii() or not parsed.username or "." not in parsed.domain.strip("[]"):
        raise UnaddressableError(address)
    return parsed


def _html(text: str, footer: str, link: str) -> str:
    """Return plain text as HTML: nothing in it is markup, whoever wrote it."""
    blocks: Sequence[str] = [block for block in text.split("\n\n") if block.strip()]
    paragraphs = "".join(
        "<p>" + html.escape(block.strip()).replace("\n", "<br>") + "</p>" for block in blocks
    )
    anchor = f'<a href="{html.escape(link)}">{html.escape(link)}</a>'
    return f"<html><body>{paragraphs}<hr><p>{footer.format(link=anchor)}</p></body></html>"
