"""Channels: how engaged the customer is, where and when."""

import ibis
import ibis.expr.types as ir

from asterism.audience import TagType
from asterism.insight.tags.declared.sources import (
    EVENTS,
    HOURS,
    INTERACTIONS,
    LOGIN_HOURS,
    TRANSACTIONS,
)
from asterism.insight.tags.source import last_of, within
from asterism.insight.tags.tag import Category, FirstMatch, Formula, FromSource, Holds, Shelf, Tag
from asterism.kernel.words import Text

_add = Shelf(Category.CHANNELS)
_NEVER = ibis.date(1900, 1, 1)


def _seen(measure: str, days: int) -> FromSource:
    return FromSource(EVENTS, within(measure, days), empty=0)


def _met(measure: str, days: int) -> FromSource:
    return FromSource(INTERACTIONS, within(measure, days), empty=0)


def _busiest_hour(k: ir.Table) -> ir.Value:
    """Return the hour with most log-ins; the earlier of two alike."""
    packed = (k["d90"] * HOURS + (HOURS - 1 - k["hour"])).max()
    return (HOURS - 1 - packed % HOURS).cast("int64")


_CONTACTS = {
    "app": "app_logins_90d",
    "mini_program": "mini_program_logins_90d",
    "web": "web_logins_90d",
    "branch": "branch_visits_90d",
    "call_centre": "calls_in_90d",
}


def _most_used(t: ir.Table) -> ir.Value:
    top = ibis.greatest(*(t[tag] for tag in _CONTACTS.values()))
    ranked = [((t[tag] == top) & (top > 0), channel) for channel, tag in _CONTACTS.items()]
    return ibis.cases(*ranked, else_=ibis.null("string"))


_DAY_PARTS = (
    ("night", "preferred_hour < 6"),
    ("morning", "preferred_hour < 12"),
    ("afternoon", "preferred_hour < 18"),
    ("evening", "preferred_hour <= 23"),
)
_ENGAGEMENT = (
    ("devoted", "logins_30d >= 15"),
    ("regular", "logins_30d >= 4"),
    ("occasional", "logins_90d > 0"),
)

TAGS: tuple[Tag, ...] = (
    _add(
        TagType.INTEGER,
        "logins_7d",
        Text("近7天登录次数", "Log-ins, 7 days", "Accesos, 7 días"),
        _seen("logins", 7),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "logins_30d",
        Text("近30天登录次数", "Log-ins, 30 days", "Accesos, 30 días"),
        _seen("logins", 30),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "logins_90d",
        Text("近90天登录次数", "Log-ins, 90 days", "Accesos, 90 días"),
        _seen("logins", 90),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "days_since_login",
        Text("最近登录距今天数", "Days since the last log-in", "Días desde el último acceso"),
        FromSource(EVENTS, last_of("login_day"), since=True),
        unit="day",
        means=Text("90天内未登录为空", "Null if none within 90 days", "Nulo si ninguno en 90 días"),
    ),
    _add(
        TagType.INTEGER,
        "app_logins_90d",
        Text("近90天手机银行登录", "App log-ins, 90 days", "Accesos a la app, 90 días"),
        _seen("app_logins", 90),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "web_logins_90d",
        Text("近90天网银登录", "Web log-ins, 90 days", "Accesos web, 90 días"),
        _seen("web_logins", 90),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "mini_program_logins_90d",
        Text(
            "近90天小程序登录", "Mini-program log-ins, 90 days", "Accesos al miniprograma, 90 días"
        ),
        _seen("mini_logins", 90),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "online_minutes_30d",
        Text("近30天在线分钟", "Minutes online, 30 days", "Minutos en línea, 30 días"),
        unit="minute",
        rule=FromSource(
            EVENTS,
            lambda p: (within("seconds", 30)(p) / 60).floor().cast("int64"),
            empty=0,
        ),
    ),
    _add(
        TagType.TEXT,
        "app_engagement",
        Text("线上活跃度", "App engagement", "Actividad digital"),
        FirstMatch(_ENGAGEMENT, "absent"),
        values=("devoted", "regular", "occasional", "absent"),
    ),
    _add(
        TagType.FLAG,
        "app_lapsed",
        Text("线上流失", "Stopped logging in", "Dejó de acceder"),
        Holds("logins_90d >= 6 AND logins_30d = 0"),
    ),
    _add(
        TagType.INTEGER,
        "product_views_30d",
        Text("近30天浏览产品次数", "Product views, 30 days", "Productos vistos, 30 días"),
        _seen("views", 30),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "fund_views_30d",
        Text("近30天浏览基金次数", "Fund views, 30 days", "Fondos vistos, 30 días"),
        _seen("fund_views", 30),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "wealth_views_30d",
        Text("近30天浏览理财次数", "Wealth views, 30 days", "Gestión vista, 30 días"),
        _seen("wealth_views", 30),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "loan_views_30d",
        Text("近30天浏览贷款次数", "Loan views, 30 days", "Préstamos vistos, 30 días"),
        _seen("loan_views", 30),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "deposit_views_30d",
        Text("近30天浏览存款次数", "Deposit views, 30 days", "Depósitos vistos, 30 días"),
        _seen("deposit_views", 30),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "insurance_views_30d",
        Text("近30天浏览保险次数", "Insurance views, 30 days", "Seguros vistos, 30 días"),
        _seen("insurance_views", 30),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "card_views_30d",
        Text("近30天浏览信用卡次数", "Credit card views, 30 days", "Tarjetas vistas, 30 días"),
        _seen("card_views", 30),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "searches_30d",
        Text("近30天搜索次数", "Searches, 30 days", "Búsquedas, 30 días"),
        _seen("searches", 30),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "applications_started_90d",
        Text("近90天开始申请", "Applications started, 90 days", "Solicitudes iniciadas, 90 días"),
        _seen("started", 90),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "applications_submitted_90d",
        Text("近90天提交申请", "Applications submitted, 90 days", "Solicitudes enviadas, 90 días"),
        _seen("submitted", 90),
        unit="count",
    ),
    _add(
        TagType.FLAG,
        "application_abandoned",
        Text("申请中断", "Application left unfinished", "Solicitud abandonada"),
        FromSource(
            EVENTS,
            lambda p: last_of("started_day")(p) > last_of("submitted_day")(p).fill_null(_NEVER),
            empty=False,
        ),
        means=Text(
            "近90天最后一次申请开始后未提交",
            "The last one started within 90 days was not submitted",
            "La última iniciada no se envió",
        ),
    ),
    _add(
        TagType.INTEGER,
        "branch_visits_90d",
        Text("近90天到店次数", "Branch visits, 90 days", "Visitas a la sucursal, 90 días"),
        _met("visits", 90),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "calls_in_90d",
        Text("近90天来电次数", "Calls in, 90 days", "Llamadas recibidas, 90 días"),
        _met("calls_in", 90),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "chats_90d",
        Text("近90天在线咨询", "Chats, 90 days", "Chats, 90 días"),
        _met("chats", 90),
        unit="count",
    ),
    _add(
        TagType.INTEGER,
        "days_since_contact",
        Text(
            "最近人工接触距今天数",
            "Days since a person was in touch",
            "Días desde el último contacto",
        ),
        FromSource(INTERACTIONS, last_of("last_day"), since=True),
        unit="day",
    ),
    _add(
        TagType.TEXT,
        "preferred_channel",
        Text("偏好渠道", "Preferred channel", "Canal preferido"),
        Formula(tuple(_CONTACTS.values()), _most_used),
        values=tuple(_CONTACTS),
        means=Text(
            "近90天主动使用最多的渠道",
            "The one used most by choice in 90 days",
            "El más usado por elección en 90 días",
        ),
    ),
    _add(
        TagType.INTEGER,
        "preferred_hour",
        Text("偏好时段（小时）", "Preferred hour", "Hora preferida"),
        FromSource(LOGIN_HOURS, _busiest_hour),
        unit="hour",
    ),
    _add(
        TagType.TEXT,
        "preferred_day_part",
        Text("偏好时段", "Preferred part of the day", "Parte del día preferida"),
        FirstMatch(_DAY_PARTS),
        values=tuple(part for part, _ in _DAY_PARTS),
    ),
    _add(
        TagType.NUMBER,
        "digital_share_90d",
        Text("线上交易占比", "Share of digital transactions", "Cuota de movimientos digitales"),
        unit="ratio",
        rule=FromSource(
            TRANSACTIONS,
            lambda p: (
                within("digital", 90)(p).fill_null(0).cast("float64")
                / within("count", 90)(p).nullif(0).cast("float64")
            ),
        ),
    ),
)
