"""What the tags of a snapshot look like: coverage, range, distribution, freshness."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from asterism.audience import TagSpec, TagType
from asterism.audience.columns.values import Batch, Coded
from asterism.kernel.errors import NotFoundError
from asterism.kernel.words import N_
from asterism.warehouse import Snapshot

FILE = "statistics.json"
DATASET = "statistics"
#: Quantiles and histograms come from this many customers at most, evenly spaced.
SAMPLE = 200_000
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
BINS = 20
TOP = 30


class TagStatistics(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The distribution of one tag over a snapshot's customers."""

    #: Customers in the snapshot, and those of them who have a value.
    customers: int
    known: int
    #: Different values; from the sample for numbers.
    distinct: int
    #: Smallest, largest and mean value: numbers, minor units, or days since 1970-01-01.
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    #: Value at each share of `QUANTILES`.
    quantiles: dict[str, float] = {}
    #: The most frequent values of texts and flags, with how many customers have them.
    top: dict[str, int] = {}
    #: Edges of equally wide bins from the 1st to the 99th percentile, and the customers in each;
    #: those beyond count with the outermost.
    edges: list[float] = []
    bins: list[int] = []
    #: The newest day of the data that the tag rests on, if it rests on dated data.
    newest: date | None = None

    @property
    def coverage(self) -> float:
        """The share of customers who have a value, 0.0 to 1.0."""
        return self.known / self.customers if self.customers else 0.0


class Observer:
    """Sees every batch once and keeps what the statistics need, in bounded memory."""

    def __init__(self, specs: Sequence[TagSpec], customers: int) -> None:
        self._customers = customers
        self._every = max(-(-customers // SAMPLE), 1)
        self._seen = 0
        self._watches = {spec.name: _watch(spec) for spec in specs}

    def observe(self, values: Mapping[str, Batch]) -> None:
        """Take in a batch: every tag's values and where they are present."""
        rows = len(next(iter(values.values()))[0])
        start = -self._seen % self._every
        for name, watch in self._watches.items():
            column, valid = values[name]
            watch.observe(column, valid, slice(start, None, self._every))
        self._seen += rows

    def range_of(self, name: str) -> tuple[float, float]:
        """Return the smallest and the largest value seen; (0, 0) for none."""
        watch = self._watches[name]
        if isinstance(watch, _NumberWatch) and watch.known:
            return watch.low, watch.high
        return 0, 0

    def words_of(self, name: str) -> tuple[str, ...]:
        """Return the texts seen, in code-point order."""
        watch = self._watches[name]
        return tuple(sorted(watch.counts)) if isinstance(watch, _WordWatch) else ()

    def statistics(self, newest: Mapping[str, date | None]) -> dict[str, TagStatistics]:
        """Return the statistics; `newest` says how fresh each tag's data is."""
        return {
            name: watch.statistics(self._customers, newest.get(name))
            for name, watch in self._watches.items()
        }


class _WordWatch:
    """Watches a text."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def observe(
        self,
        values: NDArray[np.generic] | Coded,
        valid: NDArray[np.bool_] | None,
        sample: slice,
    ) -> None:
        if not isinstance(values, Coded):
            raise TypeError("texts are given as codes")
        codes = values.codes if valid is None else values.codes[valid]
        counted = np.bincount(codes, minlength=len(values.words)).tolist()
        self.counts.update({word: n for word, n in zip(values.words, counted, strict=False) if n})

    def statistics(self, customers: int, newest: date | None) -> TagStatistics:
        return TagStatistics(
            customers=customers,
            known=self.counts.total(),
            distinct=len(self.counts),
            top=dict(self.counts.most_common(TOP)),
            newest=newest,
        )


class _FlagWatch(_WordWatch):
    """Watches a flag, as the words `true` and `false`."""

    def observe(
        self,
        values: NDArray[np.generic] | Coded,
        valid: NDArray[np.bool_] | None,
        sample: slice,
    ) -> None:
        flags = np.asarray(values) if valid is None else np.asarray(values)[valid]
        yes = int(np.count_nonzero(flags))
        counted = {"true": yes, "false": len(flags) - yes}
        self.counts.update({word: n for word, n in counted.items() if n})


class _NumberWatch:
    """Watches a number: exact count, range and mean, and a sample for the rest."""

    def __init__(self) -> None:
        self.known = 0
        self.low, self.high, self._sum = float("inf"), float("-inf"), 0.0
        self._sample: list[NDArray[np.float64]] = []

    def observe(
        self,
        values: NDArray[np.generic] | Coded,
        valid: NDArray[np.bool_] | None,
        sample: slice,
    ) -> None:
        every = np.asarray(values)
        present = every if valid is None else every[valid]
        if len(present):
            self.known += len(present)
            self.low = min(self.low, present.min().item())
            self.high = max(self.high, present.max().item())
            self._sum += float(present.sum(dtype=np.float64))
        picked = every[sample].astype(np.float64)
        self._sample.append(picked if valid is None else picked[valid[sample]])

    def statistics(self, customers: int, newest: date | None) -> TagStatistics:
        if not self.known:
            return TagStatistics(customers=customers, known=0, distinct=0, newest=newest)
        sample = np.sort(np.concatenate(self._sample)) if self._sample else np.zeros(0)
        scale = self.known / max(len(sample), 1)
        places = [min(int(share * len(sample)), len(sample) - 1) for share in QUANTILES]
        quantiles = {f"{q:g}": sample[p].item() for q, p in zip(QUANTILES, places, strict=True)}
        edges = np.linspace(quantiles["0.01"], quantiles["0.99"], BINS + 1)
        inner = np.searchsorted(sample, edges[1:-1], side="left")
        bins = np.diff(np.concatenate(([0], inner, [len(sample)])))
        return TagStatistics(
            customers=customers,
            known=self.known,
            distinct=int(1 + np.count_nonzero(np.diff(sample))),
            low=self.low,
            high=self.high,
            mean=self._sum / self.known,
            quantiles=quantiles,
            edges=edges.tolist(),
            bins=np.rint(bins * scale).astype(int).tolist(),
            newest=newest,
        )


def _watch(spec: TagSpec) -> _WordWatch | _NumberWatch:
    if spec.type is TagType.TEXT:
        return _WordWatch()
    return _FlagWatch() if spec.type is TagType.FLAG else _NumberWatch()


def write_statistics(directory: Path, statistics: Mapping[str, TagStatistics]) -> None:
    """Write the statistics into a snapshot's draft."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / FILE).write_bytes(msgspec.json.format(msgspec.json.encode(statistics), indent=1))


def tag_statistics(snapshot: Snapshot) -> dict[str, TagStatistics]:
    """Return the statistics of every tag; NotFoundError if the snapshot has no tags yet."""
    if DATASET not in snapshot.datasets:
        raise NotFoundError(N_("Snapshot {id} has no tags yet: compute them."), id=snapshot.id)
    content = (snapshot.path(DATASET) / FILE).read_bytes()
    return msgspec.json.decode(content, type=dict[str, TagStatistics])
