"""After the rows: what dangles, whether the load as a whole may be published, its last day."""

from datetime import date

from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_
from asterism.warehouse.canonical import TABLES, ColumnType, Layout
from asterism.warehouse.draft import Draft
from asterism.warehouse.intake.known import KnownValues
from asterism.warehouse.intake.report import CheckResult, LoadReport, TableReport
from asterism.warehouse.intake.sql import name, parquet, select, text
from asterism.warehouse.intake.workshop import Workshop
from asterism.warehouse.mapping.model import Load, Mapping
from asterism.warehouse.parts import Part


def count_dangling(
    workshop: Workshop, draft: Draft, known: KnownValues, report: LoadReport
) -> None:
    """Count values that were loaded although what they refer to is not there."""
    for table, outcome in report.tables.items():
        parts = _new_parts(draft, table)
        referring = [column for column in TABLES[table].columns if column.references and parts]
        counted = {
            column.name: f"count(*) FILTER ({name(column.name)} NOT IN ({values}))"
            for column in referring
            if (values := known.of(column.references))
        }
        if counted:
            files = parquet([draft.file(part) for part in parts])
            found = workshop.ask(select(counted, files))[0]
            outcome.dangling = {c: n for c, n in zip(counted, found, strict=True) if n}


def check(workshop: Workshop, draft: Draft, report: LoadReport, mapping: Mapping) -> None:
    """Check each load as a whole; InvalidInputError with every check that stops the load."""
    problems = []
    for load in mapping.loads:
        outcome = report.tables[load.table]
        if not any(counts.load == load.name and counts.read for counts in outcome.loads):
            continue
        results = _results(workshop, draft, load, outcome)
        outcome.checks += results
        problems += [_problem(load, r, outcome) for r in results if r.stops and not r.passed]
    problems += _emptied(report, mapping)
    if problems:
        raise InvalidInputError(mapping.name, problems)


def _emptied(report: LoadReport, mapping: Mapping) -> list[Problem]:
    """Refuse to replace a table by nothing, unless a check says that no rows are right."""
    problems = []
    for table, outcome in report.tables.items():
        loads = [load for load in mapping.loads if load.table == table]
        was_loaded = any(counts.files for counts in outcome.loads)
        states_least = any(load.checks.least_rows is not None for load in loads)
        replaced = TABLES[table].layout is not Layout.MONTHS
        if replaced and was_loaded and not outcome.loaded and not states_least:
            message = N_("no row of {table} could be loaded: that would leave it empty.")
            hint = N_("If that is right, say so: checks: {{rows: {{least: 0}}}}.")
            where = loads[0].where_in_file
            problems.append(
                Problem(message=message, where=where, values={"table": table}, hint=hint)
            )
    return problems


def _results(
    workshop: Workshop, draft: Draft, load: Load, outcome: TableReport
) -> list[CheckResult]:
    checks = load.checks
    counts = next(counts for counts in outcome.loads if counts.load == load.name)
    stops = not checks.only_warn
    share = counts.quarantined / counts.read
    least = checks.least_rows or 0
    results = [
        _at_most("quarantined_share", share, checks.quarantined_share, stops=stops),
        CheckResult(
            name="rows.least",
            passed=counts.loaded >= least,
            found=counts.loaded,
            allowed=least,
            stops=stops,
        ),
    ]
    if checks.most_rows is not None:
        results.append(_at_most("rows.most", counts.loaded, checks.most_rows, stops=stops))
    for column, allowed in checks.null_shares.items():
        found = _null_share(workshop, draft, load.table, column)
        results.append(_at_most(f"null_shares.{column}", found, allowed, stops=stops))
    return results


def _at_most(check_name: str, found: float, allowed: float, *, stops: bool) -> CheckResult:
    passed = found <= allowed
    return CheckResult(name=check_name, passed=passed, found=found, allowed=allowed, stops=stops)


def _null_share(workshop: Workshop, draft: Draft, table: str, column: str) -> float:
    parts = _new_parts(draft, table)
    rows = sum(part.rows for part in parts)
    if not rows:
        return 0.0
    files = parquet([draft.file(part) for part in parts])
    nulls = workshop.number(select({"n": "count(*)"}, files, where=f"{name(column)} IS NULL"))
    return nulls / rows


def _problem(load: Load, result: CheckResult, outcome: TableReport) -> Problem:
    faults = ", ".join(f"{key}: {n}" for key, n in sorted(outcome.reasons.items()))
    message = N_("{table} fails its check {check}: {found} found, {allowed} allowed. {faults}")
    values = {
        "table": load.table,
        "check": result.name,
        "found": round(result.found, 4),
        "allowed": result.allowed,
        "faults": faults,
    }
    return Problem(message=message, where=load.where_in_file, values=values)


def last_day(workshop: Workshop, draft: Draft, zone: str) -> date:
    """Return the bank's last day that a dated row is about; the parent's if none is later.

    Without any dated row it is the day on which the draft was begun.
    """
    latest = draft.parent.as_of if draft.parent else None
    for table in TABLES.values():
        parts = _new_parts(draft, table.name) if table.layout is Layout.MONTHS else []
        if parts:
            files = parquet([draft.file(part) for part in parts])
            dated = f"max({name(table.dated_by)})"
            if table.column(table.dated_by).type is ColumnType.MOMENT:
                dated = f"timezone({text(zone)}, timezone('UTC', {dated}))"
            found = workshop.ask(select({"day": f"CAST({dated} AS DATE)"}, files))[0][0]
            latest = max(filter(None, (latest, found)), default=None)
    return latest or draft.created_at.date()


def _new_parts(draft: Draft, table: str) -> list[Part]:
    parts = draft.datasets.get(table, ())
    return [part for part in parts if part.path.startswith(f"{draft.id}/") and part.rows]
