"""Products, accounts and what is in them."""

from asterism.kernel.privacy import Privacy
from asterism.kernel.words import Text
from asterism.warehouse.canonical.column import Column, ColumnType, Layout, Table

PRODUCT_FAMILIES = (
    "demand_deposit",
    "term_deposit",
    "large_certificate",
    "money_fund",
    "bond_fund",
    "mixed_fund",
    "equity_fund",
    "wealth",
    "insurance",
    "metal",
    "pension",
    "debit_card",
    "credit_card",
    "mortgage",
    "consumer_loan",
    "business_loan",
    "payroll",
    "other",
)

PRODUCTS = Table(
    name="products",
    title=Text("产品", "Products", "Productos"),
    layout=Layout.WHOLE,
    key=("product_id",),
    columns=(
        Column(
            name="product_id",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("产品编号", "Product id", "Id. de producto"),
            required=True,
        ),
        Column(
            name="name",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("名称", "Name", "Nombre"),
            required=True,
        ),
        Column(
            name="family",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("产品类别", "Family", "Familia"),
            codes=PRODUCT_FAMILIES,
            required=True,
        ),
        Column(
            name="risk_rating",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("风险等级", "Risk rating", "Nivel de riesgo"),
            codes=("R1", "R2", "R3", "R4", "R5"),
        ),
        Column(
            name="rate",
            type=ColumnType.NUMBER,
            privacy=Privacy.C1,
            title=Text("年利率", "Rate a year", "Tipo anual"),
            unit="ratio",
        ),
        Column(
            name="term_days",
            type=ColumnType.INTEGER,
            privacy=Privacy.C1,
            title=Text("期限", "Term", "Plazo"),
            unit="day",
        ),
        Column(
            name="minimum_amount",
            type=ColumnType.MONEY,
            privacy=Privacy.C1,
            title=Text("起购金额", "Minimum amount", "Importe mínimo"),
        ),
        Column(
            name="currency",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("币种", "Currency", "Moneda"),
            default="CNY",
        ),
        Column(
            name="sold_from",
            type=ColumnType.DATE,
            privacy=Privacy.C1,
            title=Text("开售日期", "Sold from", "A la venta desde"),
        ),
        Column(
            name="sold_until",
            type=ColumnType.DATE,
            privacy=Privacy.C1,
            title=Text("停售日期", "Sold until", "A la venta hasta"),
        ),
    ),
)

ACCOUNTS = Table(
    name="accounts",
    title=Text("账户", "Accounts", "Cuentas"),
    layout=Layout.BUCKETS,
    key=("account_id",),
    columns=(
        Column(
            name="account_id",
            type=ColumnType.TEXT,
            privacy=Privacy.C2,
            title=Text("账号", "Account id", "Id. de cuenta"),
            required=True,
        ),
        Column(
            name="customer_id",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("客户号", "Customer id", "Id. de cliente"),
            required=True,
            references="customers.customer_id",
        ),
        Column(
            name="product_id",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("产品编号", "Product id", "Id. de producto"),
            references="products.product_id",
        ),
        Column(
            name="family",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("产品类别", "Family of the product", "Familia del producto"),
            codes=PRODUCT_FAMILIES,
            required=True,
        ),
        Column(
            name="branch_id",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("开户网点", "Branch", "Sucursal"),
            references="branches.branch_id",
        ),
        Column(
            name="opened_on",
            type=ColumnType.DATE,
            privacy=Privacy.C1,
            title=Text("开立日期", "Opened on", "Apertura"),
        ),
        Column(
            name="closed_on",
            type=ColumnType.DATE,
            privacy=Privacy.C1,
            title=Text("销户日期", "Closed on", "Cierre"),
        ),
        Column(
            name="matures_on",
            type=ColumnType.DATE,
            privacy=Privacy.C2,
            title=Text("到期日", "Matures on", "Vencimiento"),
        ),
        Column(
            name="activated_on",
            type=ColumnType.DATE,
            privacy=Privacy.C1,
            title=Text("激活日期", "Activated on", "Activación"),
        ),
        Column(
            name="principal",
            type=ColumnType.MONEY,
            privacy=Privacy.C2,
            title=Text("本金", "Principal", "Principal"),
        ),
        Column(
            name="credit_limit",
            type=ColumnType.MONEY,
            privacy=Privacy.C2,
            title=Text("信用额度", "Credit limit", "Límite de crédito"),
        ),
        Column(
            name="rate",
            type=ColumnType.NUMBER,
            privacy=Privacy.C1,
            title=Text("执行利率", "Rate a year", "Tipo anual"),
            unit="ratio",
        ),
        Column(
            name="currency",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("币种", "Currency", "Moneda"),
            default="CNY",
        ),
    ),
)

BALANCES = Table(
    name="balances",
    title=Text("余额", "Balances", "Saldos"),
    layout=Layout.MONTHS,
    key=("account_id", "date"),
    dated_by="date",
    columns=(
        Column(
            name="account_id",
            type=ColumnType.TEXT,
            privacy=Privacy.C2,
            title=Text("账号", "Account id", "Id. de cuenta"),
            required=True,
        ),
        Column(
            name="customer_id",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("客户号", "Customer id", "Id. de cliente"),
            required=True,
            references="customers.customer_id",
        ),
        Column(
            name="date",
            type=ColumnType.DATE,
            privacy=Privacy.C1,
            title=Text("日期", "Reporting day", "Fecha"),
            required=True,
        ),
        Column(
            name="family",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("产品类别", "Family of the product", "Familia del producto"),
            codes=PRODUCT_FAMILIES,
            required=True,
        ),
        Column(
            name="balance",
            type=ColumnType.MONEY,
            privacy=Privacy.C2,
            title=Text(
                "日终余额",
                "Balance at the end of the day, what is owed is negative",
                "Saldo al cierre; lo debido es negativo",
            ),
            required=True,
        ),
        Column(
            name="average_balance",
            type=ColumnType.MONEY,
            privacy=Privacy.C2,
            title=Text(
                "期间日均余额",
                "Mean of the days' balances over the period that ends on the reporting day",
                "Media de los saldos diarios del período",
            ),
        ),
        Column(
            name="period_days",
            type=ColumnType.INTEGER,
            privacy=Privacy.C1,
            title=Text(
                "期间天数", "Days in the period that ends on the reporting day", "Días del período"
            ),
            unit="day",
            default=1,
        ),
        Column(
            name="currency",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("币种", "Currency", "Moneda"),
            default="CNY",
        ),
    ),
)
