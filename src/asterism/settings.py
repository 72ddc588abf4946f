"""Settings, read once: the environment first, then `settings.toml` in the home directory."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from asterism.kernel.errors import InvalidInputError, Problem

SETTINGS_FILE = "settings.toml"


class Settings(BaseSettings):
    """Everything a bank sets; each may also be given as `ASTERISM_` and the name in capitals."""

    model_config = SettingsConfigDict(env_prefix="ASTERISM_", extra="forbid", frozen=True)

    #: The directory in which all state lives.
    home: Path = Path.home() / ".asterism"
    #: What the bank calls itself in messages to customers.
    bank_name: str = "Asterism"
    #: SQLAlchemy address of the ledger; by default SQLite in the home directory.
    ledger_url: str = ""
    #: Language of the console and the command line until a person chooses: zh, en or es.
    locale: str = Field(default="zh", pattern="^(zh|en|es)$")
    #: ISO 4217 code of the bank's own currency.
    currency: str = Field(default="CNY", pattern="^[A-Z]{3}$")
    #: IANA zone in which the bank's business day runs.
    time_zone: str = "Asia/Shanghai"
    #: Memory that one run of the analytical engine may take.
    engine_memory: str = Field(default="4GB", pattern=r"^\d+(MB|GB)$")
    #: Threads of the analytical engine; 0 means one for each core.
    engine_threads: Annotated[int, Field(ge=0, le=1024)] = 0
    #: How many daily snapshots are kept besides the last one of each month.
    snapshots_kept: Annotated[int, Field(ge=2, le=3660)] = 40
    #: Share of all customers who are never contacted, to measure the whole programme.
    universal_control: Annotated[float, Field(ge=0.0, le=0.5)] = 0.05
    #: The most marketing touches that one customer gets in a day, over all channels.
    touches_per_day: Annotated[int, Field(ge=1, le=10)] = 1
    #: Whether the command line publishes only what a second person approved: required or off.
    approval: str = Field(default="required", pattern="^(required|off)$")
    #: Customers in its audience from which on a strategy takes an approver of large ones.
    large_audience: Annotated[int, Field(ge=1)] = 100_000
    #: Cost of a day, in minor units, from which on a strategy takes an approver of large ones.
    large_spend_minor: Annotated[int, Field(ge=1)] = 5_000_000
    #: SMTP server as smtp://host:port or smtps://host:port; without one, letters stay in a folder.
    smtp_url: str = Field(default="", pattern=r"^(smtps?://.+)?$")
    #: User name for the SMTP server.
    smtp_user: str = ""
    #: Password for the SMTP server.
    smtp_password: SecretStr = SecretStr("")
    #: Sender of e-mail.
    sender: str = "Asterism <service@bank.example>"
    #: Address at which the console is reached from outside, for links in messages.
    public_url: str = "http://127.0.0.1:8640"
    #: Host on which the console listens.
    host: str = "127.0.0.1"
    #: Port on which the console listens.
    port: Annotated[int, Field(ge=0, le=65535)] = 8640
    #: Minutes without a request after which a session ends.
    session_idle_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    #: Hours after which a session ends however busy it is.
    session_hours: Annotated[int, Field(ge=1, le=24)] = 12

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: what the caller gives, the environment, the home's file."""
        given = init_settings()
        home = given.get("home") or os.environ.get("ASTERISM_HOME")
        path = Path(str(home or cls.model_fields["home"].default)) / SETTINGS_FILE
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, path)

    @property
    def ledger_address(self) -> str:
        """The ledger's address, the default filled in."""
        return self.ledger_url or f"sqlite:///{self.home / 'ledger.db'}"


def read_settings(home: Path | None = None) -> Settings:
    """Read the settings of a `home`; InvalidInputError names every wrong one."""
    try:
        return Settings() if home is None else Settings(home=home.absolute())
    except ValidationError as error:
        problems = [
            Problem(message=str(item["msg"]), where=".".join(map(str, item["loc"])))
            for item in error.errors()
        ]
        raise InvalidInputError("The settings do not hold", problems) from error
