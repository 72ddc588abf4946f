"""Sending from the stores of a bank: today's profiles and addresses, the strategies' words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pyarrow as pa
from sqlalchemy import Engine

from asterism.execution.channels.port import Channel, Traits
from asterism.execution.compose import StrategyWords
from asterism.execution.dispatch import Desk, dispatch
from asterism.execution.permission import Rules
from asterism.execution.queue import queue_touches
from asterism.execution.quiet import QuietHours
from asterism.execution.recipients import Recipient
from asterism.insight.profiles import Profiles
from asterism.insight.tags import catalogue
from asterism.kernel.clock import Clock, local_day
from asterism.kernel.hashing import bucket_of
from asterism.kernel.progress import Progress, silent
from asterism.strategy import list_strategies
from asterism.strategy.publish import STOPPED
from asterism.warehouse import Snapshot, connect

_ADDRESS_COLUMNS = ("customer_id", "name", "email", "mobile", "time_zone")


def send_due(  # noqa: PLR0913 - the bank's stores, and how it writes
    engine: Engine,
    channels: Mapping[str, Channel],
    snapshot: Snapshot,
    clock: Clock,
    progress: Progress = silent,
    *,
    time_zone: str = "Asia/Shanghai",
    bank: str = "Asterism",
    locale: str = "zh",
    rules: Rules | None = None,
) -> dict[str, int]:
    """Queue what is planned up to today and hand over what is due, each touch checked once more.

    Consent, blacklist and addresses are those of `snapshot`, which should be the published one.
    Without `rules` the caps and quiet hours are the defaults; stopped strategies are always held
    back. Returns counts: queued, checked, sent, failed, retry, unknown, expired, down, busy.
    """
    queued = queue_touches(engine, local_day(clock.now(), time_zone), clock)
    chosen = rules or Rules(quiet=QuietHours(time_zone=time_zone))
    stopped = {entry.strategy.id for entry in list_strategies(engine) if entry.state == STOPPED}
    desk = Desk(
        recipients=SnapshotRecipients(snapshot),
        compose=StrategyWords(engine, catalogue({}), bank=bank, locale=locale),
        rules=replace(chosen, stopped=frozenset(chosen.stopped) | stopped),
        time_zone=time_zone,
    )
    return {"queued": queued, **dispatch(engine, channels, desk, clock, progress)}


class SnapshotRecipients:
    """Looks customers up in one snapshot: tags in its profiles, addresses in its customers."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Read from `snapshot`."""
        self._snapshot = snapshot
        self._profiles = Profiles.open(snapshot.path("profiles"))
        self._connection = connect()

    def __call__(self, customer_ids: Sequence[str], traits: Traits) -> Mapping[str, Recipient]:
        """Return the known ones; addresses only for channels that need them."""
        found = {}
        for customer_id in dict.fromkeys(customer_ids):
            profile = self._profiles.get(customer_id)
            if profile is not None:
                found[customer_id] = Recipient(customer_id=customer_id, profile=profile)
        if not found or not (traits.address or traits.intrusive or traits.rendered):
            return found
        return found | self._addressed(found)

    def _addressed(self, found: Mapping[str, Recipient]) -> dict[str, Recipient]:
        customers = self._snapshot.table(
            self._connection,
            "customers",
            buckets={bucket_of(customer_id) for customer_id in found},
            columns=_ADDRESS_COLUMNS,
        )
        rows: pa.Table = customers.filter(customers["customer_id"].isin(list(found))).to_pyarrow()
        return {
            row["customer_id"]: replace(
                found[row["customer_id"]],
                name=row["name"] or "",
                email=row["email"] or "",
                mobile=row["mobile"] or "",
                time_zone=row["time_zone"],
            )
            for row in rows.to_pylist()
        }
