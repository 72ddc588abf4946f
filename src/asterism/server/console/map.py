"""The strategy map: tiers by stages of life, what is done where, and where nobody is."""

import dataclasses
from functools import reduce
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from asterism.audience import Mask
from asterism.server.auth.roles import Permission
from asterism.server.console.page import render
from asterism.server.guard import Caller, require, services_of
from asterism.server.services import Reading
from asterism.strategy import MapCell, StrategyMap, live_strategies, strategy_map
from asterism.strategy.map import GAP_SHARE
from asterism.strategy.terms import Stage, Tier

router = APIRouter(include_in_schema=False)


@router.get("/map")
def show(
    request: Request, caller: Annotated[Caller, require(Permission.SEE_STRATEGIES)]
) -> Response:
    """Show the map of the caller's customers."""
    services = services_of(request)
    reading = services.current.find()
    if reading is None:
        return render(request, caller, "map.html", map=None)
    strategies = live_strategies(services.engine, reading.day)
    found = strategy_map(reading.columns, strategies, reading.catalogue)
    mask = reading.mask(None, caller.scope)
    if mask is not None:
        found = within(found, reading, mask)
    return render(
        request,
        caller,
        "map.html",
        map=found,
        tiers=tuple(reversed(Tier)),
        stages=tuple(Stage),
        most=max((cell.customers for cell in found.cells), default=0),
        looked_after=sum(cell.looked_after for cell in found.cells),
        placed=sum(cell.customers for cell in found.cells),
        used={s.published.strategy.id for cell in found.cells for s in cell.strategies},
    )


def within(whole: StrategyMap, reading: Reading, scope: Mask) -> StrategyMap:
    """Return the map of the customers in `scope` only."""
    reach = {
        one.published.strategy.id: reading.audience(one.published.strategy.audience).mask(
            reading.columns
        )
        for cell in whole.cells
        for one in cell.strategies
    }
    cells = tuple(_narrowed(cell, reading, scope, reach) for cell in whole.cells)
    return StrategyMap(cells=cells, customers=scope.count())


def _narrowed(cell: MapCell, reading: Reading, scope: Mask, reach: dict[str, Mask]) -> MapCell:
    place = reading.audience(expression_of(cell.tier, cell.stage))
    who = place.mask(reading.columns) & scope
    meant = [(one, who & reach[one.published.strategy.id]) for one in cell.strategies]
    after = reduce(Mask.__or__, (mask for _, mask in meant), Mask.none(who.size)).count()
    customers = who.count()
    return dataclasses.replace(
        cell,
        customers=customers,
        strategies=tuple(dataclasses.replace(one, customers=m.count()) for one, m in meant),
        looked_after=after,
        gap=after == 0 and customers > 0 and customers >= GAP_SHARE * scope.count(),
    )


def expression_of(tier: Tier, stage: Stage) -> str:
    """Return a cell's customers in the audience language."""
    return f"tier = '{tier.value}' AND lifecycle = '{stage.value}'"
