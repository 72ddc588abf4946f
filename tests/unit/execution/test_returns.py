"""Results of a list come back in one file: all of it, or none."""

from pathlib import Path

import pytest
from tests.unit.execution.test_lists import FREEZING, columns, everyone, lists  # noqa: F401

from asterism.audience import Columns
from asterism.execution.lists import RESULT_HEADING, TargetLists, write_members
from asterism.execution.returns import progress, take_returns
from asterism.execution.sharing import ShareBy, share_out, shared_members
from asterism.kernel.errors import InvalidInputError


@pytest.fixture
def list_id(lists: TargetLists, columns: Columns) -> str:  # noqa: F811
    return lists.freeze_audience(FREEZING, everyone(), columns).list_id


def test_progress_is_counted_by_branch(lists: TargetLists, list_id: str) -> None:  # noqa: F811
    (everybody,) = progress(lists, list_id, ShareBy.BRANCH)
    assert (everybody.owner, everybody.given, everybody.returned) == ("", 6, 0)
    share_out(lists, list_id, ShareBy.BRANCH, {"B1": 2, "B2": 3})
    assert take_returns(lists, list_id, "customer,result\na,done\nb,refused\nc,later\n", "bo") == 3
    assert take_returns(lists, list_id, "客户号,结果,备注\nc,已达成,came by\n", "bo") == 1
    rows = {row.owner: row for row in progress(lists, list_id, ShareBy.BRANCH)}
    assert dict(rows["B1"].results) == {"done": 1, "refused": 1}
    assert dict(rows["B2"].results) == {"done": 1}
    assert (rows["B2"].given, rows[""].given) == (3, 1)


def test_the_file_that_is_sent_out_comes_back(
    lists: TargetLists,  # noqa: F811
    list_id: str,
    tmp_path: Path,
) -> None:
    share_out(lists, list_id, ShareBy.BRANCH, {"B1": 2, "B2": 2})
    members = shared_members(lists, list_id, ShareBy.BRANCH)
    path = tmp_path / "list.csv"
    write_members(members, path, locale="es", with_results=True)
    heading, *rows = path.read_text(encoding="utf-8").splitlines()
    assert RESULT_HEADING.es in heading
    filled = "\n".join([heading, *(row[:-5] + '"Aceptado",""' for row in rows)])
    assert take_returns(lists, list_id, filled, "bo") == 6


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("customer,result\nz,done\n", "2"),
        ("customer,result\na,perhaps\n", "2"),
        ("name,result\na,done\n", ""),
        ("", ""),
    ],
)
def test_a_file_with_anything_wrong_changes_nothing(
    lists: TargetLists,  # noqa: F811
    list_id: str,
    text: str,
    where: str,
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        take_returns(lists, list_id, text + "b,done\n" * bool(where), "bo")
    assert caught.value.problems[0].where == where
    assert progress(lists, list_id, ShareBy.BRANCH)[0].returned == 0


def test_a_branch_returns_its_own_customers_only(lists: TargetLists, list_id: str) -> None:  # noqa: F811
    with pytest.raises(InvalidInputError):
        take_returns(lists, list_id, "customer,result\nc,done\n", "bo", "B1")
    assert take_returns(lists, list_id, "customer,result\na,done\n", "bo", "B1") == 1
