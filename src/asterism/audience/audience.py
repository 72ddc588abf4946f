"""An audience: who is meant, in one meaning with three readings."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any as Anything

from asterism.audience.columns.columns import Columns
from asterism.audience.columns.reading import MaskReading
from asterism.audience.expression import IbisReading
from asterism.audience.mask import Mask
from asterism.audience.operations import All, Condition, InSegment, own_tags, walk
from asterism.audience.tree import tree_of
from asterism.audience.truth import Predicate, Profile, predicate
from asterism.audience.wording import canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One of the conditions that an audience joins with AND, and whether it holds for someone."""

    #: Its canonical text.
    text: str
    #: True, False, or None where a tag that it needs is null.
    holds: bool | None
    #: The tags that it reads, with the customer's values; None for null.
    values: Mapping[str, object]


@dataclass(frozen=True)
class Audience:
    """Who is meant: the outcome of `compile_audience`, immutable and safe to share."""

    condition: Condition

    @cached_property
    def text(self) -> str:
        """The canonical text; compiling it gives the same audience."""
        return canonical(self.condition)

    @cached_property
    def tags(self) -> frozenset[str]:
        """Every tag that it reads, through segments too."""
        return _tags_in(self.condition)

    @cached_property
    def segments(self) -> frozenset[str]:
        """Every segment that it names, through segments too."""
        inside = walk(self.condition)
        return frozenset(found.name for found in inside if isinstance(found, InSegment))

    def to_ibis(self, table: Anything) -> Anything:
        """Return the Ibis boolean value over `table`; null where unknown, which means not in.

        The table has a column per tag: money as int64 minor units, flags as boolean.
        """
        return IbisReading(table).condition(self.condition)

    def mask(self, columns: Columns) -> Mask:
        """Return the customers of a snapshot that are in, as packed bits."""
        return MaskReading(columns).mask(self.condition)

    def matches(self, profile: Profile) -> bool:
        """Tell whether one customer is in.

        The profile maps tags to values: money as int minor units, dates as `datetime.date`; a
        missing tag is null.
        """
        return self._predicate(profile) is True

    def explain(self, profile: Profile) -> tuple[Clause, ...]:
        """Return the conditions joined at the top and whether each holds for one customer."""
        return tuple(
            Clause(
                text=text,
                holds=holds(profile),
                values={name: profile.get(name) for name in tags},
            )
            for text, holds, tags in self._clauses
        )

    def tree(self) -> dict[str, object]:
        """Return the audience for the click builder, as JSON-able groups and rows."""
        return tree_of(self.condition)

    @cached_property
    def _predicate(self) -> Predicate:
        return predicate(self.condition)

    @cached_property
    def _clauses(self) -> tuple[tuple[str, Predicate, tuple[str, ...]], ...]:
        joined = self.condition
        items = joined.items if isinstance(joined, All) else (joined,)
        return tuple(
            (canonical(item), predicate(item), tuple(sorted(_tags_in(item)))) for item in items
        )


def _tags_in(condition: Condition) -> frozenset[str]:
    return frozenset(tag.name for inner in walk(condition) for tag in own_tags(inner))
