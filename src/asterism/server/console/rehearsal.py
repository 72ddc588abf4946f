"""A rehearsal in the console: started here, run beside the requests, shown when it is done."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from asterism.kernel.errors import AsterismError, ConflictError
from asterism.kernel.words import N_
from asterism.loop.practice import Practice
from asterism.loop.rehearsal import Rehearsal, rehearse
from asterism.server.auth.roles import Permission
from asterism.server.auth.scope import Reach
from asterism.server.console.page import render
from asterism.server.console.titles import reason_words, titles_of
from asterism.server.guard import Caller, require, services_of
from asterism.server.language import in_words
from asterism.server.services import Services
from asterism.strategy import PublishedStrategy, get_strategy

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


@router.get("/strategies/{strategy_id}/rehearsal")
def rehearsal(
    request: Request,
    strategy_id: str,
    caller: Annotated[Caller, require(Permission.WRITE_STRATEGIES)],
    version: Annotated[int | None, Query(ge=1)] = None,
    days: Annotated[int, Query(ge=1, le=366)] = 14,
) -> Response:
    """Show a rehearsal: how far it is, or what came of it."""
    services = services_of(request)
    published = get_strategy(services.engine, strategy_id, version)
    run = rehearsals_of(request).find(_key(services, published, days))
    error = run.result.exception() if run and run.result.done() else None
    if isinstance(error, AsterismError):
        raise error
    if error is not None:
        raise ConflictError(N_("The rehearsal broke off: try again, or ask the administrator."))
    found = run.result.result() if run and run.result.done() else None
    fragment = bool(request.headers.get("hx-request"))
    return render(
        request,
        caller,
        "_rehearsed.html" if fragment else "rehearsal.html",
        one=published,
        strategy=published.strategy,
        days=days,
        choices=CHOICES,
        run=run,
        found=found,
        most=max((day.touched for day in found.days), default=0) if found else 0,
        notices=[in_words(notice, caller.language) for notice in found.notices] if found else [],
        titles=titles_of(request, caller.language),
        reason=lambda code: reason_words(code, caller.language),
    )


@router.post("/strategies/{strategy_id}/rehearsal")
def start(
    request: Request,
    strategy_id: str,
    caller: Annotated[Caller, require(Permission.WRITE_STRATEGIES)],
    version: Annotated[int, Form(ge=1)],
    days: Annotated[int, Form(ge=1, le=366)] = 14,
) -> Response:
    """Start a rehearsal; it counts all customers, so that whoever asks must see them all."""
    if caller.scope.reach is not Reach.ALL:
        raise ConflictError(N_("A rehearsal counts all customers, and you see a part of them."))
    services = services_of(request)
    published = get_strategy(services.engine, strategy_id, version)
    rehearsals_of(request).start(_key(services, published, days), services, published)
    where = f"/strategies/{strategy_id}/rehearsal?version={version}&days={days}"
    return RedirectResponse(where, status_code=303)


def _key(services: Services, published: PublishedStrategy, days: int) -> Key:
    reading = services.current.get()
    return published.content_hash, days, reading.snapshot.id
