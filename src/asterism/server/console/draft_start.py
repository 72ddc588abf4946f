"""What a draft is started from: nothing, the library, a published version, or another's copy."""

from asterism.kernel.errors import NotFoundError
from asterism.kernel.words import N_
from asterism.server.console.strategy_form import content_from, fields_of
from asterism.server.guard import Caller
from asterism.server.services import Services
from asterism.strategy.drafts import content_of
from asterism.strategy.publish import get_strategy
from asterism.strategy.ready_made import library
from asterism.strategy.strategy import Strategy

Data = dict[str, object]


def normal(content: Data, digits: int) -> Data:
    """Return a content as the form gives it back, so that opening a draft changes nothing."""
    return content_from(fields_of(content, digits), digits)


def started_from(services: Services, source: str, caller: Caller) -> tuple[Data, int | None]:
    """Return the content that a `source` stands for, and the version that it continues, if any.

    NotFoundError if the library or the ledger has no such strategy.
    """
    kind, _, rest = source.partition(":")
    identity, _, version = rest.partition(":")
    if kind == "library":
        found = next((one for one in library() if one.id == identity), None)
        if found is None:
            raise NotFoundError(N_("There is no strategy {id} in the library."), id=identity)
        return as_new(services, found), None
    if kind in {"strategy", "copy"}:
        number = int(version) if version.isdecimal() else None
        published = get_strategy(services.engine, identity, number)
        if kind == "copy":
            return as_new(services, published.strategy), None
        newest = get_strategy(services.engine, identity)
        return content_of(published.strategy), newest.version
    reading = services.current.find()
    day = reading.day if reading else services.clock.now().date()
    return {"period": {"start": day.isoformat()}, "owner": caller.user.name, "holdout": 0.1}, None


def as_new(services: Services, strategy: Strategy) -> Data:
    """Return a strategy's content under an id that is free."""
    content = content_of(strategy)
    identity, number = strategy.id, 2
    while _published(services, identity):
        identity = f"{strategy.id[:58]}_{number}"
        number += 1
    return {**content, "id": identity}


def _published(services: Services, identity: str) -> bool:
    try:
        get_strategy(services.engine, identity)
    except NotFoundError:
        return False
    return True
