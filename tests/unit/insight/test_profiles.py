from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from asterism.audience import TagSpec, TagType
from asterism.audience.columns.values import Batch, Coded
from asterism.insight.profiles import Profiles, ProfilesWriter, field_for
from asterism.kernel.hashing import bucket_of

SPECS = (
    TagSpec(name="flag", type=TagType.FLAG),
    TagSpec(name="count", type=TagType.INTEGER),
    TagSpec(name="sum", type=TagType.MONEY),
    TagSpec(name="share", type=TagType.NUMBER),
    TagSpec(name="word", type=TagType.TEXT),
    TagSpec(name="day", type=TagType.DATE),
)
RANGES = {"count": (-128, 127), "sum": (-(2**62), 2**62), "day": (0, 20_000)}


def write(directory: Path, customer_ids: list[str], values: dict[str, Batch]) -> None:
    fields = [field_for(s, *RANGES.get(s.name, (0, 0)), words=("北京", "上海")) for s in SPECS]
    writer = ProfilesWriter(directory, fields, len(customer_ids))
    for bucket in range(16):
        chosen = sorted(
            (one.encode(), place)
            for place, one in enumerate(customer_ids)
            if bucket_of(one) == bucket
        )
        places = np.array([place for _, place in chosen], np.int64)
        batch = {name: take(one, places) for name, one in values.items()}
        buckets = np.full(len(chosen), bucket)
        writer.append(buckets, [one.decode() for one, _ in chosen], batch)
    writer.close()


def take(batch: Batch, places: NDArray[np.int64]) -> Batch:
    values, valid = batch
    known = None if valid is None else valid[places]
    if isinstance(values, Coded):
        return Coded(values.codes[places], values.words), known
    return values[places], known


@pytest.fixture
def profiles(tmp_path: Path) -> Profiles:
    known = np.array([True, False])
    write(
        tmp_path / "profiles",
        ["客户一", "c2"],
        {
            "flag": (np.array([True, False]), known),
            "count": (np.array([-128, 0]), known),
            "sum": (np.array([-(2**62), 0]), known),
            "share": (np.array([0.25, 0.0]), known),
            "word": (Coded(np.array([0, 0]), ("上海",)), known),
            "day": (np.array([19_723, 0]), known),
        },
    )
    return Profiles.open(tmp_path / "profiles")


def test_a_profile_comes_back_as_it_went_in(profiles: Profiles) -> None:
    assert profiles.get("客户一") == {
        "flag": True,
        "count": -128,
        "sum": -(2**62),
        "share": 0.25,
        "word": "上海",
        "day": date(2024, 1, 1),
    }


def test_nulls_are_missing_and_strangers_are_none(profiles: Profiles) -> None:
    assert profiles.get("c2") == {}
    assert profiles.get("c3") is None
    assert len(profiles) == 2


def test_only_the_tags_asked_for_are_read(profiles: Profiles) -> None:
    assert profiles.get("客户一", ["word", "sum"]) == {"word": "上海", "sum": -(2**62)}


@pytest.mark.parametrize(
    ("low", "high", "dtype"),
    [(0, 100, "i1"), (-128, 100, "i2"), (0, 40_000, "i4"), (0, 2**31, "i8"), (-(2**31), 0, "i8")],
)
def test_a_field_is_as_small_as_its_values_and_a_null_allow(
    low: int, high: int, dtype: str
) -> None:
    assert field_for(SPECS[1], low, high).dtype == dtype
