import numpy as np
import pytest

from asterism.audience import TagSpec, TagType
from asterism.audience.columns.values import Coded
from asterism.insight import statistics
from asterism.insight.statistics import BINS, Observer

NUMBER = TagSpec(name="n", type=TagType.INTEGER)
WORD = TagSpec(name="w", type=TagType.TEXT)
FLAG = TagSpec(name="f", type=TagType.FLAG)


def test_a_number_is_counted_exactly_over_batches() -> None:
    observer = Observer([NUMBER], 1000)
    values = np.arange(1000)
    for start in range(0, 1000, 250):
        batch = values[start : start + 250]
        observer.observe({"n": (batch, batch % 10 != 0)})
    found = observer.statistics({})["n"]
    assert (found.known, found.coverage) == (900, 0.9)
    assert (found.low, found.high) == (1, 999)
    assert found.mean == pytest.approx(500)
    assert found.distinct == 900
    assert found.quantiles["0.5"] == pytest.approx(500, abs=2)
    assert len(found.edges) == BINS + 1
    assert sum(found.bins) == pytest.approx(900, abs=BINS)


def test_words_and_flags_are_counted_by_value() -> None:
    observer = Observer([WORD, FLAG], 3)
    words = Coded(np.array([1, 1, 0]), ("a", "b"))
    flags = np.array([True, False, True])
    observer.observe({"w": (words, None), "f": (flags, np.array([True, True, False]))})
    found = observer.statistics({})
    assert found["w"].top == {"b": 2, "a": 1}
    assert found["f"].top == {"true": 1, "false": 1}
    assert found["f"].known == 2


def test_a_tag_that_nobody_has_is_covered_by_none() -> None:
    observer = Observer([NUMBER, WORD], 2)
    none = np.array([False, False])
    observer.observe(
        {"n": (np.zeros(2, np.int64), none), "w": (Coded(np.zeros(2, np.int64), ()), none)}
    )
    assert [one.coverage for one in observer.statistics({}).values()] == [0.0, 0.0]


def test_a_large_bank_is_sampled_evenly_over_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "SAMPLE", 100)
    observer = Observer([NUMBER], 1000)
    for start in range(0, 1000, 7):
        batch = np.arange(start, min(start + 7, 1000))
        observer.observe({"n": (batch, None)})
    found = observer.statistics({})["n"]
    assert found.known == 1000
    assert found.quantiles["0.5"] == pytest.approx(500, abs=20)
    assert sum(found.bins) == pytest.approx(1000, abs=BINS)
