"""Ways to reach a customer, behind one port."""

from asterism.execution.channels.app_slot import AppSlotChannel
from asterism.execution.channels.manager_list import ManagerListChannel
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

__all__ = [
    "AppSlotChannel",
    "Channel",
    "ChannelDownError",
    "Content",
    "ManagerListChannel",
    "Message",
    "Outcome",
    "Result",
    "Standing",
    "Traits",
]
