"""One live day of a whole world: answer the touches, live the day, write what the bank exports."""

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from asterism.kernel.progress import Progress
from asterism.twin.customers import customers_table
from asterism.twin.days import DAY_SECONDS, Period, date_of, utc_offset
from asterism.twin.inbox import Inbox, read_touches, receipts_table, touches_table
from asterism.twin.life import GROWING, live_period
from asterism.twin.moment import Scene
from asterism.twin.nature import Nature, nature_of_block
from asterism.twin.people import People, people_of_block
from asterism.twin.place import BLOCK, Place
from asterism.twin.records import records_table
from asterism.twin.respond import Answers, Touches, answer
from asterism.twin.seeds import Array
from asterism.twin.state import load_state, save_state
from asterism.twin.tables import accounts_table, block_ids
from asterism.twin.writing import Sheet, keep_only, write_whole

_WORKERS = 2
#: Blocks whose people are kept in memory between days.
_KEPT = 48


def state_directory(directory: Path, day: int) -> Path:
    """Return where the state at the end of a day (since 1970) is kept."""
    return directory / "state" / str(day)


def state_path(directory: Path, day: int, block: int) -> Path:
    """Return where a block's state at the end of a day is kept."""
    return state_directory(directory, day) / f"block-{block:05d}.npz"


class Register:
    """The people of each block, found again from the seed when they are needed."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._known: dict[int, tuple[People, Nature]] = {}

    def block(self, number: int) -> tuple[People, Nature]:
        """Return a block's people and their nature."""
        known = self._known.get(number)
        if known is None:
            size = self.place.block_size(number)
            people = people_of_block(self.place, number, number * BLOCK, size)
            known = (people, nature_of_block(self.place, number, people))
            if len(self._known) < _KEPT:
                self._known[number] = known
        return known


class _Visited(NamedTuple):
    """What one block did on the day."""

    tables: dict[str, pa.Table]
    truth: tuple[Array, ...]
    touches: Touches
    answers: Answers | None


@dataclass(frozen=True, slots=True)
class Visit:
    """A day to be lived."""

    directory: Path
    register: Register
    day: int

    def live(self, touches: pa.Table, progress: Progress) -> pa.Table:
        """Live the day and return the receipts of the touches; see `World.live`."""
        before = state_directory(self.directory, self.day - 1)
        names = json.loads((before / "strategies.json").read_text(encoding="utf-8"))
        inbox = read_touches(touches, names, self.register.place)
        after = before.with_name(f".{self.day}.partial")
        shutil.rmtree(after, ignore_errors=True)
        after.mkdir()
        sheets = self._sheets()
        truth, answered = [], []
        blocks = self.register.place.blocks
        for done, visited in enumerate(self._visits(inbox, after)):
            for name, table in visited.tables.items():
                sheets[name].write(table)
            truth.append(visited.truth)
            answered.append((visited.touches, visited.answers))
            progress(f"living {date_of(self.day)}", (done + 1) / blocks)
        self._write_truth(truth, touches_table(touches, inbox, answered), inbox.strategies)
        for sheet in sheets.values():
            sheet.close()
        (after / "strategies.json").write_text(json.dumps(inbox.strategies), encoding="utf-8")
        self._settle(after)
        return receipts_table(touches, answered, self._midnight())

    def _midnight(self) -> int:
        """Return the UTC second at which the bank's day ends."""
        zone = self.register.place.pack.time_zone
        return (self.day + 1) * DAY_SECONDS - utc_offset(self.day, zone)

    def _sheets(self) -> dict[str, Sheet]:
        source = self.directory / "source"
        name = f"{date_of(self.day)}.parquet"
        return {
            table: Sheet(source / table / name) for table in (*GROWING, "customers", "accounts")
        }

    def _visits(self, inbox: Inbox, after: Path) -> Iterator[_Visited]:
        """Yield the blocks in order; the next ones live while one is written."""
        with ThreadPoolExecutor(_WORKERS) as pool:
            waiting: list[Future[_Visited]] = []
            for block in range(self.register.place.blocks):
                waiting.append(pool.submit(self._visit, inbox, after, block))
                if len(waiting) > _WORKERS:
                    yield waiting.pop(0).result()
            for future in waiting:
                yield future.result()

    def _visit(self, inbox: Inbox, after: Path, block: int) -> _Visited:
        place = self.register.place
        people, nature = self.register.block(block)
        state = load_state(state_path(self.directory, self.day - 1, block))
        period = Period(self.day, self.day)
        scene = Scene(place, block, period, people, nature, state, live=True)
        touches = inbox.of_block(block)
        answers, plans = answer(scene, touches) if touches.row.size else (None, None)
        lived = live_period(scene, plans)
        save_state(after / f"block-{block:05d}.npz", state)
        tables = dict(lived.tables)
        tables["customers"] = customers_table(scene)
        tables["accounts"] = accounts_table(scene, block_ids(people, state.accounts))
        return _Visited(tables, lived.truth, touches, answers)

    def _write_truth(
        self, truth: list[tuple[Array, ...]], touches: pa.Table, strategies: list[str]
    ) -> None:
        name = f"{date_of(self.day)}.parquet"
        folder = self.directory / "truth"
        write_whole(folder / "outcomes" / name, [records_table(truth, strategies)])
        write_whole(folder / "touches" / name, [touches])

    def _settle(self, after: Path) -> None:
        """Declare the day lived, then drop what it replaces."""
        final = state_directory(self.directory, self.day)
        shutil.rmtree(final, ignore_errors=True)
        after.rename(final)
        for old in final.parent.iterdir():
            if old.name.isdigit() and int(old.name) < self.day - 1:
                shutil.rmtree(old)
        for table in ("customers", "accounts"):
            keep_only(self.directory / "source" / table / f"{date_of(self.day)}.parquet")
