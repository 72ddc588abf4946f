"""Frozen lists: kept, exported and shared out."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from asterism.audience import Catalogue, Columns, ColumnsWriter, TagSpec, TagType, compile_audience
from asterism.execution.lists import Freezing, TargetLists
from asterism.execution.safe_csv import read_csv
from asterism.execution.sharing import Share, ShareBy, deal, export_share, share_out
from asterism.kernel.errors import ConflictError, InvalidInputError, NotFoundError

SPECS = (
    TagSpec(name="aum", type=TagType.MONEY),
    TagSpec(name="branch_id", type=TagType.TEXT),
    TagSpec(name="manager_id", type=TagType.TEXT),
)
FREEZING = Freezing(title="March", snapshot_id="s1", actor="ana")


@pytest.fixture
def columns(tmp_path: Path) -> Columns:
    writer = ColumnsWriter(tmp_path / "columns", SPECS, 6)
    branches = np.array(["B1", "B1", "B2", "B2", "", ""], np.object_)
    writer.append(
        ["a", "b", "c", "=d", "e", "f"],
        {
            "aum": (
                np.array([100, 600, 300, 400, 500, 0]),
                np.array([True, True, True, True, True, False]),
            ),
            "branch_id": (branches, np.array([True] * 4 + [False] * 2)),
            "manager_id": (branches, np.array([False] * 6)),
        },
    )
    writer.close()
    return Columns.open(tmp_path / "columns")


@pytest.fixture
def lists(bank: Any, tmp_path: Path) -> TargetLists:
    return TargetLists(bank.engine, tmp_path / "lists", bank.clock)


def everyone(text: str = "aum >= 0 OR aum IS NULL") -> Any:
    return compile_audience(text, Catalogue({spec.name: spec for spec in SPECS}))


def test_a_list_keeps_who_was_meant_most_valuable_first(
    lists: TargetLists, columns: Columns
) -> None:
    frozen = lists.freeze_audience(FREEZING, everyone("aum >= 3"), columns)

    assert frozen.customers == 4
    assert frozen.created_by == "ana"
    assert lists.get(frozen.list_id) == frozen
    assert lists.members(frozen.list_id)["customer_id"].to_pylist() == ["b", "e", "=d", "c"]


def test_a_list_stays_within_what_its_maker_may_see(lists: TargetLists, columns: Columns) -> None:
    mine = everyone("branch_id = 'B1'").mask(columns)

    frozen = lists.freeze_audience(FREEZING, everyone(), columns, within=mine)

    assert lists.members(frozen.list_id)["customer_id"].to_pylist() == ["b", "a"]


def test_a_strategys_list_is_whom_it_means_to_touch(
    bank: Any, decide: Any, lists: TargetLists
) -> None:
    bank.plan(
        decide(
            {"customer_id": "a", "value_minor": 1},
            {"customer_id": "b", "value_minor": 2},
            {"customer_id": "c", "arm": "holdout"},
        )
    )

    frozen = lists.freeze_strategy(FREEZING, "first_fund", date(2026, 3, 2))

    assert lists.members(frozen.list_id)["customer_id"].to_pylist() == ["b", "a"]
    assert frozen.definition == "first_fund 2026-03-02"


def test_lists_come_latest_first(bank: Any, lists: TargetLists, columns: Columns) -> None:
    first = lists.freeze_audience(FREEZING, everyone(), columns)
    bank.clock.set(datetime(2026, 3, 3, tzinfo=UTC))
    second = lists.freeze_audience(FREEZING, everyone(), columns)

    assert [one.list_id for one in lists.all()] == [second.list_id, first.list_id]


def test_a_list_that_was_changed_is_not_handed_out(lists: TargetLists, columns: Columns) -> None:
    frozen = lists.freeze_audience(FREEZING, everyone(), columns)
    path = lists.directory / f"{frozen.list_id}.parquet"
    path.write_bytes(path.read_bytes() + b" ")

    with pytest.raises(ConflictError):
        lists.members(frozen.list_id)


def test_a_list_that_is_not_there_is_not_found(lists: TargetLists) -> None:
    with pytest.raises(NotFoundError):
        lists.members("none")


def test_an_export_is_inert_and_gives_back_what_went_in(
    lists: TargetLists, columns: Columns, tmp_path: Path
) -> None:
    frozen = lists.freeze_audience(FREEZING, everyone("aum >= 3"), columns)
    path = tmp_path / "export.csv"

    assert lists.export(frozen.list_id, path, locale="es") == 4
    text = path.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == '"Cliente","Sucursal","Gestor","Valor en unidades menores"'
    assert '"\'=d"' in text
    assert [row[0] for row in read_csv(path)] == ["b", "e", "=d", "c"]


def test_everybody_keeps_their_own_and_nobodys_fill_the_room(
    lists: TargetLists, columns: Columns, tmp_path: Path
) -> None:
    frozen = lists.freeze_audience(FREEZING, everyone(), columns)

    shares, shared = share_out(lists, frozen.list_id, ShareBy.BRANCH, {"B1": 1, "B2": 4})

    assert shares == (Share("B1", 1, 1), Share("B2", 4, 4))
    given = dict(zip(*shared.select(["customer_id", "owner"]).to_pydict().values(), strict=True))
    assert given == {"a": None, "b": "B1", "c": "B2", "=d": "B2", "e": "B2", "f": "B2"}
    assert export_share(shared, "B2", tmp_path / "b2.csv") == 4


def test_sharing_out_again_replaces_the_shares(lists: TargetLists, columns: Columns) -> None:
    frozen = lists.freeze_audience(FREEZING, everyone(), columns)
    share_out(lists, frozen.list_id, ShareBy.BRANCH, {"B1": 1})

    shares, _ = share_out(lists, frozen.list_id, ShareBy.BRANCH, {"B2": 2})

    assert shares == (Share("B2", 2, 2),)


@pytest.mark.parametrize("counts", [{}, {"B1": -1}])
def test_a_share_must_make_sense(
    lists: TargetLists, columns: Columns, counts: dict[str, int]
) -> None:
    frozen = lists.freeze_audience(FREEZING, everyone(), columns)

    with pytest.raises(InvalidInputError):
        share_out(lists, frozen.list_id, ShareBy.BRANCH, counts)


def test_nobodys_customers_are_dealt_in_turn() -> None:
    nobody = pa.chunked_array([pa.nulls(5, pa.string())])

    assert deal(nobody, ["x", "y"], np.array([2, 2])).tolist() == [0, 1, 0, 1, -1]
