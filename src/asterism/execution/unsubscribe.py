"""Links by which a customer refuses further messages: signed, so that nobody else can."""

import hashlib
import hmac
import secrets

from sqlalchemy import Column, Connection, Engine, String, Table, select

from asterism.execution.bulk import insert_new
from asterism.execution.life import exclusive
from asterism.execution.refusals import EVERY_CHANNEL, Refusal, record_refusals
from asterism.execution.tables import touch
from asterism.kernel.clock import Clock
from asterism.kernel.errors import NotFoundError
from asterism.ledger import metadata, reading

_NAME = "unsubscribe"
_DIGITS = 32

signing_key = Table(
    "signing_key",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", String(64), nullable=False),
)


def unsubscribe_key(engine: Engine) -> bytes:
    """Return the key that signs the links; drawn once for a ledger, the same ever after."""
    with engine.begin() as connection:
        exclusive(connection)
        found = _key(connection)
        if found is None:
            fresh = {"name": _NAME, "value": secrets.token_hex(32)}
            connection.execute(insert_new(connection, signing_key), [fresh])
            found = _key(connection)
    return bytes.fromhex(str(found))


def _key(connection: Connection) -> str | None:
    query = select(signing_key.c.value).where(signing_key.c.name == _NAME)
    found: str | None = connection.execute(query).scalar()
    return found


def unsubscribe_token(key: bytes, touch_id: str) -> str:
    """Return the token that stands in the link of a touch."""
    return touch_id + hmac.new(key, touch_id.encode(), hashlib.sha256).hexdigest()[:_DIGITS]


def touch_of_token(key: bytes, token: str) -> str | None:
    """Return the touch that `token` was made for; None if it was not made here."""
    touch_id = token[:-_DIGITS]
    genuine = hmac.compare_digest(unsubscribe_token(key, touch_id).encode(), token.encode())
    return touch_id if genuine and touch_id else None


def unsubscribe(engine: Engine, token: str, clock: Clock, *, everything: bool = False) -> str:
    """Refuse the touch's channel (or every one) for its customer; return the channel refused.

    Takes effect at once, on whatever waits in the outbox too. NotFoundError for a token that was
    not made here.
    """
    touch_id = touch_of_token(unsubscribe_key(engine), token)
    query = select(touch.c.customer_id, touch.c.channel).where(touch.c.touch_id == touch_id)
    with reading(engine) as connection:
        row = connection.execute(query).first() if touch_id else None
    if row is None:
        raise NotFoundError("This link is not valid: copy it whole from the message.")
    channel = EVERY_CHANNEL if everything else str(row.channel)
    refusal = Refusal(
        customer_id=row.customer_id,
        channel=channel,
        at=clock.now(),
        source="unsubscribe_link",
        touch_id=None if everything else touch_id,
    )
    record_refusals(engine, [refusal])
    return channel
