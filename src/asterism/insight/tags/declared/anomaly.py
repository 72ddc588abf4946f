"""Anomaly and privilege: what is out of the ordinary, and who is treated apart."""

from functools import reduce
from operator import add

from asterism.audience import TagType
from asterism.insight.tags.declared.basic import column
from asterism.insight.tags.declared.sources import SPEND, TRANSACTIONS
from asterism.insight.tags.source import within
from asterism.insight.tags.tag import Category, Formula, FromSource, Holds, Shelf, Tag
from asterism.kernel.words import Text

_add = Shelf(Category.ANOMALY)

#: Points of each sign; the sum is 100.
_SIGNS = {
    "outflow_spike": 25,
    "assets_leaving": 25,
    "night_activity": 15,
    "gambling_seen": 15,
    "cash_heavy": 10,
    "dormant_awakened": 10,
}

TAGS: tuple[Tag, ...] = (
    _add(
        TagType.INTEGER,
        "night_transactions_30d",
        Text("近30天凌晨交易", "Night transactions, 30 days", "Movimientos nocturnos, 30 días"),
        FromSource(TRANSACTIONS, within("nights", 30), empty=0),
        unit="count",
        means=Text(
            "0至5点的刷卡与转出",
            "Card and transfers between 0 and 5 h",
            "Tarjeta y transferencias de 0 a 5 h",
        ),
    ),
    _add(
        TagType.INTEGER,
        "large_cash_90d",
        Text(
            "近90天大额现金笔数",
            "Large cash operations, 90 days",
            "Efectivo de importe alto, 90 días",
        ),
        FromSource(TRANSACTIONS, within("large_cash", 90), empty=0),
        unit="count",
        means=Text("单笔5万及以上", "50,000 or more each", "50.000 o más cada una"),
    ),
    _add(
        TagType.MONEY,
        "gambling_spend_90d",
        Text("近90天博彩消费", "Spent on gambling, 90 days", "Gasto en juego, 90 días"),
        FromSource(
            SPEND, lambda k: k["d90"].sum(where=k["merchant_category"] == "gambling"), empty=0
        ),
    ),
    _add(
        TagType.FLAG,
        "outflow_spike",
        Text("流出激增", "Outflow spike", "Salida inusual"),
        Holds("outflow_30d >= 50000 AND outflow_30d >= 0.7 * outflow_90d"),
        means=Text(
            "近30天流出占90天七成以上",
            "30 days' outflow is 70% of 90 days'",
            "La salida de 30 días es el 70 % de 90",
        ),
    ),
    _add(
        TagType.FLAG,
        "assets_leaving",
        Text("资产流失", "Assets leaving", "Fuga de activos"),
        Holds("aum_90d_ago >= 50000 AND aum_change_rate_90d <= -0.5"),
    ),
    _add(
        TagType.FLAG,
        "night_activity",
        Text("夜间活跃异常", "Unusual night activity", "Actividad nocturna inusual"),
        Holds("night_transactions_30d >= 5 AND night_transactions_30d >= 0.3 * transactions_30d"),
    ),
    _add(
        TagType.FLAG,
        "gambling_seen",
        Text("博彩迹象", "Gambling seen", "Juego detectado"),
        Holds("gambling_spend_90d > 0"),
    ),
    _add(
        TagType.FLAG,
        "cash_heavy",
        Text("现金频繁", "Heavy use of cash", "Uso intenso de efectivo"),
        Holds("large_cash_90d >= 2"),
    ),
    _add(
        TagType.FLAG,
        "dormant_awakened",
        Text("沉睡后大额动账", "Large move after silence", "Gran movimiento tras silencio"),
        Holds("transactions_365d <= 3 AND largest_inflow_7d >= 50000"),
    ),
    _add(
        TagType.INTEGER,
        "anomaly_score",
        Text("异常分", "Anomaly score", "Puntuación de anomalía"),
        unit="point",
        rule=Formula(
            tuple(_SIGNS),
            lambda t: reduce(
                add, [t[sign].cast("int64") * points for sign, points in _SIGNS.items()]
            ),
        ),
        means=Text(
            "各异常迹象加权之和，0至100",
            "Weighted sum of the signs, 0 to 100",
            "Suma ponderada de señales, 0 a 100",
        ),
    ),
    _add(
        TagType.FLAG,
        "blacklisted",
        Text("黑名单", "On the blacklist", "En lista negra"),
        column("blacklisted"),
    ),
    _add(TagType.FLAG, "deceased", Text("已故", "Deceased", "Fallecido"), column("deceased")),
    _add(
        TagType.FLAG,
        "staff_member",
        Text("本行员工", "Works at the bank", "Empleado del banco"),
        column("staff_member"),
    ),
    _add(
        TagType.FLAG,
        "protected",
        Text("特别保护客户", "Needs special care", "Cliente a proteger"),
        Holds("age >= 70 OR age < 18 OR blacklisted OR deceased"),
        means=Text(
            "营销须谨慎：高龄、未成年、黑名单或已故",
            "Handle with care: old, minor, blacklisted or deceased",
            "Tratar con cuidado: mayor, menor, lista negra o fallecido",
        ),
    ),
)
