"""The strategy map: value tiers × stages of life, what is done where, and where nothing is."""

from collections.abc import Sequence
from dataclasses import dataclass

from asterism.audience import Catalogue, Columns, Mask
from asterism.strategy.publish import PublishedStrategy
from asterism.strategy.readings import Expressions
from asterism.strategy.strategy import Goal
from asterism.strategy.terms import Stage, Tier

#: A cell without a strategy is a gap from this share of all customers on.
GAP_SHARE = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class CellStrategy:
    """What one strategy does in one cell."""

    published: PublishedStrategy
    #: Customers of the cell who are in its audience.
    customers: int

    @property
    def goal(self) -> Goal:
        """What it is for."""
        return self.published.strategy.goal


@dataclass(frozen=True, slots=True, kw_only=True)
class MapCell:
    """One cell of the map."""

    tier: Tier
    stage: Stage
    customers: int
    strategies: tuple[CellStrategy, ...]
    #: Customers of the cell who are in the audience of at least one strategy.
    looked_after: int
    #: Many customers, and no strategy that names the cell and reaches any of them.
    gap: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyMap:
    """All cells, tier by tier."""

    cells: tuple[MapCell, ...]
    #: All customers, those without tier or stage included.
    customers: int

    def cell(self, tier: Tier, stage: Stage) -> MapCell:
        """Return one cell."""
        return next(cell for cell in self.cells if (cell.tier, cell.stage) == (tier, stage))

    @property
    def gaps(self) -> tuple[MapCell, ...]:
        """Cells where nobody is looked after, the most customers first."""
        return tuple(sorted((c for c in self.cells if c.gap), key=lambda c: -c.customers))


def strategy_map(
    columns: Columns,
    strategies: Sequence[PublishedStrategy],
    catalogue: Catalogue | None = None,
) -> StrategyMap:
    """Count customers, strategies and their reach in every cell of the map."""
    expressions = Expressions(catalogue) if catalogue else Expressions.for_columns(columns)

    def mask(text: str) -> Mask:
        return expressions.audience(text).mask(columns)

    tiers = {tier: mask(f"tier = '{tier.value}'") for tier in Tier}
    stages = {stage: mask(f"lifecycle = '{stage.value}'") for stage in Stage}
    meant = [(row, mask(row.strategy.audience)) for row in strategies]
    cells = []
    for tier, of_tier in tiers.items():
        for stage, of_stage in stages.items():
            here = [(row, reach) for row, reach in meant if _names(row, tier, stage)]
            cells.append(_cell(tier, stage, of_tier & of_stage, here))
    return StrategyMap(cells=tuple(cells), customers=columns.size)


def _names(row: PublishedStrategy, tier: Tier, stage: Stage) -> bool:
    """Tell whether the strategy's cell covers a tier and a stage."""
    cell = row.strategy.cell
    return (not cell.tiers or tier in cell.tiers) and (not cell.stages or stage in cell.stages)


def _cell(
    tier: Tier, stage: Stage, who: Mask, meant: Sequence[tuple[PublishedStrategy, Mask]]
) -> MapCell:
    reached = Mask.none(who.size)
    found = []
    for row, reach in meant:
        here = who & reach
        reached = reached | here
        found.append(CellStrategy(published=row, customers=here.count()))
    customers, looked_after = who.count(), reached.count()
    return MapCell(
        tier=tier,
        stage=stage,
        customers=customers,
        strategies=tuple(found),
        looked_after=looked_after,
        gap=looked_after == 0 and customers > 0 and customers >= GAP_SHARE * who.size,
    )
