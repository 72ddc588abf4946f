# ruff: noqa: E501 - the shelf is a table, one product per line
"""The bank's product shelf: some forty products with ratings, rates, terms and minimums."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from asterism.kernel.words import Text
from asterism.twin.arrow import coded, nulls, numbered, schema
from asterism.twin.locales import LocalePack
from asterism.twin.seeds import Array
from asterism.warehouse.canonical import PRODUCT_FAMILIES

#: Family -> code: the place in the canonical list; and back.
FAMILY = {name: code for code, name in enumerate(PRODUCT_FAMILIES)}
FAMILY_NAME = dict(enumerate(PRODUCT_FAMILIES))


@dataclass(frozen=True, slots=True)
class Product:
    """One product; the minimum is in yuan-like major units of the middle-income scale."""

    name: Text
    family: str
    risk: int = 0
    rate: float = 0.0
    term_days: int = 0
    minimum: int = 0
    #: How often it is chosen within its family.
    weight: float = 1.0


def _p(  # noqa: PLR0913, PLR0917 - one product in one line
    zh: str, en: str, es: str, family: str, risk: int = 0, rate: float = 0.0, term: int = 0,
    minimum: int = 0, weight: float = 1.0,
) -> Product:  # fmt: skip
    return Product(Text(zh, en, es), family, risk, rate, term, minimum, weight)


# fmt: off
PRODUCTS = (
    _p("活期存款", "Current account", "Cuenta corriente", "demand_deposit", 1, 0.0005),
    _p("整存整取三个月", "Three-month term deposit", "Depósito a 3 meses", "term_deposit", 1, 0.0085, 91, 50, 0.8),
    _p("整存整取六个月", "Six-month term deposit", "Depósito a 6 meses", "term_deposit", 1, 0.0105, 182, 50, 1.0),
    _p("整存整取一年", "One-year term deposit", "Depósito a 1 año", "term_deposit", 1, 0.0125, 365, 50, 2.2),
    _p("整存整取二年", "Two-year term deposit", "Depósito a 2 años", "term_deposit", 1, 0.0135, 730, 50, 1.1),
    _p("整存整取三年", "Three-year term deposit", "Depósito a 3 años", "term_deposit", 1, 0.0165, 1095, 50, 1.4),
    _p("个人大额存单一年期", "One-year large certificate", "Certificado grande a 1 año", "large_certificate", 1, 0.0145, 365, 200_000, 1.0),
    _p("个人大额存单三年期", "Three-year large certificate", "Certificado grande a 3 años", "large_certificate", 1, 0.0190, 1095, 200_000, 1.6),
    _p("天天盈货币市场基金", "Daily Money Market Fund", "Fondo monetario diario", "money_fund", 1, 0.0160, 0, 1),
    _p("现金宝货币基金A", "Cash Reserve Fund A", "Fondo Reserva de Efectivo A", "money_fund", 1, 0.0150, 0, 1, 0.6),
    _p("稳健中短债债券基金", "Short Bond Fund", "Fondo de renta fija corta", "bond_fund", 2, 0.028, 0, 10),
    _p("纯债增利债券基金A", "Pure Bond Income Fund A", "Fondo Renta Fija Plus A", "bond_fund", 2, 0.033, 0, 10, 0.8),
    _p("安享均衡混合基金", "Balanced Allocation Fund", "Fondo mixto equilibrado", "mixed_fund", 3, 0.045, 0, 10),
    _p("红利优选混合基金", "Dividend Select Mixed Fund", "Fondo mixto dividendos", "mixed_fund", 3, 0.050, 0, 10, 0.7),
    _p("沪深大盘指数基金联接A", "Large-Cap Index Fund", "Fondo índice grandes empresas", "equity_fund", 4, 0.06, 0, 10),
    _p("科技创新股票基金", "Technology Equity Fund", "Fondo renta variable tecnología", "equity_fund", 5, 0.07, 0, 10, 0.7),
    _p("消费升级股票基金", "Consumer Equity Fund", "Fondo renta variable consumo", "equity_fund", 4, 0.06, 0, 10, 0.6),
    _p("安鑫固收理财30天", "Fixed Income Wealth 30 days", "Patrimonio renta fija 30 días", "wealth", 2, 0.0215, 30, 1, 1.0),
    _p("安鑫固收理财90天", "Fixed Income Wealth 90 days", "Patrimonio renta fija 90 días", "wealth", 2, 0.0245, 90, 1, 1.6),
    _p("安鑫固收理财180天", "Fixed Income Wealth 180 days", "Patrimonio renta fija 180 días", "wealth", 2, 0.0265, 180, 1, 1.3),
    _p("稳进固收增强理财一年", "Enhanced Income Wealth one year", "Patrimonio renta plus 1 año", "wealth", 3, 0.031, 365, 10_000, 1.0),
    _p("私享净值型理财两年", "Private Select Wealth two years", "Patrimonio selecto 2 años", "wealth", 3, 0.036, 730, 300_000, 0.4),
    _p("福满年年年金保险", "Annuity insurance", "Seguro de renta vitalicia", "insurance", 1, 0.02, 0, 5_000),
    _p("安康无忧重疾险", "Critical illness cover", "Seguro de enfermedad grave", "insurance", 1, 0.0, 0, 3_000, 0.8),
    _p("传家终身寿险", "Whole life insurance", "Seguro de vida entera", "insurance", 1, 0.018, 0, 20_000, 0.4),
    _p("积存金", "Gold accumulation plan", "Plan de acumulación de oro", "metal", 3, 0.03, 0, 1),
    _p("传世金条50克", "Gold bar 50 g", "Lingote de oro 50 g", "metal", 3, 0.03, 0, 30_000, 0.3),
    _p("个人养老金专属存款", "Personal pension deposit", "Depósito de pensión personal", "pension", 1, 0.019, 0, 100),
    _p("养老目标日期2045基金", "Target-date 2045 pension fund", "Fondo de pensión objetivo 2045", "pension", 3, 0.04, 0, 10, 0.6),
    _p("借记卡", "Debit card", "Tarjeta de débito", "debit_card"),
    _p("青春信用卡", "Young credit card", "Tarjeta de crédito joven", "credit_card", 0, 0.1825, 0, 0, 1.0),
    _p("标准信用卡金卡", "Gold credit card", "Tarjeta de crédito oro", "credit_card", 0, 0.1825, 0, 0, 1.6),
    _p("车主信用卡", "Driver's credit card", "Tarjeta de crédito conductor", "credit_card", 0, 0.1825, 0, 0, 0.7),
    _p("尊享白金信用卡", "Platinum credit card", "Tarjeta de crédito platino", "credit_card", 0, 0.1825, 0, 0, 0.4),
    _p("个人住房贷款", "Home mortgage", "Hipoteca de vivienda", "mortgage", 0, 0.0345, 7300, 100_000),
    _p("二手房按揭贷款", "Resale home mortgage", "Hipoteca segunda mano", "mortgage", 0, 0.0355, 7300, 100_000, 0.6),
    _p("薪享消费贷", "Salary consumer loan", "Préstamo nómina", "consumer_loan", 0, 0.042, 730, 5_000),
    _p("装修分期贷", "Home improvement loan", "Préstamo reforma", "consumer_loan", 0, 0.048, 1095, 10_000, 0.5),
    _p("小微经营快贷", "Small business loan", "Préstamo para negocio", "business_loan", 0, 0.0435, 365, 20_000),
    _p("代发工资服务", "Salary account service", "Servicio de nómina", "payroll"),
)
# fmt: on

FAMILY_OF = np.array([FAMILY[p.family] for p in PRODUCTS], dtype=np.int8)
RATE_OF = np.array([p.rate for p in PRODUCTS])
TERM_OF = np.array([p.term_days for p in PRODUCTS], dtype=np.int32)
RISK_OF = np.array([p.risk for p in PRODUCTS], dtype=np.int8)
DEMAND = 0


def in_family(family: str) -> Array:
    """Return the codes (int64) of the family's products."""
    return np.flatnonzero(FAMILY[family] == FAMILY_OF)


def weights_in(codes: Array) -> Array:
    """Return how often each of these products is chosen."""
    return np.array([PRODUCTS[int(code)].weight for code in codes])


def minimums(scale: float) -> Array:
    """Return the products' minimum amounts in minor units of a locale with that money scale."""
    return np.array([p.minimum * 100 * scale for p in PRODUCTS]).astype(np.int64)


def product_ids() -> pa.Array:
    """Return the products' ids by code."""
    return numbered("P", np.arange(1, len(PRODUCTS) + 1), 3)


def products_table(pack: LocalePack, scale: float, sold_from: date) -> pa.Table:
    """Return the canonical products table of a locale."""
    count = len(PRODUCTS)
    columns = {
        "product_id": product_ids(),
        "name": pa.array([p.name.in_locale(pack.language) for p in PRODUCTS]),
        "family": pa.array([p.family for p in PRODUCTS]),
        "risk_rating": coded(("R1", "R2", "R3", "R4", "R5"), RISK_OF.astype(np.int32) - 1),
        "rate": pa.array(RATE_OF, mask=~RATE_OF.astype(bool)),
        "term_days": pa.array(TERM_OF.astype(np.int64), mask=~TERM_OF.astype(bool)),
        "minimum_amount": pa.array(minimums(scale), mask=~minimums(scale).astype(bool)),
        "currency": pa.array([pack.currency] * count),
        "sold_from": pa.array([sold_from] * count, pa.date32()),
        "sold_until": nulls(count).cast(pa.string()).cast(pa.date32()),
    }
    names = schema("products").names
    return pa.table({name: columns[name] for name in names})
