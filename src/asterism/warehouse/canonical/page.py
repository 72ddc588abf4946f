"""The reference page of the canonical tables, written from their declarations.

`python -m asterism.warehouse.canonical.page docs/reference/canonical-tables.md` writes it.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from asterism.warehouse.canonical import TABLES, Column, Layout, Table
from asterism.warehouse.canonical.ranges import range_of

_LAYOUTS = {
    Layout.WHOLE: "replaced whole by every load",
    Layout.BUCKETS: "replaced whole by every load, sorted by bucket and customer",
    Layout.MONTHS: "added to by every load, in files by month, sorted by bucket and customer",
}
_INTRODUCTION = """\
# Canonical tables

The bank's data in one shape, whatever system it came from. A [mapping file](mapping.md) says how
exports become these tables. This page is written from the declarations in
`asterism/warehouse/canonical`; change those, then run
`python -m asterism.warehouse.canonical.page docs/reference/canonical-tables.md`.

Types: `string`, `boolean`, `int64`, `float64`, `date`; `money` is a whole number of minor units
(分, cents) of the row's currency; `timestamp` is a moment in UTC, to the microsecond. Privacy is
the class of JR/T 0171: C1 within the bank, C2 identifies a person or their finances, C3 (never
stored) authenticates. *Required* columns have a value in every row. A value outside its believable
range sends its row to quarantine; `as_of` is the last day that is loaded. Tables with a
`customer_id` are stored with a further column `bucket` (int8): the first hexadecimal digit of the
MD5 of the customer's id.
"""


def page() -> str:
    """Return the page as Markdown."""
    return "\n".join([_INTRODUCTION, *(line for t in TABLES.values() for line in _table(t))])


def _table(table: Table) -> Iterator[str]:
    title = table.title
    yield f"## {table.name}"
    yield ""
    yield f"{title.en} · {title.zh} · {title.es}."
    keys = ", ".join(f"`{name}`" for name in table.key)
    dated = f" Dated by `{table.dated_by}`." if table.dated_by else ""
    yield f"Key: {keys}.{dated} Layout: {_LAYOUTS[table.layout]}."
    yield ""
    yield "| column | type | privacy | meaning | 含义 | significado | constraints |"
    yield "|---|---|---|---|---|---|---|"
    for column in table.columns:
        yield _row(table, column)
    yield ""


def _row(table: Table, column: Column) -> str:
    title = column.title
    cells = (
        f"`{column.name}`",
        column.type.value + (f" ({column.unit})" if column.unit else ""),
        column.privacy.value,
        title.en,
        title.zh,
        title.es,
        "; ".join(_constraints(table, column)),
    )
    return f"| {' | '.join(cells)} |"


def _constraints(table: Table, column: Column) -> Iterator[str]:
    if column.required:
        yield "required"
    if column.default is not None:
        default = str(column.default).lower() if column.default is False else column.default
        yield f"`{default}` if the mapping leaves it out"
    if column.references:
        yield f"refers to `{column.references}`"
    if column.codes:
        yield "one of " + ", ".join(f"`{code}`" for code in column.codes)
    believable = range_of(table.name, column)
    if believable.least is not None or believable.most is not None:
        yield f"{believable.least} … {believable.most}"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
