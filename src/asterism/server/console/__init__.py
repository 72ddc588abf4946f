"""Pages for people. One file for each page, one folder of templates for all."""

from fastapi import APIRouter

from asterism.server.console import (
    access,
    account,
    approvals,
    audit,
    compare,
    consent,
    customer,
    customers,
    drafts,
    gallery,
    home,
    lists,
    login,
    map,
    prices,
    rehearsal,
    review,
    scripts,
    sizing,
    strategies,
    studio,
    tags,
    takeaway,
    touches,
    unsubscribe,
    why,
    worklist,
)

_PAGES = (
    login,
    home,
    customers,
    customer,
    why,
    consent,
    tags,
    studio,
    takeaway,
    lists,
    map,
    strategies,
    compare,
    prices,
    scripts,
    rehearsal,
    drafts,
    gallery,
    approvals,
    touches,
    worklist,
    review,
    sizing,
    access,
    account,
    audit,
    unsubscribe,
)


def routers() -> tuple[APIRouter, ...]:
    """Return the routes of every page."""
    return tuple(page.router for page in _PAGES)
