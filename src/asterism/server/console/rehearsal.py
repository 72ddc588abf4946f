"""A rehearsal in the console: started here, run beside the requests, shown when it is done."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from asterism.kernel.errors import AsterismError, ConflictError
from asterism.kernel.words import N_
from asterism.loop.practice import Practice
from asterism.loop.rehearsal import Rehearsal, rehearse
from asterism.server.auth.roles import Permission
from asterism.server.auth.scope import Reach
from asterism.server.console.page import render
from asterism.server.console.subject import Subject, draft_of, version_of
from asterism.server.console.titles import reason_words, titles_of
from asterism.server.guard import Caller, require, services_of
from asterism.server.language import in_words
from asterism.server.services import Services
from asterism.strategy import PublishedStrategy

router = APIRouter(include_in_schema=False)

CHOICES = (7, 14, 30, 90)
#: Rehearsals that are remembered; the oldest gives way.
_KEPT = 32
Key = tuple[str, int, str]


@dataclass(slots=True)
class Run:
    """One rehearsal on its way."""

    done: float = 0.0
    step: str = ""
    result: Future[Rehearsal] = field(default_factory=Future)

    def listen(self, step: str, done: float) -> None:
        """Note how far it is."""
        self.step, self.done = step, done


class Rehearsals:
    """Runs one rehearsal at a time; the same question on the same data is asked once."""

    def __init__(self) -> None:
        self._runs: dict[Key, Run] = {}
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rehearsal")

    def find(self, key: Key) -> Run | None:
        """Return the run that answers `key`; None if nobody asked."""
        return self._runs.get(key)

    def start(self, key: Key, services: Services, published: PublishedStrategy) -> None:
        """Start a run unless there is one that goes on or went well."""
        with self._lock:
            known = self._runs.get(key)
            if known and not (known.result.done() and known.result.exception()):
                return
            run = self._runs[key] = Run()
            for old in list(self._runs)[:-_KEPT]:
                del self._runs[old]
        self._worker.submit(_work, run, services, published, key[1])


def _work(run: Run, services: Services, published: PublishedStrategy, days: int) -> None:
    try:
        found = rehearse(
            services,
            published.strategy,
            days,
            practice=Practice.of(services.home, services.settings),
            progress=run.listen,
        )
    except Exception as error:  # noqa: BLE001 - whoever looks at the page is told
        run.result.set_exception(error)
    else:
        run.result.set_result(found)


def rehearsals_of(request: Request) -> Rehearsals:
    """Return this process's rehearsals."""
    state = request.app.state
    if not hasattr(state, "rehearsals"):
        state.rehearsals = Rehearsals()
    found: Rehearsals = state.rehearsals
    return found


Days = Annotated[int, Query(ge=1, le=366)]


@router.get("/strategies/{strategy_id}/rehearsal")
def rehearsal(
    request: Request,
    strategy_id: str,
    caller: Annotated[Caller, require(Permission.WRITE_STRATEGIES)],
    version: Annotated[int | None, Query(ge=1)] = None,
    days: Days = 14,
) -> Response:
    """Show a rehearsal: how far it is, or what came of it."""
    return _page(request, caller, version_of(services_of(request), strategy_id, version), days)


@router.get("/drafts/{draft_id}/rehearsal")
def draft_rehearsal(
    request: Request,
    draft_id: str,
    caller: Annotated[Caller, require(Permission.WRITE_STRATEGIES)],
    days: Days = 14,
) -> Response:
    """Show a draft's rehearsal."""
    return _page(request, caller, draft_of(services_of(request), draft_id), days)


@router.post("/strategies/{strategy_id}/rehearsal")
def start(
    request: Request,
    strategy_id: str,
    caller: Annotated[Caller, require(Permission.WRITE_STRATEGIES)],
    version: Annotated[int | None, Form(ge=1)] = None,
    days: Annotated[int, Form(ge=1, le=366)] = 14,
) -> Response:
    """Start a rehearsal."""
    return _start(request, caller, version_of(services_of(request), strategy_id, version), days)


@router.post("/drafts/{draft_id}/rehearsal")
def start_draft(
    request: Request,
    draft_id: str,
    caller: Annotated[Caller, require(Permission.WRITE_STRATEGIES)],
    days: Annotated[int, Form(ge=1, le=366)] = 14,
) -> Response:
    """Start a draft's rehearsal."""
    return _start(request, caller, draft_of(services_of(request), draft_id), days)


def _start(request: Request, caller: Caller, subject: Subject, days: int) -> Response:
    """Start a rehearsal; it counts all customers, so that whoever asks must see them all."""
    if caller.scope.reach is not Reach.ALL:
        raise ConflictError(N_("A rehearsal counts all customers, and you see a part of them."))
    services = services_of(request)
    key = _key(services, subject.published, days)
    rehearsals_of(request).start(key, services, subject.published)
    query = urlencode({**subject.query, "days": days})
    return RedirectResponse(f"{subject.address}/rehearsal?{query}", status_code=303)


def _page(request: Request, caller: Caller, subject: Subject, days: int) -> Response:
    services = services_of(request)
    run = rehearsals_of(request).find(_key(services, subject.published, days))
    found = _result(run)
    fragment = bool(request.headers.get("hx-request"))
    return render(
        request,
        caller,
        "_rehearsed.html" if fragment else "rehearsal.html",
        subject=subject,
        strategy=subject.strategy,
        days=days,
        choices=CHOICES,
        run=run,
        found=found,
        most=max((day.touched for day in found.days), default=0) if found else 0,
        notices=[in_words(notice, caller.language) for notice in found.notices] if found else [],
        titles=titles_of(request, caller.language),
        reason=lambda code: reason_words(code, caller.language),
    )


def _result(run: Run | None) -> Rehearsal | None:
    """Return what came of a run; its error, if it was one that a person can put right."""
    if run is None or not run.result.done():
        return None
    error = run.result.exception()
    if error is None:
        return run.result.result()
    if isinstance(error, AsterismError):
        raise error
    raise ConflictError(N_("The rehearsal broke off: try again, or ask the administrator."))


def _key(services: Services, published: PublishedStrategy, days: int) -> Key:
    reading = services.current.get()
    return published.content_hash, days, reading.snapshot.id
