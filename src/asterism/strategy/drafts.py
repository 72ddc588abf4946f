"""Drafts of strategies: what is being written, kept in the ledger until it is live or thrown away.

A draft may be wrong or half done. Its content is plain data, as in a strategy's file; whether it
holds is asked of `document.read_strategy`. Nothing is ever decided by a draft.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    insert,
    select,
    update,
)

from asterism.kernel.clock import Clock
from asterism.kernel.errors import ConflictError, NotFoundError
from asterism.kernel.words import N_
from asterism.ledger import AwareMoment, metadata, reading
from asterism.strategy.document import plain
from asterism.strategy.requests import withdraw_in
from asterism.strategy.strategy import Strategy

Data = dict[str, object]

OPEN, CLOSED = "open", "closed"

strategy_draft = Table(
    "strategy_draft",
    metadata,
    Column("draft_id", String(32), primary_key=True),
    #: The id that the content gives itself; empty while it has none.
    Column("strategy_id", String(63), nullable=False),
    #: The published version it was started from; null for a new strategy.
    Column("base_version", Integer),
    #: What it was started from, to go back to.
    Column("origin", JSON, nullable=False),
    Column("content", JSON, nullable=False),
    #: Counted up with every change, so that nobody overwrites what they have not seen.
    Column("revision", Integer, nullable=False),
    #: Everybody who wrote in it: none of them may approve it.
    Column("makers", JSON, nullable=False),
    #: 'open' or 'closed'.
    Column("state", String(8), nullable=False),
    Column("created_by", String(80), nullable=False),
    Column("created_at", AwareMoment, nullable=False),
    Column("changed_by", String(80), nullable=False),
    Column("changed_at", AwareMoment, nullable=False),
    Index("ix_strategy_draft_strategy_id", "strategy_id", "state"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft as it stands."""

    draft_id: str
    strategy_id: str
    base_version: int | None
    origin: Data
    content: Data
    revision: int
    makers: tuple[str, ...]
    state: str
    created_by: str
    created_at: datetime
    changed_by: str
    changed_at: datetime

    @property
    def touched(self) -> bool:
        """Whether it differs from what it was started from."""
        return self.content != self.origin


def content_of(strategy: Strategy) -> Data:
    """Return a strategy as a draft's content: plain data that JSON can hold."""
    data = plain(strategy)
    data["period"] = {
        name: day.isoformat() if isinstance(day, date) else day
        for name, day in strategy.period.model_dump(exclude_defaults=True).items()
    }
    return data


def start_draft(
    engine: Engine,
    content: Mapping[str, object],
    clock: Clock,
    actor: str,
    *,
    base_version: int | None = None,
) -> Draft:
    """Start a draft with `content`; `base_version` says which published version it continues."""
    now = clock.now()
    row = {
        "draft_id": secrets.token_hex(8),
        "strategy_id": _id_in(content),
        "base_version": base_version,
        "origin": dict(content),
        "content": dict(content),
        "revision": 1,
        "makers": [actor],
        "state": OPEN,
        "created_by": actor,
        "created_at": now,
        "changed_by": actor,
        "changed_at": now,
    }
    with engine.begin() as connection:
        connection.execute(insert(strategy_draft).values(row))
        return draft_in(connection, str(row["draft_id"]))


def save_draft(  # noqa: PLR0913 - what is saved, over what, and by whom
    engine: Engine,
    draft_id: str,
    content: Mapping[str, object],
    clock: Clock,
    actor: str,
    *,
    revision: int,
) -> Draft:
    """Replace a draft's content and return it; the same content again changes nothing.

    `revision` is the one that `actor` saw: ConflictError if another person saved since, or if the
    draft is closed. A change takes back what the draft had asked approval for.
    """
    with engine.begin() as connection:
        draft = draft_in(connection, draft_id, to_change=True)
        _check_open(draft)
        if draft.revision != revision:
            message = N_("{name} has changed this draft since you opened it: reload the page.")
            raise ConflictError(message, name=draft.changed_by)
        if draft.content == content:
            return draft
        withdraw_in(connection, draft_id, clock)
        connection.execute(
            update(strategy_draft)
            .where(strategy_draft.c.draft_id == draft_id)
            .values(
                content=dict(content),
                strategy_id=_id_in(content),
                revision=revision + 1,
                makers=list(dict.fromkeys((*draft.makers, actor))),
                changed_by=actor,
                changed_at=clock.now(),
            )
        )
        return draft_in(connection, draft_id)


def close_draft(connection: Connection, draft_id: str) -> None:
    """Take a draft off the desk: it is live, or nobody wants it."""
    connection.execute(
        update(strategy_draft).where(strategy_draft.c.draft_id == draft_id).values(state=CLOSED)
    )


def discard_draft(engine: Engine, draft_id: str, clock: Clock) -> Draft:
    """Throw a draft away; NotFoundError if there is none, ConflictError if it is closed."""
    with engine.begin() as connection:
        draft = draft_in(connection, draft_id, to_change=True)
        _check_open(draft)
        withdraw_in(connection, draft_id, clock)
        close_draft(connection, draft_id)
    return draft


def get_draft(engine: Engine, draft_id: str) -> Draft:
    """Return a draft; NotFoundError if there is none."""
    with reading(engine) as connection:
        return draft_in(connection, draft_id)


def open_drafts(engine: Engine, strategy_id: str | None = None) -> tuple[Draft, ...]:
    """Return the drafts that are being written, of one strategy or all, the latest first."""
    query = select(strategy_draft).where(strategy_draft.c.state == OPEN)
    if strategy_id is not None:
        query = query.where(strategy_draft.c.strategy_id == strategy_id)
    query = query.order_by(strategy_draft.c.changed_at.desc(), strategy_draft.c.draft_id)
    with reading(engine) as connection:
        return tuple(_draft(row) for row in connection.execute(query).mappings())


def draft_in(connection: Connection, draft_id: str, *, to_change: bool = False) -> Draft:
    """Return a draft as a transaction sees it, locked if it is to change."""
    query = select(strategy_draft).where(strategy_draft.c.draft_id == draft_id)
    row = connection.execute(query.with_for_update() if to_change else query).mappings().first()
    if row is None:
        raise NotFoundError(N_("There is no draft {id}."), id=draft_id)
    return _draft(row)


def _draft(row: RowMapping) -> Draft:
    values = {**row, "makers": tuple(row["makers"])}
    return Draft(**values)


def _check_open(draft: Draft) -> None:
    if draft.state != OPEN:
        raise ConflictError(N_("This draft is closed: start a new one."))


def _id_in(content: Mapping[str, object]) -> str:
    identity = content.get("id")
    return identity[:63] if isinstance(identity, str) else ""
