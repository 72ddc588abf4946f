"""The strategy map: tiers by stages of life, what is done where, and where nobody is."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Annotated

import numpy as np
import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from asterism.audience import Mask
from asterism.execution.tables import assignment
from asterism.insight.segments import list_segments
from asterism.kernel.errors import NotFoundError
from asterism.kernel.words import N_
from asterism.ledger.store import reading as read_only
from asterism.review import latest_effects
from asterism.server.auth.roles import Permission
from asterism.server.console.effects import EffectWords, in_words
from asterism.server.console.page import render
from asterism.server.guard import Caller, require, services_of
from asterism.server.services import Reading
from asterism.strategy import MapCell, StrategyMap, library, live_strategies, strategy_map
from asterism.strategy.fitting import Fit, best_fits
from asterism.strategy.map import GAP_SHARE
from asterism.strategy.publish import PublishedStrategy
from asterism.strategy.readings import Expressions
from asterism.strategy.terms import Scene, Stage, Tier

router = APIRouter(include_in_schema=False)
SegmentName = Annotated[str, Query(max_length=63)]
SceneName = Annotated[str, Query(max_length=20)]
#: How many ready strategies a cell proposes.
_PROPOSED = 3


@router.get("/map")
def show(
    request: Request,
    caller: Annotated[Caller, require(Permission.SEE_STRATEGIES)],
    segment: SegmentName = "",
    scene: SceneName = "",
) -> Response:
    """Show the map of the caller's customers, of one segment and one scene if asked."""
    services = services_of(request)
    reading = services.current.find()
    if reading is None:
        return render(request, caller, "map.html", map=None)
    strategies = _of_scene(live_strategies(services.engine, reading.day), scene)
    found = strategy_map(reading.columns, strategies, reading.catalogue)
    mask = _people(reading, caller, segment)
    if mask is not None:
        found = within(found, reading, mask)
    expressions = Expressions(reading.catalogue)
    gaps = [
        (cell, next(iter(_fits(reading, expressions, cell, mask)), None)) for cell in found.gaps
    ]
    return render(
        request,
        caller,
        "map.html",
        map=found,
        tiers=tuple(reversed(Tier)),
        stages=tuple(Stage),
        scenes=tuple(Scene),
        segments=list_segments(services.engine),
        segment=segment,
        scene=scene,
        gaps=gaps,
        most=max((cell.customers for cell in found.cells), default=0),
        looked_after=sum(cell.looked_after for cell in found.cells),
        placed=sum(cell.customers for cell in found.cells),
        used={s.published.strategy.id for cell in found.cells for s in cell.strategies},
    )


def _of_scene(
    strategies: tuple[PublishedStrategy, ...], scene: str
) -> tuple[PublishedStrategy, ...]:
    return tuple(one for one in strategies if not scene or one.strategy.scene.value == scene)


def _people(reading: Reading, caller: Caller, segment: str) -> Mask | None:
    """Return the caller's customers, or those of a segment among them; None for everybody."""
    known = segment in reading.segments
    return reading.mask(
        reading.audience(f"IN_SEGMENT('{segment}')") if known else None, caller.scope
    )


def _fits(
    reading: Reading, expressions: Expressions, cell: MapCell, mask: Mask | None
) -> tuple[Fit, ...]:
    people = _customers_of(reading, cell.tier, cell.stage, mask)
    return best_fits(reading.columns, expressions, people, (cell.tier, cell.stage), library())


def _customers_of(reading: Reading, tier: Tier, stage: Stage, mask: Mask | None) -> Mask:
    people = reading.audience(expression_of(tier, stage)).mask(reading.columns)
    return people if mask is None else people & mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What a cell's customers are worth to the bank, in minor units."""

    aum_minor: int
    fees_minor: int


def _worth(reading: Reading, people: Mask) -> Worth:
    return Worth(
        aum_minor=_sum(reading, "aum", people), fees_minor=_sum(reading, "fees_365d", people)
    )


def _sum(reading: Reading, tag: str, people: Mask) -> int:
    if tag not in reading.columns.names:
        return 0
    values, valid = reading.columns.take(tag, people.indices())
    return int(np.sum(values if valid is None else values[valid], dtype=np.int64))


@router.get("/map/{tier}/{stage}")
def cell(
    request: Request,
    tier: str,
    stage: str,
    caller: Annotated[Caller, require(Permission.SEE_STRATEGIES)],
    segment: SegmentName = "",
) -> Response:
    """Open one cell: who they are, what is done with them by scene, what it brought."""
    if tier not in set(Tier) or stage not in set(Stage):
        raise NotFoundError(N_("There is no such place on the map."))
    place = Tier(tier), Stage(stage)
    services = services_of(request)
    reading = services.current.get()
    strategies = live_strategies(services.engine, reading.day)
    mask = _people(reading, caller, segment)
    found = strategy_map(reading.columns, strategies, reading.catalogue)
    here = (found if mask is None else within(found, reading, mask)).cell(*place)
    people = _customers_of(reading, *place, mask)
    return render(
        request,
        caller,
        "map_cell.html",
        cell=here,
        worth=_worth(reading, people),
        scenes=[
            (scene, [one for one in here.strategies if one.published.strategy.scene is scene])
            for scene in Scene
        ],
        volume=None if caller.scope.key else _volume(request, *place),
        effects=_effects(request, caller, strategies),
        fits=[
            fit
            for fit in _fits(reading, Expressions(reading.catalogue), here, mask)
            if fit.strategy.id not in {one.published.strategy.id for one in here.strategies}
        ][:_PROPOSED],
        expression=expression_of(*place),
        segment=segment,
    )


def _volume(request: Request, tier: Tier, stage: Stage) -> Mapping[str, int]:
    """Return how many of the cell each strategy has taken up so far, held out or not."""
    row = assignment.c
    query = (
        sa.select(row.strategy, sa.func.count())
        .where(row.tier == tier.value, row.lifecycle == stage.value)
        .group_by(row.strategy)
    )
    with read_only(services_of(request).engine) as connection:
        return {name: int(count) for name, count in connection.execute(query)}


def _effects(
    request: Request, caller: Caller, strategies: tuple[PublishedStrategy, ...]
) -> Mapping[str, EffectWords]:
    titles = {one.strategy.id: caller.language.text(one.strategy.title) for one in strategies}
    return {
        found.strategy: in_words(found, titles[found.strategy], caller.language)
        for found in latest_effects(services_of(request).engine)
        if found.strategy in titles
    }


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
