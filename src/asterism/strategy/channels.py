"""The channels a strategy may use: what each needs from the customer, costs, and can carry."""

from dataclasses import dataclass
from enum import StrEnum

from asterism.kernel.words import Text


class ChannelName(StrEnum):
    """Every channel the product knows of."""

    EMAIL = "email"
    APP_SLOT = "app_slot"
    CALL_LIST = "call_list"
    MANAGER_LIST = "manager_list"
    SMS = "sms"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSpec:
    """What deciding needs to know about a channel."""

    name: ChannelName
    title: Text
    #: The flag that says the customer agreed to this channel.
    consent: str
    #: Who can be reached by it, in the audience language; empty for everyone.
    reachable_by: str = ""
    #: What one contact costs the bank, in minor units.
    cost_minor: int
    #: Whether a person of the bank speaks to the customer.
    by_people: bool = False
    #: Whether that person is the customer's own manager.
    by_manager: bool = False
    #: Whether the customer is disturbed when it arrives, so that quiet hours apply.
    disturbs: bool = True
    #: Whether its scripts have a subject beside their body.
    has_subject: bool = False
    #: Words of which a script must carry one, for the customer to refuse further messages.
    opt_out_words: tuple[str, ...] = ()
    #: Whether the channel itself tells every customer how to refuse: no script can leave it out.
    tells_opt_out: bool = False
    #: Whether the text begins with the bank's name as a signature, 【…】.
    signed: bool = False


CHANNELS: dict[ChannelName, ChannelSpec] = {
    spec.name: spec
    for spec in (
        ChannelSpec(
            name=ChannelName.EMAIL,
            title=Text("电子邮件", "E-mail", "Correo electrónico"),
            consent="consent_email",
            reachable_by="has_email",
            cost_minor=2,
            has_subject=True,
            tells_opt_out=True,
        ),
        ChannelSpec(
            name=ChannelName.APP_SLOT,
            title=Text("手机银行展位", "App slot", "Espacio en la app"),
            consent="consent_app",
            cost_minor=0,
            disturbs=False,
            has_subject=True,
        ),
        ChannelSpec(
            name=ChannelName.CALL_LIST,
            title=Text("外呼名单", "Call list", "Lista de llamadas"),
            consent="consent_phone",
            reachable_by="has_mobile",
            cost_minor=300,
            by_people=True,
        ),
        ChannelSpec(
            name=ChannelName.MANAGER_LIST,
            title=Text("客户经理名单", "Manager's list", "Lista del gestor"),
            consent="consent_phone",
            reachable_by="has_mobile AND manager_id IS NOT NULL",
            cost_minor=1_500,
            by_people=True,
            by_manager=True,
        ),
        ChannelSpec(
            name=ChannelName.SMS,
            title=Text("短信", "SMS", "SMS"),
            consent="consent_sms",
            reachable_by="has_mobile",
            cost_minor=5,
            opt_out_words=("拒收请回复R", "回T退订", "拒收请回复 R", "STOP", "BAJA"),
            signed=True,
        ),
    )
}

#: Channels that something delivers today; a strategy that uses another is refused.
CONNECTED: frozenset[str] = frozenset(
    {
        ChannelName.EMAIL,
        ChannelName.APP_SLOT,
        ChannelName.CALL_LIST,
        ChannelName.MANAGER_LIST,
    }
)
