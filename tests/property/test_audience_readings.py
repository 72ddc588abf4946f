"""The three readings of an audience give the same customers, whoever they are."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ibis.config import Config

from asterism.audience import (
    Audience,
    Catalogue,
    Columns,
    ColumnsWriter,
    TagSpec,
    TagType,
    compile_audience,
)

SPECS = (
    TagSpec(name="whole", type=TagType.INTEGER),
    TagSpec(name="visits", type=TagType.INTEGER),
    TagSpec(name="score", type=TagType.NUMBER),
    TagSpec(name="ratio", type=TagType.NUMBER),
    TagSpec(name="aum", type=TagType.MONEY),
    TagSpec(name="inflow", type=TagType.MONEY),
    TagSpec(name="yen", type=TagType.MONEY, exponent=0),
    TagSpec(name="city", type=TagType.TEXT),
    TagSpec(name="home town", type=TagType.TEXT),
    TagSpec(name="select", type=TagType.FLAG),
    TagSpec(name="holds_fund", type=TagType.FLAG),
    TagSpec(name="opened", type=TagType.DATE),
    TagSpec(name="生日", type=TagType.DATE),
)
SEGMENTS = {
    "good": "score > 0.1 OR whole >= 2",
    "better": "IN_SEGMENT('good') AND NOT holds_fund",
    "it's": "city LIKE '_%' AND opened IS NOT NULL",
}
CATALOGUE = Catalogue({spec.name: spec for spec in SPECS}, SEGMENTS)
Row = dict[str, Any]

_WHOLE = [0, 1, -1, 2, 3, 100, 2**31, 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63)]
_DOUBLES = [0.0, -0.0, 0.1, 0.1 + 0.2, 0.3, 1.0, -1.5, 2.0, 3.0, 1e-5, 5e-324, -5e-324, 1e308]
_DOUBLES += [2.0**53, 2.0**53 + 2, -(2.0**63), 1.7976931348623157e308, 2.2250738585072014e-308]
_TEXTS = ["", " ", "a", "A", "ab", "aab", "b", "北京", "北", "it's", "\\", "%", "_", "a_b"]
_TEXTS += ["😀", "é", "e\u0301", "a\nb", "--", "上海市", "a%b", "\ufb01"]
_DATES = [date.min, date(1969, 12, 31), date(1970, 1, 1), date(2020, 2, 29), date(2026, 1, 31)]
_DATES += [date.max]
VALUES: Mapping[TagType, list[Any]] = {
    TagType.INTEGER: _WHOLE,
    TagType.NUMBER: _DOUBLES,
    TagType.MONEY: [*_WHOLE, 12345, 1050],
    TagType.TEXT: _TEXTS,
    TagType.FLAG: [True, False],
    TagType.DATE: _DATES,
}
ARROW = {
    TagType.INTEGER: pa.int64(),
    TagType.NUMBER: pa.float64(),
    TagType.MONEY: pa.int64(),
    TagType.TEXT: pa.string(),
    TagType.FLAG: pa.bool_(),
    TagType.DATE: pa.date32(),
}


def names(*types: TagType) -> st.SearchStrategy[str]:
    """Return a tag of one of the types, as it is written."""
    found = [spec.name for spec in SPECS if spec.type in types]
    return st.sampled_from([f'"{name}"' for name in found])


def _decimal(value: int, exponent: int) -> str:
    digits = f"{abs(value):0{exponent + 1}d}"
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[: len(digits) - exponent]}.{digits[len(digits) - exponent :]}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


WHOLE = st.sampled_from(_WHOLE).map(str) | st.integers(-5, 5).map(str)
DOUBLE = st.sampled_from(_DOUBLES).map(repr) | st.floats(allow_nan=False, allow_infinity=False).map(
    repr
)
MONEY = st.sampled_from([*_WHOLE, 12345, 1050]).map(lambda value: _decimal(value, 2))
TEXT = st.sampled_from([text for text in _TEXTS if "\n" not in text]).map(_quoted)
DATE = st.sampled_from(_DATES).map(lambda day: f"DATE '{day.isoformat()}'")
PATTERN = st.lists(st.sampled_from([*"%_ab北京😀A'", ""]), max_size=5)
OPERATOR = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
FACTOR = st.sampled_from(["2", "0.5", "-1", "0", "1e300", "0.1", "-0.3", "3"])
CENT = names(TagType.MONEY).filter(lambda name: name != '"yen"')


def product(tag: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds("{} * {}".format, FACTOR, tag) | st.builds("{} * {}".format, tag, FACTOR)


def comparisons() -> st.SearchStrategy[str]:
    number = names(TagType.INTEGER, TagType.NUMBER)
    scaled = product(number)
    sides: list[tuple[st.SearchStrategy[str], st.SearchStrategy[str]]] = [
        (names(TagType.INTEGER), WHOLE),
        (names(TagType.NUMBER), DOUBLE | WHOLE),
        (CENT, MONEY),
        (st.just("yen"), WHOLE),
        (st.just("yen"), st.just("yen") | product(st.just("yen"))),
        (number, number | scaled),
        (scaled, number | DOUBLE | scaled),
        (CENT, CENT | product(CENT)),
        (product(CENT), MONEY | CENT),
        (names(TagType.TEXT), TEXT | names(TagType.TEXT)),
        (names(TagType.DATE), DATE | names(TagType.DATE)),
    ]
    compared = [st.builds("{} {} {}".format, left, OPERATOR, right) for left, right in sides]
    word = st.sampled_from(["BETWEEN", "NOT BETWEEN"])
    between = [st.builds("{} {} {} AND {}".format, left, word, a, a) for left, a in sides]
    flipped = [st.builds("{} {} {}".format, right, OPERATOR, left) for left, right in sides[:4]]
    return st.one_of(*compared, *between, *flipped)


def _listed(tag: str, word: str, values: list[str]) -> str:
    return f"{tag} {word} ({', '.join(values)})"


def lists_of_values() -> st.SearchStrategy[str]:
    word = st.sampled_from(["IN", "NOT IN"])
    pairs = [
        (names(TagType.INTEGER), WHOLE),
        (names(TagType.NUMBER), DOUBLE),
        (CENT, MONEY),
        (names(TagType.TEXT), TEXT),
        (names(TagType.DATE), DATE),
    ]
    return st.one_of(
        *(
            st.builds(_listed, tag, word, st.lists(one, min_size=1, max_size=4))
            for tag, one in pairs
        )
    )


def conditions() -> st.SearchStrategy[str]:
    flag, any_tag = names(TagType.FLAG), names(*TagType)
    like = st.sampled_from(["LIKE", "NOT LIKE"])
    pattern = PATTERN.map("".join).map(_quoted)
    null = st.sampled_from(["IS NULL", "IS NOT NULL"])
    truth = st.sampled_from(["IS TRUE", "IS NOT FALSE", "= TRUE", "<> TRUE", "IS FALSE"])
    return st.one_of(
        comparisons(),
        lists_of_values(),
        flag,
        st.builds("{} {} {}".format, names(TagType.TEXT), like, pattern),
        st.builds("{} {}".format, any_tag, null),
        st.builds("{} {}".format, flag, truth),
        st.builds("{} {} {}".format, flag, st.sampled_from(["=", "<>"]), flag),
        st.sampled_from([f"IN_SEGMENT({_quoted(name)})" for name in SEGMENTS]),
        st.sampled_from(["TRUE", "FALSE"]),
    )


EXPRESSION = st.recursive(
    conditions(),
    lambda inner: st.one_of(
        inner.map("NOT ({})".format),
        st.lists(inner, min_size=2, max_size=4).map(
            lambda items: " AND ".join(f"({item})" for item in items)
        ),
        st.lists(inner, min_size=2, max_size=4).map(
            lambda items: " OR ".join(f"({item})" for item in items)
        ),
    ),
    max_leaves=8,
)
ROW = st.fixed_dictionaries(
    {spec.name: st.none() | st.sampled_from(VALUES[spec.type]) for spec in SPECS}
)


@contextmanager
def columns_of(rows: list[Row], batches: int) -> Iterator[Columns]:
    """Write the rows in batches and open them."""
    with TemporaryDirectory() as path:
        writer = ColumnsWriter(Path(path), SPECS, len(rows))
        step = max(1, -(-len(rows) // batches))
        for start in range(0, len(rows), step):
            part = rows[start : start + step]
            ids = [f"C{start + place}" for place in range(len(part))]
            writer.append(ids, {spec.name: _batch(spec, part) for spec in SPECS})
        writer.close()
        yield Columns.open(Path(path))


def _batch(spec: TagSpec, rows: list[Row]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    fillers = {TagType.TEXT: "x", TagType.FLAG: True, TagType.DATE: date(2000, 1, 1)}
    filler = fillers.get(spec.type, 7)
    dtypes = {TagType.TEXT: object, TagType.NUMBER: "f8", TagType.FLAG: "?"}
    dtype: Any = dtypes.get(spec.type, "M8[D]" if spec.type is TagType.DATE else "i8")
    found = [row[spec.name] for row in rows]
    valid = np.array([value is not None for value in found], np.bool_)
    return np.array([filler if value is None else value for value in found], dtype), valid


def by_profile(audience: Audience, rows: list[Row]) -> list[bool]:
    return [audience.matches(row) for row in rows]


def by_mask(audience: Audience, columns: Columns) -> list[bool]:
    return [bool(entry) for entry in audience.mask(columns).to_bool()]


def by_engine(audiences: list[Audience], rows: list[Row]) -> list[list[bool]]:
    schema = pa.schema([(spec.name, ARROW[spec.type]) for spec in SPECS] + [("row", pa.int64())])
    numbered = [{**row, "row": place} for place, row in enumerate(rows)]
    table = ibis.memtable(pa.Table.from_pylist(numbered, schema=schema))
    answers = {f"a{place}": one.to_ibis(table) for place, one in enumerate(audiences)}
    found = table.select("row", **answers).order_by("row").to_pyarrow()
    return [[entry is True for entry in found[name].to_pylist()] for name in answers]


def same_everywhere(texts: list[str], rows: list[Row], batches: int) -> None:
    audiences = [compile_audience(text, CATALOGUE) for text in texts]
    engine = by_engine(audiences, rows)
    with columns_of(rows, batches) as columns:
        for audience, from_engine in zip(audiences, engine, strict=True):
            live = by_profile(audience, rows)
            assert by_mask(audience, columns) == live, audience.text
            assert from_engine == live, audience.text
            assert audience.mask(columns).count() == sum(live)


SLOW = settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@SLOW
@given(
    texts=st.lists(EXPRESSION, min_size=1, max_size=12),
    rows=st.lists(ROW, min_size=1, max_size=40),
    batches=st.integers(1, 3),
)
def test_engine_masks_and_live_profiles_agree(
    texts: list[str], rows: list[Row], batches: int
) -> None:
    same_everywhere(texts, rows, batches)


def many_rows(seed: int, count: int) -> list[Row]:
    """Return rows with far more distinct values than there are codes, extremes among them."""
    generator = np.random.default_rng(seed)
    draw: Mapping[TagType, Callable[[], Any]] = {
        TagType.INTEGER: lambda: int(generator.integers(-3000, 3000)),
        TagType.NUMBER: lambda: float(generator.normal() * 10.0 ** generator.integers(-3, 12)),
        TagType.MONEY: lambda: int(np.exp(generator.normal() * 3 + 9)),
        TagType.TEXT: lambda: f"市{generator.integers(0, 400)}",
        TagType.FLAG: lambda: bool(generator.integers(0, 2)),
        TagType.DATE: lambda: date(2020, 1, 1) + timedelta(int(generator.integers(0, 3000))),
    }

    def value(kind: TagType) -> Any:
        chance = generator.random()
        if chance < 0.1:
            return None
        if chance < 0.3:
            return VALUES[kind][int(generator.integers(0, len(VALUES[kind])))]
        return draw[kind]()

    return [{spec.name: value(spec.type) for spec in SPECS} for _ in range(count)]


@settings(SLOW, max_examples=6, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    texts=st.lists(EXPRESSION, min_size=5, max_size=25),
    seed=st.integers(0, 2**32),
    data=st.data(),
)
def test_the_readings_agree_where_codes_hold_many_values(
    texts: list[str], seed: int, data: st.DataObject
) -> None:
    rows = many_rows(seed, 1500)
    present = {spec.name: [row[spec.name] for row in rows if row[spec.name]] for spec in SPECS}
    for operator in ("=", "<=", "<>"):
        whole = data.draw(st.sampled_from(present["whole"]))
        cents = data.draw(st.sampled_from(present["aum"]))
        score = data.draw(st.sampled_from(present["score"]))
        texts = [*texts, f"whole {operator} {whole}", f"aum {operator} {_decimal(cents, 2)}"]
        texts += [f"score {operator} {score!r}", f"-0.7 * whole {operator} {-0.7 * float(whole)!r}"]
    same_everywhere(texts, rows, batches=4)


@given(text=EXPRESSION)
@settings(deadline=None, max_examples=200)
def test_the_canonical_text_means_the_same_and_stays_as_it_is(text: str) -> None:
    audience = compile_audience(text, CATALOGUE)
    again = compile_audience(audience.text, CATALOGUE)
    assert again == audience
    assert again.text == audience.text


class _SparkOptions(Config):  # type: ignore[misc]
    """What Ibis's Spark back end would set if it were installed."""

    treat_nan_as_null: bool = False


@pytest.fixture
def _spark_dialect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ibis.options, "pyspark", _SparkOptions())


@pytest.mark.usefixtures("_spark_dialect")
@settings(deadline=None, max_examples=50, suppress_health_check=list(HealthCheck))
@given(text=EXPRESSION)
def test_every_audience_can_be_compiled_for_spark(text: str) -> None:
    kinds = {
        TagType.INTEGER: "int64",
        TagType.NUMBER: "float64",
        TagType.MONEY: "int64",
        TagType.TEXT: "string",
        TagType.FLAG: "boolean",
        TagType.DATE: "date",
    }
    table = ibis.table({spec.name: kinds[spec.type] for spec in SPECS}, name="tags")
    audience = compile_audience(text, CATALOGUE)
    assert ibis.to_sql(table.filter(audience.to_ibis(table)), dialect="pyspark")
