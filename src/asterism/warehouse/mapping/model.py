"""What a mapping file says, once it has been checked."""

from collections.abc import Mapping as Entries
from dataclasses import dataclass, field
from enum import StrEnum

from asterism.warehouse.mapping.expression import Expression


class Format(StrEnum):
    """How a source's files are written."""

    CSV = "csv"
    PARQUET = "parquet"
    JSONL = "jsonl"
    EXCEL = "excel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Files below the source folder."""

    patterns: tuple[str, ...]
    format: Format
    #: Of text files: a name from `ENCODINGS`.
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    #: Whether the first line after `skip` holds the columns' names.
    header: bool = True
    #: Lines (of Excel: rows) before the header or the first row.
    skip: int = 0
    #: Columns' names in order, instead of a header; JSON: the paths to read.
    names: tuple[str, ...] = ()
    #: Excel: the sheet, by name; the first one if empty.
    sheet: str = ""
    #: Only the last file by name, where every file is a full copy.
    latest_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A database query; the URL is in an environment variable, never in the file."""

    url_from: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows written into the mapping itself."""

    names: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]


Source = Files | Query | Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the texts of a source become values; a column's own settings go before the load's."""

    #: Texts that mean nothing, besides the empty one.
    nulls: tuple[str, ...] = ()
    true: tuple[str, ...] = ("1", "true", "t", "yes", "y", "是", "sí", "si")
    false: tuple[str, ...] = ("0", "false", "f", "no", "n", "否")
    decimal: str = "."
    thousands: str = ""
    #: `major` or `minor`: the unit of amounts of money.
    money: str = "minor"
    #: Whether an amount finer than a minor unit is rounded (half away from zero) or refused.
    round_money: bool = False
    #: IANA zone of moments that carry none.
    time_zone: str = "UTC"
    #: strptime formats, or `epoch_seconds`, `epoch_milliseconds`.
    formats: tuple[str, ...] = ()
    #: First year that a two-digit year can mean; None for the usual rule (1969 to 2068).
    two_digit_years_from: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How one canonical column is made."""

    #: Where the rule stands in the file, for problems.
    where: str
    expression: Expression | None = None
    #: Instead of an expression: one value for every row.
    constant: str | None = None
    #: Source value → canonical code; None if values are taken as they are.
    codes: Entries[str, str] | None = None
    #: For a value that `codes` lacks: a canonical code, or None to put the row in quarantine.
    otherwise: str | None = None
    #: Whether a value that `codes` lacks becomes null instead.
    unknown_is_null: bool = False
    #: For a row without a value; None leaves it null.
    missing: str | None = None
    reading: Reading = Reading()


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """A second file whose columns are looked up by key, read as `name.column`."""

    name: str
    files: Files
    #: This load's column (or an earlier join's, `name.column`) → the joined file's column.
    on: Entries[str, str]
    where: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """Which of several rows of one key is kept; the others are counted as duplicates."""

    by: Expression
    #: Canonical columns; the table's key if the mapping names none.
    per: tuple[str, ...]
    last: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """What must hold for a load as a whole, or it is not published."""

    #: None if the mapping does not say.
    least_rows: int | None = None
    most_rows: int | None = None
    #: Greatest share of rows that may go to quarantine.
    quarantined_share: float = 0.5
    #: Greatest share of nulls, by canonical column.
    null_shares: Entries[str, float] = field(default_factory=dict)
    #: Whether breaking one only warns.
    only_warn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How one table, or a part of it, is read from one source."""

    table: str
    #: Unique within the table; `1`, `2` … unless the file names it.
    name: str
    where_in_file: str
    source: Source
    #: Rules by canonical column.
    rules: Entries[str, Rule]
    #: Whether columns of the source that are called like canonical ones are taken as they are.
    same: bool = False
    filter: Expression | None = None
    joins: tuple[Join, ...] = ()
    keep: Keep | None = None
    checks: Checks = Checks()
    #: Least and greatest value by canonical column, as text in the column's own unit.
    ranges: Entries[str, tuple[str | None, str | None]] = field(default_factory=dict)
    #: `quarantine`, `warn` or `ignore`, by canonical column that refers to another table.
    references: Entries[str, str] = field(default_factory=dict)
    reading: Reading = Reading()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A checked mapping file."""

    #: What the file is called, for messages.
    name: str
    currency: str
    time_zone: str
    loads: tuple[Load, ...]
    #: SHA-256 of the file.
    digest: str
