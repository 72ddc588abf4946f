"""What was done, by whom: a chain in which a row that changes or goes missing shows."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import sqlalchemy as sa

from asterism.kernel.clock import Clock
from asterism.ledger.store import AwareMoment, metadata, reading

#: What the first row takes for the hash of the row before it.
ORIGIN = "0" * 64

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("at", AwareMoment, nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("act", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(200), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
)


class Act(StrEnum):
    """What is put on the record."""

    LOG_IN = "log_in"
    LOG_IN_REFUSED = "log_in_refused"
    LOG_OUT = "log_out"
    DENIED = "denied"
    UNMASK = "unmask"
    EXPORT = "export"
    FREEZE_LIST = "freeze_list"
    SAVE_SEGMENT = "save_segment"
    STOP_STRATEGY = "stop_strategy"
    PUBLISH_STRATEGY = "publish_strategy"
    SUBMIT_STRATEGY = "submit_strategy"
    APPROVE_STRATEGY = "approve_strategy"
    REJECT_STRATEGY = "reject_strategy"
    RAMP_STRATEGY = "ramp_strategy"
    DISCARD_DRAFT = "discard_draft"
    EXPORT_STRATEGY = "export_strategy"
    IMPORT_STRATEGY = "import_strategy"
    SHARE_LIST = "share_list"
    RETURN_LIST = "return_list"
    RECORD_RESULT = "record_result"
    RECORD_CONSENT = "record_consent"
    BLACKLIST = "blacklist"
    ADD_USER = "add_user"
    DISABLE_USER = "disable_user"
    ENABLE_USER = "enable_user"
    RESET_LOG_IN = "reset_log_in"
    ADD_KEY = "add_key"
    REVOKE_KEY = "revoke_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the record."""

    sequence: int
    at: datetime
    actor: str
    act: str
    subject: str
    detail: Mapping[str, object]
    address: str


def record(  # noqa: PLR0913 - a record is what these say
    engine: sa.Engine,
    clock: Clock,
    *,
    actor: str,
    act: Act,
    subject: str = "",
    detail: Mapping[str, object] | None = None,
    address: str = "",
) -> int:
    """Append one row to the record and return its number."""
    with engine.begin() as connection:
        last = connection.execute(
            sa.select(audit.c.sequence, audit.c.hash)
            .order_by(audit.c.sequence.desc())
            .limit(1)
            .with_for_update()
        ).one_or_none()
        row: dict[str, object] = {
            "sequence": last.sequence + 1 if last else 1,
            "at": clock.now().astimezone(UTC),
            "actor": actor[:64],
            "act": act.value,
            "subject": subject[:200],
            "detail": json.dumps(detail or {}, ensure_ascii=False, sort_keys=True),
            "address": address[:64],
            "previous": last.hash if last else ORIGIN,
        }
        connection.execute(sa.insert(audit).values(hash=_hash(row), **row))
        return int(str(row["sequence"]))


def _hash(row: Mapping[str, object]) -> str:
    at = row["at"]
    moment = at.astimezone(UTC).isoformat() if isinstance(at, datetime) else str(at)
    names = ("sequence", "actor", "act", "subject", "detail", "address", "previous")
    content = json.dumps([moment, *(row[name] for name in names)], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def verify(engine: sa.Engine) -> int | None:
    """Return the number of the first row that does not fit the chain; None if all fit."""
    previous, expected = ORIGIN, 1
    query = sa.select(audit).order_by(audit.c.sequence)
    with reading(engine) as connection:
        for row in connection.execution_options(yield_per=1000).execute(query).mappings():
            whole = row["sequence"] == expected and row["previous"] == previous
            if not whole or _hash(dict(row)) != row["hash"]:
                return int(row["sequence"])
            previous, expected = row["hash"], expected + 1
    return None


def head(engine: sa.Engine) -> tuple[int, str]:
    """Return the chain's length and last hash, to be kept elsewhere: it shows a cut-off end."""
    query = sa.select(audit.c.sequence, audit.c.hash).order_by(audit.c.sequence.desc()).limit(1)
    with reading(engine) as connection:
        row = connection.execute(query).one_or_none()
    return (row.sequence, row.hash) if row else (0, ORIGIN)


def entries(engine: sa.Engine, *, act: str = "", limit: int = 200) -> tuple[Entry, ...]:
    """Return the newest rows, newest first."""
    query = sa.select(audit).order_by(audit.c.sequence.desc()).limit(limit)
    if act:
        query = query.where(audit.c.act == act)
    with reading(engine) as connection:
        rows = connection.execute(query).mappings().all()
    return tuple(
        Entry(
            sequence=row["sequence"],
            at=row["at"],
            actor=row["actor"],
            act=row["act"],
            subject=row["subject"],
            detail=json.loads(row["detail"]),
            address=row["address"],
        )
        for row in rows
    )
