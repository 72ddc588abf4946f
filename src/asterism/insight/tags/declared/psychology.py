"""Attitude: to risk, to the bank, to being addressed."""

import ibis.expr.types as ir

from asterism.audience import TagType
from asterism.insight.tags.declared.basic import column
from asterism.insight.tags.declared.sources import INTERACTIONS
from asterism.insight.tags.source import last_of, within
from asterism.insight.tags.tag import (
    Category,
    FirstMatch,
    FromCustomer,
    FromSource,
    Holds,
    Shelf,
    Tag,
)
from asterism.kernel.words import Text

_add = Shelf(Category.PSYCHOLOGY)


def _times(measure: str, days: int | None) -> FromSource:
    return FromSource(INTERACTIONS, within(measure, days), empty=0)


def _last_score(p: ir.Table) -> ir.Value:
    return (last_of("survey")(p) % 10_000).cast("float64") / 100


_TEMPER = (
    ("angry", "complaints_unresolved_90d > 0 OR complaints_90d >= 2"),
    ("unhappy", "complaints_90d = 1 OR last_survey_score <= 6"),
    ("delighted", "last_survey_score >= 9"),
    ("content", "last_survey_score > 6"),
)
_WILLING = (
    ("open", "marketing_accepted_365d > 0"),
    ("tired", "marketing_refused_365d >= 3"),
    ("reserved", "marketing_refused_365d > 0"),
)

TAGS: tuple[Tag, ...] = (
    _add(
        TagType.TEXT,
        "risk_capacity",
        Text("风险承受等级", "Risk capacity", "Capacidad de riesgo"),
        column("risk_capacity"),
        values=("C1", "C2", "C3", "C4", "C5"),
    ),
    _add(
        TagType.INTEGER,
        "days_since_risk_test",
        Text("风险测评距今天数", "Days since the risk test", "Días desde el test de riesgo"),
        unit="day",
        rule=FromCustomer(lambda t: t["today"].delta(t["risk_assessed_at"].date(), unit="day")),
    ),
    _add(
        TagType.INTEGER,
        "risk_tested_at",
        Text("风险测评时刻", "Moment of the risk test", "Momento del test de riesgo"),
        unit="unix_second",
        rule=FromCustomer(lambda t: t["risk_assessed_at"].epoch_seconds().cast("int64")),
        means=Text(
            "自 1970-01-01 起的秒数，有效期据此精确到秒",
            "Seconds since 1970-01-01 UTC: from it the test's validity is told to the second",
            "Segundos desde 1970-01-01 UTC: de él depende la validez al segundo",
        ),
    ),
    _add(
        TagType.FLAG,
        "risk_test_valid",
        Text("风险测评有效", "Risk test valid", "Test de riesgo válido"),
        Holds("days_since_risk_test <= 365 AND risk_capacity IS NOT NULL"),
        means=Text("一年内完成", "Taken within a year", "Hecho hace menos de un año"),
    ),
    _add(
        TagType.TEXT,
        "risk_appetite",
        Text("风险偏好", "Risk appetite", "Apetito de riesgo"),
        values=("cautious", "balanced", "bold"),
        rule=FirstMatch(
            (
                ("bold", "risk_capacity IN ('C4', 'C5') AND (holds_fund OR fund_views_30d >= 3)"),
                (
                    "cautious",
                    (
                        "risk_capacity IN ('C1', 'C2') "
                        "OR (invested_share < 0.05 AND holds_term_deposit)"
                    ),
                ),
                ("balanced", "risk_capacity IS NOT NULL OR holds_fund OR holds_wealth"),
            )
        ),
    ),
    _add(
        TagType.NUMBER,
        "last_survey_score",
        Text("最近调查评分", "Last survey score", "Última puntuación"),
        FromSource(INTERACTIONS, _last_score),
        unit="point",
        means=Text(
            "一年内最近一次，0至10",
            "The latest within a year, 0 to 10",
            "La última en un año, 0 a 10",
        ),
    ),
    _add(
        TagType.INTEGER,
        "complaints_90d",
        Text("近90天投诉次数", "Complaints, 90 days", "Quejas, 90 días"),
        _times("complaints", 90),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "complaints_unresolved_90d",
        Text("近90天未解决投诉", "Complaints unresolved, 90 days", "Quejas sin resolver, 90 días"),
        _times("unresolved", 90),
        unit="count",
    ),
    _add(
        TagType.TEXT,
        "service_temper",
        Text("服务情绪", "Service temper", "Ánimo ante el servicio"),
        FirstMatch(_TEMPER, "neutral"),
        values=("angry", "unhappy", "neutral", "content", "delighted"),
    ),
    _add(
        TagType.INTEGER,
        "marketing_accepted_365d",
        Text("近一年接受营销次数", "Offers accepted, 365 days", "Ofertas aceptadas, 365 días"),
        _times("accepted", None),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "marketing_refused_365d",
        Text("近一年拒绝营销次数", "Offers refused, 365 days", "Ofertas rechazadas, 365 días"),
        _times("refused", None),
        unit="count",
    ),
    _add(
        TagType.TEXT,
        "marketing_openness",
        Text("营销接受度", "Openness to offers", "Apertura a ofertas"),
        FirstMatch(_WILLING, "unknown"),
        values=("open", "reserved", "tired", "unknown"),
    ),
)
