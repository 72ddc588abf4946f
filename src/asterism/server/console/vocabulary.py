"""What codes in the data are called: tiers, stages of life, channels, states of a touch."""

from asterism.kernel.words import Text

WORDS: dict[str, dict[str, Text]] = {
    "tier": {
        "basic": Text("大众", "Basic", "Básico"),
        "silver": Text("银卡", "Silver", "Plata"),
        "gold": Text("金卡", "Gold", "Oro"),
        "platinum": Text("白金", "Platinum", "Platino"),
        "private": Text("私人银行", "Private", "Privada"),
    },
    "lifecycle": {
        "new": Text("新客期", "New", "Nuevo"),
        "growing": Text("成长期", "Growing", "En crecimiento"),
        "mature": Text("成熟期", "Mature", "Maduro"),
        "declining": Text("衰退期", "Declining", "En declive"),
        "dormant": Text("休眠期", "Dormant", "Inactivo"),
        "lost": Text("流失期", "Lost", "Perdido"),
    },
    "channel": {
        "sms": Text("短信", "SMS", "SMS"),
        "email": Text("邮件", "E-mail", "Correo"),
        "phone": Text("电话", "Phone", "Teléfono"),
        "call_list": Text("外呼名单", "Call list", "Lista de llamadas"),
        "app": Text("手机银行", "App", "App"),
        "app_slot": Text("手机银行栏位", "App slot", "Espacio en la app"),
        "app_push": Text("手机银行推送", "App push", "Aviso en la app"),
        "manager": Text("客户经理", "Manager", "Gestor"),
        "manager_list": Text("客户经理待办", "Manager's list", "Lista del gestor"),
        "branch": Text("网点", "Branch", "Oficina"),
        "wecom": Text("企业微信", "WeCom", "WeCom"),
        "web": Text("网上银行", "Web", "Web"),
        "counter": Text("柜面", "Counter", "Ventanilla"),
        "atm": Text("自助设备", "ATM", "Cajero"),
    },
    "state": {
        "planned": Text("已计划", "Planned", "Planificado"),
        "approved": Text("已批准", "Approved", "Aprobado"),
        "queued": Text("待发送", "Queued", "En cola"),
        "sent": Text("已发送", "Sent", "Enviado"),
        "delivered": Text("已送达", "Delivered", "Entregado"),
        "seen": Text("已看到", "Seen", "Visto"),
        "answered": Text("有回应", "Answered", "Respondido"),
        "converted": Text("已成交", "Converted", "Convertido"),
        "suppressed": Text("已拦截", "Suppressed", "Suprimido"),
        "failed": Text("失败", "Failed", "Fallido"),
        "expired": Text("已过期", "Expired", "Caducado"),
        "recalled": Text("已撤回", "Recalled", "Retirado"),
    },
    "layer": {
        "audience": Text("目标客群", "Audience", "Audiencia"),
        "eligibility": Text("资格与适当性", "Eligibility", "Elegibilidad"),
        "permission": Text("许可", "Permission", "Permiso"),
        "value": Text("价值", "Value", "Valor"),
        "arbitration": Text("全行权衡", "Arbitration", "Arbitraje"),
    },
    "scene": {
        "lifecycle": Text("生命周期", "Lifecycle", "Ciclo de vida"),
        "product": Text("产品", "Product", "Producto"),
        "event": Text("事件", "Event", "Evento"),
    },
    "schedule": {
        "once": Text("一次", "Once", "Una vez"),
        "daily": Text("每日", "Daily", "Diaria"),
        "weekly": Text("每周", "Weekly", "Semanal"),
        "monthly": Text("每月", "Monthly", "Mensual"),
    },
    "gender": {
        "male": Text("男", "Male", "Hombre"),
        "female": Text("女", "Female", "Mujer"),
        "M": Text("男", "Male", "Hombre"),
        "F": Text("女", "Female", "Mujer"),
    },
    "flag": {
        "true": Text("是", "Yes", "Sí"),
        "false": Text("否", "No", "No"),
    },
}


def word(kind: str, code: object, locale: str) -> str:
    """Return what a code is called in a language; the code itself where it has no name.

    >>> word("tier", "gold", "zh"), word("tier", "unheard_of", "en")
    ('金卡', 'unheard of')
    """
    if code is None:
        return "—"
    text = WORDS.get(kind, {}).get(str(code))
    return text.in_locale(locale) if text else str(code).replace("_", " ")


def known(kind: str) -> bool:
    """Tell whether the values of a tag or field have names here."""
    return kind in WORDS
