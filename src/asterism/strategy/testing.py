"""A made-up population with the tags that strategies may rely on, for tests and benches.

Not a world: every tag is drawn on its own. Use the twin where customers should make sense.
"""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asterism.audience import Catalogue, Columns, ColumnsWriter, TagSpec, TagType
from asterism.strategy.terms import Stage, Tier

_BATCH = 250_000
_FLAGS = (
    "holds_term_deposit holds_fund holds_wealth holds_insurance holds_credit_card holds_mortgage "
    "holds_consumer_loan salary_detected card_activated consent_marketing consent_sms "
    "consent_email consent_phone consent_app personalisation_refused blacklisted deceased "
    "staff_member has_mobile has_email"
)
_MONEY = (
    "aum aum_avg_30d aum_avg_90d aum_change_30d deposit_balance demand_balance fund_balance "
    "wealth_balance loan_balance maturing_amount_30d inflow_30d outflow_30d inflow_7d "
    "largest_inflow_7d salary_amount card_spend_30d card_spend_90d"
)
_INTEGERS = (
    "age customer_months products_held days_to_maturity transactions_30d transactions_90d "
    "days_since_transaction days_since_salary logins_7d logins_30d logins_90d days_since_login "
    "product_views_30d fund_views_30d wealth_views_30d loan_views_30d preferred_hour "
    "complaints_90d days_since_risk_test risk_tested_at days_to_birthday"
)
_NUMBERS = "aum_change_rate_90d last_survey_score service_temper rfm_score anomaly_score"
_TEXTS = (
    "gender city province branch_id manager_id tier lifecycle top_merchant_category "
    "preferred_channel risk_capacity life_stage time_zone"
)
_KINDS = {
    TagType.FLAG: _FLAGS,
    TagType.MONEY: _MONEY,
    TagType.INTEGER: _INTEGERS,
    TagType.NUMBER: _NUMBERS,
    TagType.TEXT: _TEXTS,
}
#: Every tag that a strategy may rely on in any bank.
SPECS: tuple[TagSpec, ...] = tuple(
    TagSpec(name=name, type=kind) for kind, names in _KINDS.items() for name in names.split()
)
CATALOGUE = Catalogue({spec.name: spec for spec in SPECS})

_SHARES = {"consent_marketing": 0.85, "has_mobile": 0.95, "has_email": 0.7, "consent_app": 0.8}
_RARE = {"blacklisted": 0.01, "deceased": 0.01, "staff_member": 0.02}
_HIGHS = {
    "age": 95,
    "customer_months": 240,
    "days_to_birthday": 365,
    "days_since_risk_test": 700,
    "days_to_maturity": 200,
    "logins_30d": 20,
    "risk_tested_at": 1_767_700_000,
}
#: Two years before the day on which made-up customers are usually decided.
_LOWS = {"risk_tested_at": 1_704_600_000}
_WORDS: Mapping[str, tuple[str, ...]] = {
    "tier": tuple(tier.value for tier in Tier),
    "lifecycle": tuple(stage.value for stage in Stage),
    "risk_capacity": ("C1", "C2", "C3", "C4", "C5"),
    "time_zone": ("Asia/Shanghai", "Asia/Urumqi", "America/New_York"),
}
Drawn = tuple[NDArray[np.generic], NDArray[np.bool_] | None]


def made_up_customers(directory: Path, size: int, seed: int) -> Columns:
    """Write `size` customers under `directory` and open them; about a tenth of values is null."""
    generator = np.random.default_rng(seed)
    writer = ColumnsWriter(directory, SPECS, size)
    for start in range(0, size, _BATCH):
        count = min(_BATCH, size - start)
        ids = [f"C{number:08d}" for number in range(start, start + count)]
        writer.append(ids, {spec.name: _draw(spec, count, generator) for spec in SPECS})
    writer.close()
    return Columns.open(directory)


def profile_of(columns: Columns, index: int) -> dict[str, object]:
    """Return one customer as the live profile has it; null tags are left out."""
    profile: dict[str, object] = {}
    for name in columns.names:
        values, valid = columns.take(name, np.array([index]))
        if valid is None or valid[0]:
            value = values[0]
            profile[name] = value.item() if isinstance(value, np.generic) else value
    return profile


def a_day() -> date:
    """Return the day on which made-up customers are usually decided: a Wednesday."""
    return date(2026, 1, 7)


def _draw(spec: TagSpec, count: int, generator: np.random.Generator) -> Drawn:
    values = _DRAWERS[spec.type](spec.name, count, generator)
    return values, generator.random(count) < 0.9  # noqa: PLR2004 - a tenth is null


def _flags(name: str, count: int, generator: np.random.Generator) -> NDArray[np.generic]:
    return np.less(generator.random(count), _RARE.get(name, _SHARES.get(name, 0.5)))


def _money(_: str, count: int, generator: np.random.Generator) -> NDArray[np.generic]:
    return np.rint(generator.lognormal(14.5, 1.8, count)).astype(np.int64)


def _integers(name: str, count: int, generator: np.random.Generator) -> NDArray[np.generic]:
    return generator.integers(_LOWS.get(name, 0), _HIGHS.get(name, 60), count)


def _numbers(_: str, count: int, generator: np.random.Generator) -> NDArray[np.generic]:
    return generator.uniform(-1.0, 1.0, count)


def _texts(name: str, count: int, generator: np.random.Generator) -> NDArray[np.generic]:
    words = _WORDS.get(name) or tuple(f"{name[0]}{number}" for number in range(1 + count // 500))
    return np.array(words, object)[generator.integers(0, len(words), count)]


_DRAWERS: dict[TagType, Callable[[str, int, np.random.Generator], NDArray[np.generic]]] = {
    TagType.FLAG: _flags,
    TagType.MONEY: _money,
    TagType.INTEGER: _integers,
    TagType.NUMBER: _numbers,
    TagType.TEXT: _texts,
}
