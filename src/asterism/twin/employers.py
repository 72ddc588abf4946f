"""Employers: a few giants and many small firms in each city, with their own paydays."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from asterism.twin.arrow import coded, nulls, numbered
from asterism.twin.locales import LocalePack
from asterism.twin.seeds import Array, pick, stream

#: Customers per employer, on average.
_CUSTOMERS_EACH = 45
_PAYDAYS = (5, 8, 10, 12, 15, 18, 20, 25, 28)
_PAYDAY_WEIGHTS = (0.8, 0.8, 2.2, 0.6, 2.0, 0.5, 1.0, 1.2, 0.6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Employers:
    """All employers, as arrays."""

    names: pa.Array
    city: Array
    industry: Array
    headcount: Array
    payroll_client: Array
    #: Day of the month on which salaries are paid.
    payday: Array
    #: Extra monthly salaries paid as the year's bonus.
    bonus: Array
    #: Cumulated weights of hiring, within the city: `edges[city_start[c]:city_start[c + 1]]`.
    edges: Array
    city_start: Array

    @property
    def count(self) -> int:
        """Number of employers."""
        return int(self.city.size)

    def hire(self, city: Array, draw: Array) -> Array:
        """Return an employer (int64) in each person's city; `draw` is uniform on 0..1."""
        place = np.searchsorted(self.edges, city + np.minimum(draw, 1 - 1e-9), side="right")
        return np.minimum(place, self.count - 1)

    def ids(self) -> pa.Array:
        """Return the employers' ids."""
        return numbered("E", np.arange(1, self.count + 1), 6)


def found_employers(seed: int, pack: LocalePack, customers: int) -> Employers:
    """Found the employers of a world: sizes fall by Zipf's law within each city."""
    rng = stream(seed, "employers")
    weights = np.array([c.weight for c in pack.cities])
    per_city = np.maximum(
        4, np.round(customers / _CUSTOMERS_EACH * weights / weights.sum())
    ).astype(np.int64)
    city = np.repeat(np.arange(per_city.size), per_city)
    start = np.concatenate([[0], np.cumsum(per_city)])
    rank = np.arange(city.size) - start[city] + 1
    size = 1.0 / (rank + 2.0) ** 1.05
    totals = np.bincount(city, weights=size)
    running = np.cumsum(size) - np.concatenate([[0], np.cumsum(totals)])[city]
    share = size / totals[city]
    industry = rng.integers(len(pack.industries), size=city.size)
    kind = rng.integers(1 << 16, size=city.size)
    stem = rng.integers(len(pack.firm_stems), size=city.size)
    headcount = np.maximum(
        6, share * per_city[city] * _CUSTOMERS_EACH * rng.uniform(1.5, 9.0, city.size)
    ).astype(np.int64)
    large = np.clip(np.log10(headcount) / 6, 0.05, 0.8)
    return Employers(
        names=_names(pack, city, industry, kind, stem),
        city=city,
        industry=industry,
        headcount=headcount,
        payroll_client=rng.random(city.size) < 0.3 + 0.6 * large,
        payday=np.array(_PAYDAYS)[pick(rng, _PAYDAY_WEIGHTS, city.size)],
        bonus=rng.choice([0.0, 1.0, 1.0, 2.0, 3.0], size=city.size),
        edges=city + running / totals[city],
        city_start=start,
    )


def _names(pack: LocalePack, city: Array, industry: Array, kind: Array, stem: Array) -> pa.Array:
    suffix = "有限公司" if pack.code == "zh" else ""
    public = {"教育", "卫生", "公共管理"}
    places = [c.name.removesuffix("市") for c in pack.cities]
    names = []
    for c, i, k, s in zip(city, industry, kind, stem, strict=True):
        title, kinds = pack.industries[i]
        end = "" if title in public else suffix
        names.append(
            pack.firm_form.format(
                city=places[c], stem=pack.firm_stems[s], kind=kinds[k % len(kinds)]
            )
            + end
        )
    return pa.array(names, pa.string())


def employers_table(pack: LocalePack, employers: Employers) -> pa.Table:
    """Return the canonical employers table."""
    cities = pa.array([c.name for c in pack.cities])
    return pa.table(
        {
            "employer_id": employers.ids(),
            "name": employers.names,
            "industry": coded([title for title, _ in pack.industries], employers.industry),
            "city": coded(cities, employers.city),
            "headcount": pa.array(employers.headcount),
            "payroll_client": pa.array(employers.payroll_client),
            "customer_id": nulls(employers.count),
        }
    )
