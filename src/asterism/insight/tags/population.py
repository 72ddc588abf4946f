"""From the passes to a row a customer: the daily tags beside each other, then the derived ones."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from asterism.insight.tags.derive import STORED, cut_points, expression, in_order, types_of
from asterism.insight.tags.passes import cast, level_rows
from asterism.insight.tags.source import Source
from asterism.insight.tags.tag import FromCustomer, FromSource, Kind, Tag
from asterism.warehouse import TABLES

#: Columns of the customer's employer have this before their names.
EMPLOYER_PREFIX = "employer__"

CUSTOMERS = "tag_customers"
JOINED = "tag_joined"
DAILY = "tag_daily"


def customer_rows() -> ir.Table:
    """Return the customers, unbound: their columns, the employer's, `bucket` and `today`."""
    own = {column.name: column.type.ibis for column in TABLES["customers"].columns}
    employer = {
        EMPLOYER_PREFIX + column.name: column.type.ibis for column in TABLES["employers"].columns
    }
    return ibis.table({**own, **employer, "bucket": "int8", "today": "date"}, name=CUSTOMERS)


def sources_of(tags: Mapping[str, Tag]) -> tuple[Source, ...]:
    """Return the sources that the tags read, each once."""
    found = {
        tag.rule.source.name: tag.rule.source
        for tag in tags.values()
        if isinstance(tag.rule, FromSource)
    }
    return tuple(found.values())


def daily_tags(tags: Mapping[str, Tag], *, raw: bool) -> ir.Table:
    """Return `customer_id`, `bucket` and every daily tag, in the customers' order.

    `raw` reads the canonical tables alone, else dated sources come from their rollups. This is
    what `source_tags` and `daily_values` give, put beside each other by an engine's joins.
    """
    joined = customer_rows()
    for source in sources_of(tags):
        one = source_tags(tags, source, raw=raw)
        joined = joined.left_join(one, joined["customer_id"] == one[id_of(source)])
    return daily_values(tags, joined)


def source_tags(tags: Mapping[str, Tag], source: Source, *, raw: bool) -> ir.Table:
    """Return what the tags read from one source: its customers as `id_of(source)`, aggregates."""
    rows = level_rows(source, raw=raw)
    own = (tag for tag in tags.values() if _reads(tag, source))
    return rows.group_by(**{id_of(source): rows["customer_id"]}).agg(
        **{_aggregate(tag): _aggregated(tag, rows) for tag in own}
    )


def joined_rows(tags: Mapping[str, Tag]) -> ir.Table:
    """Return the customers with every source's aggregates beside, unbound."""
    types = dict(customer_rows().schema())
    for source in sources_of(tags):
        own = source_tags(tags, source, raw=False).schema()
        types |= {name: kind for name, kind in own.items() if name != id_of(source)}
    return ibis.table(types, name=JOINED)


def daily_values(tags: Mapping[str, Tag], joined: ir.Table) -> ir.Table:
    """Return `customer_id`, `bucket` and every daily tag of customers with aggregates beside."""
    values = {tag.name: _value(tag, joined) for tag in tags.values() if tag.kind is Kind.DAILY}
    return joined.select(customer_id=joined["customer_id"], bucket=joined["bucket"], **values)


def id_of(source: Source) -> str:
    """Return the name of a source's customer ids beside the customers'."""
    return f"{source.name}__id"


def _reads(tag: Tag, source: Source) -> bool:
    return isinstance(tag.rule, FromSource) and tag.rule.source.name == source.name


def _aggregate(tag: Tag) -> str:
    """Return the name of a tag's aggregate, which no customer's column has."""
    return f"aggregate__{tag.name}"


def _aggregated(tag: Tag, rows: ir.Table) -> ir.Value:
    """Return the tag's aggregate, in the narrow type already: engines widen sums, joins copy."""
    rule = tag.rule
    if not isinstance(rule, FromSource):
        raise TypeError(f"{tag.name} is read from no source")
    value = rule.compute(rows)
    return value if rule.since else cast(value, STORED[tag.type])


def _value(tag: Tag, joined: ir.Table) -> ir.Value:
    rule = tag.rule
    if isinstance(rule, FromCustomer):
        return cast(rule.compute(joined), STORED[tag.type])
    if not isinstance(rule, FromSource):
        raise TypeError(f"{tag.name} is no daily tag")
    value = joined[_aggregate(tag)]
    if rule.since:
        value = cast(joined["today"].delta(value, unit="day"), STORED[tag.type])
    return value if rule.empty is None else value.fill_null(rule.empty)


def derived_tags(tags: Mapping[str, Tag]) -> ir.Table:
    """Return `customer_id`, `bucket` and the derived tags, from the daily ones and cut points."""
    types = {tag.name: STORED[tag.type] for tag in tags.values() if tag.kind is Kind.DAILY}
    cuts = dict.fromkeys(cut_points(tags), "float64")
    table = ibis.table({"customer_id": "string", "bucket": "int8", **types, **cuts}, name=DAILY)
    catalogue = types_of(tags)
    for ready in in_order(tags):
        table = table.mutate(
            **{tag.name: expression(tag, table, catalogue, table) for tag in ready}
        )
    derived = (tag.name for tag in tags.values() if tag.kind is Kind.DERIVED)
    return table.select("customer_id", "bucket", *derived)
