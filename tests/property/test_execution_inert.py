"""Whatever is in the data, a spreadsheet never runs it, and nobody sleeps badly."""

import csv
import io
import tempfile
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from asterism.execution.channels.call_list import file_name
from asterism.execution.quiet import QuietHours
from asterism.execution.safe_csv import cell, plain, read_csv, write_csv
from asterism.execution.sharing import deal

STARTERS = "=+-@＝＋－＠\t\r\n\0|"
#: What people really put into cells, and anything else.
TEXTS = st.one_of(
    st.text(max_size=40),
    st.builds(
        lambda lead, start, rest: lead + start + rest,
        st.sampled_from(["", " ", "\u00a0", "\ufeff", "\u200b", "'"]),
        st.sampled_from(list(STARTERS)),
        st.sampled_from(["", "1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x")', '","=1']),
    ),
).filter(lambda text: "\ud800" not in text)


@given(TEXTS)
@example("=1+1")
@example("'=1+1")
@example("''")
@example("＠SUM(1)")
def test_a_cell_is_inert_and_gives_its_text_back(text: str) -> None:
    shown = cell(text)

    assert plain(shown) == text
    assert shown.lstrip(" \u00a0\u3000\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")[:1] not in {
        *STARTERS
    }


@settings(deadline=None)
@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=5))
def test_a_file_gives_back_every_text(rows: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "list.csv"

        assert write_csv(path, ["a", "b"], rows) == len(rows)

        assert list(read_csv(path)) == rows
        raw = path.read_bytes().decode("utf-8-sig")
        cells = [one for row in csv.reader(io.StringIO(raw, newline="")) for one in row]
        assert all(one[:1] not in {*STARTERS} for one in cells)


@given(st.text(max_size=80), st.text(max_size=80))
@example("../../etc/passwd", "..")
@example("a/b", "a_b")
def test_a_branchs_file_stays_in_its_directory(one: str, other: str) -> None:
    name = file_name(one)

    assert "/" not in name
    assert name not in {".", ".."}
    assert (name == file_name(other)) is (one == other)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - made aware below
    st.sampled_from(["Asia/Shanghai", "Europe/Madrid", "America/Bogota", "Asia/Kathmandu", None]),
)
def test_what_goes_out_goes_out_by_day(moment: datetime, zone: str | None) -> None:
    hours = QuietHours(zones=("Asia/Shanghai",))
    now = moment.replace(tzinfo=UTC)

    opening = hours.next_opening(now, zone)

    sent = opening or now
    there = sent.astimezone(ZoneInfo(zone or "Asia/Shanghai"))
    assert time(8) <= there.time() < time(21)
    assert now <= sent <= now + timedelta(hours=12)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["x", "y", "z", None]), max_size=30),
    st.dictionaries(st.sampled_from(["x", "y"]), st.integers(0, 20), min_size=1),
)
def test_a_shared_out_list_keeps_its_promises(
    belongs_to: list[str | None], counts: dict[str, int]
) -> None:
    owners = list(counts)
    room = np.array(list(counts.values()), np.int64)

    taken = deal(pa.chunked_array([pa.array(belongs_to, pa.string())]), owners, room)

    names = [owners[place] if place >= 0 else None for place in taken]
    for owner, count in counts.items():
        own = belongs_to.count(owner)
        assert names.count(owner) <= count
        mine = sum(
            name == owner for name, home in zip(names, belongs_to, strict=True) if home == owner
        )
        assert mine == min(own, count), "their own come first"
    for name, home in zip(names, belongs_to, strict=True):
        assert name is None or home in (None, name), "nobody's customer is taken away"
    if names.count(None) and None in [h for h, n in zip(belongs_to, names, strict=True) if not n]:
        assert sum(name is not None for name in names) == sum(
            max(min(belongs_to.count(o), c), 0) for o, c in counts.items()
        ) + sum(c - min(belongs_to.count(o), c) for o, c in counts.items())
