"""A response model: fitted, scored and explained the same every time, kept as text."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from asterism.insight.response import ABOUT_FILE, MODEL_FILE, fit, load_model
from asterism.kernel.errors import InvalidInputError, NotFoundError

FEATURES = ("age", "job", "noise")


def people(seed: int, rows: int = 3_000) -> pa.Table:
    """Return customers who say yes more often when old, and when their job is `retired`."""
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 90, rows).astype(np.float64)
    job = rng.choice(["retired", "student", "worker"], rows)
    chance = 0.05 + 0.004 * (age - 18) + 0.25 * (job == "retired")
    known = np.where(rng.random(rows) < 0.05, np.nan, age)
    return pa.table(
        {
            "age": pa.array(known, from_pandas=True),
            "job": pa.array(job.tolist()),
            "noise": rng.normal(size=rows),
            "yes": rng.random(rows) < chance,
        }
    )


def test_scores_are_the_shares_they_claim_to_be() -> None:
    model = fit(people(1), "yes", FEATURES, seed=3)
    fresh = people(2)
    scores, yes = model.score(fresh), fresh.column("yes").to_numpy(zero_copy_only=False)
    for low, high in ((0.0, 0.2), (0.2, 0.4), (0.4, 1.0)):
        part = (scores >= low) & (scores < high)
        assert abs(scores[part].mean() - yes[part].mean()) < 0.06
    assert np.all((scores > 0) & (scores < 1))


def test_the_same_seed_gives_the_same_model() -> None:
    assert fit(people(1), "yes", FEATURES, seed=3) == fit(people(1), "yes", FEATURES, seed=3)


def test_a_saved_model_scores_alike_and_is_only_text(tmp_path: Path) -> None:
    model = fit(people(1), "yes", FEATURES, seed=3)
    model.save(tmp_path / "model")
    again = load_model(tmp_path / "model")
    assert again == model
    assert np.array_equal(again.score(people(2)), model.score(people(2)))
    assert (tmp_path / "model" / MODEL_FILE).read_text().startswith("tree")
    assert json.loads((tmp_path / "model" / ABOUT_FILE).read_text())["rows"] == 3_000


def test_a_missing_model_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        load_model(tmp_path)


def test_the_reasons_name_what_moved_the_score() -> None:
    model = fit(people(1), "yes", FEATURES, seed=3)
    table = pa.table({"age": [85.0, 20.0], "job": ["retired", "student"], "noise": [0.0, 0.0]})
    old, young = model.explain(table, top=2)
    assert {one.feature for one in old} == {"age", "job"}
    assert all(one.amount > 0 for one in old)
    assert all(one.amount < 0 for one in young)
    assert old[0].value in {85.0, "retired"}


def test_a_word_never_seen_and_a_missing_value_are_scored() -> None:
    model = fit(people(1), "yes", FEATURES, seed=3)
    ages = pa.array([None, 40.0], pa.float64())
    table = pa.table({"age": ages, "job": ["astronaut", None], "noise": [np.inf, np.nan]})
    assert np.isfinite(model.score(table)).all()


def test_every_missing_column_is_named_at_once() -> None:
    model = fit(people(1), "yes", FEATURES, seed=3)
    with pytest.raises(InvalidInputError) as told:
        model.score(pa.table({"noise": [0.0]}))
    assert [problem.values["name"] for problem in told.value.problems] == ["age", "job"]


def test_too_few_successes_teach_nothing() -> None:
    table = people(1, 60)
    with pytest.raises(InvalidInputError, match="successes"):
        fit(table, "yes", FEATURES, seed=3)
