"""What strategies and offers are called, looked up once for a page."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request

from asterism.execution.reasons import REASONS as EXECUTION_REASONS
from asterism.execution.reasons import Why
from asterism.server.console.vocabulary import word
from asterism.server.guard import services_of
from asterism.server.language import Language
from asterism.strategy import PublishedStrategy, list_strategies
from asterism.strategy.funnel import REASONS as STRATEGY_REASONS


@dataclass(frozen=True, slots=True)
class Titles:
    """Strategies and their offers by id, in one language."""

    strategies: Mapping[str, PublishedStrategy]
    language: Language

    def strategy(self, strategy_id: str) -> str:
        """Return a strategy's title; its id where it is not known."""
        found = self.strategies.get(strategy_id)
        return self.language.text(found.strategy.title) if found else strategy_id

    def offer(self, strategy_id: str, offer_id: str | None) -> str:
        """Return an offer's title; its id where it is not known."""
        found = self.strategies.get(strategy_id)
        offers = found.strategy.offers if found else ()
        known = next((offer for offer in offers if offer.id == offer_id), None)
        return self.language.text(known.title) if known else offer_id or "—"


def titles_of(request: Request, language: Language) -> Titles:
    """Return the titles of everything published."""
    published = list_strategies(services_of(request).engine)
    return Titles({one.strategy.id: one for one in published}, language)


def reason_words(code: str | None, language: Language) -> str:
    """Return a reason's sentence; a state's name or the code itself where nobody declared one."""
    if not code:
        return ""
    if code in STRATEGY_REASONS:
        return STRATEGY_REASONS[code].in_locale(language.code)
    if code in set(Why):
        return language.text(EXECUTION_REASONS[Why(code)])
    return word("state", code, language.code)
