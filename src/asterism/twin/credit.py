"""Credit: cards issued, loans granted."""

import numpy as np

from asterism.twin.accounts import Opening, Postings
from asterism.twin.arrow import NO_DAY
from asterism.twin.deeds import Deeds, days_of, first_each, hours_of
from asterism.twin.flows import flow
from asterism.twin.habits import CHANNEL, KIND
from asterism.twin.ladder import credit_limits, loan_sums
from asterism.twin.moment import Scene
from asterism.twin.products import FAMILY, FAMILY_NAME, TERM_OF, in_family
from asterism.twin.records import Records
from asterism.twin.seeds import Array, chance
from asterism.twin.state import ACTIVATE, OPEN, Pending, pending

_LOANS = tuple(FAMILY[f] for f in ("mortgage", "consumer_loan", "business_loan"))


def _holders(scene: Scene, family: int) -> Array:
    """Return which customers hold an open account of the family."""
    accounts = scene.state.accounts
    holds = np.zeros(scene.people.count, dtype=bool)
    holds[accounts.customer[(accounts.family == family) & accounts.is_open]] = True
    return holds


def open_cards(
    scene: Scene, rng: np.random.Generator, due: Pending, records: Records, deeds: Deeds
) -> None:
    """Issue credit cards; most are activated within some days."""
    card = FAMILY["credit_card"]
    chosen = due.where((due.action == OPEN) & (due.family == card))
    chosen = first_each(chosen, ~_holders(scene, card))
    day = days_of(scene, chosen)
    codes = in_family("credit_card")
    product = codes[rng.integers(codes.size, size=chosen.count)]
    nothing = np.full(chosen.count, NO_DAY)
    zero = np.zeros(chosen.count, dtype=np.int64)
    limit = credit_limits(scene.place, rng, scene.people.income[chosen.customer])
    scene.state.accounts.open(Opening(chosen.customer, product, day, zero, nothing, nothing, limit))
    made = flow(
        scene, chosen.customer, day, hours_of(scene, rng, chosen), amount=0,
        kind=KIND["other"], channel=CHANNEL["app"],
    )  # fmt: skip
    deeds.applications.append((chosen.customer, made.second, product))
    wakes = chance(rng, 0.7, chosen.count)
    plan = pending(
        day + rng.integers(3, 16, chosen.count), chosen.customer, ACTIVATE, family=card,
        strategy=chosen.strategy,
    )  # fmt: skip
    deeds.plans.append(plan.where(wakes))
    records.opened(chosen)


def open_loans(
    scene: Scene, rng: np.random.Generator, due: Pending, records: Records, deeds: Deeds
) -> None:
    """Grant loans to those who have none of the kind; a mortgage is paid to the seller."""
    for family in _LOANS:
        chosen = due.where((due.action == OPEN) & (due.family == family))
        chosen = first_each(chosen, ~_holders(scene, family))
        if not chosen.count:
            continue
        day = days_of(scene, chosen)
        codes = in_family(FAMILY_NAME[family])
        product = codes[rng.integers(codes.size, size=chosen.count)]
        sums = loan_sums(
            scene.place, rng, FAMILY_NAME[family], scene.people.income[chosen.customer]
        )
        nothing = np.full(chosen.count, NO_DAY)
        zero = np.zeros(chosen.count, dtype=np.int64)
        new = scene.state.accounts.open(
            Opening(chosen.customer, product, day, sums, day + TERM_OF[product], nothing, zero)
        )
        deeds.postings.append(Postings(new, day, -sums))
        paid = flow(
            scene, chosen.customer, day, hours_of(scene, rng, chosen), amount=sums,
            kind=KIND["loan_drawdown"], channel=CHANNEL["automatic"],
            party=scene.place.parties.own_bank, product=product,
        )  # fmt: skip
        deeds.applications.append((chosen.customer, paid.second, product))
        if family != FAMILY["mortgage"]:
            deeds.flows.append(paid)
        records.opened(chosen)
        records.caused("aum_change", chosen, sums * (family != FAMILY["mortgage"]))
