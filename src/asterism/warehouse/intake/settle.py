"""Between conversion and the parts: which of the good rows repeat, contradict or dangle."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from asterism.warehouse.canonical import Layout, Table
from asterism.warehouse.intake.compile import FAULTY, FILE, ORDER, PLACE, ROW
from asterism.warehouse.intake.reasons import Reason
from asterism.warehouse.intake.sql import ALL, copy, name, parquet, select, text
from asterism.warehouse.intake.workshop import Workshop
from asterism.warehouse.mapping.model import Keep

#: The rows of the table under way, converted; faulty ones have the place `FAULTY`.
CONVERTED = "converted"
#: Rows that are not loaded: `__file`, `__row`, `column`, `reason`; reason null for duplicates.
REJECTED = "rejected"
_ROW = f"{FILE}, {ROW}"


@dataclass(slots=True)
class Settling:
    """Settles a table's converted rows, which are sorted once, by place, bucket and customer."""

    workshop: Workshop
    table: Table
    #: How many rows have been rejected so far; some perhaps for several reasons.
    rejected: int = 0

    def begin(self, queries: Sequence[str]) -> None:
        """Convert: the queries' rows, together, are the rows to settle."""
        self.workshop.run(
            f'CREATE OR REPLACE TEMP TABLE {REJECTED} ({FILE} INTEGER, {ROW} BIGINT, "column" '
            "VARCHAR, reason VARCHAR)"
        )
        together = " UNION ALL BY NAME ".join(queries)
        order = ", ".join([PLACE, *self._order()])
        self.workshop.run(
            f"CREATE OR REPLACE TEMP TABLE {CONVERTED} AS {together} ORDER BY {order}"
        )
        self.rejected = 0

    def keep(self, keep: Keep, files: str) -> None:
        """Of the files that the condition `files` names, leave one row of each key."""
        per = ", ".join(name(column) for column in keep.per)
        direction = "DESC" if keep.last else "ASC"
        order = f"{name(ORDER)} {direction} NULLS LAST, {FILE} {direction}, {ROW} {direction}"
        number = f"row_number() OVER (PARTITION BY {per} ORDER BY {order})"
        rows = select({FILE: FILE, ROW: ROW, "n": number}, CONVERTED, where=f"{_GOOD} AND {files}")
        self._reject(f"({rows})", "n > 1", column="", reason=None)

    def same_key(self) -> None:
        """Refuse rows whose key occurred before in the load; skip those that say just the same."""
        keys = [*self.table.key, PLACE] if self.table.layout is Layout.MONTHS else self.table.key
        listed = ", ".join(name(column) for column in keys)
        groups = f"({select({'n': 'count(*)'}, self._remaining())} GROUP BY hash({listed}))"
        if not self.workshop.number(select({"n": "count(*)"}, groups, where="n > 1")):
            return
        whole = self._whole("")
        ranked = {
            FILE: FILE,
            ROW: ROW,
            "n": "row_number() OVER same_key",
            "same": f"first_value({whole}) OVER same_key IS NOT DISTINCT FROM {whole}",
        }
        window = f"WINDOW same_key AS (PARTITION BY {listed} ORDER BY {_ROW})"
        self.workshop.run(
            f"CREATE OR REPLACE TEMP TABLE repeats AS {select(ranked, self._remaining())} {window}"
        )
        key = ", ".join(self.table.key)
        self._reject("repeats", "n > 1 AND same", column="", reason=None)
        self._reject("repeats", "n > 1 AND NOT same", column=key, reason=Reason.DUPLICATE)

    def loaded_before(self, place: int, existing: Sequence[Path]) -> None:
        """Skip a month's rows that an earlier load brought; refuse those that now differ."""
        keys = ", ".join(name(column) for column in self.table.key)
        here = self._remaining(f"{PLACE} = {place}")
        old = parquet(existing)
        # The few new keys are looked for among the many old ones, which are only read.
        both = f"{old} AS old SEMI JOIN {here} AS new USING ({keys})"
        if not self.workshop.number(select({"n": "count(*)"}, both)):
            return
        matches = " AND ".join(f"new.{name(c)} = old.{name(c)}" for c in self.table.key)
        same = f"bool_or({self._whole('new.')} IS NOT DISTINCT FROM {self._whole('old.')})"
        compared = select(
            {FILE: f"new.{FILE}", ROW: f"new.{ROW}", "same": same},
            f"{here} AS new JOIN {old} AS old ON {matches}",
        )
        self.workshop.run(f"CREATE OR REPLACE TEMP TABLE repeats AS {compared} GROUP BY ALL")
        key = ", ".join(self.table.key)
        self._reject("repeats", "same", column="", reason=None)
        self._reject("repeats", "NOT same", column=key, reason=Reason.CONFLICT)

    def refers(self, column: str, known: str) -> None:
        """Refuse rows whose `column` has a value that the query `known` lacks."""
        rows = select({FILE: FILE, ROW: ROW, "value": name(column)}, self._remaining())
        absent = f"value IS NOT NULL AND value NOT IN ({known})"
        self._reject(f"({rows})", absent, column=column, reason=Reason.REFERENCE)

    def write(self, path: Path, columns: Sequence[str], where: str = "") -> None:
        """Write rows that remain as a part, sorted by bucket and customer."""
        order = self._order() if self.rejected else []  # an anti join forgets the order
        listed = {column: name(column) for column in columns}
        self.workshop.run(copy(select(listed, self._remaining(where), order=order), path))

    def count_rejected(self, files: str, *, refused: bool) -> int:
        """Count rejected rows of some files: the refused ones, or the duplicates."""
        if not self.rejected:
            return 0
        reason = "reason IS NOT NULL" if refused else "reason IS NULL"
        rows = f"({select({ALL: f'DISTINCT {_ROW}'}, REJECTED, where=f'{files} AND {reason}')})"
        return self.workshop.number(select({"n": "count(*)"}, rows))

    def _order(self) -> list[str]:
        return ["bucket", "customer_id"] if "customer_id" in self.table.names else []

    def _remaining(self, where: str = "") -> str:
        """Return the good rows that nothing has been said against so far."""
        condition = f"{_GOOD} AND {where}" if where else _GOOD
        rows = CONVERTED
        if self.rejected:
            rows = f"{CONVERTED} ANTI JOIN {REJECTED} USING ({_ROW})"
        return f"({select({ALL: '*'}, rows, where=condition)})"

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
        inserted = f"INSERT INTO {REJECTED} {select(listed, rows, where=where)}"
        self.rejected += self.workshop.number(inserted)


_GOOD = f"{PLACE} <> {FAULTY}"
