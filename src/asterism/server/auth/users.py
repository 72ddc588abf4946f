"""The people who may log in."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from asterism.kernel.clock import Clock
from asterism.kernel.errors import ConflictError, InvalidInputError, NotFoundError, Problem
from asterism.kernel.words import N_
from asterism.ledger.store import AwareMoment, metadata, reading
from asterism.server.auth.passwords import (
    check_new_password,
    digest_password,
    password_matches,
)
from asterism.server.auth.roles import PERMISSIONS, Permission, Role
from asterism.server.auth.scope import Scope, scope_of

NAME_LENGTH = 64

users = sa.Table(
    "users",
    metadata,
    sa.Column("user_id", sa.String(32), primary_key=True),
    sa.Column("name", sa.String(NAME_LENGTH), nullable=False, unique=True),
    sa.Column("password_digest", sa.String(200), nullable=False),
    sa.Column("role", sa.String(40), nullable=False),
    sa.Column("branch_id", sa.String(64)),
    sa.Column("manager_id", sa.String(64)),
    sa.Column("locale", sa.String(8)),
    sa.Column("created_at", AwareMoment, nullable=False),
    sa.Column("disabled_at", AwareMoment),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person who may log in."""

    user_id: str
    #: The name used to log in, lower case.
    name: str
    role: Role
    #: The branch whose customers a branch head sees.
    branch_id: str | None
    #: The manager whose customers a relationship manager sees.
    manager_id: str | None
    #: The language chosen in the console; None until one is.
    locale: str | None
    created_at: datetime
    #: When the person was cut off; None while they may log in.
    disabled_at: datetime | None

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the person may do."""
        return PERMISSIONS[self.role]

    @property
    def scope(self) -> Scope:
        """Whom the person may see."""
        return scope_of(self.role, self.branch_id, self.manager_id)


#: Every column of a user but the password's digest.
PUBLIC = [column for column in users.columns if column.name != "password_digest"]


def user_from(row: sa.RowMapping) -> User:
    """Return the user of a row that holds the public columns."""
    return User(
        user_id=row["user_id"],
        name=row["name"],
        role=Role(row["role"]),
        branch_id=row["branch_id"],
        manager_id=row["manager_id"],
        locale=row["locale"],
        created_at=row["created_at"],
        disabled_at=row["disabled_at"],
    )


def add_user(  # noqa: PLR0913, PLR0917 - a person is what these say
    engine: sa.Engine,
    name: str,
    password: str,
    role: Role | str,
    branch_id: str | None,
    manager_id: str | None,
    clock: Clock,
) -> User:
    """Add a person; InvalidInputError for a bad name, role or password, ConflictError if taken."""
    known = _check(name, role)
    check_new_password(name, password)
    row = {
        "user_id": secrets.token_hex(8),
        "name": name.strip().casefold(),
        "role": known.value,
        "branch_id": branch_id or None,
        "manager_id": manager_id or None,
        "locale": None,
        "created_at": clock.now(),
        "disabled_at": None,
    }
    digest = digest_password(password)
    try:
        with engine.begin() as connection:
            connection.execute(sa.insert(users).values(password_digest=digest, **row))
    except IntegrityError as error:
        raise ConflictError(N_("The name {name} is taken."), name=row["name"]) from error
    return get_user(engine, str(row["name"]))


def _check(name: str, role: Role | str) -> Role:
    problems = []
    if not 1 <= len(name.strip()) <= NAME_LENGTH or not name.strip().isprintable():
        problems.append(
            Problem(
                message=N_("A name has 1 to {longest} printable characters."),
                where="name",
                values={"longest": NAME_LENGTH},
            )
        )
    if role not in set(Role):
        problems.append(
            Problem(
                message=N_("There is no role {role}; there are {roles}."),
                where="role",
                values={"role": role, "roles": ", ".join(Role)},
            )
        )
    if problems:
        raise InvalidInputError(N_("The user cannot be added"), problems)
    return Role(role)


def get_user(engine: sa.Engine, name: str) -> User:
    """Return the person who logs in as `name`; NotFoundError if nobody does."""
    query = sa.select(*PUBLIC).where(users.c.name == name.strip().casefold())
    with reading(engine) as connection:
        row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFoundError(N_("Nobody is called {name}."), name=name)
    return user_from(row)


def list_users(engine: sa.Engine) -> tuple[User, ...]:
    """Return everyone, by name."""
    with reading(engine) as connection:
        rows = connection.execute(sa.select(*PUBLIC).order_by(users.c.name)).mappings().all()
    return tuple(user_from(row) for row in rows)


def disable_user(engine: sa.Engine, name: str, clock: Clock) -> None:
    """Cut a person off: their sessions and keys end with the next request.

    ConflictError for the last administrator, without whom nobody could let anyone in.
    """
    user = get_user(engine, name)
    others = sa.select(sa.func.count()).where(
        users.c.role == Role.ADMINISTRATOR.value,
        users.c.disabled_at.is_(None),
        users.c.user_id != user.user_id,
    )
    with engine.begin() as connection:
        if user.role is Role.ADMINISTRATOR and not connection.execute(others).scalar_one():
            raise ConflictError(
                N_("{name} is the last administrator: add another one first."), name=user.name
            )
        connection.execute(
            sa.update(users).where(users.c.user_id == user.user_id).values(disabled_at=clock.now())
        )


def enable_user(engine: sa.Engine, name: str) -> None:
    """Let a person in again who was cut off."""
    _change(engine, get_user(engine, name), disabled_at=None)


def set_password(engine: sa.Engine, name: str, password: str) -> None:
    """Give a person a new password; InvalidInputError for one that does not hold."""
    user = get_user(engine, name)
    check_new_password(user.name, password)
    _change(engine, user, password_digest=digest_password(password))


def has_password(engine: sa.Engine, name: str, password: str) -> bool:
    """Tell whether an active person has this password; unknown names take as long."""
    query = sa.select(users.c.password_digest, users.c.disabled_at).where(
        users.c.name == name.strip().casefold()
    )
    with reading(engine) as connection:
        row = connection.execute(query).one_or_none()
    good = password_matches(row.password_digest if row else None, password)
    return good and row is not None and row.disabled_at is None


def _change(engine: sa.Engine, user: User, **values: object) -> None:
    with engine.begin() as connection:
        connection.execute(sa.update(users).where(users.c.user_id == user.user_id).values(**values))


def choose_locale(engine: sa.Engine, user_id: str, locale: str) -> None:
    """Remember the language that a person chose."""
    with engine.begin() as connection:
        connection.execute(sa.update(users).where(users.c.user_id == user_id).values(locale=locale))
