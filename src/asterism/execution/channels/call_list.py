"""Call lists: one file for each branch and day, for people or a call centre's own system."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

from asterism.execution.channels.port import Message, Outcome, Result, Standing, Traits
from asterism.execution.safe_csv import Cell, as_csv, read_csv
from asterism.kernel.files import write_all_atomically
from asterism.kernel.hashing import digest
from asterism.kernel.words import Text

CALL_LIST = "call_list"
HEADINGS = (
    Text("触达号", "Touch", "Contacto"),
    Text("客户号", "Customer", "Cliente"),
    Text("姓名", "Name", "Nombre"),
    Text("电话", "Telephone", "Teléfono"),
    Text("策略", "Strategy", "Estrategia"),
    Text("产品", "Offer", "Oferta"),
    Text("价值（分）", "Value in minor units", "Valor en unidades menores"),
    Text("客户经理", "Manager", "Gestor"),
    Text("有效期至", "Valid until", "Válido hasta"),
    Text("话术", "What to say", "Qué decir"),
)
_VALUE = 6
_NO_BRANCH = "no-branch"


class CallListChannel:
    """Writes `DAY/BRANCH.csv`, what is worth most first; what comes again changes nothing.

    The file is rewritten whole with each batch, so that a reader sees the old list or the new one.
    """

    name = CALL_LIST
    title = Text("外呼名单", "Call list", "Lista de llamadas")
    traits = Traits(
        consent="consent_phone", intrusive=False, address="mobile", rendered=True, batch=5_000
    )

    def __init__(self, directory: Path, *, locale: str = "zh") -> None:
        """Write below `directory`, with headings in `locale`."""
        self._directory = directory
        self._heading = [text.in_locale(locale) for text in HEADINGS]

    def deliver(self, batch: Sequence[Message], now: datetime) -> Sequence[Outcome]:
        """Merge the batch into its files."""

        def place(message: Message) -> Path:
            return self.path(message.planned_for, message.branch_id)

        write_all_atomically(
            {
                path: self._merged(path, messages)
                for path, messages in groupby(sorted(batch, key=place), key=place)
            }
        )
        return [Outcome(key=message.key, result=Result.SENT) for message in batch]

    def lookup(self, keys: Sequence[str]) -> Mapping[str, Standing]:
        """Say that all may come again: listing twice is listing once."""
        return dict.fromkeys(keys, Standing.SAFE_TO_SEND)

    def close(self) -> None:
        """Hold nothing, close nothing."""

    def path(self, day: date, branch_id: str | None) -> Path:
        """Return where the list of a branch and day is."""
        return self._directory / day.isoformat() / f"{file_name(branch_id)}.csv"

    def _merged(self, path: Path, messages: Iterable[Message]) -> bytes:
        """Return what the file holds with `messages` in it."""
        rows: dict[str, Sequence[Cell]] = {}
        if path.exists():
            rows = {row[0]: _numbered(row) for row in read_csv(path)}
        for message in messages:
            rows.setdefault(message.key, _row(message))
        ordered = sorted(rows.values(), key=lambda row: (-int(row[_VALUE] or 0), str(row[0])))
        return as_csv(self._heading, ordered)[0]


def file_name(branch_id: str | None) -> str:
    """Return a name that stays in its directory, different for different branches.

    >>> file_name("B001"), file_name(None)
    ('B001', 'no-branch')
    >>> file_name("../B001") == file_name("B001")
    False
    """
    if branch_id is None:
        return _NO_BRANCH
    safe = re.sub(r"[^A-Za-z0-9_-]", "_", branch_id)[:60]
    return safe if safe == branch_id else f"{safe}-{digest(branch_id)[:8]}"


def _row(message: Message) -> tuple[Cell, ...]:
    return (
        message.key,
        message.customer_id,
        message.name,
        message.address,
        message.strategy,
        message.offer,
        message.value_minor,
        message.manager_id,
        message.live_until.isoformat(),
        message.content.text if message.content else "",
    )


def _numbered(row: list[str]) -> Sequence[Cell]:
    return [*row[:_VALUE], int(row[_VALUE]), *row[_VALUE + 1 :]]
