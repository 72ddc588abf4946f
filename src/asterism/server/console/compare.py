"""What differs between two versions of a strategy, field by field in words."""

import re
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from asterism.server.auth.roles import Permission
from asterism.server.console.page import render
from asterism.server.console.strategy_form import Kind, kind_at
from asterism.server.console.vocabulary import codes_of, word
from asterism.server.guard import Caller, require, services_of
from asterism.server.language import Language
from asterism.strategy import Strategy, get_strategy, list_versions
from asterism.strategy.versions import changes, yaml_diff
from asterism.strategy.yaml_text import write_yaml

router = APIRouter(include_in_schema=False)


@router.get("/strategies/{strategy_id}/compare")
def compare(
    request: Request,
    strategy_id: str,
    caller: Annotated[Caller, require(Permission.SEE_STRATEGIES)],
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    after: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Response:
    """Show what differs between two versions: by default, what the newest changed."""
    engine = services_of(request).engine
    new = get_strategy(engine, strategy_id, after)
    old = get_strategy(engine, strategy_id, before or max(new.version - 1, 1))
    return render(
        request,
        caller,
        "compare.html",
        old=old,
        new=new,
        versions=list_versions(engine, strategy_id),
        changes=changes_in_words(old.strategy, new.strategy, caller.language),
        diff=yaml_diff(old.strategy, new.strategy, (f"v{old.version}", f"v{new.version}")),
    )


def changes_in_words(
    before: Strategy, after: Strategy, language: Language
) -> list[dict[str, object]]:
    """Return what differs between two strategies, each field by its name in a language."""
    return [
        {
            "where": change.where,
            "name": word("field", _plain_path(change.where), language.code),
            "kind": change.kind,
            "before": _shown(change.where, change.before, language),
            "after": _shown(change.where, change.after, language),
        }
        for change in changes(before, after)
    ]


def _plain_path(where: str) -> str:
    """Return a path as the names of fields go: without numbers, ids and languages.

    >>> _plain_path("offers.bond.quota.maximum"), _plain_path("waves[1].day")
    ('offers.quota.maximum', 'waves.day')
    """
    steps = re.sub(r"\[\d+\]", "", where).split(".")
    if steps[0] in {"offers", "scripts"}:
        del steps[1:2]
    known = codes_of("field")
    while len(steps) > 1 and ".".join(steps) not in known:
        steps.pop()
    return ".".join(steps)


def _shown(where: str, value: object, language: Language) -> str:
    """Return a value as the form writes it: money in the bank's currency, shares in percent."""
    kind = kind_at(_plain_path(where))
    if isinstance(value, int | float) and kind is Kind.MONEY:
        return language.money(value)
    if isinstance(value, int | float) and kind is Kind.PERCENT:
        return language.percent(value)
    if value is None or isinstance(value, str):
        return value or ""
    return write_yaml(value).removesuffix("...\n").strip()
