"""Basic information: who the customer is and how to reach them."""

import ibis
import ibis.expr.types as ir

from asterism.audience import TagType
from asterism.insight.tags.tag import Category, Freshness, FromCustomer, Shelf, Tag
from asterism.kernel.words import Text

_add = Shelf(Category.BASIC, Freshness.LOAD)


def column(name: str) -> FromCustomer:
    """Return the rule that takes a column of the customer's record as it is."""
    return FromCustomer(lambda t: t[name])


def whole_years(since: ir.DateValue, until: ir.DateValue) -> ir.IntegerValue:
    """Return the birthdays passed from `since` to `until`."""
    before_birthday = _month_day(until) < _month_day(since)
    return (until.year() - since.year() - before_birthday.cast("int64")).cast("int64")


def whole_months(since: ir.DateValue, until: ir.DateValue) -> ir.IntegerValue:
    """Return the whole months from `since` to `until`."""
    months = (until.year() - since.year()) * 12 + until.month() - since.month()
    return (months - (until.day() < since.day()).cast("int64")).cast("int64")


def _month_day(day: ir.DateValue) -> ir.IntegerValue:
    return day.month() * 100 + day.day()


def _to_birthday(t: ir.Table) -> ir.IntegerValue:
    """Days to the next birthday; 29 February is kept on 28 February, as the law counts."""
    birth, today = t["birth_date"], t["today"]
    day = ibis.cases(((birth.month() == 2) & (birth.day() == 29), 28), else_=birth.day())  # noqa: PLR2004
    passed = birth.month() * 100 + day < _month_day(today)
    year = today.year() + passed.cast("int64")
    return ibis.date(year, birth.month(), day).delta(today, unit="day").cast("int64")


def _present(name: str) -> FromCustomer:
    return FromCustomer(lambda t: t[name].notnull() & (t[name].length() > 0))


TAGS: tuple[Tag, ...] = (
    _add(
        TagType.TEXT,
        "customer_kind",
        Text("客户类别", "Kind of customer", "Tipo de cliente"),
        column("kind"),
        values=("person", "company"),
    ),
    _add(
        TagType.INTEGER,
        "age",
        Text("年龄", "Age", "Edad"),
        unit="year",
        rule=FromCustomer(lambda t: whole_years(t["birth_date"], t["today"])),
        means=Text("周岁", "Birthdays passed", "Años cumplidos"),
    ),
    _add(
        TagType.TEXT,
        "gender",
        Text("性别", "Gender", "Género"),
        column("gender"),
        values=("female", "male", "other"),
    ),
    _add(TagType.TEXT, "province", Text("省份", "Province", "Provincia"), column("province")),
    _add(TagType.TEXT, "city", Text("城市", "City", "Ciudad"), column("city")),
    _add(TagType.TEXT, "time_zone", Text("时区", "Time zone", "Zona horaria"), column("time_zone")),
    _add(
        TagType.TEXT, "branch_id", Text("归属网点", "Home branch", "Sucursal"), column("branch_id")
    ),
    _add(
        TagType.TEXT,
        "manager_id",
        Text("客户经理", "Relationship manager", "Gestor"),
        column("manager_id"),
    ),
    _add(
        TagType.INTEGER,
        "customer_months",
        Text("开户月数", "Months as a customer", "Meses como cliente"),
        unit="month",
        rule=FromCustomer(lambda t: whole_months(t["opened_on"], t["today"])),
        means=Text(
            "自首次开户起的整月数",
            "Whole months since the first account was opened",
            "Meses completos desde la primera cuenta",
        ),
    ),
    _add(
        TagType.TEXT,
        "education",
        Text("学历", "Education", "Estudios"),
        column("education"),
        values=("primary", "secondary", "college", "bachelor", "master", "doctor"),
    ),
    _add(TagType.TEXT, "occupation", Text("职业", "Occupation", "Ocupación"), column("occupation")),
    _add(
        TagType.FLAG,
        "has_mobile",
        Text("留有手机号", "Has a mobile number", "Tiene móvil"),
        _present("mobile"),
    ),
    _add(
        TagType.FLAG,
        "has_email",
        Text("留有邮箱", "Has an e-mail address", "Tiene correo"),
        _present("email"),
    ),
    _add(
        TagType.INTEGER,
        "days_to_birthday",
        Text("距生日天数", "Days to the birthday", "Días hasta el cumpleaños"),
        unit="day",
        rule=FromCustomer(_to_birthday),
        means=Text(
            "今天生日为0；2月29日按2月28日计",
            "0 on the day; 29 February is kept on the 28th",
            "0 el mismo día; el 29 de febrero cuenta como 28",
        ),
    ),
)
