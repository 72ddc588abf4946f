"""Derived tags: what they read, in which order they are computed, and their expressions."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

import ibis
import ibis.expr.types as ir

from asterism.audience import Catalogue, TagSpec, TagType, compile_audience
from asterism.insight.tags.passes import cast
from asterism.insight.tags.tag import Bands, FirstMatch, Formula, FromSource, Holds, Kind, Rule, Tag
from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_

#: The stored type of each tag type.
STORED = {
    TagType.FLAG: "boolean",
    TagType.INTEGER: "int64",
    TagType.NUMBER: "float64",
    TagType.MONEY: "int64",
    TagType.TEXT: "string",
    TagType.DATE: "date",
}


def types_of(tags: Mapping[str, Tag]) -> Catalogue:
    """Return the tags' names and types, enough to compile the audiences inside their rules."""
    return Catalogue(
        {
            tag.name: TagSpec(name=tag.name, type=tag.type, values=tag.values)
            for tag in tags.values()
        }
    )


def reads(tag: Tag, tags: Mapping[str, Tag]) -> frozenset[str]:
    """Return the tags that a derived tag reads itself; InvalidAudienceError for a bad rule."""
    rule = tag.rule
    if isinstance(rule, Formula):
        return frozenset(rule.reads)
    if isinstance(rule, Bands):
        return frozenset({rule.of})
    catalogue = types_of(tags)
    audiences = _audiences(rule)
    return frozenset().union(*(compile_audience(text, catalogue).tags for text in audiences))


def _audiences(rule: Rule) -> tuple[str, ...]:
    if isinstance(rule, Holds):
        return (rule.audience,)
    if isinstance(rule, FirstMatch):
        return tuple(audience for _, audience in rule.cases)
    return ()


def in_order(tags: Mapping[str, Tag]) -> tuple[tuple[Tag, ...], ...]:
    """Return the derived tags in rounds: each reads only daily tags and those of earlier rounds.

    InvalidInputError names the tags of a cycle, and tags that are read but not declared.
    """
    graph = {tag.name: reads(tag, tags) for tag in tags.values() if tag.kind is Kind.DERIVED}
    problems = [
        Problem(message=N_("There is no tag {name}."), where=tag, values={"name": name})
        for tag, names in graph.items()
        for name in sorted(names - tags.keys())
    ]
    if problems:
        raise InvalidInputError("tags", problems)
    sorter = TopologicalSorter(graph)
    try:
        sorter.prepare()
    except CycleError as error:
        path = " → ".join(error.args[1])
        message = N_("These tags need each other: {path}.")
        problem = Problem(message=message, where=error.args[1][0], values={"path": path})
        raise InvalidInputError("tags", [problem]) from error
    rounds = []
    while sorter.is_active():
        ready = sorter.get_ready()
        sorter.done(*ready)
        derived = tuple(tags[name] for name in sorted(ready) if name in graph)
        if derived:
            rounds.append(derived)
    return tuple(rounds)


def expression(tag: Tag, table: ir.Table, catalogue: Catalogue, cuts: ir.Table) -> ir.Value:
    """Return a derived tag's value over `table`, which has the tags it reads as columns."""
    value = _expression(tag.rule, table, catalogue, cuts)
    return cast(value, STORED[tag.type])


def _expression(rule: Rule, table: ir.Table, catalogue: Catalogue, cuts: ir.Table) -> ir.Value:
    if isinstance(rule, Formula):
        return rule.compute(table)
    if isinstance(rule, Holds):
        holds = compile_audience(rule.audience, catalogue).to_ibis(table)
        return holds.notnull() & holds
    if isinstance(rule, FirstMatch):
        cases = (
            (compile_audience(audience, catalogue).to_ibis(table), value)
            for value, audience in rule.cases
        )
        return ibis.cases(*cases, else_=rule.otherwise)
    if isinstance(rule, Bands):
        return _band(rule, table)
    raise TypeError(f"{type(rule).__name__} is no rule of a derived tag")


def cut_name(rule: Bands, share: float) -> str:
    """Return the column of the cut points' table that holds this one."""
    return f"cut_{rule.of}_{round(share * 1000):03d}"


def cut_points(tags: Mapping[str, Tag]) -> dict[str, tuple[str, float]]:
    """Return the tag and the share of each cut point, by its column's name."""
    bands = [tag.rule for tag in tags.values() if isinstance(tag.rule, Bands)]
    return {cut_name(rule, share): (rule.of, share) for rule in bands for share in rule.shares}


def _band(rule: Bands, table: ir.Table) -> ir.Value:
    value = table[rule.of]
    above = [value > table[cut_name(rule, share)] for share in rule.shares]
    count = sum((flag.notnull() & flag).cast("int64") for flag in above)
    band = len(rule.shares) + 1 - count if rule.descending else count + 1
    return ibis.cases((value.isnull(), rule.missing), else_=band)


def is_lasting(tag: Tag) -> bool:
    """Tell whether the tag is read from a source whose rows belong to days."""
    return isinstance(tag.rule, FromSource) and tag.rule.source.dated
