"""Who will say yes: a response model in three verbs, fit, score and explain.

The model is gradient-boosted trees in LightGBM's own text format, with a logistic correction that
makes its scores the shares they claim to be. Everything it needs is text and JSON: nothing that
is loaded can run code. Fitting is deterministic by seed, on one thread.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from asterism.kernel.errors import InvalidInputError, NotFoundError, Problem
from asterism.kernel.files import write_atomically
from asterism.kernel.words import N_

Floats = NDArray[np.float64]

MODEL_FILE = "model.txt"
ABOUT_FILE = "model.json"
_FOLDS = 5
_MOST_ROUNDS = 600
_PATIENCE = 40
#: Fewer successes, or fewer failures, teach nothing that holds.
FEWEST_OF_EACH = 50
_CLIP = 1e-6


@dataclass(frozen=True, slots=True)
class Feature:
    """One column that the model reads."""

    name: str
    #: A text's values in the order of their codes; empty for numbers. Others count as missing.
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contribution:
    """How much one feature moved one customer's score, in log-odds."""

    feature: str
    value: object
    amount: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseModel:
    """A fitted model. `score` gives probabilities, `explain` the reasons."""

    target: str
    features: tuple[Feature, ...]
    seed: int
    #: Rows it was fitted on, and how many of them were successes.
    rows: int
    successes: int
    #: The calibrated log-odds are `intercept + slope × raw log-odds`.
    slope: float
    intercept: float
    #: LightGBM's text.
    text: str

    def score(self, table: pa.Table) -> Floats:
        """Return each row's probability of success, shape (rows,).

        InvalidInputError names every feature that `table` lacks.
        """
        raw = self._booster().predict(encode(table, self.features), raw_score=True)
        return _share(self.intercept + self.slope * np.asarray(raw, dtype=np.float64))

    def explain(self, table: pa.Table, top: int = 3) -> list[tuple[Contribution, ...]]:
        """Return for each row the `top` features that moved its score most, largest first."""
        matrix = encode(table, self.features)
        parts = np.asarray(self._booster().predict(matrix, pred_contrib=True))[:, :-1] * self.slope
        order = np.argsort(-np.abs(parts), axis=1, kind="stable")[:, :top]
        columns = [table.column(feature.name).to_pylist() for feature in self.features]
        return [
            tuple(
                Contribution(self.features[place].name, columns[place][row], float(moved[place]))
                for place in places
            )
            for row, (places, moved) in enumerate(zip(order, parts, strict=True))
        ]

    def save(self, directory: Path) -> None:
        """Write the model to `directory`: the trees as text, the rest as JSON."""
        directory.mkdir(parents=True, exist_ok=True)
        about = asdict(self)
        about.pop("text")
        write_atomically(directory / MODEL_FILE, self.text.encode())
        write_atomically(directory / ABOUT_FILE, json.dumps(about, ensure_ascii=False).encode())

    def _booster(self) -> Any:
        return lgb.Booster(model_str=self.text)


def load_model(directory: Path) -> ResponseModel:
    """Read a model that was saved; NotFoundError if a file of it is missing."""
    try:
        about = json.loads((directory / ABOUT_FILE).read_text(encoding="utf-8"))
        text = (directory / MODEL_FILE).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NotFoundError(N_("There is no model in {directory}."), directory=directory) from error
    features = tuple(Feature(one["name"], tuple(one["words"])) for one in about.pop("features"))
    return ResponseModel(features=features, text=text, **about)


def fit(table: pa.Table, target: str, features: Sequence[str], *, seed: int) -> ResponseModel:
    """Fit a model of the flag `target` on `features`, numbers and texts; nulls are missing.

    How many trees, and the correction of the scores, come from five folds of the rows given:
    keep other rows to judge the model by. InvalidInputError if there is too little to learn from.
    """
    outcome = _outcome(table, target)
    known = tuple(_feature(table, name) for name in features)
    matrix = encode(table, known)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed).split(matrix, outcome)
    raw = np.zeros(len(outcome))
    rounds = []
    for learn, judge in folds:
        booster = _train(matrix, outcome, known, seed, learn=learn, judge=judge)
        rounds.append(booster.best_iteration)
        raw[judge] = booster.predict(matrix[judge], raw_score=True)
    slope, intercept = _correction(raw, outcome)
    final = _train(matrix, outcome, known, seed, rounds=max(round(float(np.mean(rounds))), 1))
    return ResponseModel(
        target=target,
        features=known,
        seed=seed,
        rows=len(outcome),
        successes=int(outcome.sum()),
        slope=slope,
        intercept=intercept,
        text=final.model_to_string(),
    )


def encode(table: pa.Table, features: Sequence[Feature]) -> Floats:
    """Return the features as a matrix (rows, features): texts as codes, what is missing as NaN."""
    missing = [feature.name for feature in features if feature.name not in table.column_names]
    if missing:
        raise InvalidInputError(
            "The table cannot be scored",
            [
                Problem(message=N_("The column {name} is missing."), values={"name": name})
                for name in missing
            ],
        )
    columns = [_encoded(table.column(feature.name), feature) for feature in features]
    return np.column_stack(columns) if columns else np.zeros((table.num_rows, 0))


def _encoded(column: pa.ChunkedArray, feature: Feature) -> Floats:
    if not feature.words:
        values: Floats = column.cast(pa.float64()).to_numpy()
        return np.where(np.isfinite(values), values, np.nan)
    codes: Mapping[str, int] = {word: code for code, word in enumerate(feature.words)}
    return np.array([codes.get(word, np.nan) for word in column.to_pylist()], dtype=np.float64)


def _feature(table: pa.Table, name: str) -> Feature:
    if name not in table.column_names:
        return Feature(name)
    column = table.column(name)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return Feature(name)
    return Feature(name, tuple(sorted(word for word in column.unique().to_pylist() if word)))


def _outcome(table: pa.Table, target: str) -> Floats:
    outcome: Floats = table.column(target).cast(pa.float64()).to_numpy()
    successes = int(np.nansum(outcome))
    problems = []
    if np.isnan(outcome).any():
        problems.append(Problem(message=N_("Some rows do not say how it ended.")))
    if min(successes, len(outcome) - successes) < FEWEST_OF_EACH:
        problems.append(
            Problem(
                message=N_(
                    "{successes} of {rows} rows are successes: it takes {fewest} of them, "
                    "and as many others."
                ),
                values={"successes": successes, "rows": len(outcome), "fewest": FEWEST_OF_EACH},
            )
        )
    if problems:
        raise InvalidInputError("There is too little to learn from", problems)
    return outcome


def _train(  # noqa: PLR0913 - what a training run is made of
    matrix: Floats,
    outcome: Floats,
    features: Sequence[Feature],
    seed: int,
    *,
    rounds: int = _MOST_ROUNDS,
    learn: NDArray[np.int64] | None = None,
    judge: NDArray[np.int64] | None = None,
) -> Any:
    settings = {
        "objective": "binary",
        "learning_rate": 0.05,
        "num_leaves": 15,
        "min_data_in_leaf": 40,
        "feature_fraction": 0.7,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "lambda_l2": 5.0,
        "max_cat_to_onehot": 8,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbosity": -1,
    }
    data = lgb.Dataset(
        matrix if learn is None else matrix[learn],
        outcome if learn is None else outcome[learn],
        feature_name=[f"f{number}" for number in range(len(features))],
        categorical_feature=[n for n, feature in enumerate(features) if feature.words],
        params=settings,
    )
    if judge is None:
        return lgb.train(settings, data, num_boost_round=rounds)
    held = lgb.Dataset(matrix[judge], outcome[judge], reference=data, params=settings)
    stop = lgb.early_stopping(_PATIENCE, verbose=False)
    return lgb.train(settings, data, num_boost_round=rounds, valid_sets=[held], callbacks=[stop])


def _correction(raw: Floats, outcome: Floats) -> tuple[float, float]:
    """Return slope and intercept that make held-out log-odds true shares (Platt's scaling)."""
    line = LogisticRegression(C=1e6).fit(raw.reshape(-1, 1), outcome)
    return max(float(line.coef_[0, 0]), _CLIP), float(line.intercept_[0])


def _share(log_odds: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -50.0, 50.0))), dtype=np.float64)
