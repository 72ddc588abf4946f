"""The gates before every decision: named conditions, each with the reason it gives.

A gate is an audience expression, a comparison with a counter of past contacts, or the age of a risk
test. The night reads it over all customers, `why` and sending over one: no second definition.
"""

from collections.abc import Callable
from dataclasses import dataclass

from asterism.kernel.reason import Layer, Reason
from asterism.kernel.words import Text
from asterism.strategy.caps import Span
from asterism.strategy.conditions import (
    ADULT_AGE,
    Action,
    Condition,
    below_cap,
    cell_expression,
    channel_rested,
    one_voice,
    personalisation_allowed,
    rested,
    special_care,
    suitable,
    test_valid,
    tested,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One named condition and the reason it gives to those it turns away."""

    reason: Reason
    condition: Callable[[Action], Condition]

    @property
    def code(self) -> str:
        """The reason's code."""
        return self.reason.code


def _gate(layer: Layer, name: str, text: Text, condition: Callable[[Action], Condition]) -> Gate:
    reason = Reason(code=f"{layer.value}.{name}", layer=layer, text=text)
    return Gate(reason=reason, condition=condition)


AUDIENCE_GATES: tuple[Gate, ...] = (
    _gate(
        Layer.AUDIENCE,
        "cell",
        Text(
            "客户不在该策略的层级或生命周期格内",
            "The customer's tier or stage of life is not the strategy's",
            "El nivel o la etapa del cliente no es de la estrategia",
        ),
        lambda action: cell_expression(action.strategy),
    ),
    _gate(
        Layer.AUDIENCE,
        "meant",
        Text(
            "客户不符合策略的客群条件",
            "The customer is not in the strategy's audience",
            "El cliente no está en la audiencia de la estrategia",
        ),
        lambda action: action.strategy.wave_audience(action.wave),
    ),
)

ELIGIBILITY_GATES: tuple[Gate, ...] = (
    _gate(
        Layer.ELIGIBILITY,
        "deceased",
        Text("客户已故", "The customer has died", "El cliente ha fallecido"),
        lambda _: "NOT deceased",
    ),
    _gate(
        Layer.ELIGIBILITY,
        "blacklisted",
        Text("客户在黑名单中", "The customer is blacklisted", "El cliente está en la lista negra"),
        lambda _: "NOT blacklisted",
    ),
    _gate(
        Layer.ELIGIBILITY,
        "under_age",
        Text(
            "客户未满 18 岁或年龄未知",
            "The customer is under 18, or the age is not known",
            "El cliente es menor de 18 años o se desconoce su edad",
        ),
        lambda _: f"age >= {ADULT_AGE}",
    ),
    _gate(
        Layer.ELIGIBILITY,
        "offer_rule",
        Text(
            "客户不符合产品或活动的准入条件",
            "The customer does not meet the conditions of any offer",
            "El cliente no cumple las condiciones de ninguna oferta",
        ),
        lambda action: action.offer.eligibility or None,
    ),
    _gate(
        Layer.ELIGIBILITY,
        "benefit_rule",
        Text(
            "客户不符合权益或活动的领取条件",
            "The customer does not meet the conditions of any offer's benefit",
            "El cliente no cumple las condiciones de ninguna ventaja",
        ),
        lambda action: action.offer.benefit.eligibility or None,
    ),
    _gate(
        Layer.ELIGIBILITY,
        "risk_test_missing",
        Text(
            "客户未做风险测评",
            "The customer has not taken a risk test",
            "El cliente no ha hecho el test de riesgo",
        ),
        tested,
    ),
    _gate(
        Layer.ELIGIBILITY,
        "risk_test_expired",
        Text(
            "客户的风险测评已超过 12 个月",
            "The customer's risk test is older than 12 months",
            "El test de riesgo del cliente tiene más de 12 meses",
        ),
        test_valid,
    ),
    _gate(
        Layer.ELIGIBILITY,
        "suitability",
        Text(
            "产品风险等级高于客户的风险承受能力",
            "The product's risk is above the customer's capacity",
            "El riesgo del producto supera la capacidad del cliente",
        ),
        suitable,
    ),
    _gate(
        Layer.ELIGIBILITY,
        "special_care",
        Text(
            "65 岁及以上客户：R3 及以上产品只由人员当面或电话介绍",
            "From 65 on, products rated R3 and above are presented by people only",
            "Desde los 65 años, los productos R3 o superiores solo los presenta una persona",
        ),
        special_care,
    ),
)

PERMISSION_GATES: tuple[Gate, ...] = (
    _gate(
        Layer.PERMISSION,
        "marketing",
        Text(
            "客户未同意营销",
            "The customer has not agreed to marketing",
            "El cliente no ha aceptado publicidad",
        ),
        lambda _: "consent_marketing",
    ),
    _gate(
        Layer.PERMISSION,
        "personalisation",
        Text(
            "客户拒绝个性化推荐，而该策略按客户特征选人",
            "The customer refused personalisation, and the strategy chooses by profile",
            "El cliente rechazó la personalización y la estrategia elige por perfil",
        ),
        personalisation_allowed,
    ),
    _gate(
        Layer.PERMISSION,
        "channel",
        Text(
            "客户未同意策略的任何渠道",
            "The customer has agreed to none of the strategy's channels",
            "El cliente no ha aceptado ningún canal de la estrategia",
        ),
        lambda action: action.spec.consent,
    ),
    _gate(
        Layer.PERMISSION,
        "reachable",
        Text(
            "没有可用的联系方式",
            "There is no number or address to reach the customer by",
            "No hay número ni dirección del cliente",
        ),
        lambda action: action.spec.reachable_by or None,
    ),
    _gate(
        Layer.PERMISSION,
        "cooldown",
        Text(
            "同一策略仍在冷却期",
            "The strategy took the customer up too recently",
            "La estrategia atendió al cliente hace poco",
        ),
        rested,
    ),
    _gate(
        Layer.PERMISSION,
        "channel_cooldown",
        Text(
            "该渠道仍在冷却期",
            "The channel spoke to the customer too recently",
            "El canal habló con el cliente hace poco",
        ),
        channel_rested,
    ),
    _gate(
        Layer.PERMISSION,
        "one_voice",
        Text(
            "优先级更高的渠道刚刚联系过客户",
            "A channel that goes first spoke to the customer a short while ago",
            "Un canal con prioridad habló con el cliente hace poco",
        ),
        one_voice,
    ),
    _gate(
        Layer.PERMISSION,
        "cap_channel_7d",
        Text(
            "该渠道近 7 天触达已达上限",
            "Enough contacts by this channel in 7 days",
            "Bastantes contactos por este canal en 7 días",
        ),
        below_cap(Span.WEEK, by_channel=True),
    ),
    _gate(
        Layer.PERMISSION,
        "cap_channel_30d",
        Text(
            "该渠道近 30 天触达已达上限",
            "Enough contacts by this channel in 30 days",
            "Bastantes contactos por este canal en 30 días",
        ),
        below_cap(Span.MONTH, by_channel=True),
    ),
    _gate(
        Layer.PERMISSION,
        "cap_7d",
        Text(
            "所有渠道合计近 7 天触达已达上限",
            "Enough contacts in 7 days, all channels together",
            "Bastantes contactos en 7 días entre todos los canales",
        ),
        below_cap(Span.WEEK, by_channel=False),
    ),
    _gate(
        Layer.PERMISSION,
        "cap_30d",
        Text(
            "所有渠道合计近 30 天触达已达上限",
            "Enough contacts in 30 days, all channels together",
            "Bastantes contactos en 30 días entre todos los canales",
        ),
        below_cap(Span.MONTH, by_channel=False),
    ),
)

#: Gates that count contacts. At the hand-off the ledger counts them anew, in one transaction.
COUNTED = frozenset(
    f"permission.{name}"
    for name in (
        "cooldown",
        "channel_cooldown",
        "one_voice",
        "cap_channel_7d",
        "cap_channel_30d",
        "cap_7d",
        "cap_30d",
    )
)

#: Every gate, in the order in which they are walked.
GATES: tuple[Gate, ...] = (*AUDIENCE_GATES, *ELIGIBILITY_GATES, *PERMISSION_GATES)
