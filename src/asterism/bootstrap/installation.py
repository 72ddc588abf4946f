"""Which store, which clock and which channels serve this installation."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from asterism.execution.channels import Channel, ChannelContext, SmtpServer, standard_registry
from asterism.kernel.clock import Clock, SetClock, SystemClock
from asterism.ledger import open_ledger, upgrade
from asterism.loop import Bank
from asterism.settings import SETTINGS_FILE, Settings
from asterism.warehouse import Warehouse

#: Touches of a day go out from nine in the morning, bank time.
_MORNING = time(9, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asterism:
    """One installation, opened."""

    settings: Settings
    bank: Bank

    def bank_on(self, day: date) -> Bank:
        """Return the bank with its clock on `day`: now if that is today, else that morning."""
        zone = ZoneInfo(self.settings.time_zone)
        if self.bank.clock.now().astimezone(zone).date() == day:
            return self.bank
        return dataclasses.replace(self.bank, clock=SetClock(datetime.combine(day, _MORNING, zone)))


def open_asterism(settings: Settings, clock: Clock | None = None) -> Asterism:
    """Open the home that `settings` name, made and brought up to date where needed."""
    settings.home.mkdir(parents=True, exist_ok=True)
    if not (settings.home / SETTINGS_FILE).exists():
        (settings.home / SETTINGS_FILE).write_text(_NEW_SETTINGS, encoding="utf-8")
    engine = open_ledger(settings.ledger_address)
    upgrade(engine)
    bank = Bank(
        home=settings.home,
        engine=engine,
        warehouse=Warehouse(settings.home / "warehouse"),
        clock=clock or SystemClock(),
        channels=_channels(settings, engine),
        name=settings.bank_name,
        locale=settings.locale,
        time_zone=settings.time_zone,
        universal_control=settings.universal_control,
        touches_per_day=settings.touches_per_day,
        snapshots_kept=settings.snapshots_kept,
    )
    return Asterism(settings=settings, bank=bank)


def _channels(settings: Settings, engine: Engine) -> Mapping[str, Channel]:
    smtp = None
    if settings.smtp_url:
        smtp = SmtpServer.of(
            settings.smtp_url,
            user=settings.smtp_user,
            password=settings.smtp_password.get_secret_value(),
        )
    context = ChannelContext(
        engine=engine,
        home=settings.home,
        sender=settings.sender,
        public_url=settings.public_url,
        locale=settings.locale,
        smtp=smtp,
    )
    return standard_registry().open(context)


_NEW_SETTINGS = """\
# Settings of this Asterism home; see docs/reference/settings.md for every name.
# Each may also be given in the environment, as ASTERISM_ and the name in capitals.
"""
