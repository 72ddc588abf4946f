"""Makes a mapping's loads ready: files chosen and staged, rules compiled. Nothing is loaded yet."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from asterism.kernel.errors import InvalidInputError, Problem
from asterism.warehouse.canonical import TABLES, Layout
from asterism.warehouse.intake.choice import Chosen, Known, choose
from asterism.warehouse.intake.compile import Compiler
from asterism.warehouse.intake.files import SourceFile, find_files
from asterism.warehouse.intake.load_table import ReadyLoad
from asterism.warehouse.intake.source import Source, create_source
from asterism.warehouse.intake.stage import stage_files, stage_rows
from asterism.warehouse.intake.stage_query import stage_query
from asterism.warehouse.intake.staged import Staged
from asterism.warehouse.intake.workshop import Workshop
from asterism.warehouse.mapping.model import Files, Load, Mapping, Query, Rows

#: Tables that others refer to come first.
_ORDER = ("branches", "staff", "products", "customers", "employers", "accounts")
#: Stands for "no last day given": every believable day is before it.
_NO_LAST_DAY = date(2200, 12, 31)
#: Rows converted in memory at a time, where files can be loaded one after the other.
_BATCH_ROWS = 4_000_000


def loading_order(mapping: Mapping) -> tuple[str, ...]:
    """Return a mapping's tables, the ones that others refer to first."""
    named = {load.table for load in mapping.loads}
    order = (*_ORDER, *(table for table in TABLES if table not in _ORDER))
    return tuple(table for table in order if table in named)


@dataclass(slots=True, kw_only=True)
class Preparation:
    """Prepares the loads of one import."""

    mapping: Mapping
    folder: Path
    workshop: Workshop
    as_of: date | None
    #: What is remembered of files loaded before, by table.
    known: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    #: The files of each load, by table and load.
    chosen: dict[str, dict[str, Chosen]] = field(default_factory=dict)

    def tables(self) -> tuple[str, ...]:
        """Return the mapping's tables, the ones that others refer to first."""
        return loading_order(self.mapping)

    def loads(self, table: str) -> tuple[Load, ...]:
        """Return the loads of a table, in the mapping's order."""
        return tuple(load for load in self.mapping.loads if load.table == table)

    def choose(self) -> None:
        """Find all files and decide which are loaded; InvalidInputError with every problem."""
        for table in self.tables():
            known: Known = self.known.get(table, {}).get("files", ())
            only_new = TABLES[table].layout is Layout.MONTHS
            self.chosen[table] = {}
            for load in self.loads(table):
                files = self._find(load)
                chosen = choose(load.name, files, known, only_new=only_new)
                self.chosen[table][load.name] = chosen
        self.raise_problems()

    def is_unchanged(self, table: str) -> bool:
        """Tell whether a load of the table would bring nothing that is not there already."""
        known = self.known.get(table)
        chosen = self.chosen[table]
        if any(not isinstance(load.source, Files) for load in self.loads(table)) or not known:
            return False
        if TABLES[table].layout is Layout.MONTHS:
            return not any(choice.files for choice in chosen.values())
        now = sorted((load, sha256) for load, c in chosen.items() for sha256 in c.checksums)
        before = sorted((entry["load"], entry["sha256"]) for entry in known["files"])
        return now == before and bool(known["mapping"] == self.mapping.digest)

    def ready(self, table: str) -> list[list[ReadyLoad]]:
        """Stage and compile a table's loads, in batches to be loaded one after the other.

        Files of a table that is added to are batches of their own, so that memory stays bounded;
        a table that is replaced, or whose rows are compared with each other, is one batch.
        """
        first_file = 0
        batches: list[list[ReadyLoad]] = []
        loads = self.loads(table)
        divides = TABLES[table].layout is Layout.MONTHS and not any(load.keep for load in loads)
        for load in loads:
            try:
                staged = self._stage(load)
                pieces = staged.batches(_BATCH_ROWS) if divides and staged.files else [staged]
                ready = self._compile(load, [p for p in pieces if p.files], first_file)
            except InvalidInputError as error:
                self.problems += error.problems
                continue
            first_file += len(staged.files)
            batches += [[piece] for piece in ready]
        return batches if divides else [[ready for batch in batches for ready in batch]]

    def raise_problems(self) -> None:
        """Raise InvalidInputError with everything found so far."""
        if self.problems:
            raise InvalidInputError(self.mapping.name, self.problems)

    def _find(self, load: Load) -> Sequence[SourceFile]:
        if not isinstance(load.source, Files):
            return ()
        files, problems = find_files(self.folder, load.source, load.where_in_file)
        self.problems += problems
        return files

    def _stage(self, load: Load) -> Staged:
        room = self.workshop.scratch / "staged" / load.table / load.name
        if isinstance(load.source, Rows):
            return stage_rows(self.workshop, load.source, room)
        if isinstance(load.source, Query):
            return stage_query(self.workshop, load.source, room, load.where_in_file)
        return stage_files(self.workshop, load.source, self.chosen[load.table][load.name], room)

    def _stage_joined(self, load: Load) -> dict[str, Staged]:
        joined = {}
        for join in load.joins:
            files, problems = find_files(self.folder, join.files, load.where_in_file)
            if problems or not files:
                self.problems += problems
                raise InvalidInputError(self.mapping.name, problems)
            room = self.workshop.scratch / "joined" / load.table / load.name / join.name
            chosen = choose(join.name, files, (), only_new=False)
            joined[join.name] = stage_files(self.workshop, join.files, chosen, room)
        return joined

    def _compile(self, load: Load, pieces: list[Staged], first_file: int) -> list[ReadyLoad]:
        """Compile the load's rules once; each piece gets a view of its own."""
        joined = self._stage_joined(load) if pieces else {}
        ready: list[ReadyLoad] = []
        for piece in pieces:
            source = create_source(self.workshop, load, piece, joined, first_file)
            compiled = (
                ready[0].compiled if ready else self._compiler(load, source, pieces).compile()
            )
            ready.append(
                ReadyLoad(
                    load=load,
                    files=piece.files,
                    first_file=first_file,
                    source=source,
                    compiled=compiled,
                )
            )
            first_file += len(piece.files)
        self.problems += ready[0].compiled.problems if ready else ()
        return ready

    def _compiler(self, load: Load, source: Source, pieces: list[Staged]) -> Compiler:
        return Compiler(
            load=load,
            table=TABLES[load.table],
            types=source.types,
            type_of=lambda sql: self.workshop.type_of(sql, source.view),
            currency=self.mapping.currency,
            as_of=self.as_of or _NO_LAST_DAY,
            refuse_undecodable=any(f.has_undecodable for piece in pieces for f in piece.files),
            ordered=any(other.keep for other in self.loads(load.table)),
        )
