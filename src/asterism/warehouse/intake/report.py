"""What a load did: every row that was read is accounted for."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from asterism.kernel.words import N_, translate
from asterism.warehouse.intake.reasons import TEXTS, Reason


@dataclass(slots=True, kw_only=True)
class CheckResult:
    """One check of a load as a whole."""

    name: str
    passed: bool
    #: What was found, and what was allowed.
    found: float
    allowed: float
    #: Whether failing stops the load or only warns.
    stops: bool = True


@dataclass(slots=True, kw_only=True)
class LoadCounts:
    """One load's rows: read = filtered + loaded + quarantined + duplicates."""

    load: str
    read: int = 0
    #: Rows that the mapping's own filter leaves out.
    filtered: int = 0
    loaded: int = 0
    quarantined: int = 0
    #: Rows that say again what another row said, in this load or an earlier one.
    duplicates: int = 0
    files: list[str] = field(default_factory=list)
    #: Files that were not read because they were loaded before.
    skipped: list[str] = field(default_factory=list)

    def add(self, other: "LoadCounts") -> None:
        """Add what another batch of the load's files came to."""
        for name in ("read", "filtered", "loaded", "quarantined", "duplicates", "files", "skipped"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def is_complete(self) -> bool:
        """Tell whether every row read is accounted for."""
        return self.read == self.filtered + self.loaded + self.quarantined + self.duplicates


@dataclass(slots=True, kw_only=True)
class TableReport:
    """One table's loads together."""

    table: str
    loads: list[LoadCounts] = field(default_factory=list)
    #: Rows in quarantine by `column.reason`; a row can have several.
    reasons: dict[str, int] = field(default_factory=dict)
    #: Values that refer to nothing but were loaded, by column.
    dangling: dict[str, int] = field(default_factory=dict)
    checks: list[CheckResult] = field(default_factory=list)

    def count(self, reason: str, rows: int) -> None:
        """Add rows to those in quarantine for a reason, `column.reason`."""
        self.reasons[reason] = self.reasons.get(reason, 0) + rows

    def of_load(self, name: str) -> LoadCounts:
        """Return the counts of a load, new ones if it has none yet."""
        for counts in self.loads:
            if counts.load == name:
                return counts
        self.loads.append(LoadCounts(load=name))
        return self.loads[-1]

    @property
    def read(self) -> int:
        """Rows read."""
        return sum(load.read for load in self.loads)

    @property
    def filtered(self) -> int:
        """Rows that filters left out."""
        return sum(load.filtered for load in self.loads)

    @property
    def loaded(self) -> int:
        """Rows loaded."""
        return sum(load.loaded for load in self.loads)

    @property
    def quarantined(self) -> int:
        """Rows in quarantine."""
        return sum(load.quarantined for load in self.loads)

    @property
    def duplicates(self) -> int:
        """Rows skipped because another one said the same."""
        return sum(load.duplicates for load in self.loads)

    @property
    def skipped(self) -> list[str]:
        """Files that were loaded before."""
        return [label for load in self.loads for label in load.skipped]


@dataclass(slots=True, kw_only=True)
class LoadReport:
    """What an import did."""

    mapping: str
    snapshot: str = ""
    as_of: str = ""
    tables: dict[str, TableReport] = field(default_factory=dict)

    @property
    def quarantined(self) -> int:
        """Rows in quarantine, of all tables."""
        return sum(table.quarantined for table in self.tables.values())

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return asdict(self)

    def in_locale(self, locale: str) -> str:
        """Return the report as text for people."""
        lines = [
            translate(N_("Snapshot {id}, data to {day}"), locale, id=self.snapshot, day=self.as_of)
        ]
        for table in self.tables.values():
            lines += _lines(table, locale)
        return "\n".join(lines)


def _lines(table: TableReport, locale: str) -> list[str]:
    counts: Mapping[str, int | str] = {
        "table": table.table,
        "read": table.read,
        "loaded": table.loaded,
        "filtered": table.filtered,
        "quarantined": table.quarantined,
        "duplicates": table.duplicates,
    }
    sentence = N_(
        "{table}: {read} rows read, {loaded} loaded, {quarantined} in quarantine, "
        "{duplicates} duplicates, {filtered} filtered out"
    )
    lines = [translate(sentence, locale, **counts)]
    before = N_("{file} was loaded before")
    lines += [f"  {translate(before, locale, file=label)}" for label in table.skipped]
    for key, count in sorted(table.reasons.items()):
        column, _, reason = key.rpartition(".")
        words = TEXTS[Reason(reason)].in_locale(locale)
        lines.append(f"  {column or '*'}: {words} ({count})")
    for column, count in sorted(table.dangling.items()):
        words = TEXTS[Reason.REFERENCE].in_locale(locale)
        lines.append(f"  {column}: {words} ({count})")
    for check in table.checks:
        if not check.passed:
            sentence = N_("check {name} failed: {found} found, {allowed} allowed")
            values = {"name": check.name, "found": check.found, "allowed": check.allowed}
            lines.append("  " + translate(sentence, locale, **values))
    return lines
