"""Computes all tags of all customers, and makes the snapshot that holds them."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date

import pyarrow as pa
from ibis.backends.duckdb import Backend

from asterism.audience import TagSpec
from asterism.insight.tags.batch import in_order
from asterism.insight.tags.beside import daily_table
from asterism.insight.tags.binding import bind_customers, bind_raw
from asterism.insight.tags.cuts import Cuts
from asterism.insight.tags.freshness import newest_days, tables_by_tag
from asterism.insight.tags.outputs import Outputs
from asterism.insight.tags.population import DAILY, derived_tags, sources_of
from asterism.insight.tags.registry import TAGS, catalogue
from asterism.insight.tags.rolls import Limits
from asterism.insight.tags.rollups import Rollups
from asterism.insight.tags.source import Source
from asterism.insight.tags.tag import Tag
from asterism.insight.tags.texts import text_of
from asterism.kernel.hashing import BUCKETS
from asterism.kernel.progress import Progress, silent
from asterism.warehouse import Draft, Snapshot, Warehouse, connect
from asterism.warehouse.views import fetch, name_table

#: Customers that are computed at once, which is what bounds the memory.
AT_ONCE = 150_000
#: Hours that the bank's clock is ahead of UTC, where no other is given.
UTC_OFFSET = 8


def compute_tags(  # noqa: PLR0913 - everything but the first four has a default that serves
    warehouse: Warehouse,
    parent: Snapshot,
    as_of: date,
    progress: Progress = silent,
    *,
    tags: Mapping[str, Tag] = TAGS,
    utc_offset: int = UTC_OFFSET,
    full: bool = False,
    limits: Limits | None = None,
) -> Snapshot:
    """Return a new snapshot: `parent` with the tags as of the end of `as_of`.

    It gets the datasets `tags`, `columns`, `profiles`, `statistics`, and the rollups by day and
    month of every dated table, of which only new parts are read. `full` reads all raw parts of
    the horizon instead and leaves the rollups as they are: the outcome is the same.
    """
    connection = connect()
    try:
        with warehouse.begin(parent, as_of) as draft:
            run = _Run(connection, draft, parent, as_of, tags, utc_offset)
            if not full:
                run.refresh(progress, limits)
            run.compute(progress)
            return draft.seal()
    finally:
        connection.disconnect()


def specs(tags: Mapping[str, Tag]) -> tuple[TagSpec, ...]:
    """Return the tags as the audience language and the columns know them."""
    known = catalogue(tags=None if tags is TAGS else tags)
    return tuple(known.tags[name] for name in tags)


def bucket_groups(customers: int) -> tuple[tuple[int, ...], ...]:
    """Return the buckets in as few groups as memory allows."""
    count = 1
    while count < BUCKETS and customers / count > AT_ONCE:
        count *= 2
    size = BUCKETS // count
    return tuple(tuple(range(start, start + size)) for start in range(0, BUCKETS, size))


class _Run:
    """One computation of all tags."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a run is made of
        self,
        connection: Backend,
        draft: Draft,
        parent: Snapshot,
        today: date,
        tags: Mapping[str, Tag],
        utc_offset: int,
    ) -> None:
        self._connection, self._draft, self._parent = connection, draft, parent
        self._today, self._tags, self._utc_offset = today, tags, utc_offset
        self._key = tuple(id(tag) for tag in tags.values())
        self._rollups: dict[str, Rollups] = {}

    def refresh(self, progress: Progress, limits: Limits | None) -> None:
        """Roll up what is new in the dated tables."""
        dated = [source for source in sources_of(self._tags) if source.dated]
        for done, source in enumerate(dated):
            progress("rollups", done / len(dated))
            rollups = Rollups(
                self._connection,
                self._draft,
                self._parent,
                source,
                today=self._today,
                utc_offset=self._utc_offset,
                limits=limits,
            )
            rollups.refresh()
            self._rollups[source.name] = rollups
        progress("rollups", 1.0)

    def compute(self, progress: Progress) -> None:
        """Compute the tags, buckets after buckets, and write everything that holds them."""
        customers = self._parent.rows("customers")
        outputs = Outputs(self._draft, specs(self._tags), customers)
        cuts = Cuts(self._tags, customers)
        groups = bucket_groups(customers)
        with ThreadPoolExecutor(1) as beside:
            taken: Future[None] | None = None
            for done, buckets in enumerate(groups):
                progress("tags", done / len(groups))
                self._bind(buckets)
                table = self._pass(cuts)
                # one group is written while the engine computes the next, never two
                if taken is not None:
                    taken.result()
                taken = beside.submit(outputs.take, table, buckets)
            if taken is not None:
                taken.result()
        progress("tags", 1.0)
        outputs.close(self._newest())
        progress("profiles", 1.0)

    def _newest(self) -> dict[str, date | None]:
        """Return the newest day of the data that each tag rests on, None if on none that is dated.

        It is the day of the oldest of the tables it reads: a tag is no fresher than that.
        """
        newest = newest_days(self._draft, self._parent)
        return {
            name: min((newest[table] for table in tables & newest.keys()), default=None)
            for name, tables in tables_by_tag(self._tags).items()
        }

    def _bind(self, buckets: Sequence[int]) -> None:
        bind_customers(self._connection, self._parent, self._today, buckets)
        for source in sources_of(self._tags):
            if source.name in self._rollups:
                self._rollups[source.name].bind(buckets)
            else:
                self._bind_raw(source, buckets)

    def _bind_raw(self, source: Source, buckets: Sequence[int]) -> None:
        bind_raw(
            self._connection,
            self._parent,
            source,
            today=self._today,
            utc_offset=self._utc_offset,
            buckets=buckets,
        )

    def _pass(self, cuts: Cuts) -> pa.Table:
        """Return all tags of the customers that are bound, by bucket and id."""
        base = daily_table(self._connection, self._tags, raw=not self._rollups)
        name_table(self._connection, DAILY, cuts.beside(self._connection, base))
        text = text_of(("derived", self._key), lambda: derived_tags(self._tags))
        derived = in_order(fetch(self._connection, text))
        columns = {name: base.column(name) for name in base.column_names}
        columns |= {name: derived.column(name) for name in derived.column_names}
        return pa.table({name: columns[name] for name in ("customer_id", "bucket", *self._tags)})
