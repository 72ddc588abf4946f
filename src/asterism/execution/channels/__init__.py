"""Ways to reach a customer, behind one port."""

from asterism.execution.channels.app_slot import AppSlotChannel
from asterism.execution.channels.call_list import CallListChannel
from asterism.execution.channels.email import EmailChannel
from asterism.execution.channels.mail import Letterhead
from asterism.execution.channels.mail_folder import MailFolder
from asterism.execution.channels.manager_list import ManagerListChannel
from asterism.execution.channels.memory import MemoryChannel
from asterism.execution.channels.port import (
    Channel,
    ChannelDownError,
    Content,
    Message,
    Outcome,
    Result,
    Standing,
    Traits,
)
from asterism.execution.channels.registry import ChannelContext, ChannelRegistry, standard_registry
from asterism.execution.channels.smtp import SmtpPost, SmtpServer

__all__ = [
    "AppSlotChannel",
    "CallListChannel",
    "Channel",
    "ChannelContext",
    "ChannelDownError",
    "ChannelRegistry",
    "Content",
    "EmailChannel",
    "Letterhead",
    "MailFolder",
    "ManagerListChannel",
    "MemoryChannel",
    "Message",
    "Outcome",
    "Result",
    "SmtpPost",
    "SmtpServer",
    "Standing",
    "Traits",
    "standard_registry",
]
