"""Prices: what one more of each limit is worth, how good the plan is, and what if."""

import threading
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from asterism.execution import contacts
from asterism.kernel.errors import NotFoundError
from asterism.kernel.money import exponent
from asterism.kernel.words import N_
from asterism.loop.practice import Practice
from asterism.server.auth.roles import Permission
from asterism.server.console.page import render
from asterism.server.guard import Caller, require, services_of
from asterism.server.language import Language
from asterism.server.services import Reading, Services
from asterism.strategy import live_strategies
from asterism.strategy.allocation import Price
from asterism.strategy.decide import day_problem
from asterism.strategy.limit_versions import current_limits
from asterism.strategy.plans import latest_plan
from asterism.strategy.price_words import in_words, limit_title, missed_in_words, shown_minor
from asterism.strategy.what_if import Sample, WhatIf, sampled, what_if

router = APIRouter(include_in_schema=False)
#: Dearest prices shown; thousands of branches would bury the few that matter.
_SHOWN = 25


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A price as the page shows it."""

    words: str
    used: str
    limited_to: str
    share: float
    binds: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A limit that the slider can move."""

    name: str
    title: str


@router.get("/prices")
def show(
    request: Request, caller: Annotated[Caller, require(Permission.SEE_STRATEGIES)]
) -> Response:
    """Show the newest plan's prices."""
    services, language = services_of(request), caller.language
    plan = latest_plan(services.engine)
    if plan is None:
        return render(request, caller, "prices.html", plan=None)
    return render(
        request,
        caller,
        "prices.html",
        plan=plan,
        binding=[_line(p, language) for p in plan.prices if p.value_minor][:_SHOWN],
        more=max(0, sum(1 for p in plan.prices if p.value_minor) - _SHOWN),
        free=[_line(price, language) for price in plan.prices if not price.value_minor],
        missed=[language.text(missed_in_words(breach)) for breach in plan.unmet],
        choices=_choices(plan.prices, language),
        version=current_limits(services.engine),
    )


@router.get("/prices/what-if")
def suppose(
    request: Request,
    caller: Annotated[Caller, require(Permission.SEE_STRATEGIES)],
    limit: Annotated[str, Query(max_length=140)] = "",
    percent: Annotated[int, Query(ge=0, le=300)] = 100,
) -> Response:
    """Plan again with one limit wider or tighter, on a sample; the first limit if none is named."""
    services = services_of(request)
    reading = services.current.get()
    sample = _SAMPLES.of(services, reading)
    named = limit or next((family.name for family in sample.families), "")
    try:
        found = what_if(sample, named, percent / 100) if named else None
    except KeyError as error:
        raise NotFoundError(N_("This limit is not in force today.")) from error
    return render(
        request,
        caller,
        "_what_if.html",
        found=found,
        percent=percent,
        title=caller.language.text(limit_title(named)),
        binds=found is not None and _binds(found),
        sample=len(sample.candidates.slots),
    )


def _binds(found: WhatIf) -> bool:
    return abs(found.change_minor) > 1 or found.price_after_minor > 0


def _line(price: Price, language: Language) -> PriceLine:
    scale = 10 ** exponent(language.currency)
    money = language.money(shown_minor(price, scale))
    limited = price.unit == "money"
    return PriceLine(
        words=language.text(in_words(price, money)),
        used=language.money(price.used) if limited else language.number(price.used),
        limited_to=language.money(price.limited_to)
        if limited
        else language.number(price.limited_to),
        share=price.used / price.limited_to if price.limited_to else 1.0,
        binds=price.value_minor != 0,
    )


def _choices(prices: tuple[Price, ...], language: Language) -> list[Choice]:
    """Return one choice for each family of limits, in the order of the prices."""
    families = dict.fromkeys(price.limit for price in prices)
    titles = {
        "branch": N_("People's time at every branch"),
        "manager": N_("Every manager's time"),
    }
    return [
        Choice(
            name, language.say(titles[name]) if name in titles else language.text(limit_title(name))
        )
        for name in families
    ]


class _Samples:
    """Holds the sample of the current day: made once, planned again as often as one likes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: tuple[object, Sample] | None = None

    def of(self, services: Services, reading: Reading) -> Sample:
        """Return the sample of the reading's day under the limits in force."""
        version = current_limits(services.engine).version
        key = (str(services.home), reading.snapshot.id, version)
        with self._lock:
            if self._held is None or self._held[0] != key:
                self._held = (key, _sample(services, reading))
            return self._held[1]


_SAMPLES = _Samples()


def _sample(services: Services, reading: Reading) -> Sample:
    practice = Practice.of(services.home, services.settings)
    problem = day_problem(
        reading.columns,
        live_strategies(services.engine, reading.day),
        day=reading.day,
        contacts=contacts(services.engine, reading.day, services.clock.now(), zones=practice.zones),
        limits=practice.limits(services.engine),
        catalogue=reading.catalogue,
        universal_control=practice.universal_control,
    )
    last = latest_plan(services.engine)
    return sampled(problem.candidates, problem.families, last.price_list if last else None)
