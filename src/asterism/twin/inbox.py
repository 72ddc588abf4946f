"""Touches as they come in, and the receipts that go back."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_
from asterism.twin.arrow import coded
from asterism.twin.nature import GROUP_OF_FAMILY, GROUPS
from asterism.twin.place import BLOCK, Place
from asterism.twin.products import FAMILY
from asterism.twin.respond import WAYS, Answers, Touches, way_of
from asterism.twin.seeds import Array
from asterism.twin.tables import customer_numbers

_NEEDED = ("touch_id", "customer_id", "strategy", "family", "channel", "sent_at")
_RECEIPTS = pa.schema(
    [("touch_id", pa.string()), ("kind", pa.string()), ("at", pa.timestamp("us", tz="UTC"))]
)
#: Seconds after sending at which a touch is seen, answered, refused, or opted out of.
_DELAYS = {"seen": 1_800, "answered": 2_700, "refused": 1_900, "opted_out": 3_000}
#: What offers of no family of the bank's are about.
_NO_FAMILY = FAMILY["other"]
_SHORT_NAMES = {
    "fund": "mixed_fund",
    "deposit": "term_deposit",
    "loan": "consumer_loan",
    "card": "credit_card",
}


@dataclass(frozen=True, slots=True)
class Inbox:
    """A day's touches, sorted by customer, and the strategies' names by code."""

    touches: Touches
    strategies: list[str]
    #: Number of each touch's customer in the world.
    number: Array

    def of_block(self, block: int) -> Touches:
        """Return the touches of a block; customers are numbered within it."""
        low, high = np.searchsorted(self.number, (block * BLOCK, (block + 1) * BLOCK))
        mine = Touches(*(column[low:high] for column in self.touches))
        return mine._replace(customer=self.number[low:high] - block * BLOCK)


def read_touches(touches: pa.Table, known: list[str], place: Place) -> Inbox:
    """Read a day's touches; InvalidInputError if columns are missing.

    Touches of customers whom the world does not have are left without an answer.
    """
    missing = [name for name in _NEEDED if name not in touches.column_names]
    if missing:
        raise InvalidInputError(
            N_("The touches cannot be answered"),
            [
                Problem(message=N_("The column {name} is missing."), values={"name": n})
                for n in missing
            ],
        )
    text = {name: touches[name].cast(pa.string()) for name in _NEEDED if name != "sent_at"}
    number, exists = _numbers(text["customer_id"], place)
    strategy, strategies = _codes(text["strategy"], known)
    order = np.lexsort((np.arange(number.size), number))
    order = order[exists[order]]
    columns = Touches(
        row=np.arange(number.size),
        customer=number,
        family=_by_value(
            text["family"], lambda text: FAMILY.get(_SHORT_NAMES.get(text, text), _NO_FAMILY)
        ),
        way=_by_value(text["channel"], way_of),
        strategy=strategy,
        sent=_seconds(touches["sent_at"]),
    )
    return Inbox(Touches(*(c[order] for c in columns)), strategies, number[order])


def _numbers(ids: pa.ChunkedArray, place: Place) -> tuple[Array, Array]:
    good = np.asarray(pc.fill_null(pc.match_substring_regex(ids, r"^C[0-9]{9}$"), False))  # noqa: FBT003
    usable = pc.if_else(pa.array(good), ids, pa.scalar("C000000000"))
    number = customer_numbers(usable)
    return number, good & (number >= 0) & (number < place.population)


def _codes(names: pa.ChunkedArray, known: list[str]) -> tuple[Array, list[str]]:
    """Return a code for each name; new names are added after the known ones, in order."""
    fresh = sorted(set(map(str, pc.unique(names).to_pylist())) - set(known))
    strategies = [*known, *fresh]
    place = {name: code for code, name in enumerate(strategies)}
    return _by_value(names, lambda name: place[name]), strategies


def _by_value(column: pa.ChunkedArray, code: Callable[[str], int]) -> Array:
    """Return `code(value)` of each row (int64), called once for each different value."""
    found = pc.unique(column).to_pylist()
    table = pa.array([str(value) for value in found], pa.string())
    codes = np.array([code(str(value)) for value in found], dtype=np.int64)
    index = pc.index_in(pc.fill_null(column.cast(pa.string()), "None"), table)
    return codes[np.asarray(index)] if len(column) else np.zeros(0, dtype=np.int64)


def _seconds(column: pa.ChunkedArray) -> Array:
    return np.asarray(column.cast(pa.timestamp("us")).cast(pa.int64())) // 1_000_000


Answered = list[tuple[Touches, Answers | None]]


def receipts_table(touches: pa.Table, answered: Answered, midnight: int) -> pa.Table:
    """Return the receipts: touch_id, kind, at (UTC, before `midnight` but not before sending)."""
    rows: list[Array] = []
    kinds: list[Array] = []
    moments: list[Array] = []
    for told, answers in answered:
        if answers is None:
            continue
        flags = {
            "seen": answers.seen,
            "answered": answers.answered,
            "refused": answers.refused,
            "opted_out": answers.opted_out,
        }
        for code, (kind, flag) in enumerate(flags.items()):
            rows.append(told.row[flag])
            kinds.append(np.full(int(flag.sum()), code))
            spread = told.row[flag] * 7919 % 3600
            moments.append(told.sent[flag] + _DELAYS[kind] + spread)
    if not rows:
        return _RECEIPTS.empty_table()
    row, which = np.concatenate(rows), np.concatenate(kinds)
    sent = _seconds(touches["sent_at"])[row]
    at = np.maximum(np.minimum(np.concatenate(moments), midnight - 1), sent)
    order = np.lexsort((which, row))
    return pa.table(
        {
            "touch_id": touches["touch_id"].take(pa.array(row[order])).cast(pa.string()),
            "kind": coded(tuple(_DELAYS), which[order]).cast(pa.string()),
            "at": pa.array(at[order] * 1_000_000).cast(pa.timestamp("us", tz="UTC")),
        },
        schema=_RECEIPTS,
    )


def touches_table(touches: pa.Table, inbox: Inbox, answered: Answered) -> pa.Table:
    """Return the truth about each touch: group, chance of an answer, both potential outcomes."""
    parts = [(told, answers) for told, answers in answered if answers is not None]
    told = (
        Touches(*(np.concatenate(c) for c in zip(*(t for t, _ in parts), strict=True)))
        if parts
        else None
    )
    if told is None:
        told = Touches(*(np.zeros(0, dtype=np.int64) for _ in Touches._fields))
    made = [a for _, a in parts]

    def column(name: str, kind: str) -> Array:
        values = [getattr(a, name) for a in made]
        return np.concatenate(values) if values else np.zeros(0, dtype=kind)

    return pa.table(
        {
            "touch_id": touches["touch_id"].take(pa.array(told.row)).cast(pa.string()),
            "customer_id": touches["customer_id"].take(pa.array(told.row)).cast(pa.string()),
            "strategy": coded(inbox.strategies or [""], told.strategy),
            "group": coded(GROUPS, GROUP_OF_FAMILY[told.family]),
            "way": coded(tuple(WAYS), told.way),
            "chance": pa.array(column("chance", "float64")),
            "seen": pa.array(column("seen", "bool")),
            "answers_if_touched": pa.array(column("answered", "bool")),
            "logs_in_if_touched": pa.array(column("logs_in", "bool")),
            "annoyed_if_touched": pa.array(column("annoyed", "bool")),
        }
    )
