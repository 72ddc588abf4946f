"""A frozen list shared out: so many customers to each branch or manager, their own first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from sqlalchemy import delete, insert, select

from asterism.execution.life import exclusive
from asterism.execution.lists import TargetLists, write_members
from asterism.execution.tables import list_share
from asterism.kernel.errors import InvalidInputError, Problem
from asterism.ledger import reading

_NOBODY = -1


class ShareBy(StrEnum):
    """Whom a list is shared out to."""

    BRANCH = "branch"
    MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class Share:
    """What one owner got."""

    owner: str
    #: How many were to go there.
    asked: int
    #: How many did.
    given: int


def share_out(
    lists: TargetLists, list_id: str, by: ShareBy, counts: Mapping[str, int]
) -> tuple[tuple[Share, ...], pa.Table]:
    """Give each owner in `counts` at most that many customers, in the list's order.

    Everybody keeps their own customers first; those who belong to nobody fill what room is left,
    in turn. A customer who belongs to somebody is never given to another. Returns the shares and
    the members with the column `owner`, null for those who stay. Sharing out again replaces it.
    """
    _check(counts)
    members = lists.members(list_id)
    owners = list(counts)
    room = np.array([counts[owner] for owner in owners], np.int64)
    owner_of = deal(members[f"{by.value}_id"], owners, room)
    given = np.bincount(owner_of[owner_of >= 0], minlength=len(owners))
    shares = tuple(
        Share(owner, int(asked), int(got))
        for owner, asked, got in zip(owners, room, given, strict=True)
    )
    _store(lists, list_id, by, shares)
    column = pa.array(owner_of, pa.int64(), mask=owner_of == _NOBODY)
    return shares, members.append_column("owner", pa.array(owners, pa.string()).take(column))


def deal(
    belongs_to: pa.ChunkedArray, owners: Sequence[str], room: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return for each customer the place of the owner who gets them, −1 for nobody."""
    codes = pc.index_in(belongs_to, value_set=pa.array(owners, pa.string()))
    own = codes.combine_chunks().fill_null(_NOBODY).to_numpy().astype(np.int64)
    nobodys = belongs_to.is_null().combine_chunks().to_numpy(zero_copy_only=False)
    rank = _rank_within(own)
    taken = np.full(len(own), _NOBODY, np.int64)
    keeps = (own >= 0) & (rank < room[own])
    taken[keeps] = own[keeps]
    left = room - np.bincount(own[keeps], minlength=len(owners))
    turns = np.concatenate([np.arange(n) for n in left]) if len(left) else np.zeros(0, np.int64)
    places = np.repeat(np.arange(len(owners)), left)[np.argsort(turns, kind="stable")]
    free = np.flatnonzero(nobodys)[: len(places)]
    taken[free] = places[: len(free)]
    return taken


def _rank_within(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many earlier members each one's group has."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    starts = np.searchsorted(ordered, ordered, side="left")
    rank = np.empty(len(groups), np.int64)
    rank[order] = np.arange(len(groups)) - starts
    return rank


def _check(counts: Mapping[str, int]) -> None:
    problems = [
        Problem(message="{owner} cannot get {count} customers.", values={"owner": o, "count": n})
        for o, n in counts.items()
        if n < 0
    ]
    if not counts:
        problems = [Problem(message="Say how many customers each one gets.")]
    if problems:
        raise InvalidInputError("The list cannot be shared out", problems)


def _store(lists: TargetLists, list_id: str, by: ShareBy, shares: Sequence[Share]) -> None:
    now = lists.clock.now()
    rows = [
        {
            "list_id": list_id,
            "by": by.value,
            "owner": share.owner,
            "position": position,
            "asked": share.asked,
            "given": share.given,
            "shared_at": now,
        }
        for position, share in enumerate(shares)
    ]
    mine = (list_share.c.list_id == list_id) & (list_share.c.by == by.value)
    with lists.engine.begin() as connection:
        exclusive(connection)
        connection.execute(delete(list_share).where(mine))
        connection.execute(insert(list_share), rows)


def owners_of(lists: TargetLists, list_id: str, by: ShareBy) -> frozenset[str]:
    """Return to whom a list was shared out last."""
    row = list_share.c
    query = select(row.owner).where(row.list_id == list_id, row.by == by.value)
    with reading(lists.engine) as connection:
        return frozenset(connection.execute(query).scalars())


def shared_members(lists: TargetLists, list_id: str, by: ShareBy) -> pa.Table:
    """Return a list's members with the column `owner` as they were shared out last.

    Null for those who stay, and for everybody where nothing was shared out.
    """
    row = list_share.c
    query = select(row.owner, row.asked).where(row.list_id == list_id, row.by == by.value)
    with reading(lists.engine) as connection:
        rows = connection.execute(query.order_by(row.position)).all()
    members = lists.members(list_id)
    owners = [one.owner for one in rows]
    owner_of = np.full(members.num_rows, _NOBODY, np.int64)
    if owners:
        room = np.array([one.asked for one in rows], np.int64)
        owner_of = deal(members[f"{by.value}_id"], owners, room)
    places = pa.array(owner_of, pa.int64(), mask=owner_of == _NOBODY)
    return members.append_column("owner", pa.array(owners, pa.string()).take(places))


def export_share(shared: pa.Table, owner: str, path: Path, *, locale: str = "zh") -> int:
    """Write one owner's customers of a shared-out list as CSV; return how many."""
    return write_members(shared.filter(pc.equal(shared["owner"], owner)), path, locale=locale)
