"""Cut points: where the bank's own customers divide into bands.

They are exact quantiles over whole buckets, all of them in a small bank, else as many as give
enough customers: a bucket is a fair sample, and the first pass has them, so nothing is read twice.
"""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from asterism.insight.tags.derive import cut_points
from asterism.insight.tags.tag import Tag
from asterism.kernel.hashing import BUCKETS

#: As many customers as make cut points steady: the error of a quantile is below half a percent.
ENOUGH = 50_000


class Cuts:
    """Takes the cut points from the first customers it is shown and keeps them for the rest."""

    def __init__(self, tags: Mapping[str, Tag], customers: int) -> None:
        self._wanted = cut_points(tags)
        self._buckets = BUCKETS
        while self._buckets > 1 and customers * (self._buckets // 2) >= ENOUGH * BUCKETS:
            self._buckets //= 2
        self._values: dict[str, float | None] | None = None

    @property
    def buckets(self) -> int:
        """How many buckets, from 0, they are taken from."""
        return self._buckets

    def beside(self, base: ir.Table) -> ir.Table:
        """Return `base` with each cut point as a column; the first call must have the buckets."""
        if not self._wanted:
            return base
        if self._values is None:
            self._values = self._take(base)
        return base.mutate(
            **{name: ibis.literal(value, "float64") for name, value in self._values.items()}
        )

    def _take(self, base: ir.Table) -> dict[str, float | None]:
        sample = base.filter(base["bucket"] < self._buckets)
        quantiles = sample.aggregate(
            **{
                name: sample[tag].cast("float64").quantile(share)
                for name, (tag, share) in self._wanted.items()
            }
        )
        row: dict[str, float | None] = quantiles.to_pyarrow().to_pylist()[0]
        return row
