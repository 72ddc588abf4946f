"""Audiences overlap, and customers move between them."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from asterism.audience import (
    Audience,
    Catalogue,
    Columns,
    ColumnsWriter,
    TagSpec,
    TagType,
    compile_audience,
)
from asterism.insight.movement import ABSENT, ELSEWHERE, movement, overlap

AGE = TagSpec(name="age", type=TagType.INTEGER)


def columns(directory: Path, ages: Mapping[str, int]) -> Columns:
    writer = ColumnsWriter(directory, [AGE], len(ages))
    writer.append(list(ages), {"age": (np.array(list(ages.values()), dtype=np.int64), None)})
    writer.close()
    return Columns.open(directory)


def audiences(**texts: str) -> dict[str, Audience]:
    return {name: compile_audience(text, Catalogue({"age": AGE})) for name, text in texts.items()}


def test_the_overlap_counts_each_pair(tmp_path: Path) -> None:
    people = columns(tmp_path / "one", {"A": 10, "B": 30, "C": 50, "D": 70})
    found = overlap(people, audiences(grown="age >= 30", old="age >= 50", young="age < 40"))
    assert found.names == ("grown", "old", "young")
    assert found.counts.tolist() == [[3, 2, 1], [2, 2, 0], [1, 0, 2]]


def test_everybody_is_counted_once_from_somewhere_to_somewhere(tmp_path: Path) -> None:
    before = columns(tmp_path / "one", {"A": 10, "B": 30, "C": 50, "gone": 70})
    after = columns(tmp_path / "two", {"came": 31, "C": 80, "B": 60, "A": 10})
    found = movement(before, after, audiences(old="age >= 50", grown="age >= 30"))
    assert found.names == ("old", "grown", ELSEWHERE, ABSENT)
    assert found.counts.sum() == 5
    assert found.count("old", "old") == 1
    assert found.count("grown", "old") == 1
    assert found.count(ELSEWHERE, ELSEWHERE) == 1
    assert found.count("old", ABSENT) == 1
    assert found.count(ABSENT, "grown") == 1


def test_nobody_before_means_that_everybody_came(tmp_path: Path) -> None:
    before = columns(tmp_path / "one", {})
    after = columns(tmp_path / "two", {"A": 40, "B": 10})
    found = movement(before, after, audiences(grown="age >= 30"))
    assert found.count(ABSENT, "grown") == 1
    assert found.count(ABSENT, ELSEWHERE) == 1
    back = movement(after, before, audiences(grown="age >= 30"))
    assert back.count("grown", ABSENT) == 1
