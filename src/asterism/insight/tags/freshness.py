"""How fresh tags are: the newest day of the data they rest on."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

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


def newest_days(draft: Draft, parent: Snapshot) -> dict[str, date]:
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
                kept[part.sha256] = str(_newest_day(parent.file(part), table.dated_by))
            day = min(date.fromisoformat(kept[part.sha256]), draft.as_of)
            found[table.name] = max(found.get(table.name, date.min), day)
    draft.stats[STATS] = kept
    return {name: day for name, day in found.items() if day > date.min}


def _newest_day(path: Path, column: str) -> date:
    """Return the newest day in a file, by its footer if that says it; `date.min` for none."""
    file = pq.ParquetFile(path, memory_map=True)
    place = file.schema_arrow.names.index(column)
    groups = (file.metadata.row_group(n).column(place) for n in range(file.num_row_groups))
    newest = [group.statistics.max for group in groups if _says_most(group.statistics)]
    if len(newest) < file.num_row_groups:
        newest = [pc.max(file.read(columns=[column]).column(0)).as_py()]
    days = (moment.date() if isinstance(moment, datetime) else moment for moment in newest)
    return max((day for day in days if day is not None), default=date.min)


def _says_most(statistics: Any) -> bool:
    return statistics is not None and bool(statistics.has_min_max)


def _newest_parts(parts: Sequence[Part], today: date) -> list[Part]:
    months = {part.month for part in parts if part.month and part.month <= f"{today:%Y-%m}"}
    return [part for part in parts if part.month == max(months, default="")]
