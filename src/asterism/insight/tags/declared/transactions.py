"""Transactions: money in and out, salary, card."""

import ibis
import ibis.expr.types as ir

from asterism.audience import TagType
from asterism.insight.tags.declared.sources import TRANSACTIONS
from asterism.insight.tags.source import last_of, most_within, within
from asterism.insight.tags.tag import (
    Category,
    Formula,
    FromSource,
    Holds,
    Shelf,
    Tag,
)
from asterism.kernel.words import Text

_add = Shelf(Category.TRANSACTIONS)
#: A year is the whole horizon of transactions.
YEAR = None


def _sum(measure: str, days: int | None) -> FromSource:
    return FromSource(TRANSACTIONS, within(measure, days), empty=0)


def _since(measure: str) -> FromSource:
    return FromSource(TRANSACTIONS, last_of(measure), since=True)


def _mean(amount: str, number: str, days: int) -> FromSource:
    def mean(p: ir.Table) -> ir.Value:
        rate = within(amount, days)(p) / within(number, days)(p).nullif(0)
        return rate.round().cast("int64")

    return FromSource(TRANSACTIONS, mean)


def _pace(short: str, long: str, times: int) -> Formula:
    """Return how the short window compares with its share of the long one; 0 for no change."""
    return Formula(
        (short, long),
        lambda t: (
            t[short].cast("float64") * times / ibis.greatest(t[long], 0).nullif(0).cast("float64")
            - 1.0
        ),
    )


TAGS: tuple[Tag, ...] = (
    _add(
        TagType.MONEY,
        "inflow_7d",
        Text("近7天资金流入", "Money in, 7 days", "Entradas, 7 días"),
        _sum("inflow", 7),
        means=Text(
            "来自本人账户以外的资金",
            "From outside the customer's own accounts",
            "De fuera de las cuentas propias",
        ),
    ),
    _add(
        TagType.MONEY,
        "inflow_30d",
        Text("近30天资金流入", "Money in, 30 days", "Entradas, 30 días"),
        _sum("inflow", 30),
    ),
    _add(
        TagType.MONEY,
        "inflow_90d",
        Text("近90天资金流入", "Money in, 90 days", "Entradas, 90 días"),
        _sum("inflow", 90),
    ),
    _add(
        TagType.MONEY,
        "outflow_30d",
        Text("近30天资金流出", "Money out, 30 days", "Salidas, 30 días"),
        _sum("outflow", 30),
    ),
    _add(
        TagType.MONEY,
        "outflow_90d",
        Text("近90天资金流出", "Money out, 90 days", "Salidas, 90 días"),
        _sum("outflow", 90),
    ),
    _add(
        TagType.MONEY,
        "net_flow_30d",
        Text("近30天资金净流入", "Net flow, 30 days", "Flujo neto, 30 días"),
        Formula(("inflow_30d", "outflow_30d"), lambda t: t["inflow_30d"] - t["outflow_30d"]),
    ),
    _add(
        TagType.MONEY,
        "largest_inflow_7d",
        Text("近7天最大单笔流入", "Largest inflow, 7 days", "Mayor entrada, 7 días"),
        FromSource(TRANSACTIONS, most_within("largest_inflow", 7), empty=0),
    ),
    _add(
        TagType.FLAG,
        "large_inflow",
        Text("大额入账", "Large inflow", "Entrada grande"),
        Holds("largest_inflow_7d >= 50000 AND largest_inflow_7d >= 0.5 * inflow_90d"),
        means=Text(
            "近7天有5万以上且占90天流入一半以上的一笔",
            "One of 50,000 or more that is half of 90 days' money in",
            "Una de 50.000 o más que es la mitad de 90 días",
        ),
    ),
    _add(
        TagType.INTEGER,
        "transactions_30d",
        Text("近30天交易笔数", "Transactions, 30 days", "Movimientos, 30 días"),
        _sum("count", 30),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "transactions_90d",
        Text("近90天交易笔数", "Transactions, 90 days", "Movimientos, 90 días"),
        _sum("count", 90),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "transactions_365d",
        Text("近一年交易笔数", "Transactions, 365 days", "Movimientos, 365 días"),
        _sum("count", YEAR),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "days_since_transaction",
        Text("最近交易距今天数", "Days since a transaction", "Días desde un movimiento"),
        _since("last_day"),
        unit="day",
        means=Text("一年内无交易为空", "Null if none within a year", "Nulo si ninguno en un año"),
    ),
    _add(
        TagType.FLAG,
        "salary_detected",
        Text("代发工资客户", "Salary detected", "Nómina detectada"),
        Holds("salaries_90d >= 2 AND days_since_salary <= 45"),
        means=Text(
            "近90天至少两次工资入账且最近一次在45天内",
            "Two salaries in 90 days, the last within 45",
            "Dos nóminas en 90 días, la última en 45",
        ),
    ),
    _add(
        TagType.INTEGER,
        "salaries_90d",
        Text("近90天工资笔数", "Salaries, 90 days", "Nóminas, 90 días"),
        _sum("salaries", 90),
        unit="count",
    ),
    _add(
        TagType.MONEY,
        "salary_amount",
        Text("平均工资", "Average salary", "Nómina media"),
        _mean("salary", "salaries", 90),
        means=Text(
            "近90天工资的平均单笔金额",
            "Mean of the payments of 90 days",
            "Media de los pagos de 90 días",
        ),
    ),
    _add(
        TagType.INTEGER,
        "days_since_salary",
        Text("最近工资距今天数", "Days since the salary", "Días desde la nómina"),
        _since("salary_day"),
        unit="day",
    ),
    _add(
        TagType.FLAG,
        "pension_received",
        Text("领取养老金", "Receives a pension", "Cobra pensión"),
        Holds("pension_90d > 0"),
    ),
    _add(
        TagType.MONEY,
        "pension_90d",
        Text("近90天养老金", "Pension, 90 days", "Pensión, 90 días"),
        _sum("pension", 90),
    ),
    _add(
        TagType.MONEY,
        "card_spend_30d",
        Text("近30天刷卡消费", "Card spending, 30 days", "Gasto con tarjeta, 30 días"),
        _sum("card", 30),
    ),
    _add(
        TagType.MONEY,
        "card_spend_90d",
        Text("近90天刷卡消费", "Card spending, 90 days", "Gasto con tarjeta, 90 días"),
        _sum("card", 90),
    ),
    _add(
        TagType.MONEY,
        "card_spend_365d",
        Text("近一年刷卡消费", "Card spending, 365 days", "Gasto con tarjeta, 365 días"),
        _sum("card", YEAR),
    ),
    _add(
        TagType.NUMBER,
        "card_spend_change",
        Text("消费变化率", "Change of card spending", "Variación del gasto"),
        _pace("card_spend_30d", "card_spend_90d", 3),
        unit="ratio",
        means=Text(
            "近30天与近90天月均相比",
            "30 days against the month's mean of 90",
            "30 días frente a la media mensual de 90",
        ),
    ),
    _add(
        TagType.MONEY,
        "average_ticket_90d",
        Text("笔均消费", "Average card payment", "Pago medio con tarjeta"),
        _mean("card", "cards", 90),
    ),
    _add(
        TagType.INTEGER,
        "days_since_card_use",
        Text("最近刷卡距今天数", "Days since the card was used", "Días desde el último pago"),
        _since("card_day"),
        unit="day",
    ),
    _add(
        TagType.MONEY,
        "cash_out_90d",
        Text("近90天取现", "Cash taken out, 90 days", "Efectivo retirado, 90 días"),
        _sum("cash_out", 90),
    ),
    _add(
        TagType.MONEY,
        "transfer_out_30d",
        Text("近30天转出", "Transfers out, 30 days", "Transferencias, 30 días"),
        _sum("transfer_out", 30),
    ),
    _add(
        TagType.INTEGER,
        "bills_90d",
        Text("近90天缴费笔数", "Bills paid, 90 days", "Recibos, 90 días"),
        _sum("bills", 90),
        unit="count",
    ),
    _add(
        TagType.MONEY,
        "invested_90d",
        Text("近90天投资买入", "Invested, 90 days", "Invertido, 90 días"),
        _sum("bought", 90),
    ),
    _add(
        TagType.MONEY,
        "redeemed_90d",
        Text("近90天赎回", "Redeemed, 90 days", "Reembolsado, 90 días"),
        _sum("redeemed", 90),
    ),
    _add(
        TagType.MONEY,
        "repaid_90d",
        Text("近90天还款", "Repaid, 90 days", "Devuelto, 90 días"),
        _sum("repaid", 90),
    ),
    _add(
        TagType.MONEY,
        "fees_365d",
        Text("近一年手续费", "Fees, 365 days", "Comisiones, 365 días"),
        _sum("fees", YEAR),
    ),
)
