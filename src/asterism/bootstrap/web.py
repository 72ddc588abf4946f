"""The web application over an opened installation."""

from fastapi import FastAPI

from asterism.bootstrap.installation import Asterism
from asterism.server import Services, create_app


def console(asterism: Asterism) -> FastAPI:
    """Return the console and the API."""
    bank = asterism.bank
    return create_app(
        Services(
            engine=bank.engine,
            warehouse=bank.warehouse,
            clock=bank.clock,
            home=bank.home,
            settings=asterism.settings,
        )
    )
