"""Preferences: what the customer spends on, looks at, and agreed to."""

import ibis
import ibis.expr.types as ir

from asterism.audience import TagType
from asterism.insight.tags.declared.basic import column
from asterism.insight.tags.declared.sources import CATEGORIES, PACK, SPEND
from asterism.insight.tags.tag import Category, FirstMatch, Formula, FromSource, Holds, Shelf, Tag
from asterism.kernel.words import Text

_add = Shelf(Category.PREFERENCE)
_CODES = {name: number for number, name in enumerate(CATEGORIES)}


def _top(level: str) -> FromSource:
    """Return the number of the category with most spending; the first listed of two alike."""

    def top(k: ir.Table) -> ir.Value:
        code = k["merchant_category"].cases(*_CODES.items(), else_=PACK - 1)
        return PACK - 1 - (k[level] * PACK + (PACK - 1 - code)).max(where=k[level] > 0) % PACK

    return FromSource(SPEND, lambda k: top(k).cases(*enumerate(CATEGORIES), else_=None))


def _spent(category: str) -> FromSource:
    return FromSource(
        SPEND, lambda k: k["d90"].sum(where=k["merchant_category"] == category), empty=0
    )


_SPENT_ON = {
    "dining": Text("近90天餐饮消费", "Spent on dining, 90 days", "Gasto en restaurantes, 90 días"),
    "travel": Text("近90天旅行消费", "Spent on travel, 90 days", "Gasto en viajes, 90 días"),
    "groceries": Text(
        "近90天商超消费", "Spent on groceries, 90 days", "Gasto en alimentación, 90 días"
    ),
    "children": Text("近90天母婴消费", "Spent on children, 90 days", "Gasto en niños, 90 días"),
    "education": Text(
        "近90天教育消费", "Spent on education, 90 days", "Gasto en educación, 90 días"
    ),
    "health": Text("近90天医疗健康消费", "Spent on health, 90 days", "Gasto en salud, 90 días"),
    "luxury": Text("近90天奢侈品消费", "Spent on luxury, 90 days", "Gasto en lujo, 90 días"),
    "fuel": Text("近90天加油消费", "Spent on fuel, 90 days", "Gasto en combustible, 90 días"),
}

_INTEREST = {
    "fund": "fund_views_30d",
    "wealth": "wealth_views_30d",
    "deposit": "deposit_views_30d",
    "loan": "loan_views_30d",
    "insurance": "insurance_views_30d",
    "credit_card": "card_views_30d",
}


def _most_viewed(t: ir.Table) -> ir.Value:
    top = ibis.greatest(*(t[tag] for tag in _INTEREST.values()))
    ranked = [((t[tag] == top) & (top > 0), family) for family, tag in _INTEREST.items()]
    return ibis.cases(*ranked, else_=ibis.null("string"))


TAGS: tuple[Tag, ...] = (
    _add(
        TagType.TEXT,
        "top_merchant_category",
        Text("最常消费类别", "Top spending category", "Categoría de gasto principal"),
        _top("d90"),
        values=CATEGORIES,
        means=Text(
            "近90天刷卡金额最高的商户类别",
            "Most card spending in 90 days",
            "La de mayor gasto en 90 días",
        ),
    ),
    _add(
        TagType.TEXT,
        "top_merchant_category_30d",
        Text("近30天最常消费类别", "Top category, 30 days", "Categoría principal, 30 días"),
        _top("d30"),
        values=CATEGORIES,
    ),
    _add(
        TagType.TEXT,
        "top_merchant_category_before",
        Text("此前最常消费类别", "Top category before", "Categoría principal anterior"),
        _top("d30_90"),
        values=CATEGORIES,
        means=Text("30至90天前", "30 to 90 days ago", "Hace 30 a 90 días"),
    ),
    _add(
        TagType.FLAG,
        "spend_shifted",
        Text("消费类别转移", "Spending shifted", "El gasto cambió"),
        Holds("top_merchant_category_30d <> top_merchant_category_before"),
        means=Text(
            "近30天首要类别与此前不同",
            "The top category of 30 days is another than before",
            "La categoría principal es otra que antes",
        ),
    ),
    *(
        _add(TagType.MONEY, f"{name}_spend_90d", title, _spent(name))
        for name, title in _SPENT_ON.items()
    ),
    _add(
        TagType.NUMBER,
        "essentials_share_90d",
        Text("必需消费占比", "Share of essentials", "Cuota de gasto esencial"),
        unit="ratio",
        rule=FromSource(
            SPEND,
            lambda k: (
                k["d90"]
                .sum(
                    where=k["merchant_category"].isin(
                        ("groceries", "utilities", "health", "transport")
                    )
                )
                .fill_null(0)
                .cast("float64")
                / k["d90"].sum().nullif(0).cast("float64")
            ),
        ),
    ),
    _add(
        TagType.TEXT,
        "product_interest",
        Text("关注产品", "Product looked at most", "Producto más visto"),
        Formula(tuple(_INTEREST.values()), _most_viewed),
        values=tuple(_INTEREST),
    ),
    _add(
        TagType.TEXT,
        "price_sensitivity",
        Text("价格敏感度", "Price sensitivity", "Sensibilidad al precio"),
        values=("high", "medium", "low"),
        rule=FirstMatch(
            (
                (
                    "high",
                    (
                        "essentials_share_90d >= 0.6 "
                        "OR (average_ticket_90d < 60 AND card_spend_90d > 0)"
                    ),
                ),
                ("low", "luxury_spend_90d > 0 OR average_ticket_90d >= 500"),
                ("medium", "card_spend_90d > 0"),
            )
        ),
    ),
    _add(
        TagType.FLAG,
        "consent_marketing",
        Text("同意营销", "Agreed to marketing", "Acepta publicidad"),
        column("marketing_consent"),
        means=Text("空为从未询问", "Null: never asked", "Nulo: nunca se preguntó"),
    ),
    _add(
        TagType.FLAG,
        "consent_sms",
        Text("同意短信", "Agreed to text messages", "Acepta SMS"),
        column("consent_sms"),
    ),
    _add(
        TagType.FLAG,
        "consent_email",
        Text("同意邮件", "Agreed to e-mail", "Acepta correo"),
        column("consent_email"),
    ),
    _add(
        TagType.FLAG,
        "consent_phone",
        Text("同意电话", "Agreed to calls", "Acepta llamadas"),
        column("consent_phone"),
    ),
    _add(
        TagType.FLAG,
        "consent_app",
        Text("同意应用内推送", "Agreed to app messages", "Acepta mensajes en la app"),
        column("consent_app"),
    ),
    _add(
        TagType.FLAG,
        "personalisation_refused",
        Text("拒绝个性化推荐", "Refused personalisation", "Rechaza la personalización"),
        column("personalisation_refused"),
    ),
)
