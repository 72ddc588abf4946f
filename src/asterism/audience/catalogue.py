"""What the audience language may speak of: tags with their types, and named segments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from asterism.kernel.privacy import Privacy


class TagType(StrEnum):
    """The types of tags. Null is a value of each."""

    FLAG = "flag"
    #: Whole number, int64.
    INTEGER = "integer"
    #: IEEE double; never NaN or infinite: these are stored as null.
    NUMBER = "number"
    #: int64 minor units; literals in expressions are written in major units.
    MONEY = "money"
    TEXT = "text"
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class TagSpec:
    """The part of a tag that the language needs to know."""

    name: str
    type: TagType
    privacy: Privacy = Privacy.C1
    #: The only values a text tag takes; empty for any.
    values: tuple[str, ...] = ()
    #: Decimal digits of the currency, for money.
    exponent: int = 2


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All tags, and all segments as expressions over them."""

    tags: Mapping[str, TagSpec]
    segments: Mapping[str, str] = field(default_factory=dict)
