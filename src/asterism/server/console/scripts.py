"""Scripts of a strategy: tried on real customers, measured in characters, tested by chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from asterism.audience import Mask
from asterism.kernel.errors import InvalidInputError
from asterism.kernel.hashing import digest
from asterism.kernel.words import LOCALES
from asterism.server.auth.roles import Permission
from asterism.server.console.page import render
from asterism.server.console.people import Person, people
from asterism.server.console.subject import Subject, draft_of, version_of
from asterism.server.guard import Caller, require, services_of
from asterism.server.language import in_words
from asterism.server.services import Reading, Services
from asterism.strategy import PublishedStrategy, Reader, Strategy, render_script
from asterism.strategy.channels import ChannelName
from asterism.strategy.preview import trial_customers
from asterism.strategy.script_language import words
from asterism.strategy.script_tests import ScriptArm, arms_of
from asterism.strategy.sms import SmsLength, sms_length
from asterism.strategy.strategy import Script
from asterism.strategy.wording import Place

router = APIRouter(include_in_schema=False)

#: Customers on whom each script is tried, besides those with the longest values.
TRIED = 30
#: Messages that are shown.
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One script filled in for one customer, the name masked."""

    customer_id: str
    subject: str
    body: str
    #: Why it could not be sent; empty where it could.
    refusal: str
    characters: int
    #: What it takes as a text message; None on other channels.
    sms: SmsLength | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptView:
    """One script with what it became."""

    script: Script
    #: A few that went well, then the longest of all.
    shown: tuple[Trial, ...]
    longest: Trial | None
    #: Customers tried, and of them those who could not be sent this.
    tried: int
    refused: tuple[Trial, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionTest:
    """Versions that are tested against each other, as they stood on the latest day."""

    place: Place
    day: date
    arms: tuple[ScriptArm, ...]
    #: Shares of each version over the days, oldest first.
    course: Mapping[str, Sequence[float]]


Locale = Annotated[str, Query(max_length=2)]


@router.get("/strategies/{strategy_id}/scripts")
def scripts(
    request: Request,
    strategy_id: str,
    caller: Annotated[Caller, require(Permission.SEE_STRATEGIES)],
    version: Annotated[int | None, Query(ge=1)] = None,
    locale: Locale = "",
) -> Response:
    """Show what a strategy says, to whom, how long it is, and which version does best."""
    subject = version_of(services_of(request), strategy_id, version)
    return _page(request, caller, subject, locale)


@router.get("/drafts/{draft_id}/scripts")
def draft_scripts(
    request: Request,
    draft_id: str,
    caller: Annotated[Caller, require(Permission.WRITE_STRATEGIES)],
    locale: Locale = "",
) -> Response:
    """Show what a draft would say."""
    return _page(request, caller, draft_of(services_of(request), draft_id), locale)


def _page(request: Request, caller: Caller, subject: Subject, locale: str) -> Response:
    services, strategy = services_of(request), subject.strategy
    spoken = locale if locale in LOCALES else services.settings.locale
    reading = services.current.find()
    tried = _Tried(services, reading, caller, strategy, spoken) if reading else None
    return render(
        request,
        caller,
        "scripts.html",
        subject=subject,
        strategy=strategy,
        views=[tried.view(s) if tried else _untried(s) for s in strategy.scripts],
        audience=len(tried.among) if tried else 0,
        sees_customers=caller.may(Permission.SEE_CUSTOMERS),
        tests=tests_of(services, subject.published),
        locale=spoken,
        locales=LOCALES,
    )


def tests_of(services: Services, published: PublishedStrategy) -> list[VersionTest]:
    """Return the tests of a version, as the ledger keeps them."""
    days = arms_of(services.engine, published.strategy.id)
    found: dict[Place, list[tuple[date, tuple[ScriptArm, ...]]]] = {}
    for day, places in days.items():
        for place, arms in places.items():
            if place.version == published.version:
                found.setdefault(place, []).append((day, arms))
    return [
        VersionTest(
            place=place,
            day=course[-1][0],
            arms=tuple(sorted(course[-1][1], key=lambda arm: -arm.share)),
            course={
                arm.script: [a.share for _, arms in course for a in arms if a.script == arm.script]
                for arm in course[-1][1]
            },
        )
        for place, course in found.items()
    ]


def _untried(script: Script) -> ScriptView:
    return ScriptView(script=script, shown=(), longest=None, tried=0, refused=())


class _Tried:
    """Fills the scripts of a strategy in for customers of its audience that the caller may see."""

    def __init__(
        self,
        services: Services,
        reading: Reading,
        caller: Caller,
        strategy: Strategy,
        locale: str,
    ) -> None:
        self._services, self._reading = services, reading
        self._caller, self._strategy, self._locale = caller, strategy, locale
        self.among = self._audience().indices()

    def _audience(self) -> Mask:
        columns = self._reading.columns
        if not self._caller.may(Permission.SEE_CUSTOMERS):
            return Mask.none(columns.size)
        try:
            audience = self._reading.audience(self._strategy.audience)
        except InvalidInputError:
            return Mask.none(columns.size)
        mask = self._reading.mask(audience, self._caller.scope)
        return Mask.all(columns.size) if mask is None else mask

    def view(self, script: Script) -> ScriptView:
        """Return what a script becomes."""
        ids = self._customers(script)
        known = people(self._services, self._reading, ids, clear=True)
        trials = [self._trial(script, one, known[one]) for one in ids if one in known]
        good = [trial for trial in trials if not trial.refusal]
        longest = max(good, key=_length, default=None)
        return ScriptView(
            script=script,
            shown=tuple(good[:_SHOWN]),
            longest=longest,
            tried=len(trials),
            refused=tuple(trial for trial in trials if trial.refusal),
        )

    def _customers(self, script: Script) -> list[str]:
        columns, among = self._reading.columns, self.among
        if script.audience and len(among):
            meant = self._reading.audience(script.audience).mask(columns)
            among = among[meant.to_bool()[among]]
        text = script.body.in_locale(self._locale) + script.subject.in_locale(self._locale)
        seed = int(digest(f"{self._strategy.id} {script.name}")[:8], 16)
        at = trial_customers(columns, among, words(text).variables, TRIED, seed)
        return [str(one) for one in columns.customer_ids.take(at)]

    def _trial(self, script: Script, customer_id: str, person: Person) -> Trial:
        """Measure the message as it would go out, show it with the name masked."""
        offer = self._strategy.offers[0]
        profile = self._reading.profile(customer_id)
        said = {}
        for name in (person.name, person.masked().name):
            reader = Reader(profile=profile, name=name, bank=self._bank, locale=self._locale)
            try:
                said[name] = render_script(script, offer, reader, self._reading.catalogue)
            except InvalidInputError as error:
                return Trial(
                    customer_id=customer_id,
                    subject="",
                    body="",
                    refusal=" ".join(
                        in_words(problem, self._caller.language)["message"]
                        for problem in error.problems
                    ),
                    characters=0,
                    sms=None,
                )
        real, shown = said[person.name], said[person.masked().name]
        by_sms = script.channel is ChannelName.SMS
        return Trial(
            customer_id=customer_id,
            subject=shown.subject,
            body=shown.body,
            refusal="",
            characters=len(real.body),
            sms=sms_length(real.body) if by_sms else None,
        )

    @property
    def _bank(self) -> str:
        return self._services.settings.bank_name


def _length(trial: Trial) -> tuple[int, int]:
    return (trial.sms.units if trial.sms else trial.characters), trial.characters
