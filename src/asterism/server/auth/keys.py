"""API keys: how the bank's other systems speak to the API. Each stands for one user."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from asterism.kernel.clock import Clock
from asterism.kernel.errors import NotFoundError
from asterism.kernel.words import N_
from asterism.ledger.store import AwareMoment, metadata, reading
from asterism.server.auth.users import PUBLIC, User, get_user, user_from, users

PREFIX = "ast_"
_ID_LENGTH = 16

api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("key_hash", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.String(32), sa.ForeignKey("users.user_id"), nullable=False),
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("created_at", AwareMoment, nullable=False),
    sa.Column("revoked_at", AwareMoment),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key, without what it opens: that was shown once."""

    #: The beginning of the key's hash.
    key_id: str
    #: The log-in name it acts as.
    user: str
    #: What it was made for.
    title: str
    created_at: datetime
    #: None while it is in use.
    revoked_at: datetime | None


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def add_key(engine: sa.Engine, name: str, title: str, clock: Clock) -> str:
    """Make a key that acts as the user `name`; it is shown once and kept as a hash."""
    user = get_user(engine, name)
    key = PREFIX + secrets.token_urlsafe(32)
    with engine.begin() as connection:
        connection.execute(
            sa.insert(api_keys).values(
                key_hash=_hash(key),
                user_id=user.user_id,
                title=title[:120],
                created_at=clock.now(),
                revoked_at=None,
            )
        )
    return key


def user_of_key(engine: sa.Engine, key: str) -> User | None:
    """Return whom a key stands for; None if it was revoked, is unknown, or its user is cut off."""
    query = (
        sa.select(*PUBLIC)
        .join(api_keys, api_keys.c.user_id == users.c.user_id)
        .where(
            api_keys.c.key_hash == _hash(key),
            api_keys.c.revoked_at.is_(None),
            users.c.disabled_at.is_(None),
        )
    )
    with reading(engine) as connection:
        row = connection.execute(query).mappings().one_or_none()
    return user_from(row) if row else None


def list_keys(engine: sa.Engine) -> tuple[Key, ...]:
    """Return every key, newest first."""
    query = (
        sa.select(api_keys, users.c.name)
        .join(users, api_keys.c.user_id == users.c.user_id)
        .order_by(api_keys.c.created_at.desc(), api_keys.c.key_hash)
    )
    with reading(engine) as connection:
        rows = connection.execute(query).mappings().all()
    return tuple(
        Key(
            key_id=row["key_hash"][:_ID_LENGTH],
            user=row["name"],
            title=row["title"],
            created_at=row["created_at"],
            revoked_at=row["revoked_at"],
        )
        for row in rows
    )


def revoke_key(engine: sa.Engine, key_id: str, clock: Clock) -> Key:
    """Take a key out of use; NotFoundError if there is none with that id."""
    found = next((key for key in list_keys(engine) if key.key_id == key_id), None)
    if found is None:
        raise NotFoundError(N_("There is no key {key_id}."), key_id=key_id)
    with engine.begin() as connection:
        connection.execute(
            sa.update(api_keys)
            .where(api_keys.c.key_hash.startswith(key_id, autoescape=True))
            .where(api_keys.c.revoked_at.is_(None))
            .values(revoked_at=clock.now())
        )
    return found
