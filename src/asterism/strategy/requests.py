"""Requests for approval: what somebody wants to put live, word for word, and where it stands."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)

from asterism.kernel.clock import Clock
from asterism.kernel.errors import InvalidInputError, NotFoundError, Problem
from asterism.kernel.words import N_
from asterism.ledger import AwareMoment, metadata, reading
from asterism.strategy.document import load_strategy
from asterism.strategy.strategy import Strategy

WAITING, APPROVED, REJECTED = "waiting", "approved", "rejected"
WITHDRAWN, PUBLISHED = "withdrawn", "published"
#: States in which a request can still lead to something.
STANDING = (WAITING, APPROVED)
LONGEST_COMMENT = 2_000

strategy_request = Table(
    "strategy_request",
    metadata,
    Column("request_id", String(32), primary_key=True),
    Column("draft_id", String(32), nullable=False),
    Column("strategy_id", String(63), nullable=False),
    #: The content that is approved and nothing else, and its SHA-256.
    Column("yaml", Text, nullable=False),
    Column("content_hash", String(64), nullable=False),
    #: The version that was live when it was asked; null if none was.
    Column("base_version", Integer),
    Column("asked_by", String(80), nullable=False),
    Column("asked_at", AwareMoment, nullable=False),
    #: Everybody who wrote in the draft, whoever asked.
    Column("makers", JSON, nullable=False),
    #: How many customers it meant when it was asked, what a day may cost at most, in minor units.
    Column("customers", BigInteger, nullable=False),
    Column("spend_minor", BigInteger, nullable=False),
    #: Whether these are beyond what every approver may decide.
    Column("large", Boolean, nullable=False),
    #: 'waiting', 'approved', 'rejected', 'withdrawn' or 'published'.
    Column("state", String(10), nullable=False),
    Column("decided_by", String(80)),
    Column("decided_at", AwareMoment),
    Column("reason", String(LONGEST_COMMENT)),
    #: When an approval ends if nothing was published by then.
    Column("expires_at", AwareMoment),
    #: The version that came of it.
    Column("version", Integer),
    Index("ix_strategy_request_state", "state", "asked_at"),
)

strategy_comment = Table(
    "strategy_comment",
    metadata,
    Column("comment_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("request_id", String(32), nullable=False, index=True),
    Column("author", String(80), nullable=False),
    Column("text", String(LONGEST_COMMENT), nullable=False),
    Column("at", AwareMoment, nullable=False),
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request as it stands."""

    request_id: str
    draft_id: str
    strategy_id: str
    yaml: str
    content_hash: str
    base_version: int | None
    asked_by: str
    asked_at: datetime
    makers: tuple[str, ...]
    customers: int
    spend_minor: int
    large: bool
    state: str
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    expires_at: datetime | None
    version: int | None

    @cached_property
    def strategy(self) -> Strategy:
        """What it would put live."""
        return load_strategy(self.yaml)

    def expired(self, now: datetime) -> bool:
        """Tell whether it was approved too long ago to be put live."""
        return self.state == APPROVED and self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What somebody wrote about a request."""

    author: str
    text: str
    at: datetime


def get_request(engine: Engine, request_id: str) -> Request:
    """Return a request; NotFoundError if there is none."""
    with reading(engine) as connection:
        return request_in(connection, request_id)


def list_requests(
    engine: Engine, *, states: tuple[str, ...] = STANDING, limit: int = 200
) -> tuple[Request, ...]:
    """Return the requests in some states, the longest waiting first."""
    row = strategy_request.c
    query = select(strategy_request).where(row.state.in_(states))
    query = query.order_by(row.asked_at, row.request_id).limit(limit)
    with reading(engine) as connection:
        return tuple(_request(found) for found in connection.execute(query).mappings())


def standing_request(engine: Engine, draft_id: str) -> Request | None:
    """Return the request of a draft that is waiting or approved; None if there is none."""
    with reading(engine) as connection:
        return standing_in(connection, draft_id)


def standing_in(connection: Connection, draft_id: str) -> Request | None:
    """Return a draft's waiting or approved request as a transaction sees it."""
    row = strategy_request.c
    query = select(strategy_request).where(row.draft_id == draft_id, row.state.in_(STANDING))
    found = connection.execute(query).mappings().first()
    return _request(found) if found else None


def request_in(connection: Connection, request_id: str, *, to_change: bool = False) -> Request:
    """Return a request as a transaction sees it, locked if it is to change."""
    query = select(strategy_request).where(strategy_request.c.request_id == request_id)
    row = connection.execute(query.with_for_update() if to_change else query).mappings().first()
    if row is None:
        raise NotFoundError(N_("There is no request {id}."), id=request_id)
    return _request(row)


def approved_request(engine: Engine, found_hash: str, now: datetime) -> Request | None:
    """Return the request by which content of that hash may go live at this moment, if any."""
    row = strategy_request.c
    query = select(strategy_request).where(row.content_hash == found_hash, row.state == APPROVED)
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(row.decided_at.desc())).mappings()
        requests = [_request(found) for found in rows]
    return next((request for request in requests if not request.expired(now)), None)


def withdraw_in(connection: Connection, draft_id: str, clock: Clock) -> bool:
    """Take back what a draft asked for, as any change of it does; tell whether it had asked."""
    row = strategy_request.c
    done = connection.execute(
        update(strategy_request)
        .where(row.draft_id == draft_id, row.state.in_(STANDING))
        .values(state=WITHDRAWN, decided_at=clock.now())
    )
    return done.rowcount > 0


def _request(row: RowMapping) -> Request:
    values = {**row, "makers": tuple(row["makers"])}
    return Request(**values)


def comment(engine: Engine, request_id: str, text: str, clock: Clock, author: str) -> None:
    """Write a comment under a request; InvalidInputError for none or a very long one."""
    check_words(text, N_("The comment cannot be kept"))
    with engine.begin() as connection:
        request_in(connection, request_id)
        connection.execute(
            insert(strategy_comment).values(
                request_id=request_id, author=author, text=text.strip(), at=clock.now()
            )
        )


def comments_of(engine: Engine, request_id: str) -> tuple[Comment, ...]:
    """Return what was written under a request, oldest first."""
    row = strategy_comment.c
    query = select(row.author, row.text, row.at).where(row.request_id == request_id)
    with reading(engine) as connection:
        found = connection.execute(query.order_by(row.comment_id)).mappings()
        return tuple(Comment(**one) for one in found)


def check_words(text: str, subject: str) -> None:
    """Raise InvalidInputError about `subject` unless `text` says something in reasonable length."""
    problems = []
    if not text.strip():
        problems.append(Problem(message=N_("Write a few words."), where="text"))
    if len(text) > LONGEST_COMMENT:
        values = {"max_length": LONGEST_COMMENT}
        message = N_("At most {max_length} characters are allowed.")
        problems.append(Problem(message=message, where="text", values=values))
    if problems:
        raise InvalidInputError(subject, problems)
