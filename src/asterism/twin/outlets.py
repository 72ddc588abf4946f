"""Branches on the map and the people who work in them."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from asterism.twin.arrow import NO_DAY, coded, dates, numbered
from asterism.twin.locales import LocalePack
from asterism.twin.seeds import Array, pick, stream

#: One more branch in a district for every so many customers of the bank and district weight.
_CUSTOMERS_PER_BRANCH = 5_000
_ROLES = ("manager", "branch_head", "teller", "agent", "head_office", "other")
_ORDINALS = "一二三四五六七八九十"
_MANAGER, _HEAD, _TELLER, _AGENT, _OFFICE = range(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """Branches and staff, as arrays; branch 0 is the head office, then cities, then districts."""

    names: tuple[str, ...]
    parent: Array
    #: City and district (index over all districts; -1 above districts) of each branch.
    city: Array
    district: Array
    latitude: Array
    longitude: Array
    opened: Array
    #: First branch and number of branches of each district.
    first_in_district: Array
    count_in_district: Array
    #: Staff: home branch, role, start; managers of a branch are a run of `managers_each`.
    staff_branch: Array
    staff_role: Array
    staff_since: Array
    first_manager: Array
    managers_each: Array

    def branch_ids(self) -> pa.Array:
        """Return the branches' ids."""
        return numbered("B", np.arange(self.parent.size), 5)

    def staff_ids(self) -> pa.Array:
        """Return the staff's ids."""
        return numbered("S", np.arange(1, self.staff_branch.size + 1), 6)

    def branch_for(self, district: Array, draw: Array) -> Array:
        """Return a branch in each person's district; `draw` is uniform on 0..1."""
        extra = (draw * self.count_in_district[district]).astype(np.int64)
        branch: Array = self.first_in_district[district] + extra
        return branch

    def manager_for(self, branch: Array, draw: Array) -> Array:
        """Return a relationship manager (staff index) of each branch."""
        extra = (draw * self.managers_each[branch]).astype(np.int64)
        manager: Array = self.first_manager[branch] + extra
        return manager


def district_cities(pack: LocalePack) -> Array:
    """Return the city (int64) of every district, districts being numbered city by city."""
    return np.repeat(np.arange(len(pack.cities)), [len(c.districts) for c in pack.cities])


def found_outlets(seed: int, pack: LocalePack, customers: int, first_day: int) -> Outlets:
    """Found the branches and hire the staff of a world whose history begins on `first_day`."""
    rng = stream(seed, "outlets")
    cities = len(pack.cities)
    weight = np.array([c.weight / len(c.districts) for c in pack.cities])[district_cities(pack)]
    each = np.maximum(
        1, np.round(customers * weight / weight.sum() / _CUSTOMERS_PER_BRANCH)
    ).astype(np.int64)
    district = np.concatenate([np.full(1 + cities, -1), np.repeat(np.arange(each.size), each)])
    city = np.concatenate([[0], np.arange(cities), district_cities(pack)[district[1 + cities :]]])
    count = district.size
    centre = np.array([[c.latitude, c.longitude] for c in pack.cities])[city]
    spread = np.where(district < 0, 0.008, 0.06)
    place = centre + rng.normal(size=(count, 2)) * spread[:, None]
    managers = np.where(district >= 0, 2 + rng.integers(0, 3, count), 2)
    managers += np.minimum(6, customers // (count * 900))
    staff_branch, staff_role = _hire(managers, count)
    first_manager = np.flatnonzero(
        (staff_role == _MANAGER) & np.r_[True, staff_role[1:] != staff_role[:-1]]
    )
    return Outlets(
        names=_names(pack, district, each),
        parent=np.concatenate([[-1], np.zeros(cities, int), 1 + city[1 + cities :]]),
        city=city,
        district=district,
        latitude=np.round(place[:, 0], 5),
        longitude=np.round(place[:, 1], 5),
        opened=first_day - rng.integers(700, 9_000, count),
        first_in_district=1 + cities + np.concatenate([[0], np.cumsum(each)[:-1]]),
        count_in_district=each,
        staff_branch=staff_branch,
        staff_role=staff_role,
        staff_since=first_day - rng.integers(30, 6_000, staff_branch.size),
        first_manager=first_manager,
        managers_each=managers,
    )


def _hire(managers: Array, branches: int) -> tuple[Array, Array]:
    """Return branch and role of the staff: in each branch a head, managers, two tellers."""
    runs = np.stack([np.ones(branches, int), managers, np.full(branches, 2)], axis=1)
    roles = np.tile([_HEAD, _MANAGER, _TELLER], branches)
    branch = np.repeat(np.arange(branches), 3)
    return np.repeat(branch, runs.ravel()), np.repeat(roles, runs.ravel())


def _names(pack: LocalePack, district: Array, each: Array) -> tuple[str, ...]:
    titles = [(c.name.removesuffix("市"), d) for c in pack.cities for d in c.districts]
    city_form = "{city}分行" if pack.code == "zh" else "{city}"
    names = [
        pack.head_office,
        *(city_form.format(city=c.name.removesuffix("市")) for c in pack.cities),
    ]
    serial = np.arange(int(each.sum())) - np.repeat(np.cumsum(each) - each, each)
    ordinal = "第{n}" if pack.code == "zh" else " {n}"
    for d, n in zip(district[len(names) :], serial, strict=True):
        city, name = titles[d]
        extra = ordinal.format(
            n=_ORDINALS[n] if pack.code == "zh" and n < len(_ORDINALS) else n + 1
        )
        place = f"{city}{name}" if pack.code == "zh" else f"{city} {name}"
        names.append(pack.branch_form.format(district=place + (extra if n else "")))
    return tuple(names)


def branches_table(pack: LocalePack, outlets: Outlets) -> pa.Table:
    """Return the canonical branches table."""
    districts = [d for c in pack.cities for d in c.districts]
    ids = outlets.branch_ids()
    count = len(ids)
    return pa.table(
        {
            "branch_id": ids,
            "name": pa.array(outlets.names),
            "parent_id": coded(ids, outlets.parent),
            "province": coded([c.province for c in pack.cities], outlets.city),
            "city": coded([c.name for c in pack.cities], outlets.city),
            "district": coded(districts, outlets.district),
            "latitude": pa.array(outlets.latitude),
            "longitude": pa.array(outlets.longitude),
            "opened_on": dates(outlets.opened),
            "closed_on": dates(np.full(count, NO_DAY)),
        }
    )


def staff_table(seed: int, pack: LocalePack, outlets: Outlets) -> pa.Table:
    """Return the canonical staff table."""
    rng = stream(seed, "staff")
    count = outlets.staff_branch.size
    surname = pick(rng, tuple(w for _, w in pack.surnames), count)
    generation = pack.generations[min(2, len(pack.generations) - 1)]
    given = generation.female + generation.male
    chosen = rng.integers(len(given), size=count)
    names = [
        pack.name_order.format(s=pack.surnames[s][0], g=given[g])
        for s, g in zip(surname, chosen, strict=True)
    ]
    return pa.table(
        {
            "staff_id": outlets.staff_ids(),
            "name": pa.array(names),
            "role": coded(_ROLES, outlets.staff_role),
            "branch_id": coded(outlets.branch_ids(), outlets.staff_branch),
            "hired_on": dates(outlets.staff_since),
            "left_on": dates(np.full(count, NO_DAY)),
        }
    )
