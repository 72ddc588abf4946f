"""Stages of a customer's life with the bank, and how customers flow between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from asterism.kernel.words import Text
from asterism.warehouse import Snapshot

#: The values of the tag `lifecycle`, in the order of a life.
STAGES: Mapping[str, Text] = {
    "new": Text("新客", "New", "Nuevo"),
    "growing": Text("成长", "Growing", "En crecimiento"),
    "mature": Text("成熟", "Mature", "Maduro"),
    "declining": Text("衰退", "Declining", "En declive"),
    "dormant": Text("休眠", "Dormant", "Inactivo"),
    "lost": Text("流失", "Lost", "Perdido"),
}
#: Stands for customers whom a snapshot does not have, or does not have a stage for.
OUTSIDE = "outside"
OUTSIDE_TITLE = Text("非客户", "Not a customer", "No es cliente")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Customers by their stage on two days."""

    since: date
    until: date
    #: Customers by (stage on `since`, stage on `until`); every pair of `places()` is present.
    counts: Mapping[tuple[str, str], int]

    def stayed(self, stage: str) -> int:
        """Return how many were in `stage` on both days."""
        return self.counts[stage, stage]

    def matrix(self) -> list[list[int]]:
        """Return the counts as rows (stage on `since`) of columns, in the order of `places()`."""
        return [[self.counts[row, column] for column in places()] for row in places()]


def places() -> tuple[str, ...]:
    """Return the rows and columns of a flow: the stages, then `OUTSIDE`."""
    return (*STAGES, OUTSIDE)


def stage_counts(snapshot: Snapshot, connection: Backend) -> Mapping[str, int]:
    """Return how many customers each stage has, every stage present."""
    stages = _stages(snapshot, connection)
    grouped = stages.group_by("stage").agg(customers=stages.count())
    found = {row["stage"]: row["customers"] for row in connection.to_pyarrow(grouped).to_pylist()}
    return {stage: found.get(stage, 0) for stage in STAGES}


def flows(snapshots: Sequence[Snapshot], connection: Backend) -> tuple[Flow, ...]:
    """Return the flow between each snapshot and the next; give month ends, oldest first.

    `asterism.insight.snapshots.month_ends` names them. Snapshots without tags are passed over.
    """
    tagged = [snapshot for snapshot in snapshots if "tags" in snapshot.datasets]
    return tuple(_flow(before, after, connection) for before, after in pairwise(tagged))


def _flow(before: Snapshot, after: Snapshot, connection: Backend) -> Flow:
    one = _stages(before, connection).rename(before="stage")
    two = _stages(after, connection).rename(after="stage")
    joined = one.outer_join(two, ["bucket", "customer_id"])
    pairs = joined.select(
        before=joined["before"].fill_null(OUTSIDE), after=joined["after"].fill_null(OUTSIDE)
    )
    grouped = pairs.group_by(["before", "after"]).agg(customers=pairs.count())
    counts = {(row, column): 0 for row in places() for column in places()}
    for found in connection.to_pyarrow(grouped).to_pylist():
        counts[found["before"], found["after"]] = found["customers"]
    return Flow(since=before.as_of, until=after.as_of, counts=counts)


def _stages(snapshot: Snapshot, connection: Backend) -> ir.Table:
    """Return bucket, customer_id and stage; a value that is no stage counts as `OUTSIDE`."""
    tags = snapshot.table(connection, "tags", columns=["bucket", "customer_id", "lifecycle"])
    known = ibis.ifelse(tags["lifecycle"].isin(list(STAGES)), tags["lifecycle"], OUTSIDE)
    return tags.select("bucket", "customer_id", stage=known.fill_null(OUTSIDE))
