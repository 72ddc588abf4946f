"""Frozen lists: who exactly was meant, kept as it was on the day, exported and shared out."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from sqlalchemy import Engine, insert, select

from asterism.audience import Audience, Columns, Mask, TagType
from asterism.execution.life import ENDED, exclusive
from asterism.execution.safe_csv import write_csv
from asterism.execution.tables import target_list, touch
from asterism.kernel.clock import Clock
from asterism.kernel.errors import ConflictError, NotFoundError
from asterism.kernel.files import write_atomically
from asterism.kernel.hashing import digest
from asterism.kernel.words import Text
from asterism.ledger import reading

#: The customers of a list, in its order: what is worth most first.
MEMBERS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("branch_id", pa.string()),
        ("manager_id", pa.string()),
        ("value_minor", pa.int64()),
    ]
)
HEADINGS: Mapping[str, Text] = {
    "customer_id": Text("客户号", "Customer", "Cliente"),
    "branch_id": Text("网点", "Branch", "Sucursal"),
    "manager_id": Text("客户经理", "Manager", "Gestor"),
    "value_minor": Text("价值（分）", "Value in minor units", "Valor en unidades menores"),
}
#: Headings of the columns in which results are returned.
RESULT_HEADING = Text("结果", "Result", "Resultado")
NOTE_HEADING = Text("备注", "Note", "Nota")


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetList:
    """A frozen list, as the ledger knows it."""

    list_id: str
    title: str
    #: 'audience' or 'strategy'.
    source: str
    #: The audience's canonical text, or the strategy's id and day.
    definition: str
    snapshot_id: str
    customers: int
    #: SHA-256 of the Parquet file that holds the members.
    checksum: str
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Freezing:
    """What is written down with a list besides its members."""

    title: str
    snapshot_id: str
    actor: str


@dataclass(frozen=True, slots=True)
class TargetLists:
    """The bank's frozen lists: a row in the ledger and a file in `directory` for each."""

    engine: Engine
    directory: Path
    clock: Clock

    def freeze_audience(
        self,
        freezing: Freezing,
        audience: Audience,
        columns: Columns,
        *,
        within: Mask | None = None,
        worth: str = "aum",
    ) -> TargetList:
        """Freeze the customers of `audience`, of those in `within` if given; most `worth` first.

        `worth` names a money tag; the list keeps its value, zero where the customer has none.
        """
        mask = audience.mask(columns)
        indices = (mask if within is None else mask & within).indices()
        values = _values(columns, worth, indices)
        order = np.argsort(-values, kind="stable")
        indices, values = indices[order], values[order]
        members = pa.table(
            {
                "customer_id": pa.array(columns.customer_ids.take(indices), pa.string()),
                "branch_id": _texts(columns, "branch_id", indices),
                "manager_id": _texts(columns, "manager_id", indices),
                "value_minor": pa.array(values, pa.int64()),
            },
            schema=MEMBERS,
        )
        return self._freeze(freezing, "audience", audience.text, members)

    def freeze_strategy(self, freezing: Freezing, strategy: str, day: date) -> TargetList:
        """Freeze the customers whom `strategy` means to touch on `day`, most valuable first.

        Whom a gate or a recall has ended since is left out.
        """
        row = touch.c
        query = (
            select(row.customer_id, row.branch_id, row.manager_id, row.value_minor)
            .where(row.strategy == strategy, row.planned_for == day)
            .where(row.state.not_in([state.value for state in ENDED]))
            .order_by(row.value_minor.desc(), row.touch_id)
        )
        with reading(self.engine) as connection:
            rows = [dict(found) for found in connection.execute(query).mappings()]
        members = pa.Table.from_pylist(rows, schema=MEMBERS)
        return self._freeze(freezing, "strategy", f"{strategy} {day.isoformat()}", members)

    def get(self, list_id: str) -> TargetList:
        """Return one list; NotFoundError if there is none."""
        query = select(target_list).where(target_list.c.list_id == list_id)
        with reading(self.engine) as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFoundError(f"There is no list {list_id}.")
        return TargetList(**row)

    def all(self) -> tuple[TargetList, ...]:
        """Return all lists, the latest first."""
        newest = target_list.c.created_at.desc()
        query = select(target_list).order_by(newest, target_list.c.list_id)
        with reading(self.engine) as connection:
            return tuple(TargetList(**row) for row in connection.execute(query).mappings())

    def members(self, list_id: str) -> pa.Table:
        """Return a list's customers, schema `MEMBERS`.

        NotFoundError if there is no such list, ConflictError if its file is not the frozen one.
        """
        frozen = self.get(list_id)
        path = self._path(list_id)
        content = path.read_bytes() if path.exists() else b""
        if hashlib.sha256(content).hexdigest() != frozen.checksum:
            raise ConflictError(f"The list {list_id} is not what was frozen: restore {path.name}.")
        return pq.read_table(io.BytesIO(content), schema=MEMBERS)

    def export(self, list_id: str, path: Path, *, locale: str = "zh") -> int:
        """Write a list as CSV that spreadsheets show and never run; return how many customers."""
        return write_members(self.members(list_id), path, locale=locale)

    def _freeze(
        self, freezing: Freezing, source: str, definition: str, members: pa.Table
    ) -> TargetList:
        content = io.BytesIO()
        pq.write_table(members, content, compression="zstd")
        now = self.clock.now()
        named = (freezing.title, source, definition, freezing.snapshot_id, freezing.actor)
        frozen = TargetList(
            list_id=digest("\x1f".join((*named, now.isoformat()))),
            title=freezing.title,
            source=source,
            definition=definition,
            snapshot_id=freezing.snapshot_id,
            customers=members.num_rows,
            checksum=hashlib.sha256(content.getvalue()).hexdigest(),
            created_by=freezing.actor,
            created_at=now,
        )
        self.directory.mkdir(parents=True, exist_ok=True)
        write_atomically(self._path(frozen.list_id), content.getvalue())
        with self.engine.begin() as connection:
            exclusive(connection)
            names = TargetList.__dataclass_fields__
            row = {name: getattr(frozen, name) for name in names}
            connection.execute(insert(target_list).values(row))
        return frozen

    def _path(self, list_id: str) -> Path:
        return self.directory / f"{list_id}.parquet"


def write_members(members: pa.Table, path: Path, *, locale: str, with_results: bool = False) -> int:
    """Write members (schema `MEMBERS`) as inert CSV; return how many.

    `with_results` adds empty columns for what came of each, to be filled in and returned.
    """
    columns = list(members.select(MEMBERS.names).to_pydict().values())
    headings = [HEADINGS[name] for name in MEMBERS.names]
    if with_results:
        headings += [RESULT_HEADING, NOTE_HEADING]
        columns += [[""] * members.num_rows] * 2
    heading = [words.in_locale(locale) for words in headings]
    return write_csv(path, heading, zip(*columns, strict=True))


def _values(columns: Columns, worth: str, indices: NDArray[np.int64]) -> NDArray[np.int64]:
    if worth not in columns.names or columns.type_of(worth) is not TagType.MONEY:
        return np.zeros(len(indices), np.int64)
    values, valid = columns.take(worth, indices)
    return np.where(True if valid is None else valid, values, 0).astype(np.int64)


def _texts(columns: Columns, name: str, indices: NDArray[np.int64]) -> pa.Array:
    if name not in columns.names:
        return pa.nulls(len(indices), pa.string())
    values, valid = columns.take(name, indices)
    return pa.array(values, pa.string(), mask=None if valid is None else ~valid)
