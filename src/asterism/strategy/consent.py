"""Consent by purpose and channel: every word a customer said, kept for ever; the latest holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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
    UniqueConstraint,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_, Text
from asterism.ledger import AwareMoment, metadata, reading
from asterism.strategy.channels import CHANNELS
from asterism.strategy.standing import WORDS

#: In place of a medium: every one.
EVERY_MEDIUM = "*"
_FLAG = "consent_"
SOURCE_LIMIT, EVIDENCE_LIMIT = 80, 400


class Purpose(StrEnum):
    """What a customer may agree to."""

    MARKETING = "marketing"
    #: That their profile decides what they are offered; refusing it is a right.
    PERSONALISATION = "personalisation"


PURPOSES: Mapping[Purpose, Text] = {
    Purpose.MARKETING: Text("营销", "Marketing", "Publicidad"),
    Purpose.PERSONALISATION: Text("个性化推荐", "Personalisation", "Personalización"),
}

#: What customers said, append-only, in the order in which it was heard. A clock that is set back
#: changes no order: what was heard last holds.
consent = Table(
    "consent",
    metadata,
    Column("fact_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("customer_id", String(80), nullable=False),
    Column("purpose", String(20), nullable=False),
    #: 'sms', 'email', 'phone', 'app', a channel of a plug-in, or '*' for every one.
    Column("medium", String(40), nullable=False),
    #: True: agreed. False: withdrawn, or refused.
    Column("given", Boolean, nullable=False),
    Column("at", AwareMoment, nullable=False),
    #: Where it was said: 'unsubscribe_link', 'receipt', 'console', 'command line', 'api' …
    Column("source", String(SOURCE_LIMIT), nullable=False),
    #: What proves it: a form's number, a recording.
    Column("evidence", String(EVIDENCE_LIMIT)),
    Column("actor", String(80)),
    #: What the bank's own records said at that moment; null for nothing, or not known.
    Column("records_said", Boolean),
    #: The touch in answer to which it was said; said once.
    Column("touch_id", String(32)),
    UniqueConstraint("touch_id", "given"),
    Index("ix_consent_customer", "customer_id", "purpose", "medium"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One thing that a customer said, or that was said for them."""

    customer_id: str
    purpose: Purpose = Purpose.MARKETING
    #: A medium, or a channel, which stands for its medium.
    medium: str = EVERY_MEDIUM
    given: bool
    at: datetime
    source: str
    evidence: str | None = None
    actor: str | None = None
    #: The tag's value in the bank's own records at that moment, where the caller knows it.
    records_said: bool | None = None
    touch_id: str | None = None

    @property
    def tag(self) -> str | None:
        """The tag that it speaks of; None for a medium that only a plug-in knows."""
        return tag_of(self.purpose, self.medium)


def medium_of(channel: str) -> str:
    """Return what a customer agrees to when a channel is used; a plug-in's own name.

    >>> medium_of("call_list"), medium_of("sms"), medium_of("*"), medium_of("pigeon")
    ('phone', 'sms', '*', 'pigeon')
    """
    spec = next((spec for name, spec in CHANNELS.items() if name.value == channel), None)
    return spec.consent.removeprefix(_FLAG) if spec else channel


MEDIA: tuple[str, ...] = tuple(dict.fromkeys(medium_of(name) for name in CHANNELS))


def tag_of(purpose: Purpose, medium: str) -> str | None:
    """Return the tag in which the bank's records keep this consent; None if they do not.

    >>> tag_of(Purpose.MARKETING, "*"), tag_of(Purpose.MARKETING, "sms")
    ('consent_marketing', 'consent_sms')
    """
    if purpose is Purpose.PERSONALISATION:
        return "personalisation_refused"
    if medium == EVERY_MEDIUM:
        return "consent_marketing"
    return f"{_FLAG}{medium_of(medium)}" if medium_of(medium) in MEDIA else None


def check_consents(consents: Sequence[Consent]) -> None:
    """Refuse words that cannot be kept; InvalidInputError names everything wrong with them."""
    problems: list[Problem] = []
    for number, one in enumerate(consents):
        where = f"consents[{number}]." if len(consents) > 1 else ""
        known = one.medium == EVERY_MEDIUM or medium_of(one.medium) in MEDIA
        if not known:
            message = N_("There is no medium {medium}; {known} are.")
            values = {"medium": one.medium, "known": ", ".join((*MEDIA, EVERY_MEDIUM))}
            problems.append(Problem(message=message, where=f"{where}medium", values=values))
        if one.purpose is Purpose.PERSONALISATION and one.medium != EVERY_MEDIUM:
            message = N_("Personalisation is agreed to as a whole: leave the medium out.")
            problems.append(Problem(message=message, where=f"{where}medium"))
        for name, limit in (("source", SOURCE_LIMIT), ("evidence", EVIDENCE_LIMIT)):
            text = getattr(one, name) or ""
            if len(text) > limit or (name == "source" and not text.strip()):
                message = N_("Write 1 to {limit} characters.")
                problems.append(
                    Problem(message=message, where=f"{where}{name}", values={"limit": limit})
                )
    if problems:
        raise InvalidInputError(N_("The consent cannot be recorded"), problems)


def write_consents(connection: Connection, consents: Sequence[Consent]) -> int:
    """Append what was said, in this order; return how much of it is new.

    Within the caller's transaction: whoever records also ends what waits (see `execution`).
    """
    if not consents:
        return 0
    statement = insert(consent)
    if connection.dialect.name == "postgresql":
        statement = postgresql.insert(consent).on_conflict_do_nothing()
    elif connection.dialect.name == "sqlite":
        statement = sqlite.insert(consent).on_conflict_do_nothing()
    rows = [
        {
            "customer_id": one.customer_id,
            "purpose": one.purpose.value,
            "medium": medium_of(one.medium),
            "given": one.given,
            "at": one.at,
            "source": one.source,
            "evidence": one.evidence,
            "actor": one.actor,
            "records_said": one.records_said,
            "touch_id": one.touch_id,
        }
        for one in consents
    ]
    new = connection.execute(statement.returning(consent.c.fact_id), rows)
    return len(new.scalars().all())


def consent_history(engine: Engine, customer_id: str) -> tuple[Consent, ...]:
    """Return everything that one customer said, the latest first."""
    query = (
        select(consent)
        .where(consent.c.customer_id == customer_id)
        .order_by(consent.c.fact_id.desc())
    )
    with reading(engine) as connection:
        rows = connection.execute(query).mappings().all()
    names = [name for name in Consent.__dataclass_fields__ if name != "purpose"]
    return tuple(
        Consent(purpose=Purpose(row["purpose"]), **{name: row[name] for name in names})
        for row in rows
    )


def latest(
    connection: Connection,
    customer_ids: Sequence[str] | None = None,
    heard_by: datetime | None = None,
) -> pa.Table:
    """Return the latest word on each customer and tag, schema `WORDS`; of all by default.

    With `heard_by`, as it stood at a moment of the past.
    """
    columns = consent.c
    newest = select(func.max(columns.fact_id)).group_by(
        columns.customer_id, columns.purpose, columns.medium
    )
    if customer_ids is not None:
        newest = newest.where(columns.customer_id.in_(list(customer_ids)))
    if heard_by is not None:
        newest = newest.where(columns.at <= heard_by)
    query: Select[tuple[object, ...]] = select(consent).where(columns.fact_id.in_(newest))
    rows = []
    for row in connection.execute(query.order_by(columns.fact_id)).mappings():
        purpose = Purpose(row["purpose"])
        tag = tag_of(purpose, row["medium"])
        if tag is None:
            continue
        refused = purpose is Purpose.PERSONALISATION
        said = row["records_said"]
        rows.append(
            {
                "customer_id": row["customer_id"],
                "tag": tag,
                "value": row["given"] != refused,
                "over": said,
                "at": row["at"],
                "source": row["source"],
            }
        )
    return pa.Table.from_pylist(rows, schema=WORDS)


def withdrawing(connection: Connection, customer_ids: Sequence[str], channel: str) -> set[str]:
    """Return which of `customer_ids` took back marketing by `channel`, or altogether."""
    columns = consent.c
    newest = (
        select(func.max(columns.fact_id))
        .where(columns.customer_id.in_(list(customer_ids)))
        .where(columns.purpose == Purpose.MARKETING.value)
        .where(columns.medium.in_((medium_of(channel), EVERY_MEDIUM)))
        .group_by(columns.customer_id, columns.medium)
    )
    query = select(columns.customer_id).where(columns.fact_id.in_(newest), columns.given.is_(False))
    return set(connection.execute(query).scalars())
