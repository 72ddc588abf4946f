"""A small bank whose tags have every type."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from asterism.audience import (
    Audience,
    Catalogue,
    Columns,
    ColumnsWriter,
    TagSpec,
    TagType,
    compile_audience,
)
from asterism.kernel.privacy import Privacy

SPECS = (
    TagSpec(name="aum", type=TagType.MONEY),
    TagSpec(name="inflow", type=TagType.MONEY),
    TagSpec(name="yen", type=TagType.MONEY, exponent=0),
    TagSpec(name="age", type=TagType.INTEGER),
    TagSpec(name="rfm_score", type=TagType.NUMBER),
    TagSpec(name="holds_fund", type=TagType.FLAG),
    TagSpec(name="consent_sms", type=TagType.FLAG),
    TagSpec(name="tier", type=TagType.TEXT, values=("basic", "silver", "gold")),
    TagSpec(name="city", type=TagType.TEXT),
    TagSpec(name="opened", type=TagType.DATE),
    TagSpec(name="password", type=TagType.TEXT, privacy=Privacy.C3),
)
SEGMENTS = {
    "wealthy": "aum >= 500000",
    "young wealthy": "IN_SEGMENT('wealthy') AND age < 35",
    "a": "IN_SEGMENT('b')",
    "b": "age > 1 OR IN_SEGMENT('c')",
    "c": "IN_SEGMENT('a')",
    "broken": "aumm > 1 AND",
}


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue({spec.name: spec for spec in SPECS}, SEGMENTS)


@pytest.fixture
def compiled(catalogue: Catalogue) -> Callable[[str], Audience]:
    return lambda text: compile_audience(text, catalogue)


@pytest.fixture
def columns(tmp_path: Path) -> Columns:
    """Five customers; the fourth has no value in any tag but age."""
    writer = ColumnsWriter(tmp_path / "columns", SPECS[:-1], 5)
    valid = np.array([True, True, True, False, True])
    money = np.array([100, 50_000_000, 60_000_000, 0, 2**62])
    writer.append(
        ["c1", "c2", "客户3", "c4", "c10"],
        {
            "aum": (money, valid),
            "inflow": (money // 2, valid),
            "yen": (np.array([1, 2, 3, 4, 5]), valid),
            "age": (np.array([20, 34, 50, 60, 34]), None),
            "rfm_score": (np.array([0.1, 0.5, np.nan, 1.0, np.inf]), None),
            "holds_fund": (np.array([True, False, True, True, False]), valid),
            "consent_sms": (np.array([True, None, False, None, True], object), None),
            "tier": (np.array(["basic", "silver", "gold", None, "gold"], object), None),
            "city": (np.array(["北京", "", "上海", "x", "北海"]), valid),
            "opened": (
                np.array(["2020-01-01", "1969-12-31", "NaT", "NaT", "9999-12-31"], "M8[D]"),
                None,
            ),
        },
    )
    writer.close()
    return Columns.open(tmp_path / "columns")
