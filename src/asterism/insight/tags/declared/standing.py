"""How the customer stands with the bank: RFM and the stage of the lifecycle."""

from asterism.audience import TagType
from asterism.insight.tags.tag import Bands, Category, FirstMatch, Formula, Shelf, Tag
from asterism.kernel.words import Text

_add = Shelf(Category.TRANSACTIONS)

_LIFECYCLE = (
    ("new", "customer_months < 3"),
    ("lost", "(days_since_transaction > 180 OR days_since_transaction IS NULL) AND aum < 1000"),
    (
        "dormant",
        (
            "(days_since_transaction > 90 OR days_since_transaction IS NULL) "
            "AND (days_since_login > 60 OR days_since_login IS NULL)"
        ),
    ),
    ("declining", "aum_change_rate_90d <= -0.3 AND aum_90d_ago >= 10000"),
    ("growing", "customer_months < 12 OR aum_change_rate_90d >= 0.2"),
)
_STAGES = ("new", "growing", "mature", "declining", "dormant", "lost")

TAGS: tuple[Tag, ...] = (
    _add(
        TagType.INTEGER,
        "recency_band",
        Text("最近度", "Recency", "Recencia"),
        Bands("days_since_transaction", descending=True),
        unit="point",
    ),
    _add(
        TagType.INTEGER,
        "frequency_band",
        Text("频度", "Frequency", "Frecuencia"),
        Bands("transactions_90d"),
        unit="point",
    ),
    _add(
        TagType.INTEGER,
        "monetary_band",
        Text("额度", "Monetary", "Importe"),
        Bands("outflow_90d"),
        unit="point",
    ),
    _add(
        TagType.INTEGER,
        "rfm_score",
        Text("RFM 分", "RFM score", "Puntuación RFM"),
        unit="point",
        rule=Formula(
            ("recency_band", "frequency_band", "monetary_band"),
            lambda t: t["recency_band"] + t["frequency_band"] + t["monetary_band"],
        ),
        means=Text(
            "最近度、频度、额度五分位之和，3至15",
            "Sum of three fifths, 3 to 15",
            "Suma de tres quintiles, 3 a 15",
        ),
    ),
    _add(
        TagType.TEXT,
        "lifecycle",
        Text("生命周期阶段", "Lifecycle stage", "Etapa del ciclo de vida"),
        FirstMatch(_LIFECYCLE, "mature"),
        values=_STAGES,
    ),
)
