"""Assets and value: what the customer has with the bank, its trend, and the tier that follows."""

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from asterism.audience import TagType
from asterism.insight.tags.declared.sources import ASSETS, BALANCES, DEPOSITS, FUNDS, LOANS, TERM
from asterism.insight.tags.tag import (
    Bands,
    Category,
    FirstMatch,
    Formula,
    FromSource,
    Holds,
    Rule,
    Shelf,
    Tag,
)
from asterism.kernel.words import Text

_add = Shelf(Category.ASSETS)


def _held(level: str, *families: str, owed: bool = False) -> FromSource:
    sign = -1 if owed else 1
    return FromSource(
        BALANCES, lambda k: sign * k[level].sum(where=k["family"].isin(families)), empty=0
    )


def _average(days: int, *families: str) -> FromSource:
    """Return the day-weighted mean over the days observed of the account observed longest."""

    def mean(k: ir.Table) -> ir.Value:
        among = k["family"].isin(families)
        observed = k[f"days_{days}"].max(where=among).nullif(0)
        return (k[f"weighted_{days}"].sum(where=among) / observed).round().cast("int64")

    return FromSource(BALANCES, mean, empty=0)


def _share(part: str, whole: str) -> Formula:
    return Formula(
        (part, whole),
        lambda t: t[part].cast("float64") / ibis.greatest(t[whole], 0).nullif(0).cast("float64"),
    )


def _formula(compute: Callable[[ir.Table], ir.Value], *reads: str) -> Rule:
    return Formula(reads, compute)


_TIERS = (
    ("private", "aum_avg_90d >= 6000000"),
    ("platinum", "aum_avg_90d >= 1000000"),
    ("gold", "aum_avg_90d >= 200000"),
    ("silver", "aum_avg_90d >= 50000"),
)
_FLOORS = tuple(int(audience.rsplit(" ", 1)[1]) * 100 for _, audience in reversed(_TIERS))


def _to_next_tier(t: ir.Table) -> ir.Value:
    steps = [(t["aum_avg_90d"] < floor, floor - t["aum_avg_90d"]) for floor in _FLOORS]
    return ibis.cases(*steps, else_=ibis.null("int64"))


_TREND = (
    ("rising", "aum_change_rate_90d >= 0.1"),
    ("falling", "aum_change_rate_90d <= -0.1"),
    ("steady", "aum_change_rate_90d IS NOT NULL"),
)

TAGS: tuple[Tag, ...] = (
    _add(
        TagType.MONEY,
        "aum",
        Text("管理资产", "Assets under management", "Activos gestionados"),
        _held("now", *ASSETS),
        means=Text(
            "存款、基金、理财、保险、贵金属与养老金的日终余额之和",
            "Deposits, funds, wealth, insurance, metal and pension at the end of the day",
            "Depósitos, fondos, gestión, seguros, metales y pensión al cierre",
        ),
    ),
    _add(
        TagType.MONEY,
        "aum_avg_30d",
        Text("近30天日均资产", "Average assets, 30 days", "Activos medios, 30 días"),
        _average(30, *ASSETS),
    ),
    _add(
        TagType.MONEY,
        "aum_avg_90d",
        Text("近90天日均资产", "Average assets, 90 days", "Activos medios, 90 días"),
        _average(90, *ASSETS),
    ),
    _add(
        TagType.MONEY,
        "aum_30d_ago",
        Text("30天前资产", "Assets 30 days ago", "Activos hace 30 días"),
        _held("d30", *ASSETS),
    ),
    _add(
        TagType.MONEY,
        "aum_90d_ago",
        Text("90天前资产", "Assets 90 days ago", "Activos hace 90 días"),
        _held("d90", *ASSETS),
    ),
    _add(
        TagType.MONEY,
        "aum_change_30d",
        Text("近30天资产变动", "Change of assets, 30 days", "Variación de activos, 30 días"),
        _formula(lambda t: t["aum"] - t["aum_30d_ago"], "aum", "aum_30d_ago"),
    ),
    _add(
        TagType.NUMBER,
        "aum_change_rate_90d",
        Text("近90天资产变动率", "Rate of change of assets, 90 days", "Tasa de variación, 90 días"),
        _formula(
            lambda t: (
                (t["aum"] - t["aum_90d_ago"]).cast("float64")
                / ibis.greatest(t["aum_90d_ago"], 0).nullif(0).cast("float64")
            ),
            "aum",
            "aum_90d_ago",
        ),
        unit="ratio",
    ),
    _add(
        TagType.TEXT,
        "aum_trend",
        Text("资产趋势", "Trend of assets", "Tendencia de activos"),
        FirstMatch(_TREND),
        values=("rising", "falling", "steady"),
        means=Text(
            "90天变动超过一成为升或降",
            "Rising or falling by a tenth in 90 days",
            "Sube o baja una décima en 90 días",
        ),
    ),
    _add(
        TagType.TEXT,
        "tier",
        Text("客户等级", "Tier", "Nivel"),
        FirstMatch(_TIERS, "basic"),
        values=("basic", "silver", "gold", "platinum", "private"),
        means=Text(
            "按近90天日均资产：5万、20万、100万、600万分档",
            "By average assets of 90 days: 50,000, 200,000, 1 and 6 million",
            "Por activos medios de 90 días: 50.000, 200.000, 1 y 6 millones",
        ),
    ),
    _add(
        TagType.MONEY,
        "to_next_tier",
        Text("距上一等级差额", "Missing to the next tier", "Falta para el siguiente nivel"),
        _formula(_to_next_tier, "aum_avg_90d"),
    ),
    _add(
        TagType.FLAG,
        "near_next_tier",
        Text("临近升级", "Close to the next tier", "Cerca del siguiente nivel"),
        Holds("to_next_tier <= 0.1 * aum_avg_90d AND aum_avg_90d > 0"),
        means=Text(
            "再增加不到一成即可升级",
            "Less than a tenth more would lift the tier",
            "Con menos de una décima más subiría",
        ),
    ),
    _add(
        TagType.INTEGER,
        "aum_band",
        Text("资产五分位", "Fifth by assets", "Quintil de activos"),
        Bands("aum_avg_90d"),
        unit="point",
    ),
    _add(
        TagType.MONEY,
        "deposit_balance",
        Text("存款余额", "Deposits", "Depósitos"),
        _held("now", *DEPOSITS),
    ),
    _add(
        TagType.MONEY,
        "demand_balance",
        Text("活期余额", "Demand deposits", "Depósitos a la vista"),
        _held("now", "demand_deposit"),
    ),
    _add(
        TagType.MONEY,
        "term_balance",
        Text("定期余额", "Term deposits", "Depósitos a plazo"),
        _held("now", *TERM),
    ),
    _add(TagType.MONEY, "fund_balance", Text("基金余额", "Funds", "Fondos"), _held("now", *FUNDS)),
    _add(
        TagType.MONEY,
        "wealth_balance",
        Text("理财余额", "Wealth products", "Productos de gestión"),
        _held("now", "wealth"),
    ),
    _add(
        TagType.MONEY,
        "insurance_balance",
        Text("保险余额", "Insurance", "Seguros"),
        _held("now", "insurance"),
    ),
    _add(
        TagType.MONEY,
        "loan_balance",
        Text("贷款余额", "Loans owed", "Préstamos"),
        _held("now", *LOANS, owed=True),
        means=Text(
            "住房、消费与经营贷款欠款",
            "Owed on mortgage, consumer and business loans",
            "Debido en hipoteca, consumo y negocio",
        ),
    ),
    _add(
        TagType.MONEY,
        "card_debt",
        Text("信用卡欠款", "Owed on credit cards", "Deuda de tarjeta"),
        _held("now", "credit_card", owed=True),
    ),
    _add(
        TagType.MONEY,
        "net_worth",
        Text("净资产", "Net worth with the bank", "Patrimonio neto en el banco"),
        _formula(
            lambda t: t["aum"] - t["loan_balance"] - t["card_debt"],
            "aum",
            "loan_balance",
            "card_debt",
        ),
    ),
    _add(
        TagType.NUMBER,
        "demand_share",
        Text("活期占比", "Share in demand deposits", "Cuota a la vista"),
        _share("demand_balance", "aum"),
        unit="ratio",
    ),
    _add(
        TagType.NUMBER,
        "invested_share",
        Text("投资占比", "Share invested", "Cuota invertida"),
        _formula(
            lambda t: (
                (t["fund_balance"] + t["wealth_balance"]).cast("float64")
                / ibis.greatest(t["aum"], 0).nullif(0).cast("float64")
            ),
            "fund_balance",
            "wealth_balance",
            "aum",
        ),
        unit="ratio",
    ),
    _add(
        TagType.FLAG,
        "idle_money",
        Text("闲置资金", "Idle money", "Dinero ocioso"),
        Holds(
            "demand_balance >= 50000 AND demand_share >= 0.5 AND outflow_30d < 0.5 * demand_balance"
        ),
        means=Text(
            "活期5万以上、占比过半且近月少动",
            "50,000 or more on demand, over half of all, little used",
            "50.000 o más a la vista, más de la mitad, poco usado",
        ),
    ),
)
