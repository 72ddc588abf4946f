"""The JSON API, version 1."""

from fastapi import APIRouter

from asterism.server.api import audiences, consent, customers, slots, strategies

_PARTS = (audiences, consent, customers, slots, strategies)


def routers() -> tuple[APIRouter, ...]:
    """Return the routes of every part of the API."""
    return tuple(part.router for part in _PARTS)
