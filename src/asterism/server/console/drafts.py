"""The strategy editor: start a draft, write it as a form or as YAML, see whom it reaches."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from asterism.kernel.errors import ConflictError, InvalidInputError, Problem
from asterism.kernel.words import N_
from asterism.server.auth.audit import Act, record
from asterism.server.auth.roles import Permission
from asterism.server.console import draft_page
from asterism.server.console.draft_page import check, digits_of
from asterism.server.console.draft_rows import move_rows
from asterism.server.console.draft_start import normal, started_from
from asterism.server.console.page import render
from asterism.server.console.strategy_form import content_from
from asterism.server.guard import MOST_FIELDS, Caller, require, services_of
from asterism.server.language import in_words
from asterism.server.services import Services
from asterism.strategy.approval import Reach, Thresholds, submit
from asterism.strategy.document import dump_strategy, read_strategy
from asterism.strategy.drafts import (
    Draft,
    content_of,
    discard_draft,
    get_draft,
    save_draft,
    start_draft,
)
from asterism.strategy.requests import comment, standing_request
from asterism.strategy.strategy import Strategy
from asterism.strategy.yaml_text import MAX_CHARACTERS, read_yaml, write_yaml

router = APIRouter(include_in_schema=False)
_WRITE = require(Permission.WRITE_STRATEGIES)
Data = dict[str, object]


@router.post("/drafts")
def start(
    request: Request,
    caller: Annotated[Caller, _WRITE],
    source: Annotated[str, Form(max_length=140)] = "",
    tier: Annotated[str, Form(max_length=20)] = "",
    stage: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Start a draft: blank, from the library, from a published version, or as its copy.

    `source` is empty, `library:ID`, `strategy:ID:VERSION` or `copy:ID:VERSION`; a tier and a stage
    put the draft on that place of the map.
    """
    services = services_of(request)
    content, base = started_from(services, source, caller)
    if tier and stage:
        content["cell"] = {"tiers": [tier], "stages": [stage]}
    made = start_draft(
        services.engine,
        normal(content, digits_of(services)),
        services.clock,
        caller.user.name,
        base_version=base,
    )
    return RedirectResponse(f"/drafts/{made.draft_id}", status_code=303)


@router.get("/drafts/{draft_id}")
def edit(request: Request, draft_id: str, caller: Annotated[Caller, _WRITE]) -> Response:
    """Show the editor."""
    draft = _open(services_of(request), draft_id)
    return render(request, caller, "draft.html", **_facts(services_of(request), caller, draft))


def _open(services: Services, draft_id: str) -> Draft:
    draft = get_draft(services.engine, draft_id)
    if draft.state != "open":
        raise ConflictError(N_("This draft is closed: start a new one."))
    return draft


def _facts(services: Services, caller: Caller, draft: Draft, conflict: str = "") -> dict[str, Any]:
    checked = check(services, caller, draft)
    return {
        "draft": draft,
        "title": title_of(checked.strategy, draft, caller),
        "form": draft_page.Form.of(draft.content, digits_of(services)),
        "sections": draft_page.sections(),
        "problems": checked.in_words(caller.language),
        "sizes": checked.sizes,
        "asked": standing_request(services.engine, draft.draft_id),
        "conflict": conflict,
    }


def title_of(strategy: Strategy | None, draft: Draft, caller: Caller) -> str:
    """Return what a draft is called."""
    if strategy is not None:
        return caller.language.text(strategy.title)
    title = draft.content.get("title")
    found = title.get(caller.language.code) if isinstance(title, dict) else title
    return str(found or draft.strategy_id or caller.language.say(N_("New strategy")))


@router.post("/drafts/{draft_id}")
async def save(request: Request, draft_id: str, caller: Annotated[Caller, _WRITE]) -> Response:
    """Keep what the form says, and answer with whom it reaches and what is wrong."""
    form = await request.form(max_fields=MOST_FIELDS)
    return await run_in_threadpool(_save, request, draft_id, caller, form, "_draft_panel.html")


@router.post("/drafts/{draft_id}/rows")
async def rows(request: Request, draft_id: str, caller: Annotated[Caller, _WRITE]) -> Response:
    """Add, remove or move a row of the form."""
    form = await request.form(max_fields=MOST_FIELDS)
    return await run_in_threadpool(_save, request, draft_id, caller, form, "_draft_form.html")


def _save(
    request: Request, draft_id: str, caller: Caller, form: FormData, template: str
) -> Response:
    services = services_of(request)
    fields = {name: [str(value) for value in form.getlist(name)] for name in form}
    content = content_from(fields, digits_of(services))
    move_rows(content, str(form.get("do", "")))
    conflict = ""
    try:
        draft = _keep(services, caller, draft_id, content, _number(form.get("revision")))
    except ConflictError as error:
        draft, conflict = get_draft(services.engine, draft_id), caller.language.say(error.message)
        conflict = conflict.format(**error.values)
    if not request.headers.get("hx-request"):
        return RedirectResponse(f"/drafts/{draft_id}", status_code=303)
    return render(request, caller, template, **_facts(services, caller, draft, conflict))


def _keep(services: Services, caller: Caller, draft_id: str, content: Data, revision: int) -> Draft:
    """Save a draft; one person's own saves follow one another, whatever page they come from."""
    seen, actor = get_draft(services.engine, draft_id), caller.user.name
    own = seen.changed_by == actor
    return save_draft(
        services.engine,
        draft_id,
        content,
        services.clock,
        actor,
        revision=seen.revision if own else revision,
    )


def _number(value: object) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004 - a count


@router.post("/drafts/{draft_id}/undo")
def undo(request: Request, draft_id: str, caller: Annotated[Caller, _WRITE]) -> Response:
    """Go back to what the draft was started from."""
    services = services_of(request)
    draft = get_draft(services.engine, draft_id)
    _keep(services, caller, draft_id, draft.origin, draft.revision)
    return RedirectResponse(f"/drafts/{draft_id}", status_code=303)


@router.post("/drafts/{draft_id}/discard")
def discard(request: Request, draft_id: str, caller: Annotated[Caller, _WRITE]) -> Response:
    """Throw the draft away."""
    services = services_of(request)
    draft = discard_draft(services.engine, draft_id, services.clock)
    note(request, caller, Act.DISCARD_DRAFT, draft.strategy_id or draft_id, {"draft": draft_id})
    return RedirectResponse("/strategies", status_code=303)


def note(
    request: Request, caller: Caller, act: Act, subject: str, detail: dict[str, object]
) -> None:
    """Put on record what somebody did to a strategy."""
    services = services_of(request)
    record(
        services.engine,
        services.clock,
        actor=caller.user.name,
        act=act,
        subject=subject,
        detail=detail,
        address=caller.address,
    )


@router.get("/drafts/{draft_id}/yaml")
def as_yaml(request: Request, draft_id: str, caller: Annotated[Caller, _WRITE]) -> Response:
    """Show the draft as a file's text."""
    draft = _open(services_of(request), draft_id)
    return _yaml_page(request, caller, draft, yaml_of(draft), ())


def yaml_of(draft: Draft) -> str:
    """Return a draft as YAML: the canonical file where it holds, its plain data where not yet."""
    strategy, _ = read_strategy(draft.content)
    return dump_strategy(strategy) if strategy else write_yaml(draft.content)


def _yaml_page(
    request: Request, caller: Caller, draft: Draft, text: str, problems: tuple[Problem, ...]
) -> Response:
    strategy, _ = read_strategy(draft.content)
    return render(
        request,
        caller,
        "draft_yaml.html",
        status=422 if problems else 200,
        draft=draft,
        title=title_of(strategy, draft, caller),
        text=text,
        problems=[in_words(problem, caller.language) for problem in problems],
    )


@router.post("/drafts/{draft_id}/yaml")
def from_yaml(
    request: Request,
    draft_id: str,
    caller: Annotated[Caller, _WRITE],
    text: Annotated[str, Form(max_length=MAX_CHARACTERS)] = "",
    revision: Annotated[int, Form(ge=0, le=2**31)] = 0,
) -> Response:
    """Put a file's text in the draft's place; a text that is no strategy changes nothing."""
    services = services_of(request)
    draft = _open(services, draft_id)
    try:
        content = content_in(text)
    except InvalidInputError as error:
        return _yaml_page(request, caller, draft, text, error.problems)
    _keep(services, caller, draft_id, normal(content, digits_of(services)), revision)
    return RedirectResponse(f"/drafts/{draft_id}", status_code=303)


def content_in(text: str) -> Data:
    """Return the content in a strategy's file; InvalidInputError where the schema is not kept."""
    subject = N_("The strategy does not hold")
    data = read_yaml(text.replace("\r\n", "\n"), subject)
    if not isinstance(data, dict):
        message = N_("A strategy is a mapping of fields such as id, title and audience.")
        raise InvalidInputError(subject, [Problem(message=message)])
    strategy, problems = read_strategy(data)
    if strategy is None:
        raise InvalidInputError(subject, problems)
    return content_of(strategy)


@router.post("/drafts/{draft_id}/submit")
def ask(
    request: Request,
    draft_id: str,
    caller: Annotated[Caller, _WRITE],
    words: Annotated[str, Form(alias="note", max_length=2_000)] = "",
) -> Response:
    """Ask for approval of the draft as it stands."""
    services = services_of(request)
    checked = check(services, caller, _open(services, draft_id))
    if checked.strategy is None or checked.problems:
        raise InvalidInputError(N_("Approval cannot be asked for yet"), checked.problems)
    sizes, limits = checked.sizes, services.settings
    asked = submit(
        services.engine,
        draft_id,
        checked.strategy,
        reach=Reach(
            customers=(sizes.cell or 0) if sizes else 0,
            spend_minor=spend_of(checked.strategy, sizes.spend_minor if sizes else 0),
        ),
        thresholds=Thresholds(
            customers=limits.large_audience, spend_minor=limits.large_spend_minor
        ),
        clock=services.clock,
        actor=caller.user.name,
    )
    if words.strip():
        comment(services.engine, asked.request_id, words, services.clock, caller.user.name)
    detail: dict[str, object] = {"request": asked.request_id, "hash": asked.content_hash}
    note(request, caller, Act.SUBMIT_STRATEGY, asked.strategy_id, detail)
    return RedirectResponse(f"/approvals/{asked.request_id}", status_code=303)


def spend_of(strategy: Strategy, possible_minor: int) -> int:
    """Return what a day may cost at most, in minor units: the budget where there is one."""
    budget = strategy.budget.per_day_minor
    return possible_minor if budget is None else min(budget, possible_minor)
