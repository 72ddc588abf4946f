"""Mapping files: how any bank's exports become canonical tables."""

from asterism.warehouse.mapping.model import Load, Mapping
from asterism.warehouse.mapping.read import load_mapping, parse_mapping

__all__ = ["Load", "Mapping", "load_mapping", "parse_mapping"]
