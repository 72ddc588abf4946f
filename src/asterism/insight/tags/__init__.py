"""Tags: what is known about every customer, declared once and computed together."""

from asterism.insight.tags.compute import compute_tags
from asterism.insight.tags.registry import TAGS, catalogue
from asterism.insight.tags.tag import Category, Freshness, Kind, Tag

__all__ = ["TAGS", "Category", "Freshness", "Kind", "Tag", "catalogue", "compute_tags"]
