"""Family and work."""

from asterism.audience import TagType
from asterism.insight.tags.declared.basic import column, whole_years
from asterism.insight.tags.declared.sources import FACTS, PAYEES
from asterism.insight.tags.tag import (
    Category,
    FirstMatch,
    Freshness,
    FromCustomer,
    FromSource,
    Holds,
    Shelf,
    Tag,
)
from asterism.kernel.words import Text

_add = Shelf(Category.SOCIAL, Freshness.LOAD)

_LIFE_STAGES = (
    ("minor", "age < 18"),
    ("retired", "age >= 60 OR (age >= 55 AND gender = 'female' AND pension_received)"),
    ("new_parent", "youngest_child_age < 3"),
    ("young_family", "youngest_child_age < 12"),
    ("family_with_teenagers", "youngest_child_age < 18"),
    ("student", "age < 23 AND NOT salary_detected"),
    ("young_single", "age < 35 AND (marital_status <> 'married' OR marital_status IS NULL)"),
    ("young_couple", "age < 35"),
    ("mature_single", "age < 60 AND marital_status <> 'married'"),
    ("established", "age < 60"),
)

TAGS: tuple[Tag, ...] = (
    _add(
        TagType.TEXT,
        "marital_status",
        Text("婚姻状况", "Marital status", "Estado civil"),
        column("marital_status"),
        values=("single", "married", "divorced", "widowed"),
    ),
    _add(
        TagType.INTEGER,
        "children",
        Text("子女数", "Children", "Hijos"),
        column("children"),
        unit="person",
    ),
    _add(
        TagType.INTEGER,
        "youngest_child_age",
        Text("最小子女年龄", "Age of the youngest child", "Edad del hijo menor"),
        unit="year",
        rule=FromCustomer(lambda t: whole_years(t["youngest_child_birth_date"], t["today"])),
    ),
    _add(
        TagType.FLAG,
        "is_parent",
        Text("为人父母", "Has children", "Tiene hijos"),
        Holds("children > 0 OR youngest_child_age >= 0"),
    ),
    _add(
        TagType.TEXT,
        "life_stage",
        Text("人生阶段", "Life stage", "Etapa de la vida"),
        FirstMatch(_LIFE_STAGES),
        values=tuple(stage for stage, _ in _LIFE_STAGES),
        means=Text(
            "按年龄、婚姻、子女与收入依次判断",
            "First that fits by age, marriage, children and income",
            "La primera que encaja según edad, estado civil, hijos e ingresos",
        ),
    ),
    _add(TagType.TEXT, "employer_id", Text("雇主", "Employer", "Empleador"), column("employer_id")),
    _add(
        TagType.TEXT,
        "employer_industry",
        Text("雇主行业", "Employer's industry", "Sector del empleador"),
        column("employer__industry"),
    ),
    _add(
        TagType.INTEGER,
        "employer_headcount",
        Text("雇主人数", "Employer's headcount", "Plantilla del empleador"),
        column("employer__headcount"),
        unit="person",
    ),
    _add(
        TagType.FLAG,
        "employer_payroll_client",
        Text("雇主为代发客户", "Employer pays through the bank", "El empleador paga con el banco"),
        column("employer__payroll_client"),
    ),
    _add(
        TagType.MONEY,
        "declared_income",
        Text("申报年收入", "Declared income a year", "Ingresos declarados al año"),
        column("declared_income"),
    ),
    _add(
        TagType.INTEGER,
        "payees_90d",
        Text("近90天转账对象数", "People paid, 90 days", "Destinatarios, 90 días"),
        unit="person",
        rule=FromSource(PAYEES, lambda k: k["d90"].count(), empty=0),
        means=Text(
            "近90天转出过的不同对方数",
            "Different counterparties of transfers out",
            "Contrapartes distintas de transferencias emitidas",
        ),
    ),
    _add(
        TagType.NUMBER,
        "external_credit_score",
        Text("外部信用分", "External credit score", "Puntuación de crédito externa"),
        unit="point",
        rule=FromSource(FACTS, lambda p: p["value_number"].max(where=p["fact"] == "credit_score")),
        means=Text("多个来源取最高", "The highest, if sources differ", "La más alta si difieren"),
    ),
    _add(
        TagType.NUMBER,
        "district_income",
        Text("居住区域人均收入", "Income of the district", "Renta del distrito"),
        rule=FromSource(
            FACTS, lambda p: p["value_number"].max(where=p["fact"] == "district_income")
        ),
        means=Text(
            "外部数据，单位由来源定",
            "External data, in the source's unit",
            "Dato externo, en la unidad de la fuente",
        ),
    ),
    _add(
        TagType.FLAG,
        "owns_vehicle",
        Text("有车", "Owns a vehicle", "Tiene vehículo"),
        FromSource(FACTS, lambda p: (p["fact"] == "vehicle").any(), empty=False),
    ),
)
