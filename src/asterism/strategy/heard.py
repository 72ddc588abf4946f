"""What the ledger holds of customers' words, read as one standing."""

from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa
from sqlalchemy import Engine

from asterism.ledger import reading
from asterism.strategy.blacklist import blacklisted
from asterism.strategy.consent import latest
from asterism.strategy.standing import Standing
from asterism.strategy.zones import DEFAULT_ZONES


def standing_at(
    engine: Engine,
    at: datetime | None = None,
    *,
    heard_by: datetime | None = None,
    customer_ids: Sequence[str] | None = None,
    zones: Sequence[str] = DEFAULT_ZONES,
) -> Standing:
    """Return every word heard so far, for gates that are asked for the moment `at`.

    No word is left out for its date: after a clock was set back, a refusal seems to lie ahead and
    must hold all the same. Only to explain a decision of the past are words left out that were
    heard after it, `heard_by`. Of all customers by default.
    """
    with reading(engine) as connection:
        words = [
            latest(connection, customer_ids, heard_by),
            blacklisted(connection, customer_ids, at, heard_by),
        ]
    return Standing(words=pa.concat_tables(words), at=at, zones=tuple(zones))
