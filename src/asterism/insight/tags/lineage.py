"""Where a tag comes from: derived from its declaration, never written by hand."""

from collections.abc import Mapping
from functools import cache

import ibis.expr.operations as ops
import ibis.expr.types as ir

from asterism.insight.tags.derive import reads
from asterism.insight.tags.passes import day_of_latest, level_rows
from asterism.insight.tags.population import EMPLOYER_PREFIX, customer_rows
from asterism.insight.tags.source import Merge, Source, condition_of
from asterism.insight.tags.tag import FromCustomer, FromSource, Tag
from asterism.kernel.privacy import Privacy, highest
from asterism.warehouse import TABLES

#: Columns that are no facts about the customer but the run's own.
_OWN = frozenset({"today", "utc_offset", "bucket"})


def fields(value: ir.Value) -> frozenset[str]:
    """Return the names of the columns that an expression over one unbound table reads."""
    return frozenset(field.name for field in value.op().find(ops.Field))


@cache
def raw_columns(tag: Tag) -> frozenset[str]:
    """Return the canonical columns (`table.column`) that a daily tag reads itself."""
    rule = tag.rule
    if isinstance(rule, FromCustomer):
        read = fields(rule.compute(customer_rows())) - _OWN
        return frozenset(_customer_column(name) for name in read)
    if isinstance(rule, FromSource):
        rows = level_rows(rule.source, raw=True)
        value = rule.compute(rows)
        direct = _fields_of(value, rows)
        return _through(rule.source, direct)
    return frozenset()


def _fields_of(value: ir.Value, rows: ir.Table) -> frozenset[str]:
    relation = rows.op()
    return frozenset(field.name for field in value.op().find(ops.Field) if field.rel == relation)


def _customer_column(name: str) -> str:
    if name.startswith(EMPLOYER_PREFIX):
        return f"employers.{name.removeprefix(EMPLOYER_PREFIX)}"
    return f"customers.{name}"


def _through(source: Source, names: frozenset[str]) -> frozenset[str]:
    """Follow columns of a source's last level back to the canonical table's."""
    raw = source.raw()
    found: set[str] = set() if source.rows is None else set(fields(source.rows(raw)))
    rows = source.rows_of(raw)
    if not source.dated:
        return _qualified(source, found | names)
    found.add(TABLES[source.table].dated_by)
    for name in _expand(source, names):
        for read in _column_sources(source, rows, name):
            helper = source.helpers.get(read)
            found |= {read} if helper is None else fields(helper(raw))
    return _qualified(source, found)


def _expand(source: Source, names: frozenset[str]) -> frozenset[str]:
    """Replace levels by the measures and keys they read."""
    if not source.keys:
        return names
    rows = level_rows(source, raw=True).op().parent.to_expr()
    return frozenset().union(
        *(
            _fields_of(source.levels[name](rows), rows) if name in source.levels else {name}
            for name in names
        )
    )


def _column_sources(source: Source, rows: ir.Table, name: str) -> frozenset[str]:
    """Return the raw columns and helpers that a key or a measure reads."""
    if name in source.keys:
        return _fields_of(source.keys[name](rows), rows)
    for measure_name, measure in source.measures.items():
        if name == measure_name:
            return frozenset() if measure.value is None else _fields_of(measure.value(rows), rows)
        if name == condition_of(measure_name) and measure.where is not None:
            return _fields_of(measure.where(rows), rows)
        if measure.merge is Merge.LATEST and name == day_of_latest(measure_name):
            return frozenset()
    return frozenset({name}) if name in source.beside_types else frozenset()


def _qualified(source: Source, names: frozenset[str] | set[str]) -> frozenset[str]:
    columns = frozenset(TABLES[source.table].names)
    return frozenset(
        f"{source.table}.{name}" if name in columns else name.replace("__", ".")
        for name in names
        if name not in _OWN and (name in columns or "__" in name)
    )


def lineage(tag: Tag, tags: Mapping[str, Tag]) -> tuple[str, ...]:
    """Return every canonical column (`table.column`) a tag rests on, through other tags too."""
    found: set[str] = set()
    waiting, seen = [tag], {tag.name}
    while waiting:
        present = waiting.pop()
        found |= raw_columns(present)
        for name in reads(present, tags) - seen:
            seen.add(name)
            waiting.append(tags[name])
    return tuple(sorted(found))


def privacy(tag: Tag, tags: Mapping[str, Tag]) -> Privacy:
    """Return the tag's privacy class: the highest of its columns, and of what it declares."""
    return highest([tag.privacy_floor, *(column_privacy(name) for name in lineage(tag, tags))])


def column_privacy(qualified: str) -> Privacy:
    """Return the privacy class of `table.column`."""
    table, _, column = qualified.partition(".")
    return TABLES[table].column(column).privacy


def used_by(name: str, tags: Mapping[str, Tag]) -> tuple[str, ...]:
    """Return the derived tags that read the tag `name` themselves."""
    return tuple(sorted(other.name for other in tags.values() if name in reads(other, tags)))
