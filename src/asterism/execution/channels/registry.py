"""The one list of channels: built-in ones and plug-ins enter it in the same way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path

from sqlalchemy import Engine

from asterism.execution.channels.app_slot import AppSlotChannel
from asterism.execution.channels.call_list import CallListChannel
from asterism.execution.channels.email import EmailChannel, Post
from asterism.execution.channels.mail import Letterhead
from asterism.execution.channels.mail_folder import MailFolder
from asterism.execution.channels.manager_list import ManagerListChannel
from asterism.execution.channels.port import Channel
from asterism.execution.channels.smtp import SmtpPost, SmtpServer
from asterism.execution.unsubscribe import unsubscribe_key, unsubscribe_token
from asterism.kernel.errors import ConflictError
from asterism.kernel.words import N_

#: A plug-in names its factory in this group of entry points.
ENTRY_POINTS = "asterism.channels"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelContext:
    """What a channel may be built from."""

    engine: Engine
    #: The directory in which all state lives.
    home: Path
    #: "Name <address>" that e-mail comes from.
    sender: str = "Asterism <service@bank.example>"
    #: Where links in messages lead.
    public_url: str = "http://127.0.0.1:8640"
    #: Language of lists and footers: zh, en or es.
    locale: str = "zh"
    #: Where e-mail is handed in; without one it is left in `home/outbox-files`.
    smtp: SmtpServer | None = None


Factory = Callable[[ChannelContext], Channel]


@dataclass(slots=True)
class ChannelRegistry:
    """Factories by channel name."""

    factories: dict[str, Factory] = field(default_factory=dict)

    def register(self, name: str, factory: Factory) -> None:
        """Enter a channel; ConflictError if the name is taken."""
        if name in self.factories:
            raise ConflictError(N_("There is a channel called {name} already."), name=name)
        self.factories[name] = factory

    def open(self, context: ChannelContext) -> Mapping[str, Channel]:
        """Return every channel, ready to deliver."""
        return {name: factory(context) for name, factory in self.factories.items()}


def standard_registry() -> ChannelRegistry:
    """Return a registry of the built-in channels and of every installed plug-in."""
    registry = ChannelRegistry()
    registry.register(AppSlotChannel.name, lambda _: AppSlotChannel())
    registry.register(ManagerListChannel.name, lambda c: ManagerListChannel(c.engine))
    registry.register(
        CallListChannel.name, lambda c: CallListChannel(c.home / "lists", locale=c.locale)
    )
    registry.register(EmailChannel.name, _email)
    for entry in entry_points(group=ENTRY_POINTS):
        registry.register(entry.name, entry.load())
    return registry


def _email(context: ChannelContext) -> Channel:
    key = unsubscribe_key(context.engine)
    letterhead = Letterhead(
        context.sender,
        public_url=context.public_url,
        token=lambda touch_id: unsubscribe_token(key, touch_id),
        locale=context.locale,
    )
    if context.smtp is not None:
        return EmailChannel(letterhead, SmtpPost(context.smtp))
    post: Post = MailFolder(context.home / "outbox-files")
    return EmailChannel(letterhead, post, batch=500)
