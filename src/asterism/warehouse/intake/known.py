"""The values that other tables may refer to, kept at hand while an import lasts."""

from dataclasses import dataclass, field

from asterism.warehouse.draft import Draft
from asterism.warehouse.intake.sql import ALL, name, parquet, select
from asterism.warehouse.intake.workshop import Workshop


@dataclass(slots=True)
class KnownValues:
    """What the draft's tables hold, column by column."""

    workshop: Workshop
    draft: Draft
    _kept: dict[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)

    def buckets(self) -> str:
        """Return the name of a table of the known customers' buckets; empty if there are none."""
        parts = [part for part in self.draft.datasets.get("customers", ()) if part.rows]
        if not parts:
            return ""
        kept = name("known buckets")
        paths = tuple(part.path for part in parts)
        if self._kept.get("buckets", ((), ""))[0] != paths:
            files = parquet([self.draft.file(part) for part in parts])
            columns = select({ALL: "customer_id, bucket"}, files)
            self.workshop.run(f"CREATE OR REPLACE TEMP TABLE {kept} AS {columns}")
            self._kept["buckets"] = (paths, kept)
        return kept

    def of(self, reference: str) -> str:
        """Return the query of a `table.column`'s values; empty if the table has no rows."""
        table, _, column = reference.partition(".")
        parts = [part for part in self.draft.datasets.get(table, ()) if part.rows]
        if not parts:
            return ""
        paths = tuple(part.path for part in parts)
        before = self._kept.get(reference)
        if before is None or before[0] != paths:
            kept = name(f"known {reference}")
            files = parquet([self.draft.file(part) for part in parts])
            values = f"({select({'value': name(column)}, files)})"
            query = select({ALL: "DISTINCT value"}, values, where="value IS NOT NULL")
            self.workshop.run(f"CREATE OR REPLACE TEMP TABLE {kept} AS {query}")
            self._kept[reference] = (paths, select({"value": "value"}, kept))
        return self._kept[reference][1]
