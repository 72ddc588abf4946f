"""Building a world: its setting, its people, and a history of some months or years."""

import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.progress import Progress, silent
from asterism.kernel.words import N_
from asterism.twin.customers import customers_table
from asterism.twin.days import Period, date_of, months
from asterism.twin.employers import employers_table
from asterism.twin.ladder import starting_state
from asterism.twin.life import GROWING, live_period
from asterism.twin.mapping import mapping_text
from asterism.twin.moment import Scene
from asterism.twin.nature import nature_of_block
from asterism.twin.outlets import branches_table, staff_table
from asterism.twin.people import people_of_block
from asterism.twin.place import BLOCK, Charter, Place, found_place, write_charter
from asterism.twin.products import products_table
from asterism.twin.seeds import stream
from asterism.twin.state import save_state
from asterism.twin.tables import accounts_table, block_ids, external_table
from asterism.twin.truth import latent_table
from asterism.twin.visit import state_directory, state_path
from asterism.twin.world import World
from asterism.twin.writing import Sheet, write_whole

_WORKERS = 2
_STEP = "building the simulated bank"


class _Grown(NamedTuple):
    """A block with its history lived."""

    periods: list[dict[str, pa.Table]]
    whole: dict[str, pa.Table]
    latent: pa.Table


def build_world(  # noqa: PLR0913, PLR0917 - the options of the command
    directory: Path,
    customers: int,
    seed: int,
    history_days: int,
    start: date,
    progress: Progress = silent,
    *,
    locale: str = "zh",
) -> World:
    """Build a world below `directory` and return it, ready to live the day after its history.

    The history covers `history_days` from `start`. What the bank's systems would export is
    in `directory/source`, the truth in `directory/truth`; an earlier world there is replaced.
    """
    charter = Charter(
        customers=customers,
        seed=seed,
        history_days=history_days,
        start=start.isoformat(),
        locale=locale,
    )
    _check(charter)
    place = found_place(charter)
    for part in ("source", "truth", "state"):
        shutil.rmtree(directory / part, ignore_errors=True)
        (directory / part).mkdir(parents=True)
    (directory / "charter.json").unlink(missing_ok=True)
    _write_setting(directory / "source", place)
    first_state = state_directory(directory, place.live_day - 1)
    first_state.mkdir(parents=True)
    (first_state / "strategies.json").write_text("[]", encoding="utf-8")
    _write_blocks(directory, place, progress)
    (directory / "mapping.yaml").write_text(mapping_text(place.pack), encoding="utf-8")
    write_charter(directory, charter)
    return World(directory, place)


def _check(charter: Charter) -> None:
    problems = []
    if charter.customers < 1:
        problems.append(
            Problem(message=N_("A bank needs at least one customer."), where="customers")
        )
    if charter.history_days < 1:
        problems.append(
            Problem(message=N_("A history needs at least one day."), where="history_days")
        )
    if charter.seed < 0:
        problems.append(Problem(message=N_("A seed is a whole number from 0 up."), where="seed"))
    if problems:
        raise InvalidInputError(N_("The simulated bank cannot be built"), problems)


def _write_setting(source: Path, place: Place) -> None:
    """Write the tables that do not change: products, employers, branches, staff."""
    name = f"{date_of(place.live_day - 1)}.parquet"
    shelf = products_table(place.pack, place.scale, date_of(place.first_day - 1_500))
    write_whole(source / "products" / name, [shelf])
    write_whole(source / "employers" / name, [employers_table(place.pack, place.employers)])
    write_whole(source / "branches" / name, [branches_table(place.pack, place.outlets)])
    write_whole(source / "staff" / name, [staff_table(place.seed, place.pack, place.outlets)])


def _write_blocks(directory: Path, place: Place, progress: Progress) -> None:
    """Let all blocks live their history and write it, block by block."""
    periods = months(place.first_day, place.live_day - 1)
    sheets = _Sheets(directory, place, periods)
    progress(_STEP, 0.0)
    for done, grown in enumerate(_grown_blocks(directory, place, periods)):
        sheets.write(grown)
        progress(_STEP, (done + 1) / place.blocks)
    sheets.close()


class _Sheets:
    """The files of a history, all open while blocks are written one after the other."""

    def __init__(self, directory: Path, place: Place, periods: list[Period]) -> None:
        source = directory / "source"
        last = date_of(place.live_day - 1)
        labels = [f"{date_of(period.first):%Y-%m}" for period in periods]
        self._months = [
            {name: Sheet(source / name / f"{label}.parquet") for name in GROWING}
            for label in labels
        ]
        self._whole = {
            name: Sheet(source / name / f"{last}.parquet")
            for name in ("customers", "accounts", "external_facts")
        }
        self._latent = Sheet(directory / "truth" / "customers.parquet")

    def write(self, grown: _Grown) -> None:
        """Add a block to every file."""
        for sheets, tables in zip(self._months, grown.periods, strict=True):
            for name, table in tables.items():
                sheets[name].write(table)
        for name, table in grown.whole.items():
            self._whole[name].write(table)
        self._latent.write(grown.latent)

    def close(self) -> None:
        """Finish all files."""
        for sheets in self._months:
            for sheet in sheets.values():
                sheet.close()
        for sheet in (*self._whole.values(), self._latent):
            sheet.close()


def _grown_blocks(directory: Path, place: Place, periods: list[Period]) -> Iterator[_Grown]:
    """Yield the blocks in order; the next ones live while one is written."""
    with ThreadPoolExecutor(_WORKERS) as pool:
        waiting: list[Future[_Grown]] = []
        for block in range(place.blocks):
            waiting.append(pool.submit(_grow, directory, place, periods, block))
            if len(waiting) > _WORKERS:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def _grow(directory: Path, place: Place, periods: list[Period], block: int) -> _Grown:
    """Let one block live its history, and keep its state for the first live day."""
    people = people_of_block(place, block, block * BLOCK, place.block_size(block))
    nature = nature_of_block(place, block, people)
    state = starting_state(place, block, people, nature)
    lived = []
    scene = Scene(place, block, periods[0], people, nature, state, live=False)
    for period in periods:
        scene = Scene(place, block, period, people, nature, state, live=False)
        lived.append(live_period(scene).tables)
    save_state(state_path(directory, place.live_day - 1, block), state)
    ids = block_ids(people, state.accounts)
    whole = {
        "customers": customers_table(scene),
        "accounts": accounts_table(scene, ids),
        "external_facts": external_table(place, people, stream(place.seed, "external", block)),
    }
    return _Grown(lived, whole, latent_table(scene))
