"""Results of a frozen list, as branches and managers return them: one file, all of it or none."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    String,
    Table,
    func,
    insert,
    select,
)

from asterism.execution.life import exclusive
from asterism.execution.lists import HEADINGS, NOTE_HEADING, RESULT_HEADING, TargetLists
from asterism.execution.sharing import ShareBy, shared_members
from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import LOCALES, N_, Text
from asterism.ledger import AwareMoment, metadata, reading

#: What may be returned about a customer, and how people write it.
RESULTS: Mapping[str, Text] = {
    "done": Text("已达成", "Accepted", "Aceptado"),
    "refused": Text("拒绝", "Refused", "Rechazado"),
    "no_answer": Text("无人接听", "No answer", "Sin respuesta"),
    "later": Text("另约时间", "Later", "Más tarde"),
}
#: Most rows of one file, and most problems that are listed at once.
MOST_ROWS, MOST_PROBLEMS = 200_000, 100
_SUBJECT = N_("The results cannot be taken in")

#: What was returned about the customers of a list, append-only: the latest row holds.
list_result = Table(
    "list_result",
    metadata,
    Column("result_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("list_id", String(32), nullable=False, index=True),
    Column("customer_id", String(80), nullable=False),
    #: A key of `RESULTS`.
    Column("result", String(12), nullable=False),
    Column("note", String(400), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("at", AwareMoment, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one owner of a shared-out list has come."""

    #: A branch or a manager; empty for customers that were given to nobody.
    owner: str
    given: int
    #: How many of them something was returned about, by result.
    results: Mapping[str, int]

    @property
    def returned(self) -> int:
        """How many have a result."""
        return sum(self.results.values())


def take_returns(
    lists: TargetLists, list_id: str, text: str, actor: str, branch_id: str | None = None
) -> int:
    """Take a CSV of results in; return how many rows it held.

    Columns are found by their heading in any language: customer and result, a note if there is
    one. InvalidInputError names every row whose customer is not on the list or whose result is no
    word of `RESULTS`; then nothing is kept. A customer returned twice has the later result.
    `branch_id` leaves only that branch's customers to be returned.
    """
    table = lists.members(list_id)
    if branch_id is not None:
        table = table.filter(pc.equal(table["branch_id"], branch_id))
    members = set(table["customer_id"].to_pylist())
    rows = _rows(text)
    problems = _problems(rows, members)
    if problems:
        raise InvalidInputError(_SUBJECT, problems)
    now: datetime = lists.clock.now()
    with lists.engine.begin() as connection:
        exclusive(connection)
        if rows:
            connection.execute(
                insert(list_result),
                [
                    {
                        "list_id": list_id,
                        "customer_id": customer,
                        "result": _code(result),
                        "note": note[:400],
                        "actor": actor,
                        "at": now,
                    }
                    for customer, result, note in rows
                ],
            )
    return len(rows)


def _rows(text: str) -> list[tuple[str, str, str]]:
    table = csv.reader(io.StringIO(text.lstrip("\ufeff")))
    try:
        heading = [_plain(name) for name in next(table, [])]
        body = [row for _, row in zip(range(MOST_ROWS + 1), table, strict=False) if any(row)]
    except csv.Error as error:
        message = N_("This is not CSV: {detail}.")
        problem = Problem(message=message, values={"detail": str(error)})
        raise InvalidInputError(_SUBJECT, [problem]) from error
    places = [
        _place(heading, words) for words in (HEADINGS["customer_id"], RESULT_HEADING, NOTE_HEADING)
    ]
    problems = [
        Problem(message=N_("The file lacks a column {column}."), values={"column": words.en})
        for place, words in zip(places[:2], (HEADINGS["customer_id"], RESULT_HEADING), strict=True)
        if place is None
    ]
    if len(body) > MOST_ROWS:
        message = N_("The file has more than {limit} rows.")
        problems.append(Problem(message=message, values={"limit": MOST_ROWS}))
    if problems:
        raise InvalidInputError(_SUBJECT, problems)
    cells = [tuple(_cell(row, place) for place in places) for row in body]
    return [(customer, result, note) for customer, result, note in cells if result]


def _place(heading: list[str], words: Text) -> int | None:
    names = {_plain(words.in_locale(locale)) for locale in LOCALES}
    return next((place for place, name in enumerate(heading) if name in names), None)


def _cell(row: list[str], place: int | None) -> str:
    return _plain(row[place], lower=False) if place is not None and place < len(row) else ""


def _plain(text: str, *, lower: bool = True) -> str:
    """Return a cell as it was meant: without the mark that keeps spreadsheets from running it."""
    text = text.strip().removeprefix("'").strip()
    return text.casefold() if lower else text


def _code(result: str) -> str:
    """Return the code that a word for a result stands for, in any language; empty for none."""
    word = result.casefold()
    for code, text in RESULTS.items():
        if word == code or word in {text.in_locale(locale).casefold() for locale in LOCALES}:
            return code
    return ""


def _problems(rows: list[tuple[str, str, str]], members: set[str]) -> list[Problem]:
    problems = []
    for number, (customer, result, _) in enumerate(rows, start=2):
        where, values = f"{number}", {"customer": customer, "result": result}
        if customer not in members:
            message = N_("{customer} is not on this list.")
            problems.append(Problem(message=message, where=where, values=values))
        if not _code(result):
            message = N_("{result} is no result: done, refused, no_answer or later.")
            problems.append(Problem(message=message, where=where, values=values))
        if len(problems) >= MOST_PROBLEMS:
            break
    return problems


def progress(lists: TargetLists, list_id: str, by: ShareBy) -> tuple[Progress, ...]:
    """Return how far each owner has come; everybody together as one where nothing was shared."""
    members = shared_members(lists, list_id, by)
    owners = pc.drop_null(pc.unique(members["owner"])).to_pylist()
    owner_of = (
        pc.index_in(members["owner"], value_set=pa.array(owners, pa.string()))
        .combine_chunks()
        .fill_null(-1)
        .to_numpy()
    )
    latest = _latest(lists, list_id)
    codes = list(RESULTS)
    found = pc.index_in(
        members["customer_id"], value_set=pa.array(list(latest), pa.string())
    ).combine_chunks()
    at = found.fill_null(-1).to_numpy()
    result_of = np.array([codes.index(code) for code in latest.values()] or [0], np.int64)
    result = np.where(at >= 0, result_of[np.maximum(at, 0)], len(codes))
    table = np.zeros((len(owners) + 1, len(codes) + 1), np.int64)
    np.add.at(table, (owner_of, result), 1)
    return tuple(
        Progress(
            owner=owner,
            given=int(table[place].sum()),
            results={code: int(n) for code, n in zip(codes, table[place], strict=False) if n},
        )
        for place, owner in enumerate((*owners, ""))
        if table[place].sum()
    )


def _latest(lists: TargetLists, list_id: str) -> Mapping[str, str]:
    """Return the latest result of each customer of a list that has one."""
    row = list_result.c
    last = select(func.max(row.result_id)).where(row.list_id == list_id).group_by(row.customer_id)
    query = select(row.customer_id, row.result).where(row.result_id.in_(last))
    with reading(lists.engine) as connection:
        return {one.customer_id: one.result for one in connection.execute(query)}
