"""Blacklists: customers whom the bank leaves alone, each with a reason, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    Select,
    String,
    Table,
    func,
    insert,
    select,
)

from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_
from asterism.ledger import AwareMoment, metadata, reading
from asterism.strategy.standing import WORDS

#: The list that is meant where none is named.
GENERAL = "general"
LIST_LIMIT, REASON_LIMIT = 40, 400

#: Who was put on a list and taken off it, append-only: the latest row of a customer and list holds.
blacklist = Table(
    "blacklist",
    metadata,
    Column("entry_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("list", String(LIST_LIMIT), nullable=False),
    Column("customer_id", String(80), nullable=False),
    Column("listed", Boolean, nullable=False),
    Column("reason", String(REASON_LIMIT), nullable=False),
    Column("at", AwareMoment, nullable=False),
    Column("actor", String(80), nullable=False),
    #: From this moment on the entry counts no longer; null: until it is taken off.
    Column("until", AwareMoment),
    Index("ix_blacklist_customer", "customer_id", "list"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlacklistEntry:
    """A customer put on a list, or taken off it."""

    customer_id: str
    list: str = GENERAL
    listed: bool = True
    reason: str
    at: datetime
    actor: str
    until: datetime | None = None

    def active(self, now: datetime) -> bool:
        """Tell whether it keeps the customer away at `now`."""
        return self.listed and (self.until is None or now < self.until)


def check_entry(entry: BlacklistEntry) -> None:
    """Refuse an entry that cannot be kept; InvalidInputError names everything wrong with it."""
    problems = []
    for name, limit in (("list", LIST_LIMIT), ("reason", REASON_LIMIT)):
        if not 1 <= len(getattr(entry, name).strip()) <= limit:
            message, values = N_("Write 1 to {limit} characters."), {"limit": limit}
            problems.append(Problem(message=message, where=name, values=values))
    if entry.until is not None and entry.until <= entry.at:
        message = N_("The end lies in the past: give a later one, or none.")
        problems.append(Problem(message=message, where="until"))
    if problems:
        raise InvalidInputError(N_("The blacklist stays as it is"), problems)


def write_entry(connection: Connection, entry: BlacklistEntry) -> None:
    """Append an entry, within the caller's transaction."""
    values = {name: getattr(entry, name) for name in BlacklistEntry.__dataclass_fields__}
    connection.execute(insert(blacklist).values(values))


def blacklist_entries(
    engine: Engine, *, customer_id: str | None = None, name: str | None = None
) -> tuple[BlacklistEntry, ...]:
    """Return the entry that holds for each customer and list, the latest first."""
    query = _holding(None if customer_id is None else [customer_id])
    if name is not None:
        query = query.where(blacklist.c.list == name)
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(blacklist.c.entry_id.desc())).mappings().all()
    names = BlacklistEntry.__dataclass_fields__
    return tuple(BlacklistEntry(**{name: row[name] for name in names}) for row in rows)


def blacklisted(
    connection: Connection,
    customer_ids: Sequence[str] | None,
    now: datetime | None,
    heard_by: datetime | None = None,
) -> pa.Table:
    """Return who is on any list at `now`, schema `WORDS`; without `now` no entry has run out.

    With `heard_by`, as the lists stood at a moment of the past.
    """
    columns = blacklist.c
    query = _holding(customer_ids, heard_by).where(columns.listed.is_(True))
    if now is not None:
        query = query.where(columns.until.is_(None) | (columns.until > now))
    rows = {
        row["customer_id"]: {
            "customer_id": row["customer_id"],
            "tag": "blacklisted",
            "value": True,
            "over": None,
            "at": row["at"],
            "source": row["reason"][:80],
        }
        for row in connection.execute(query.order_by(columns.entry_id)).mappings()
    }
    return pa.Table.from_pylist(list(rows.values()), schema=WORDS)


def _holding(
    customer_ids: Sequence[str] | None, heard_by: datetime | None = None
) -> Select[tuple[object, ...]]:
    columns = blacklist.c
    newest = select(func.max(columns.entry_id)).group_by(columns.customer_id, columns.list)
    if customer_ids is not None:
        newest = newest.where(columns.customer_id.in_(list(customer_ids)))
    if heard_by is not None:
        newest = newest.where(columns.at <= heard_by)
    return select(blacklist).where(columns.entry_id.in_(newest))
