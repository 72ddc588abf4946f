"""The JSON API, version 1."""

from fastapi import APIRouter

_PARTS: tuple[APIRouter, ...] = ()


def routers() -> tuple[APIRouter, ...]:
    """Return the routes of every part of the API."""
    return _PARTS
