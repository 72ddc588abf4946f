"""API keys: how the bank's other systems speak to the API. Each stands for one user."""

import hashlib
import secrets

import sqlalchemy as sa

from asterism.kernel.clock import Clock
from asterism.ledger.store import AwareMoment, metadata, reading
from asterism.server.auth.users import PUBLIC, User, get_user, user_from, users

PREFIX = "ast_"

api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("key_hash", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.String(32), sa.ForeignKey("users.user_id"), nullable=False),
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("created_at", AwareMoment, nullable=False),
    sa.Column("revoked_at", AwareMoment),
)


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


def revoke_key(engine: sa.Engine, key: str, clock: Clock) -> None:
    """Take a key out of use."""
    with engine.begin() as connection:
        connection.execute(
            sa.update(api_keys)
            .where(api_keys.c.key_hash == _hash(key))
            .values(revoked_at=clock.now())
        )
