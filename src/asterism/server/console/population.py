"""How a tag is spread over a set of customers, read from the snapshot's columns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asterism.audience import Mask, TagType
from asterism.insight.tags import TAGS
from asterism.kernel.money import exponent
from asterism.server.console.charts import Chart
from asterism.server.console.vocabulary import codes_of, word
from asterism.server.language import Language
from asterism.server.services import Reading

#: Bars of a chart of texts; the rest is put together.
MOST_BARS = 10
_BINS = 10
#: Edges for money, in major units: what bankers think in.
_MONEY_EDGES = (0, 1_000, 10_000, 50_000, 100_000, 300_000, 500_000, 1_000_000, 6_000_000)
_AGE_EDGES = (18, 25, 30, 35, 40, 45, 50, 55, 60, 70)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How many of some customers have each value of a tag."""

    tag: str
    labels: tuple[str, ...]
    counts: tuple[int, ...]
    #: Customers without a value.
    missing: int

    def chart(self, language: Language, kind: str = "bars") -> Chart:
        """Return the spread as a chart."""
        title = title_of(self.tag, language)
        return Chart(
            kind=kind,
            labels=self.labels,
            series=[{"name": language.say("Customers"), "values": list(self.counts)}],
            description=language.say("Customers by {tag}", tag=title),
        )


def title_of(tag: str, language: Language) -> str:
    """Return what a tag is called."""
    found = TAGS.get(tag)
    return language.text(found.title) if found else tag


def spread(reading: Reading, mask: Mask | None, tag: str, language: Language) -> Spread:
    """Return how a tag is spread over the customers of a mask (None: everyone)."""
    indices = None if mask is None else mask.indices()
    kind = reading.columns.type_of(tag)
    if kind is TagType.TEXT:
        return _of_texts(reading, indices, tag, language)
    values, valid = (
        reading.columns.values(tag) if indices is None else reading.columns.take(tag, indices)
    )
    present = values if valid is None else values[valid]
    missing = len(values) - len(present)
    if kind is TagType.FLAG:
        yes = int(np.count_nonzero(present))
        labels = (word("flag", "true", language.code), word("flag", "false", language.code))
        return Spread(tag=tag, labels=labels, counts=(yes, len(present) - yes), missing=missing)
    if kind is TagType.DATE:
        return _of_years(present, tag, missing)
    return _of_numbers(present, tag, kind, missing, language)


def _of_texts(
    reading: Reading, indices: NDArray[np.int64] | None, tag: str, language: Language
) -> Spread:
    codes, texts = reading.columns.codes(tag)
    valid = reading.columns.validity(tag)
    chosen = codes if indices is None else codes[indices]
    if valid is not None:
        chosen = chosen[valid if indices is None else valid[indices]]
    total = len(codes) if indices is None else len(indices)
    counts = np.bincount(chosen.astype(np.int64), minlength=len(texts))
    order = _order(tag, texts, counts)
    labels = [word(tag, texts[place], language.code) for place in order[:MOST_BARS]]
    numbers = [int(counts[place]) for place in order[:MOST_BARS]]
    if len(order) > MOST_BARS:
        labels.append(language.say("all others"))
        numbers.append(int(sum(counts[place] for place in order[MOST_BARS:])))
    return Spread(tag=tag, labels=tuple(labels), counts=tuple(numbers), missing=total - len(chosen))


def _order(tag: str, texts: Sequence[str], counts: NDArray[np.int64]) -> list[int]:
    """Order values as the vocabulary or the tag lists them, else by how common they are."""
    listed = codes_of(tag) or (TAGS[tag].values if tag in TAGS else ())
    if listed and len(listed) <= MOST_BARS:
        place = {value: index for index, value in enumerate(listed)}
        return sorted(range(len(texts)), key=lambda i: place.get(texts[i], len(listed)))
    return [int(place) for place in np.argsort(-counts, kind="stable")]


def _of_years(present: NDArray[np.generic], tag: str, missing: int) -> Spread:
    years = present.astype("datetime64[Y]").astype(np.int64) + 1970
    found, counts = np.unique(years, return_counts=True)
    return Spread(
        tag=tag,
        labels=tuple(str(year) for year in found[-MOST_BARS:]),
        counts=tuple(int(count) for count in counts[-MOST_BARS:]),
        missing=missing,
    )


def _of_numbers(
    present: NDArray[np.generic], tag: str, kind: TagType, missing: int, language: Language
) -> Spread:
    if not len(present):
        return Spread(tag=tag, labels=(), counts=(), missing=missing)
    scale = 10 ** exponent(language.currency) if kind is TagType.MONEY else 1
    numbers = present.astype(np.float64) / scale
    edges = _edges(tag, kind, numbers)
    places = np.searchsorted(edges, numbers, side="right")
    counts = np.bincount(places, minlength=len(edges) + 1)
    money = kind is TagType.MONEY
    labels = [_label(edges, place, language, money=money) for place in range(len(edges) + 1)]
    kept = [place for place in range(len(edges) + 1) if counts[place] or 0 < place < len(edges)]
    return Spread(
        tag=tag,
        labels=tuple(labels[place] for place in kept),
        counts=tuple(int(counts[place]) for place in kept),
        missing=missing,
    )


def _edges(tag: str, kind: TagType, numbers: NDArray[np.float64]) -> list[float]:
    if tag == "age":
        return [float(edge) for edge in _AGE_EDGES]
    if kind is TagType.MONEY:
        high = float(np.quantile(numbers, 0.995))
        upper = [edge for edge in _MONEY_EDGES if edge < high * 2] or [0]
        return [float(edge) for edge in upper]
    low, high = (float(one) for one in np.quantile(numbers, [0.01, 0.99]))
    distinct = np.unique(numbers[:100_000])
    if kind is TagType.INTEGER and len(distinct) <= _BINS:
        return [float(value) for value in distinct[1:]]
    step = _nice((high - low) / _BINS)
    if kind is TagType.INTEGER:
        step = max(1.0, round(step))
    start = np.floor(low / step) * step
    return [float(start + step * (index + 1)) for index in range(int((high - start) / step) or 1)]


def _nice(step: float) -> float:
    """Round a step up to 1, 2 or 5 times a power of ten."""
    if step <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(step))
    return float(next(nice * power for nice in (1, 2, 5, 10) if nice * power >= step * 0.999))


def _label(edges: Sequence[float], place: int, language: Language, *, money: bool) -> str:
    def write(value: float) -> str:
        if money:
            return language.short(value)
        return language.number(value, 0 if float(value).is_integer() else 2)

    if place == 0:
        return f"< {write(edges[0])}"
    if place == len(edges):
        return f"≥ {write(edges[-1])}"
    low, high = edges[place - 1], edges[place]
    whole = all(float(edge).is_integer() for edge in edges)
    if not money and whole:
        return write(low) if high - low == 1 else f"{write(low)}–{write(high - 1)}"
    return f"{write(low)}–{write(high)}"
