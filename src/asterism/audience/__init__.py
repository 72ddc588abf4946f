"""One language for "which customers": parse → check → three readings of one meaning."""

from asterism.audience.audience import Audience, Clause
from asterism.audience.builder import from_tree
from asterism.audience.catalogue import Catalogue, TagSpec, TagType
from asterism.audience.columns import Coded, Columns, ColumnsWriter
from asterism.audience.compile import compile_audience
from asterism.audience.findings import InvalidAudienceError
from asterism.audience.mask import Mask, overlap_matrix

__all__ = [
    "Audience",
    "Catalogue",
    "Clause",
    "Coded",
    "Columns",
    "ColumnsWriter",
    "InvalidAudienceError",
    "Mask",
    "TagSpec",
    "TagType",
    "compile_audience",
    "from_tree",
    "overlap_matrix",
]
