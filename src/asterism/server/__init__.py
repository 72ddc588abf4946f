"""The console and the JSON API: everything that speaks HTTP."""

from asterism.server.app import create_app
from asterism.server.services import ConsoleSettings, CurrentSnapshot, Services

__all__ = ["ConsoleSettings", "CurrentSnapshot", "Services", "create_app"]
