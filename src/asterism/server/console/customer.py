"""One customer: who they are, what they have, what happened, and what should happen next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from starlette.responses import Response

from asterism.execution.queries import TouchFilter, touches
from asterism.insight.customer import CustomerView, MonthBalance, customer_view
from asterism.insight.tags import TAGS
from asterism.insight.tags.tag import Category, Tag
from asterism.insight.timeline import Cursor, Page, timeline
from asterism.kernel.errors import InvalidInputError, NotFoundError, Problem
from asterism.kernel.money import exponent
from asterism.kernel.words import N_
from asterism.server.auth.audit import Act, record
from asterism.server.auth.masking import masked_number
from asterism.server.auth.roles import Permission
from asterism.server.console.charts import Chart
from asterism.server.console.consent import consent_panel
from asterism.server.console.page import render
from asterism.server.console.people import Person
from asterism.server.console.reasons import answers
from asterism.server.console.titles import reason_words, titles_of
from asterism.server.console.values import written
from asterism.server.console.vocabulary import codes_of, word
from asterism.server.guard import Caller, require, services_of
from asterism.server.language import Language
from asterism.server.services import Reading

router = APIRouter(include_in_schema=False)

CustomerId = Annotated[str, Path(min_length=1, max_length=64)]
KINDS = ("transaction", "event", "interaction")
_TOUCHES = 20
_FIRST_ENTRIES = 12
_SHORTEST_REASON = 5


@router.get("/customers/{customer_id}")
def customer(
    request: Request,
    customer_id: CustomerId,
    caller: Annotated[Caller, require(Permission.SEE_CUSTOMERS)],
) -> Response:
    """Show the 360° page, what identifies the person masked."""
    return _page(request, customer_id, caller, clear=False)


@router.post("/customers/{customer_id}/unmask")
def unmask(
    request: Request,
    customer_id: CustomerId,
    caller: Annotated[Caller, require(Permission.UNMASK_CUSTOMERS)],
    reason: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Show the page once with name and numbers in clear; who, whom and why goes on record."""
    if len(reason.strip()) < _SHORTEST_REASON:
        raise InvalidInputError(
            N_("Nothing was shown"),
            [Problem(message=N_("Say why you need to see it."), where="reason")],
        )
    services = services_of(request)
    _visible(services.current.get(), customer_id, caller)
    record(
        services.engine,
        services.clock,
        actor=caller.user.name,
        act=Act.UNMASK,
        subject=customer_id,
        detail={"reason": reason.strip()},
        address=caller.address,
    )
    return _page(request, customer_id, caller, clear=True)


def _visible(reading: Reading, customer_id: str, caller: Caller) -> Mapping[str, object]:
    profile = reading.profile(customer_id)
    if not profile or not caller.scope.allows(profile):
        raise NotFoundError(N_("There is no such customer."))
    return profile


def _page(request: Request, customer_id: str, caller: Caller, *, clear: bool) -> Response:
    services, language = services_of(request), caller.language
    reading = services.current.get()
    profile = _visible(reading, customer_id, caller)
    with services.engines.lend() as connection:
        view = customer_view(reading.snapshot, connection, customer_id, profiles=reading.profiles)
    person = _person(view)
    done, total = touches(services.engine, TouchFilter(customer_id=customer_id), limit=_TOUCHES)
    return render(
        request,
        caller,
        "customer.html",
        view=view,
        profile=Profile(profile),
        person=person if clear else person.masked(),
        clear=clear,
        value=lambda tag: written(tag, profile.get(tag), language),
        groups=groups_of(profile, language),
        balances=balance_chart(view.months, language),
        account=lambda number: number if clear else masked_number(number),
        consent=consent_panel(services, customer_id, profile),
        answers=answers(services, reading, customer_id, language),
        touches=done,
        touches_total=total,
        titles=titles_of(request, language),
        reason=lambda code: reason_words(code, language),
        page=_beginning(view.timeline),
        kinds=KINDS,
        kind="",
    )


def _beginning(page: Page) -> Page:
    """Return the first few entries; the rest is a click away."""
    if len(page.entries) <= _FIRST_ENTRIES:
        return page
    entries = page.entries[:_FIRST_ENTRIES]
    return Page(entries=entries, older=entries[-1].cursor)


class Profile(dict[str, object]):
    """Tags by name; one without a value is None."""

    def __missing__(self, tag: str) -> None:
        """Return nothing for a tag that is null."""


def _person(view: CustomerView) -> Person:
    known = {name: str(view.person.get(name) or "") for name in ("name", "mobile", "email")}
    return Person(**known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A category's tags with the customer's values, in words."""

    category: Category
    lines: tuple[tuple[Tag, str], ...]
    #: Tags of the category that have no value.
    unknown: int


def groups_of(profile: Mapping[str, object], language: Language) -> list[Group]:
    """Return the profile by category."""
    made = []
    for category in Category:
        members = [tag for tag in TAGS.values() if tag.category is category]
        lines = tuple(
            (tag, written(tag.name, profile[tag.name], language))
            for tag in members
            if profile.get(tag.name) is not None
        )
        made.append(Group(category=category, lines=lines, unknown=len(members) - len(lines)))
    return made


def balance_chart(months: Sequence[MonthBalance], language: Language) -> Chart | None:
    """Return the balances month by month and product family; None where nothing is known."""
    held = {family for month in months for family in month.by_family}
    known = codes_of("family")
    families = [*(one for one in known if one in held), *sorted(held - set(known))]
    if not families:
        return None
    scale = 10 ** exponent(language.currency)
    return Chart(
        kind="columns",
        labels=[month.month for month in months],
        series=[
            {
                "name": word("family", family, language.code),
                "values": [month.by_family.get(family, 0) / scale for month in months],
            }
            for family in families
        ],
        unit="money",
        currency=language.currency,
        description=language.say("Balances by month and product family"),
        extra={"stacked": True},
    )


@router.get("/customers/{customer_id}/timeline")
def story(
    request: Request,
    customer_id: CustomerId,
    caller: Annotated[Caller, require(Permission.SEE_CUSTOMERS)],
    kind: Annotated[str, Query(max_length=20)] = "",
    before: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Show a part of what happened, newest first."""
    reading = services_of(request).current.get()
    _visible(reading, customer_id, caller)
    kinds = (kind,) if kind in KINDS else ()
    page: Page = timeline(reading.snapshot, customer_id, before=_cursor(before), kinds=kinds)
    template = "_timeline_more.html" if before else "_timeline.html"
    return render(
        request,
        caller,
        template,
        page=page,
        customer_id=customer_id,
        kinds=KINDS,
        kind=kind if kinds else "",
    )


def _cursor(text: str) -> Cursor | None:
    if not text:
        return None
    try:
        return Cursor.parse(text)
    except ValueError as error:
        problem = Problem(message=N_("This is no place in the timeline."), where="before")
        raise InvalidInputError(N_("The timeline cannot be shown"), [problem]) from error
