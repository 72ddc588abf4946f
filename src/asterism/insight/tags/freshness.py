"""How fresh tags are: the newest day of the data they rest on."""

from collections.abc import Mapping, Sequence
from datetime import date

from ibis.backends.duckdb import Backend

from asterism.insight.tags.lineage import lineage
from asterism.insight.tags.tag import Tag
from asterism.warehouse import TABLES, Draft, Part, Snapshot

#: The key in a snapshot's `stats`: the newest day of each part, by checksum.
STATS = "newest_days"


#: Tables by tag, once for each set of tags; the tags are kept so that their ids stay theirs.
_tables: dict[tuple[int, ...], tuple[tuple[Tag, ...], dict[str, frozenset[str]]]] = {}


def tables_by_tag(tags: Mapping[str, Tag]) -> dict[str, frozenset[str]]:
    """Return the canonical tables that each tag rests on."""
    key = tuple(id(tag) for tag in tags.values())
    if key not in _tables:
        found = {
            name: frozenset(column.partition(".")[0] for column in lineage(tag, tags))
            for name, tag in tags.items()
        }
        _tables[key] = tuple(tags.values()), found
    return _tables[key][1]


def newest_days(connection: Backend, draft: Draft, parent: Snapshot) -> dict[str, date]:
    """Return the newest day, not after the draft's, of each dated table that has data.

    Only parts of the newest month are looked at, each once: what was found is kept in `stats`.
    """
    known: dict[str, str] = parent.stats.get(STATS, {})
    kept: dict[str, str] = {}
    found: dict[str, date] = {}
    for table in TABLES.values():
        for part in _newest_parts(parent.datasets.get(table.name, ()), draft.as_of):
            if part.sha256 in known:
                kept[part.sha256] = known[part.sha256]
            else:
                rows = parent.table(connection, table.name, parts=[part])
                newest = rows[table.dated_by].cast("date").max().to_pyarrow().as_py()
                kept[part.sha256] = str(newest or date.min)
            day = min(date.fromisoformat(kept[part.sha256]), draft.as_of)
            found[table.name] = max(found.get(table.name, date.min), day)
    draft.stats[STATS] = kept
    return {name: day for name, day in found.items() if day > date.min}


def _newest_parts(parts: Sequence[Part], today: date) -> list[Part]:
    months = {part.month for part in parts if part.month and part.month <= f"{today:%Y-%m}"}
    return [part for part in parts if part.month == max(months, default="")]
