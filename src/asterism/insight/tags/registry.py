"""The built-in tags, and what the audience language may know of them."""

from collections.abc import Mapping
from functools import cache

from asterism.audience import Catalogue
from asterism.insight.tags.declared import (
    anomaly,
    assets,
    basic,
    channels,
    preference,
    products,
    psychology,
    social,
    standing,
    transactions,
)
from asterism.insight.tags.lineage import privacy
from asterism.insight.tags.tag import Tag

_FILES = (
    basic,
    social,
    assets,
    products,
    transactions,
    standing,
    channels,
    preference,
    psychology,
    anomaly,
)

#: Every built-in tag by name, in the order of the catalogue page.
TAGS: dict[str, Tag] = {tag.name: tag for file in _FILES for tag in file.TAGS}


def catalogue(
    segments: Mapping[str, str] | None = None, tags: Mapping[str, Tag] | None = None
) -> Catalogue:
    """Return what audience expressions may speak of: `tags` (the built-in) and named `segments`."""
    known = _builtin() if tags is None else _catalogue(tags)
    return Catalogue(known.tags, dict(segments or {}))


@cache
def _builtin() -> Catalogue:
    return _catalogue(TAGS)


def _catalogue(tags: Mapping[str, Tag]) -> Catalogue:
    return Catalogue({tag.name: tag.spec(privacy(tag, tags)) for tag in tags.values()})
