"""What customers and people of the bank said to each other, and what is known from outside."""

from asterism.kernel.privacy import Privacy
from asterism.kernel.words import Text
from asterism.warehouse.canonical.activity import CHANNELS
from asterism.warehouse.canonical.column import Column, ColumnType, Layout, Table

INTERACTIONS = Table(
    name="interactions",
    title=Text("互动", "Interactions with people", "Interacciones con personas"),
    layout=Layout.MONTHS,
    key=("interaction_id",),
    dated_by="occurred_at",
    columns=(
        Column(
            name="interaction_id",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("互动号", "Interaction id", "Id. de interacción"),
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
            name="occurred_at",
            type=ColumnType.MOMENT,
            privacy=Privacy.C2,
            title=Text("发生时间", "Occurred at", "Momento"),
            required=True,
        ),
        Column(
            name="kind",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("类型", "Kind", "Clase"),
            required=True,
            codes=(
                "visit",
                "call_in",
                "call_out",
                "chat",
                "complaint",
                "survey",
                "meeting",
                "risk_test",
                "marketing",
            ),
        ),
        Column(
            name="channel",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("渠道", "Channel", "Canal"),
            codes=CHANNELS,
            default="branch",
        ),
        Column(
            name="staff_id",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("员工", "Staff member", "Empleado"),
            references="staff.staff_id",
        ),
        Column(
            name="branch_id",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("网点", "Branch", "Sucursal"),
            references="branches.branch_id",
        ),
        Column(
            name="topic",
            type=ColumnType.TEXT,
            privacy=Privacy.C2,
            title=Text("主题", "Topic", "Tema"),
        ),
        Column(
            name="outcome",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("结果", "Outcome", "Resultado"),
            codes=("resolved", "unresolved", "accepted", "refused", "no_answer", "later"),
        ),
        Column(
            name="score",
            type=ColumnType.NUMBER,
            privacy=Privacy.C1,
            title=Text("评分", "Score, 0 to 10", "Puntuación, 0 a 10"),
            unit="point",
        ),
        Column(
            name="text",
            type=ColumnType.TEXT,
            privacy=Privacy.C2,
            title=Text("内容", "What was said", "Lo que se dijo"),
        ),
    ),
)

EXTERNAL_FACTS = Table(
    name="external_facts",
    title=Text("外部数据", "External facts", "Datos externos"),
    layout=Layout.BUCKETS,
    key=("customer_id", "fact", "source"),
    columns=(
        Column(
            name="customer_id",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("客户号", "Customer id", "Id. de cliente"),
            required=True,
            references="customers.customer_id",
        ),
        Column(
            name="fact",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text(
                "事实", "Fact (for example credit_score, district_income, vehicle)", "Hecho"
            ),
            required=True,
        ),
        Column(
            name="source",
            type=ColumnType.TEXT,
            privacy=Privacy.C1,
            title=Text("来源", "Source", "Fuente"),
            required=True,
        ),
        Column(
            name="value_number",
            type=ColumnType.NUMBER,
            privacy=Privacy.C2,
            title=Text("数值", "Value, if a number", "Valor, si es número"),
        ),
        Column(
            name="value_text",
            type=ColumnType.TEXT,
            privacy=Privacy.C2,
            title=Text("文本值", "Value, if text", "Valor, si es texto"),
        ),
        Column(
            name="observed_on",
            type=ColumnType.DATE,
            privacy=Privacy.C1,
            title=Text("观察日期", "Observed on", "Observado el"),
        ),
        Column(
            name="valid_until",
            type=ColumnType.DATE,
            privacy=Privacy.C1,
            title=Text("有效期至", "Valid until", "Válido hasta"),
        ),
    ),
)
