"""What comes back: delivered, seen, answered, refused, "not again"."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, select, update

from asterism.execution.bulk import among
from asterism.execution.life import CONTACTED, Moment, State, exclusive, happened
from asterism.execution.reasons import Why
from asterism.execution.refusals import Refusal, write_refusals
from asterism.execution.tables import touch, work_item
from asterism.execution.worklist import OPEN
from asterism.kernel.errors import InvalidInputError, Problem

BATCH = 5_000
OPTED_OUT = "opted_out"

#: What each kind of receipt means in the life of a touch.
MEANING: Mapping[str, tuple[State, Why | None]] = {
    "delivered": (State.DELIVERED, None),
    "seen": (State.SEEN, None),
    "answered": (State.ANSWERED, Why.ANSWER_ACCEPTED),
    "refused": (State.ANSWERED, Why.ANSWER_REFUSED),
    "converted": (State.CONVERTED, None),
    "bounced": (State.FAILED, Why.HARD_BOUNCE),
    OPTED_OUT: (State.SEEN, None),
}
_CLOSES_WORK = {"answered": "done", "refused": "refused"}


def record_receipts(engine: Engine, receipts: Any) -> dict[str, int]:
    """Write receipts down: an arrow table of touch_id, kind (see `MEANING`) and at (aware).

    A receipt told twice is told once; one for a touch that never left is refused. "opted_out" also
    ends at once whatever is waiting for that customer on that channel. Returns counts: recorded,
    repeated, unknown (no such touch was sent), suppressed. InvalidInputError for a strange kind.
    """
    _check(receipts)
    counts = dict.fromkeys(("recorded", "repeated", "unknown", "suppressed"), 0)
    for start in range(0, receipts.num_rows, BATCH):
        rows = receipts.slice(start, BATCH).select(["touch_id", "kind", "at"]).to_pylist()
        with engine.begin() as connection:
            exclusive(connection)
            for name, count in _record(connection, rows).items():
                counts[name] += count
    return counts


def _check(receipts: Any) -> None:
    strange = set(receipts["kind"].unique().to_pylist()) - set(MEANING)
    if strange:
        raise InvalidInputError(
            "The receipts cannot be recorded",
            [
                Problem(
                    message="There is no receipt of kind {kind}: {known} are.",
                    values={"kind": kind, "known": ", ".join(MEANING)},
                )
                for kind in sorted(map(str, strange))
            ],
        )


def _record(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    sent = _sent(connection, {row["touch_id"] for row in rows})
    known = [row for row in rows if row["touch_id"] in sent]
    recorded = sum(_happened(connection, known, kind) for kind in MEANING if kind != OPTED_OUT)
    _happened(connection, known, OPTED_OUT)
    _close_work(connection, known)
    refusals = [
        Refusal(
            customer_id=sent[row["touch_id"]][0],
            channel=sent[row["touch_id"]][1],
            at=row["at"],
            source="receipt",
            touch_id=row["touch_id"],
        )
        for row in known
        if row["kind"] == OPTED_OUT
    ]
    heeded = write_refusals(connection, refusals)
    recorded += heeded.new
    return {
        "recorded": recorded,
        "repeated": len(known) - recorded,
        "unknown": len(rows) - len(known),
        "suppressed": heeded.suppressed,
    }


def _happened(connection: Connection, rows: Sequence[Mapping[str, Any]], kind: str) -> int:
    state, why = MEANING[kind]
    reason = why.value if why else None
    return happened(
        connection,
        state,
        [
            Moment(touch_id=row["touch_id"], at=row["at"], reason=reason)
            for row in rows
            if row["kind"] == kind
        ],
    )


def _sent(connection: Connection, keys: set[str]) -> dict[str, tuple[str, str]]:
    """Return customer and channel of those touches that may have reached somebody."""
    query = select(touch.c.touch_id, touch.c.customer_id, touch.c.channel).where(
        among(connection, touch.c.touch_id, keys), touch.c.state.in_([s.value for s in CONTACTED])
    )
    return {row.touch_id: (row.customer_id, row.channel) for row in connection.execute(query)}


def _close_work(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Take answered touches off people's lists."""
    for kind, state in _CLOSES_WORK.items():
        keys = [row["touch_id"] for row in rows if row["kind"] == kind]
        if keys:
            connection.execute(
                update(work_item)
                .where(among(connection, work_item.c.touch_id, keys), work_item.c.state.in_(OPEN))
                .values(state=state)
            )
