"""Pages for people. One file for each page, one folder of templates for all."""

from fastapi import APIRouter

from asterism.server.console import login

_PAGES = (login,)


def routers() -> tuple[APIRouter, ...]:
    """Return the routes of every page."""
    return tuple(page.router for page in _PAGES)
