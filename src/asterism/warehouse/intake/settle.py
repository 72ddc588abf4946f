"""Between conversion and the parts: which of the good rows repeat, contradict or dangle."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from asterism.warehouse.canonical import Table
from asterism.warehouse.intake.compile import FILE, ORDER, ROW
from asterism.warehouse.intake.reasons import Reason
from asterism.warehouse.intake.sql import copy, name, parquet, select, text
from asterism.warehouse.intake.workshop import Workshop
from asterism.warehouse.mapping.model import Keep

#: Rows that are not loaded: `__file`, `__row`, `column`, `reason`; reason null for duplicates.
REJECTED = "rejected"
_ROW = f"{FILE}, {ROW}"


def begin_table(workshop: Workshop) -> None:
    """Forget the rows that another table rejected."""
    workshop.run(
        f'CREATE OR REPLACE TEMP TABLE {REJECTED} ({FILE} INTEGER, {ROW} BIGINT, "column" VARCHAR,'
        " reason VARCHAR)"
    )


@dataclass(frozen=True, slots=True)
class Settling:
    """Settles some of a table's converted rows: those of one month, or all of them."""

    workshop: Workshop
    table: Table
    #: Converted rows, as Parquet.
    rows: Sequence[Path]

    def keep(self, keep: Keep) -> None:
        """Leave one row of each key, the last or first by the load's own order."""
        per = ", ".join(name(column) for column in keep.per)
        direction = "DESC" if keep.last else "ASC"
        order = f"{name(ORDER)} {direction} NULLS LAST, {FILE} {direction}, {ROW} {direction}"
        numbered = select(
            {FILE: FILE, ROW: ROW, "n": f"row_number() OVER (PARTITION BY {per} ORDER BY {order})"},
            self._remaining(),
        )
        self._reject(f"({numbered})", "n > 1", column="", reason=None)

    def same_key(self) -> None:
        """Refuse rows whose key occurred before in the load; skip those that say just the same."""
        if not self._has_repeats():
            return
        keys = ", ".join(name(column) for column in self.table.key)
        whole = self._whole("")
        first = f"first_value({whole}) OVER same_key"
        ranked = {
            FILE: FILE,
            ROW: ROW,
            "n": "row_number() OVER same_key",
            "same": f"{first} IS NOT DISTINCT FROM {whole}",
        }
        window = f"WINDOW same_key AS (PARTITION BY {keys} ORDER BY {FILE}, {ROW})"
        query = f"({select(ranked, self._remaining())} {window})"
        key = ", ".join(self.table.key)
        self._reject(query, "n > 1 AND same", column="", reason=None)
        self._reject(query, "n > 1 AND NOT same", column=key, reason=Reason.DUPLICATE)

    def loaded_before(self, existing: Sequence[Path]) -> None:
        """Skip rows that an earlier load brought; refuse those that now say something else."""
        keys = ", ".join(name(column) for column in self.table.key)
        known = select({"*": keys}, parquet(existing))
        here = select({"*": keys}, self._remaining())
        both = f"(({here}) INTERSECT ({known}))"
        if not self.workshop.number(select({"n": "count(*)"}, both)):
            return
        matches = " AND ".join(f"new.{name(c)} = old.{name(c)}" for c in self.table.key)
        pairs = f"{self._remaining()} AS new JOIN {parquet(existing)} AS old ON {matches}"
        same = f"{self._whole('new.')} IS NOT DISTINCT FROM {self._whole('old.')}"
        query = select({FILE: f"new.{FILE}", ROW: f"new.{ROW}", "same": f"bool_or({same})"}, pairs)
        query = f"({query} GROUP BY ALL)"
        key = ", ".join(self.table.key)
        self._reject(query, "same", column="", reason=None)
        self._reject(query, "NOT same", column=key, reason=Reason.CONFLICT)

    def refers(self, column: str, known: str) -> None:
        """Refuse rows whose `column` has a value that the query `known` lacks."""
        rows = select({FILE: FILE, ROW: ROW, "value": name(column)}, self._remaining())
        absent = f"value IS NOT NULL AND value NOT IN ({known})"
        self._reject(f"({rows})", absent, column=column, reason=Reason.REFERENCE)

    def write(self, path: Path, columns: Sequence[str]) -> None:
        """Write the rows that remain as a part, sorted by bucket and customer."""
        order = [name(column) for column in ("bucket", "customer_id") if column in columns]
        listed = {column: name(column) for column in columns}
        self.workshop.run(copy(select(listed, self._remaining(), order=order), path))

    def _remaining(self) -> str:
        """Return the rows that nothing has been said against so far."""
        rows = parquet(self.rows, by_name=True)
        if not self.workshop.number(select({"n": "count(*)"}, REJECTED)):
            return rows
        return f"({select({'*': '*'}, f'{rows} AS rows ANTI JOIN {REJECTED} USING ({_ROW})')})"

    def _has_repeats(self) -> bool:
        keys = ", ".join(name(column) for column in self.table.key)
        groups = f"({select({'n': 'count(*)'}, self._remaining())} GROUP BY {keys})"
        return bool(self.workshop.number(select({"n": "count(*)"}, groups, where="n > 1")))

    def _whole(self, prefix: str) -> str:
        columns = ", ".join(f"{name(c)} := {prefix}{name(c)}" for c in self.table.names)
        return f"struct_pack({columns})"

    def _reject(self, rows: str, where: str, *, column: str, reason: Reason | None) -> None:
        listed = {
            FILE: FILE,
            ROW: ROW,
            "column": text(column),
            "reason": "NULL" if reason is None else text(reason),
        }
        self.workshop.run(f"INSERT INTO {REJECTED} {select(listed, rows, where=where)}")
