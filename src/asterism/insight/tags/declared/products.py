"""Products held: what, since when, until when."""

from functools import reduce
from operator import add

import ibis.expr.types as ir

from asterism.audience import TagType
from asterism.insight.tags.declared.sources import ACCOUNTS, DEPOSITS, FUNDS, TERM
from asterism.insight.tags.tag import Category, FirstMatch, Formula, FromSource, Holds, Shelf, Tag
from asterism.kernel.words import Text

_add = Shelf(Category.PRODUCTS)


def _open(p: ir.Table) -> ir.BooleanValue:
    opened = p["opened_on"].isnull() | (p["opened_on"] <= p["today"])
    return opened & (p["closed_on"].isnull() | (p["closed_on"] > p["today"]))


def _holds(*families: str) -> FromSource:
    return FromSource(
        ACCOUNTS, lambda p: (_open(p) & p["family"].isin(families)).any(), empty=False
    )


def _matures_in(p: ir.Table) -> ir.IntegerValue:
    return p["matures_on"].delta(p["today"], unit="day")


def _maturing(p: ir.Table) -> ir.BooleanValue:
    return _open(p) & p["family"].isin((*TERM, "wealth")) & (p["matures_on"] >= p["today"])


def _amount_maturing(days: int) -> FromSource:
    def amount(p: ir.Table) -> ir.Value:
        return p["principal"].sum(where=_maturing(p) & (_matures_in(p) < days))

    return FromSource(ACCOUNTS, amount, empty=0)


def _last(name: str, *families: str) -> FromSource:
    """Return the days since the latest `name` among the families' accounts; all, if none named."""

    def days(p: ir.Table) -> ir.Value:
        known = p[name] <= p["today"]
        among = known & p["family"].isin(families) if families else known
        return p["today"].delta(p[name], unit="day").min(where=among)

    return FromSource(ACCOUNTS, days)


_HELD = {
    "holds_demand": (
        Text("持有活期", "Holds a current account", "Tiene cuenta a la vista"),
        ("demand_deposit",),
    ),
    "holds_term_deposit": (
        Text("持有定期", "Holds a term deposit", "Tiene depósito a plazo"),
        TERM,
    ),
    "holds_fund": (Text("持有基金", "Holds a fund", "Tiene fondo"), FUNDS),
    "holds_wealth": (
        Text("持有理财", "Holds a wealth product", "Tiene producto de gestión"),
        ("wealth",),
    ),
    "holds_insurance": (Text("持有保险", "Holds insurance", "Tiene seguro"), ("insurance",)),
    "holds_metal": (Text("持有贵金属", "Holds precious metal", "Tiene metales"), ("metal",)),
    "holds_pension": (
        Text("持有养老金", "Holds a pension product", "Tiene plan de pensiones"),
        ("pension",),
    ),
    "holds_credit_card": (
        Text("持有信用卡", "Holds a credit card", "Tiene tarjeta de crédito"),
        ("credit_card",),
    ),
    "holds_mortgage": (Text("有房贷", "Has a mortgage", "Tiene hipoteca"), ("mortgage",)),
    "holds_consumer_loan": (
        Text("有消费贷", "Has a consumer loan", "Tiene préstamo de consumo"),
        ("consumer_loan",),
    ),
    "holds_business_loan": (
        Text("有经营贷", "Has a business loan", "Tiene préstamo de negocio"),
        ("business_loan",),
    ),
    "holds_payroll": (Text("代发签约", "Has payroll with the bank", "Tiene nómina"), ("payroll",)),
}

_LADDER = (
    (
        "borrower_only",
        (
            "products_held > 0 "
            "AND NOT (holds_demand OR holds_term_deposit OR holds_fund OR holds_wealth)"
        ),
    ),
    ("full", "holds_fund AND holds_wealth AND (holds_insurance OR holds_pension)"),
    ("investor", "holds_fund OR holds_wealth"),
    ("saver", "holds_term_deposit"),
    ("transactor", "holds_demand"),
)

TAGS: tuple[Tag, ...] = (
    *(
        _add(TagType.FLAG, name, title, _holds(*families))
        for name, (title, families) in _HELD.items()
    ),
    _add(
        TagType.INTEGER,
        "products_held",
        Text("持有产品数", "Products held", "Productos contratados"),
        unit="count",
        rule=Formula(
            tuple(_HELD), lambda t: reduce(add, [t[name].cast("int64") for name in _HELD])
        ),
        means=Text(
            "持有的产品大类数，最多12",
            "Kinds of products held, 12 at most",
            "Clases de productos, 12 como mucho",
        ),
    ),
    _add(
        TagType.INTEGER,
        "accounts_open",
        Text("有效账户数", "Open accounts", "Cuentas abiertas"),
        unit="count",
        rule=FromSource(ACCOUNTS, lambda p: p.count(where=_open(p)), empty=0),
    ),
    _add(
        TagType.TEXT,
        "product_ladder",
        Text("产品阶梯", "Product ladder", "Escalera de productos"),
        FirstMatch(_LADDER, "none"),
        values=(*(step for step, _ in _LADDER), "none"),
        means=Text(
            "从活期、定期到投资与全面配置",
            "From current account through savings to a full portfolio",
            "De la cuenta a la vista a la cartera completa",
        ),
    ),
    _add(
        TagType.INTEGER,
        "days_to_maturity",
        Text("距到期天数", "Days to maturity", "Días hasta el vencimiento"),
        unit="day",
        rule=FromSource(ACCOUNTS, lambda p: _matures_in(p).min(where=_maturing(p))),
        means=Text(
            "最近一笔定期、存单或理财",
            "Nearest term deposit, certificate or wealth product",
            "Plazo, certificado o gestión más próximo",
        ),
    ),
    _add(
        TagType.MONEY,
        "maturing_amount_30d",
        Text("30天内到期金额", "Maturing within 30 days", "Vence en 30 días"),
        _amount_maturing(30),
    ),
    _add(
        TagType.MONEY,
        "maturing_amount_90d",
        Text("90天内到期金额", "Maturing within 90 days", "Vence en 90 días"),
        _amount_maturing(90),
    ),
    _add(
        TagType.MONEY,
        "credit_limit",
        Text("信用卡额度", "Credit card limit", "Límite de tarjeta"),
        FromSource(
            ACCOUNTS,
            lambda p: p["credit_limit"].sum(where=_open(p) & (p["family"] == "credit_card")),
            empty=0,
        ),
    ),
    _add(
        TagType.NUMBER,
        "card_utilisation",
        Text("信用卡额度使用率", "Use of the card limit", "Uso del límite"),
        unit="ratio",
        rule=Formula(
            ("card_debt", "credit_limit"),
            lambda t: t["card_debt"].cast("float64") / t["credit_limit"].nullif(0).cast("float64"),
        ),
    ),
    _add(
        TagType.FLAG,
        "card_activated",
        Text("信用卡已激活", "Credit card activated", "Tarjeta activada"),
        FromSource(
            ACCOUNTS,
            lambda p: (p["activated_on"].notnull() & (p["activated_on"] <= p["today"])).any(
                where=_open(p) & (p["family"] == "credit_card")
            ),
        ),
        means=Text("无卡为空", "Null without a card", "Nulo sin tarjeta"),
    ),
    _add(
        TagType.INTEGER,
        "days_since_card_issue",
        Text("发卡天数", "Days since the card was issued", "Días desde la tarjeta"),
        _last("opened_on", "credit_card"),
        unit="day",
    ),
    _add(
        TagType.INTEGER,
        "days_since_new_account",
        Text(
            "最近开户距今天数", "Days since an account was opened", "Días desde la última apertura"
        ),
        _last("opened_on"),
        unit="day",
    ),
    _add(
        TagType.INTEGER,
        "days_since_closure",
        Text("最近销户距今天数", "Days since an account was closed", "Días desde el último cierre"),
        _last("closed_on"),
        unit="day",
    ),
    _add(
        TagType.FLAG,
        "card_waiting",
        Text("有卡未激活", "Card waiting to be activated", "Tarjeta sin activar"),
        Holds("holds_credit_card AND NOT card_activated"),
    ),
    _add(
        TagType.FLAG,
        "deposits_only",
        Text("仅有存款", "Deposits only", "Solo depósitos"),
        FromSource(
            ACCOUNTS,
            lambda p: (p["family"].isin(DEPOSITS)).all(
                where=_open(p) & (p["family"] != "debit_card")
            ),
            empty=False,
        ),
    ),
)
