"""Prices and limits in words, in three languages."""

from asterism.kernel.words import Text
from asterism.strategy.allocation import Breach, Price
from asterism.strategy.channels import CHANNELS, ChannelName

#: Minutes that a person of the bank has for one contact: how contacts become hours.
MINUTES_A_CONTACT = 15
_CONTACTS_AN_HOUR = 60 // MINUTES_A_CONTACT


def limit_title(name: str, label: str = "") -> Text:
    """Return what a limit is called: `channel:email`, `branch` and the id of a branch."""
    kind, _, what = name.partition(":")
    if kind == "channel" and what in set(ChannelName):
        title = CHANNELS[ChannelName(what)].title
        return Text(f"渠道「{title.zh}」", f"the channel {title.en}", f"el canal {title.es}")
    if name == "budget:bank":
        return Text("全行预算", "the bank's budget", "el presupuesto del banco")
    daily, strategy = what.endswith(" a day"), what.removesuffix(" a day")
    told = {
        "budget": Text(
            f"策略 {strategy} 的{'每日' if daily else ''}预算",
            f"the {'daily ' if daily else ''}budget of {strategy}",
            f"el presupuesto {'diario ' if daily else ''}de {strategy}",
        ),
        "branch": Text(f"网点 {label}", f"branch {label}", f"la sucursal {label}"),
        "manager": Text(f"客户经理 {label}", f"manager {label}", f"el gestor {label}"),
        "quota": Text(f"名额 {what}", f"quota '{what}'", f"el cupo «{what}»"),
        "share": Text(f"客群 {what} 的最低份额", f"the share of {what}", f"la cuota de {what}"),
    }
    return told.get(kind, Text(name, name, name))


def in_words(price: Price, money: str) -> Text:
    """Return what a price means; `money` is its value, written with its currency.

    For people it is the value of an hour, see `shown_minor`; for a budget of one unit of money.
    """
    kind = price.limit.partition(":")[0]
    title = limit_title(price.limit, price.label)
    if price.value_minor < 0:
        return Text(
            f"{title.zh}的下限：每一位客户每天的代价是 {money}",
            f"The minimum of {title.en} costs {money} a day for each customer",
            f"El mínimo de {title.es} cuesta {money} al día por cliente",
        )
    if price.value_minor == 0:
        return Text(
            f"{title.zh}没有用满，不构成约束",
            f"{_capital(title.en)} is not binding",
            f"{_capital(title.es)} no limita",
        )
    if price.unit == "money":
        return Text(
            f"{title.zh}每多 1 元，带来 {money}",
            f"One more unit of money in {title.en} brings {money}",
            f"Una unidad monetaria más en {title.es} aporta {money}",
        )
    if kind in {"branch", "manager"}:
        return Text(
            f"{title.zh}每多一小时人力（{_CONTACTS_AN_HOUR} 次触达），每天值 {money}",
            f"One more hour at {title.en} ({_CONTACTS_AN_HOUR} contacts) is worth {money} a day",
            f"Una hora más en {title.es} ({_CONTACTS_AN_HOUR} contactos) vale {money} al día",
        )
    return Text(
        f"{title.zh}每多一次触达，每天值 {money}",
        f"One more contact within {title.en} is worth {money} a day",
        f"Un contacto más dentro de {title.es} vale {money} al día",
    )


def shown_minor(price: Price, minor_per_unit: int = 100) -> float:
    """Return the money that `in_words` speaks of: for an hour of people, for a unit of money."""
    kind = price.limit.partition(":")[0]
    if price.value_minor > 0 and price.unit == "money":
        return price.value_minor * minor_per_unit
    if price.value_minor > 0 and kind in {"branch", "manager"}:
        return price.value_minor * _CONTACTS_AN_HOUR
    return abs(price.value_minor)


def missed_in_words(breach: Breach) -> Text:
    """Return why a minimum is not met: nobody is left for it, or other limits stand against it."""
    title = limit_title(breach.limit, breach.label)
    wanted, most = f"{breach.wanted:,.0f}", f"{breach.attainable:,.0f}"
    reached = f"{breach.used:,.0f}"
    if breach.attainable < breach.wanted:
        return Text(
            f"{title.zh}无法满足：要求 {wanted}，符合条件的至多 {most}",
            f"{_capital(title.en)} cannot be met: {wanted} wanted, at most {most} eligible",
            f"{_capital(title.es)} no se puede cumplir: se piden {wanted}, a lo sumo {most} aptos",
        )
    return Text(
        f"{title.zh}与其他限额冲突：要求 {wanted}，达到 {reached}",
        f"{_capital(title.en)} cannot be met within the other limits: "
        f"{wanted} wanted, {reached} reached",
        f"{_capital(title.es)} no cabe en los demás límites: "
        f"se piden {wanted}, se alcanzan {reached}",
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
