"""What a page about a strategy is about: a published version, or a draft that nobody decides by."""

from collections.abc import Mapping
from dataclasses import dataclass

from asterism.kernel.errors import InvalidInputError
from asterism.kernel.words import N_
from asterism.server.services import Services
from asterism.strategy import PublishedStrategy, Strategy, draft, get_strategy
from asterism.strategy.document import read_strategy
from asterism.strategy.drafts import get_draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A strategy on its page."""

    published: PublishedStrategy
    #: The page that it belongs to.
    address: str
    #: What pages below that one must be told.
    query: Mapping[str, str]

    @property
    def strategy(self) -> Strategy:
        """The content."""
        return self.published.strategy

    @property
    def is_draft(self) -> bool:
        """Whether it is a draft."""
        return self.published.version == 0


def version_of(services: Services, strategy_id: str, version: int | None) -> Subject:
    """Return a published version, the newest by default; NotFoundError if there is none."""
    published = get_strategy(services.engine, strategy_id, version)
    return Subject(
        published=published,
        address=f"/strategies/{strategy_id}",
        query={"version": str(published.version)},
    )


def draft_of(services: Services, draft_id: str) -> Subject:
    """Return a draft; InvalidInputError with everything that still keeps it from being one."""
    strategy, problems = read_strategy(get_draft(services.engine, draft_id).content)
    if strategy is None:
        raise InvalidInputError(N_("The draft is not complete yet"), problems)
    return Subject(published=draft(strategy), address=f"/drafts/{draft_id}", query={})
