"""The customers table: names, addresses, consents, as the bank's core system knows them."""

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from asterism.twin.arrow import (
    NO_DAY,
    NONE,
    coded,
    compact,
    dates,
    flags,
    moments,
    numbered,
    optional,
    same,
    schema,
)
from asterism.twin.days import DAY_SECONDS
from asterism.twin.locales import LocalePack, locale_pack
from asterism.twin.moment import Scene
from asterism.twin.people import People
from asterism.twin.seeds import Array
from asterism.twin.tables import customer_ids

_EDUCATION = ("primary", "secondary", "college", "bachelor", "master", "doctor")
_MARITAL = ("single", "married", "divorced", "widowed")
_RISK = ("C1", "C2", "C3", "C4", "C5")


@cache
def _given_names(code: str) -> tuple[pa.Array, Array, Array]:
    """Return all given names, and the first and number of each generation's women and men."""
    pack = locale_pack(code)
    runs = [names for g in pack.generations for names in (g.female, g.male)]
    sizes = np.array([len(run) for run in runs])
    names = pa.array([name for run in runs for name in run], pa.string())
    return names, (np.cumsum(sizes) - sizes).reshape(-1, 2), sizes.reshape(-1, 2)


def full_names(pack: LocalePack, people: People) -> pa.Array:
    """Return the customers' names."""
    names, first, size = _given_names(pack.code)
    man = (~people.female).astype(np.int64)
    generation = people.generation
    given = first[generation, man] + people.given % size[generation, man]
    given_names = names.take(pa.array(given))
    surnames = pa.array([name for name, _ in pack.surnames]).take(pa.array(people.surname))
    ordered = (
        (surnames, given_names) if pack.name_order.startswith("{s}") else (given_names, surnames)
    )
    return pc.binary_join_element_wise(*ordered, " " if " " in pack.name_order else "")


def customers_table(scene: Scene) -> pa.Table:
    """Return the block's customers as they stand at the end of the period."""
    index = np.flatnonzero(scene.people.opened <= scene.period.last)
    columns = _personal(scene) | _standing(scene)
    table = pa.table({name: columns[name] for name in schema("customers").names})
    return table if index.size == scene.people.count else table.take(pa.array(index))


def _personal(scene: Scene) -> dict[str, pa.Array]:
    """Return the columns that describe the person."""
    people, pack = scene.people, scene.place.pack
    count = people.count
    mobile = numbered(pack.mobile_prefix, np.maximum(people.mobile, 0), pack.mobile_digits)
    boxes = numbered("c", people.number + 1, 9)
    domain = pa.array([f"@{d}" for d in pack.mail_domains]).take(
        optional(people.mail_domain, people.mail_domain < 0, pa.int8())
    )
    districts = [d for c in pack.cities for d in c.districts]
    absent = pa.array(people.mobile < 0)
    return {
        "customer_id": customer_ids(people.number),
        "kind": same("person", count),
        "name": full_names(pack, people),
        "gender": coded(("female", "male"), (~people.female).astype(np.int32)),
        "birth_date": dates(people.birth),
        "mobile": pc.if_else(absent, pa.scalar(None, pa.string()), mobile),
        "email": pc.binary_join_element_wise(boxes, domain, ""),
        "province": coded([c.province for c in pack.cities], people.city),
        "city": coded([c.name for c in pack.cities], people.city),
        "district": coded(districts, people.district),
        "time_zone": same(pack.time_zone, count),
        "occupation": coded(pack.occupations, people.occupation),
        "education": coded(_EDUCATION, people.education),
        "marital_status": coded(_MARITAL, people.marital),
        "children": pa.array(people.children.astype(np.int64)),
        "youngest_child_birth_date": dates(people.youngest_birth),
        "declared_income": optional(people.declared, people.declared < 0),
        "currency": same(pack.currency, count),
        "employer_id": compact(scene.place.employers.ids(), people.employer),
    }


def _standing(scene: Scene) -> dict[str, pa.Array]:
    """Return the columns that describe the relation with the bank."""
    people, state, outlets = scene.people, scene.state, scene.place.outlets
    tested = state.risk_day != NO_DAY
    test = moments(np.where(tested, state.risk_day.astype(np.int64), 0) * DAY_SECONDS + 5 * 3600)
    return {
        "branch_id": compact(outlets.branch_ids(), people.branch),
        "manager_id": compact(outlets.staff_ids(), state.manager),
        "opened_on": dates(people.opened),
        "risk_capacity": coded(_RISK, np.where(tested, state.risk, NONE)),
        "risk_assessed_at": pc.if_else(pa.array(tested), test, pa.scalar(None, test.type)),
        "marketing_consent": flags(state.marketing),
        "consent_sms": flags(state.consent_sms),
        "consent_email": flags(state.consent_email),
        "consent_phone": flags(state.consent_phone),
        "consent_app": flags(state.consent_app),
        "personalisation_refused": pa.array(people.personalisation_refused),
        "blacklisted": pa.array(people.blacklisted),
        "deceased": pa.array(people.deceased),
        "staff_member": pa.array(people.staff),
    }
