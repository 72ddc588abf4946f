"""Columns on disk: what is written is what is read, counted and found again."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from asterism.audience import (
    Audience,
    Catalogue,
    Coded,
    Columns,
    ColumnsWriter,
    Mask,
    TagSpec,
    TagType,
    compile_audience,
    overlap_matrix,
)

Compile = Callable[[str], Audience]
AGE = TagSpec(name="age", type=TagType.INTEGER)


def written(directory: Path, spec: TagSpec, values: object, valid: object = None) -> Columns:
    array = values if isinstance(values, Coded) else np.asarray(values)
    writer = ColumnsWriter(directory, [spec], len(array))
    present = None if valid is None else np.asarray(valid, np.bool_)
    writer.append([f"c{place}" for place in range(len(array))], {spec.name: (array, present)})
    writer.close()
    return Columns.open(directory)


def test_customers_are_found_by_id_and_ids_by_place(columns: Columns) -> None:
    assert columns.size == 5
    assert list(columns.customer_ids) == ["c1", "c2", "客户3", "c4", "c10"]
    assert [columns.index_of(one) for one in columns.customer_ids] == [0, 1, 2, 3, 4]
    assert columns.index_of("c3") is None
    assert columns.index_of("") is None
    assert columns.customer_ids[2] == "客户3"
    assert columns.customer_ids[-1] == "c10"
    assert columns.customer_ids[1:3].tolist() == ["c2", "客户3"]
    assert columns.customer_ids[np.array([4, 0])].tolist() == ["c10", "c1"]
    with pytest.raises(IndexError):
        columns.customer_ids[5]


def test_values_come_back_wide_with_their_validity(columns: Columns) -> None:
    values, valid = columns.values("aum")
    assert values.dtype == np.int64
    assert values[4] == 2**62
    assert valid is not None
    assert valid.tolist() == [True, True, True, False, True]
    assert columns.values("age")[1] is None
    assert columns.values("tier")[0].tolist()[:3] == ["basic", "silver", "gold"]
    dates, _ = columns.values("opened")
    assert dates[1] == np.datetime64("1969-12-31")
    taken, present = columns.take("holds_fund", np.array([2, 3]))
    assert (taken[0], present is not None and present.tolist()) == (True, [True, False])


def test_numbers_that_are_not_finite_are_null(columns: Columns, compiled: Compile) -> None:
    assert compiled("rfm_score IS NULL").mask(columns).indices().tolist() == [2, 4]


@pytest.mark.parametrize(
    ("text", "indices"),
    [
        ("aum >= 500000", [1, 2, 4]),
        ("NOT (aum >= 500000)", [0]),
        ("NOT IN_SEGMENT('wealthy')", [0, 3]),
        ("holds_fund AND NOT consent_sms", [2]),
        ("consent_sms IS NOT FALSE", [0, 1, 3, 4]),
        ("tier > 'basic'", [1, 2, 4]),
        ("tier <> 'gold'", [0, 1]),
        ("city LIKE '北%'", [0, 4]),
        ("city = ''", [1]),
        ("city = 'nowhere' OR age = 60", [3]),
        ("opened < DATE '1970-01-01'", [1]),
        ("opened IS NULL", [2, 3]),
        ("0.5 * aum >= inflow", [0, 1, 2, 4]),
        ("age BETWEEN 34 AND 50", [1, 2, 4]),
        ("NOT (age BETWEEN 60 AND age)", [0, 1, 2, 4]),
        ("NOT (opened BETWEEN DATE '2021-01-01' AND opened)", [0, 1]),
        ("NOT (inflow BETWEEN aum AND aum)", [0, 1, 2, 4]),
        ("TRUE", [0, 1, 2, 3, 4]),
        ("FALSE", []),
    ],
)
def test_masks_hold_the_customers_that_are_in(
    columns: Columns, compiled: Compile, text: str, indices: list[int]
) -> None:
    assert compiled(text).mask(columns).indices().tolist() == indices


def test_a_range_with_an_unknown_end_is_false_where_the_other_end_excludes(
    tmp_path: Path,
) -> None:
    low, high = TagSpec(name="low", type=TagType.INTEGER), TagSpec(name="age", type=TagType.INTEGER)
    writer = ColumnsWriter(tmp_path, [low, high], 2)
    present = np.array([False, True])
    writer.append(["a", "b"], {"low": (np.array([0, 9]), present), "age": (np.array([5, 5]), None)})
    writer.close()
    audience = compile_audience("NOT (age BETWEEN low AND 4)", Catalogue({"low": low, "age": high}))
    assert audience.mask(Columns.open(tmp_path)).indices().tolist() == [0, 1]


def test_masks_combine_like_sets() -> None:
    one = Mask.from_indices(np.array([0, 64, 69]), 70)
    other = Mask.from_indices(np.array([64, 1]), 70)
    assert (one & other).indices().tolist() == [64]
    assert (one | other).indices().tolist() == [0, 1, 64, 69]
    assert (~one).count() == 67
    assert ~~one == one
    assert Mask.all(70).count() == 70
    assert Mask.none(0).indices().tolist() == []
    assert Mask.from_bool(one.to_bool()) == one
    with pytest.raises(ValueError, match="do not meet"):
        _ = one & Mask.all(71)


def test_the_overlap_matrix_counts_what_every_two_masks_share() -> None:
    masks = [Mask.from_indices(np.arange(0, 5000, step), 5000) for step in (2, 3, 7)]
    expected = [[(one & other).count() for other in masks] for one in masks]
    assert overlap_matrix(masks).tolist() == expected
    assert overlap_matrix([]).shape == (0, 0)


def test_distributions_are_exact(columns: Columns, compiled: Compile) -> None:
    assert columns.value_counts("tier") == {"gold": 2, "basic": 1, "silver": 1}
    adults = compiled("age > 30").mask(columns)
    assert columns.value_counts("holds_fund", adults) == {False: 2, True: 1}
    bars = columns.histogram("age", adults)
    assert [(bar.low, bar.high, bar.count, bar.all) for bar in bars] == [
        (20, 20, 0, 1),
        (34, 34, 2, 2),
        (50, 50, 1, 1),
        (60, 60, 1, 1),
    ]
    assert columns.histogram("opened")[0].low == date(1969, 12, 31)
    with pytest.raises(TypeError):
        columns.histogram("tier")
    with pytest.raises(TypeError):
        columns.value_counts("age")


def test_a_histogram_of_many_values_has_bars_of_about_equal_population(tmp_path: Path) -> None:
    values = np.random.default_rng(7).lognormal(10, 3, 20_000).astype(np.int64)
    columns = written(tmp_path, AGE, values)
    bars = columns.histogram("age", bins=10)
    assert len(bars) == 10
    assert sum(bar.count for bar in bars) == 20_000
    assert all(1500 < bar.count < 2500 for bar in bars)
    for bar in bars:
        assert isinstance(bar.low, int)
        assert isinstance(bar.high, int)
        assert bar.count == int(((values >= bar.low) & (values <= bar.high)).sum())


def test_a_bank_without_customers_is_empty_and_not_an_error(
    tmp_path: Path, compiled: Compile
) -> None:
    specs = [AGE, TagSpec(name="city", type=TagType.TEXT), TagSpec(name="f", type=TagType.FLAG)]
    writer = ColumnsWriter(tmp_path, specs, 0)
    writer.close()
    columns = Columns.open(tmp_path)
    assert (columns.size, list(columns.customer_ids), columns.index_of("x")) == (0, [], None)
    assert compiled("age > 3 AND city = 'x'").mask(columns).count() == 0
    assert columns.value_counts("city") == {}
    assert columns.histogram("age") == ()


def test_columns_without_any_value_are_all_null(tmp_path: Path, compiled: Compile) -> None:
    specs = [AGE, TagSpec(name="city", type=TagType.TEXT)]
    writer = ColumnsWriter(tmp_path, specs, 2)
    none = np.array([None, None], object)
    writer.append(["a", "b"], {"age": (none, None), "city": (none, None)})
    writer.close()
    columns = Columns.open(tmp_path)
    assert compiled("age IS NULL AND city IS NULL").mask(columns).count() == 2
    assert compiled("age = 0 OR age <> 0 OR city LIKE '%' OR city = ''").mask(columns).count() == 0


def test_batches_may_need_different_widths(tmp_path: Path, compiled: Compile) -> None:
    writer = ColumnsWriter(tmp_path, [AGE], 6)
    for place, value in enumerate((1, 1000, 10**12)):
        ids = [f"{place}a", f"{place}b"]
        writer.append(ids, {"age": (np.array([value, -value]), np.array([True, place != 1]))})
    writer.close()
    columns = Columns.open(tmp_path)
    assert columns.values("age")[0].tolist() == [1, -1, 1000, 0, 10**12, -(10**12)]
    assert compiled("age < 0").mask(columns).indices().tolist() == [1, 5]


def test_codes_with_words_are_texts(tmp_path: Path) -> None:
    words = Coded(np.array([2, 0, 1, 2], np.int8), ("b", "a", "c"))
    columns = written(tmp_path, TagSpec(name="t", type=TagType.TEXT), words, [True] * 3 + [False])
    assert columns.values("t")[0].tolist()[:3] == ["c", "b", "a"]
    codes, texts = columns.codes("t")
    assert [texts[code] for code in codes[:3]] == ["c", "b", "a"]
    assert columns.value_counts("t") == {"a": 1, "b": 1, "c": 1}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (np.array([1.5]), "fractions"),
        (np.array([2.0**60]), "beyond"),
        (np.array([2**63], np.uint64), "larger than an int64"),
        (np.array(["x"]), "does not hold whole numbers"),
    ],
)
def test_values_that_do_not_fit_are_refused(
    tmp_path: Path, values: np.ndarray[tuple[int], np.dtype[np.generic]], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        written(tmp_path, AGE, values)


def test_missing_and_double_customers_are_refused(tmp_path: Path) -> None:
    ages = np.array([1, 2])
    writer = ColumnsWriter(tmp_path / "double", [AGE], 2)
    writer.append(["x", "x"], {"age": (ages, None)})
    with pytest.raises(ValueError, match="customer x appears twice"):
        writer.close()
    writer = ColumnsWriter(tmp_path / "missing", [AGE], 3)
    writer.append(["x", "y"], {"age": (ages, None)})
    with pytest.raises(ValueError, match="3 customers were announced and 2 written"):
        writer.close()
    with pytest.raises(ValueError, match="another length"):
        writer.append(["z"], {"age": (ages, None)})
    with pytest.raises(ValueError, match="differ: age, aum"):
        writer.append(["z"], {"aum": (ages, None)})


def test_the_cache_stays_within_its_bytes(columns: Columns, compiled: Compile) -> None:
    small = Columns.open(columns.directory, cache_bytes=64)
    for age in range(40):
        compiled(f"age > {age}").mask(small)
    assert 0 < small.cache.bytes <= 64
    assert compiled("age > 33").mask(small) == compiled("age > 33").mask(columns)


def test_names_of_tags_never_become_names_of_files(tmp_path: Path) -> None:
    spec = TagSpec(name="../../outside", type=TagType.FLAG)
    columns = written(tmp_path / "in" / "columns", spec, np.array([True]))
    assert columns.values("../../outside")[0].tolist() == [True]
    assert {path.name for path in tmp_path.iterdir()} == {"in"}


def test_all_columns_are_one_file_and_its_description(columns: Columns) -> None:
    names = {path.name for path in columns.directory.iterdir()}
    assert names == {"columns.data", "columns.json"}


def test_columns_of_the_first_version_had_a_file_for_each_array_and_are_still_read(
    columns: Columns, tmp_path: Path, compiled: Compile
) -> None:
    description = json.loads((columns.directory / "columns.json").read_text(encoding="utf-8"))
    data = (columns.directory / "columns.data").read_bytes()
    for name, (start, size) in description.pop("sections").items():
        (tmp_path / name).write_bytes(data[start : start + size])
    content = json.dumps({**description, "version": 1})
    (tmp_path / "columns.json").write_text(content, encoding="utf-8")
    older = Columns.open(tmp_path)
    assert list(older.customer_ids) == list(columns.customer_ids)
    for name in columns.names:
        np.testing.assert_array_equal(older.values(name)[0], columns.values(name)[0])
    assert compiled("age > 33").mask(older) == compiled("age > 33").mask(columns)


def test_columns_of_a_version_unknown_say_what_to_do(columns: Columns) -> None:
    path = columns.directory / "columns.json"
    content = {**json.loads(path.read_text(encoding="utf-8")), "version": 99}
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ValueError, match="compute it anew"):
        Columns.open(columns.directory)


@pytest.mark.parametrize("different", [1, 255, 256, 257, 5000])
def test_many_or_few_different_values_are_found_exactly(tmp_path: Path, different: int) -> None:
    values = np.arange(20_000) % different * 7 - 100
    spec = TagSpec(name="age", type=TagType.INTEGER)
    columns = written(tmp_path, spec, values)
    np.testing.assert_array_equal(columns.values("age")[0], values)
    audience = compile_audience("age > 250", Catalogue({"age": spec}))
    assert audience.mask(columns).count() == int((values > 250).sum())
