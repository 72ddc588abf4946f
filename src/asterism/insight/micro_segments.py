"""The micro-segments that every retail bank looks after, ready made."""

from collections.abc import Mapping
from dataclasses import dataclass

from asterism.kernel.words import Text


@dataclass(frozen=True, slots=True)
class MicroSegment:
    """A ready-made segment: its title and its expression in the audience language."""

    title: Text
    expression: str


MICRO_SEGMENTS: Mapping[str, MicroSegment] = {
    "wealth": MicroSegment(
        Text("财富客群", "Wealth", "Patrimonio"),
        "aum_avg_90d >= 500000 OR (aum_avg_90d >= 200000 AND (holds_fund OR holds_wealth))",
    ),
    "payroll": MicroSegment(
        Text("代发客群", "Payroll", "Nómina"),
        "salary_detected AND days_since_salary <= 45",
    ),
    "elderly": MicroSegment(
        Text("长者客群", "Elderly", "Personas mayores"),
        "age >= 60",
    ),
    "parents": MicroSegment(
        Text("亲子客群", "Parents", "Familias con hijos"),
        "youngest_child_age < 18",
    ),
    "small_business": MicroSegment(
        Text("小微客群", "Small business owners", "Pequeños negocios"),
        "holds_business_loan OR (age BETWEEN 22 AND 65 AND NOT salary_detected"
        " AND inflow_30d >= 50000 AND transactions_30d >= 60)",
    ),
    "credit_card": MicroSegment(
        Text("信用卡客群", "Credit card", "Tarjeta de crédito"),
        "holds_credit_card AND card_activated",
    ),
}
