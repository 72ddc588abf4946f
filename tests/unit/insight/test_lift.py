"""A ranking is judged by what came of its parts."""

import numpy as np
import pytest

from asterism.insight.lift import auc, lift_table, top_lift


def test_the_parts_hold_everybody_once_the_best_first() -> None:
    scores = np.linspace(0, 1, 103)
    parts = lift_table(scores, scores > 0.5)
    assert sum(part.customers for part in parts) == 103
    assert [part.number for part in parts] == list(range(1, 11))
    assert parts[0].share == 1.0
    assert parts[-1].successes == 0
    assert parts[0].expected > parts[-1].expected


def test_a_ranking_by_chance_has_a_lift_of_one_within_its_interval() -> None:
    rng = np.random.default_rng(4)
    best = top_lift(rng.random(5_000), rng.random(5_000) < 0.1, 0.2)
    assert best.customers == 1_000
    assert best.lift_low < 1 < best.lift_high


def test_the_interval_stays_within_the_possible() -> None:
    (part,) = lift_table([0.1, 0.2], [0, 1], parts=1)
    assert 0 <= part.low < part.share == 0.5 < part.high <= 1
    nobody = top_lift([0.9, 0.1], [0, 1], 0.5)
    assert nobody.low == pytest.approx(0.0)
    assert nobody.high < 1


def test_auc_is_the_share_of_pairs_in_the_right_order() -> None:
    assert auc([0.9, 0.8, 0.1], [1, 1, 0]) == 1.0
    assert auc([0.1, 0.9], [1, 0]) == 0.0
    assert auc([0.5, 0.5], [1, 0]) == 0.5
