"""Sessions live on the server: the browser holds a random id, the ledger its hash."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from asterism.kernel.clock import Clock
from asterism.ledger.store import AwareMoment, metadata, reading
from asterism.server.auth.users import PUBLIC, User, user_from, users

#: How stale `seen_at` may be: a session is written at most this often.
_SEEN_EVERY = timedelta(seconds=30)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("session_hash", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.String(32), sa.ForeignKey("users.user_id"), nullable=False, index=True),
    sa.Column("created_at", AwareMoment, nullable=False),
    sa.Column("seen_at", AwareMoment, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a session lasts."""

    idle: timedelta = timedelta(minutes=15)
    absolute: timedelta = timedelta(hours=12)


def _hash(session_id: str) -> str:
    return hashlib.sha256(session_id.encode()).hexdigest()


def csrf_token(session_id: str) -> str:
    """Return the session's token for requests that change something."""
    return hashlib.sha256(f"csrf:{session_id}".encode()).hexdigest()


def csrf_matches(session_id: str, token: str) -> bool:
    """Tell whether `token` belongs to the session."""
    return hmac.compare_digest(csrf_token(session_id).encode(), token.encode())


def begin(engine: sa.Engine, user: User, clock: Clock, replacing: str | None = None) -> str:
    """Begin a session, ending the one that it replaces; return its id of 256 random bits."""
    session_id = secrets.token_urlsafe(32)
    now = clock.now()
    with engine.begin() as connection:
        if replacing:
            connection.execute(
                sa.delete(sessions).where(sessions.c.session_hash == _hash(replacing))
            )
        connection.execute(
            sa.insert(sessions).values(
                session_hash=_hash(session_id), user_id=user.user_id, created_at=now, seen_at=now
            )
        )
    return session_id


def resume(engine: sa.Engine, session_id: str, clock: Clock, limits: Limits) -> User | None:
    """Return the session's person; None if it has ended or the person was cut off."""
    key, now = _hash(session_id), clock.now()
    query = (
        sa.select(sessions.c.created_at.label("begun"), sessions.c.seen_at, *PUBLIC)
        .join(users, users.c.user_id == sessions.c.user_id)
        .where(sessions.c.session_hash == key)
    )
    with reading(engine) as connection:
        row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    over = now - row["seen_at"] > limits.idle or now - row["begun"] > limits.absolute
    if over or row["disabled_at"] is not None:
        end(engine, session_id)
        return None
    if now - row["seen_at"] > _SEEN_EVERY:
        with engine.begin() as connection:
            connection.execute(
                sa.update(sessions).where(sessions.c.session_hash == key).values(seen_at=now)
            )
    return user_from(row)


def end(engine: sa.Engine, session_id: str) -> None:
    """End a session."""
    with engine.begin() as connection:
        connection.execute(sa.delete(sessions).where(sessions.c.session_hash == _hash(session_id)))


def end_all(engine: sa.Engine, user: User, but: str = "") -> int:
    """End every session of a person, but the one with the id `but`; return how many."""
    own = sa.and_(sessions.c.user_id == user.user_id, sessions.c.session_hash != _hash(but))
    with engine.begin() as connection:
        return connection.execute(sa.delete(sessions).where(own)).rowcount


def prune(engine: sa.Engine, clock: Clock, limits: Limits) -> int:
    """Delete sessions that are over; return how many."""
    now = clock.now()
    over = sa.or_(
        sessions.c.seen_at < now - limits.idle, sessions.c.created_at < now - limits.absolute
    )
    with engine.begin() as connection:
        return connection.execute(sa.delete(sessions).where(over)).rowcount
