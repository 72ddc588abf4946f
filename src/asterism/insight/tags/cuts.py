"""Cut points: where the bank's own customers divide into bands.

They are exact quantiles over whole buckets, all of them in a small bank, else as many as give
enough customers: a bucket is a fair sample, and the first pass has them, so nothing is read twice.
"""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from asterism.insight.tags.derive import STORED, cut_points
from asterism.insight.tags.tag import Tag
from asterism.insight.tags.texts import text_of
from asterism.kernel.hashing import BUCKETS
from asterism.warehouse.views import fetch, name_table

#: As many customers as make cut points steady: the error of a quantile is below half a percent.
ENOUGH = 50_000
_SAMPLE = "tag_sample"


class Cuts:
    """Takes the cut points from the first customers it is shown and keeps them for the rest."""

    def __init__(self, tags: Mapping[str, Tag], customers: int) -> None:
        self._tags = tags
        self._wanted = cut_points(tags)
        self._buckets = BUCKETS
        while self._buckets > 1 and customers * (self._buckets // 2) >= ENOUGH * BUCKETS:
            self._buckets //= 2
        self._values: dict[str, float | None] | None = None

    @property
    def buckets(self) -> int:
        """How many buckets, from 0, they are taken from."""
        return self._buckets

    def beside(self, connection: Backend, base: pa.Table) -> pa.Table:
        """Return `base` with each cut point as a column; the first call must have the buckets."""
        if self._wanted and self._values is None:
            self._values = self._take(connection, base)
        for name, value in (self._values or {}).items():
            same = pa.repeat(pa.scalar(value, pa.float64()), base.num_rows)
            base = base.append_column(name, same)
        return base

    def _take(self, connection: Backend, base: pa.Table) -> dict[str, float | None]:
        name_table(connection, _SAMPLE, base)
        key = ("cuts", self._buckets, tuple(id(tag) for tag in self._tags.values()))
        row: dict[str, float | None] = fetch(connection, text_of(key, self._quantiles)).to_pylist()[
            0
        ]
        return row

    def _quantiles(self) -> ir.Table:
        of = {tag: STORED[self._tags[tag].type] for tag, _ in self._wanted.values()}
        base = ibis.table({"bucket": "int8", **of}, name=_SAMPLE)
        sample = base.filter(base["bucket"] < self._buckets)
        return sample.aggregate(
            **{
                name: sample[tag].cast("float64").quantile(share)
                for name, (tag, share) in self._wanted.items()
            }
        )
