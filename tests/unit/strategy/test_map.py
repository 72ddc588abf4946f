from asterism.audience import Columns
from asterism.strategy import draft, library, load_strategy, strategy_map
from asterism.strategy.terms import Stage, Tier
from asterism.strategy.testing import CATALOGUE


def test_cells_count_customers_and_name_who_looks_after_them(customers: Columns) -> None:
    drawn = strategy_map(customers, [draft(strategy) for strategy in library()], CATALOGUE)
    assert len(drawn.cells) == len(Tier) * len(Stage)
    assert 0 < sum(cell.customers for cell in drawn.cells) <= drawn.customers
    dormant = drawn.cell(Tier.GOLD, Stage.DORMANT)
    names = {found.published.strategy.id for found in dormant.strategies}
    assert "dormant_win_back" in names
    assert "first_fund" not in names
    for cell in drawn.cells:
        assert max((s.customers for s in cell.strategies), default=0) <= cell.looked_after
        assert cell.looked_after <= cell.customers


def test_cells_without_anybody_acting_are_gaps(customers: Columns, text: str) -> None:
    only_gold = text.replace("scene:", "cell: {tiers: [gold]}\nscene:")
    drawn = strategy_map(customers, [draft(load_strategy(only_gold))])
    assert not drawn.cell(Tier.GOLD, Stage.MATURE).gap
    assert {cell.tier for cell in drawn.gaps} == set(Tier) - {Tier.GOLD}
    counts = [cell.customers for cell in drawn.gaps]
    assert counts == sorted(counts, reverse=True)
