"""Why a touch stands where it stands: every code that execution writes, in three languages."""

from collections.abc import Mapping
from enum import StrEnum

from asterism.kernel.words import Text


class Why(StrEnum):
    """The codes, as the ledger keeps them."""

    NOT_CONSENTED = "permission.not_consented"
    REFUSED = "permission.refused_channel"
    NOT_PERSONALISED = "permission.not_personalised"
    BLACKLISTED = "eligibility.blacklisted"
    DECEASED = "eligibility.deceased"
    CAP_MINUTE = "permission.cap_minute"
    CAP_HOUR = "permission.cap_hour"
    CAP_DAY = "permission.cap_day"
    CAP_WEEK = "permission.cap_week"
    CAP_MONTH = "permission.cap_month"
    CAP_CHANNEL = "permission.cap_channel"
    CHANNEL_COOLDOWN = "permission.channel_cooldown"
    ONE_VOICE = "permission.one_voice"
    HOLIDAY = "permission.holiday"
    QUIET_HOURS = "permission.quiet_hours"
    NO_CUSTOMER = "eligibility.customer_unknown"
    NO_ADDRESS = "eligibility.no_address"
    STRATEGY_STOPPED = "send.strategy_stopped"
    NO_STRATEGY = "send.no_strategy"
    NO_SCRIPT = "send.no_script"
    MISSING_VARIABLE = "send.missing_variable"
    TEMPLATE_FAILED = "send.template_failed"
    TOO_LATE = "send.too_late"
    HARD_BOUNCE = "channel.hard_bounce"
    REJECTED = "channel.rejected"
    GAVE_UP = "channel.gave_up"
    OUTCOME_UNKNOWN = "channel.outcome_unknown"
    RECALLED = "strategy.recalled"
    APPROVED_WITH_STRATEGY = "approval.with_strategy"
    ANSWER_ACCEPTED = "answer.accepted"
    ANSWER_REFUSED = "answer.refused"


REASONS: Mapping[Why, Text] = {
    Why.NOT_CONSENTED: Text(
        "客户未同意通过此渠道接收营销信息",
        "The customer has not agreed to marketing by this channel",
        "El cliente no ha aceptado publicidad por este canal",
    ),
    Why.REFUSED: Text(
        "客户已拒绝此渠道",
        "The customer has refused this channel",
        "El cliente ha rechazado este canal",
    ),
    Why.NOT_PERSONALISED: Text(
        "客户已拒绝个性化推荐，此前按其特征所选的触达作废",
        "The customer refused personalisation: what had been chosen by their profile is off",
        "El cliente rechazó la personalización: lo elegido por su perfil queda anulado",
    ),
    Why.BLACKLISTED: Text(
        "客户在黑名单中", "The customer is blacklisted", "El cliente está en la lista negra"
    ),
    Why.DECEASED: Text("客户已故", "The customer has died", "El cliente ha fallecido"),
    Why.CAP_MINUTE: Text(
        "已达每分钟触达上限，稍后再发",
        "The customer has had enough contacts this minute; it goes a little later",
        "El cliente ya ha tenido bastantes contactos este minuto; saldrá algo más tarde",
    ),
    Why.CAP_HOUR: Text(
        "已达每小时触达上限，稍后再发",
        "The customer has had enough contacts this hour; it goes later",
        "El cliente ya ha tenido bastantes contactos esta hora; saldrá más tarde",
    ),
    Why.CHANNEL_COOLDOWN: Text(
        "该渠道仍在冷却期",
        "The channel spoke to the customer too recently",
        "El canal habló con el cliente hace poco",
    ),
    Why.ONE_VOICE: Text(
        "优先级更高的渠道刚刚联系过客户",
        "A channel that goes first spoke to the customer a short while ago",
        "Un canal con prioridad habló con el cliente hace poco",
    ),
    Why.HOLIDAY: Text(
        "客户所在地为节假日",
        "It is a holiday where the customer lives",
        "Es festivo donde vive el cliente",
    ),
    Why.CAP_DAY: Text(
        "已达当日触达上限",
        "The customer has had enough contacts today",
        "El cliente ya ha tenido bastantes contactos hoy",
    ),
    Why.CAP_WEEK: Text(
        "已达近 7 天触达上限",
        "The customer has had enough contacts in 7 days",
        "El cliente ya ha tenido bastantes contactos en 7 días",
    ),
    Why.CAP_MONTH: Text(
        "已达近 30 天触达上限",
        "The customer has had enough contacts in 30 days",
        "El cliente ya ha tenido bastantes contactos en 30 días",
    ),
    Why.CAP_CHANNEL: Text(
        "已达该渠道的触达上限",
        "The customer has had enough contacts by this channel",
        "El cliente ya ha tenido bastantes contactos por este canal",
    ),
    Why.QUIET_HOURS: Text(
        "客户所在时区处于免打扰时段",
        "It is quiet hours where the customer lives",
        "Es horario de descanso donde vive el cliente",
    ),
    Why.NO_CUSTOMER: Text(
        "当前数据中没有该客户",
        "The customer is not in today's data",
        "El cliente no está en los datos de hoy",
    ),
    Why.NO_ADDRESS: Text(
        "没有可用的联系地址",
        "There is no address for this channel",
        "No hay dirección para este canal",
    ),
    Why.STRATEGY_STOPPED: Text(
        "策略已停止", "The strategy was stopped", "La estrategia se ha detenido"
    ),
    Why.NO_STRATEGY: Text(
        "策略版本中没有这一动作",
        "The strategy's version knows no such action",
        "La versión de la estrategia no conoce esa acción",
    ),
    Why.NO_SCRIPT: Text(
        "策略没有此渠道的话术",
        "The strategy has no script for this channel",
        "La estrategia no tiene guion para este canal",
    ),
    Why.MISSING_VARIABLE: Text(
        "话术所需的变量没有值",
        "The script needs a value that the customer does not have",
        "El guion necesita un valor que el cliente no tiene",
    ),
    Why.TEMPLATE_FAILED: Text(
        "话术无法生成", "The script could not be rendered", "No se pudo componer el guion"
    ),
    Why.TOO_LATE: Text("已过有效期", "Its time had passed", "Su plazo había pasado"),
    Why.HARD_BOUNCE: Text("地址不存在", "The address does not exist", "La dirección no existe"),
    Why.REJECTED: Text(
        "渠道拒绝了消息", "The channel rejected the message", "El canal rechazó el mensaje"
    ),
    Why.GAVE_UP: Text(
        "多次尝试未能送出",
        "It could not be handed over after several attempts",
        "No se pudo entregar tras varios intentos",
    ),
    Why.OUTCOME_UNKNOWN: Text(
        "发送中断，结果未知，不会重发",
        "Sending broke off and nobody can tell the outcome; it is not sent again",
        "El envío se interrumpió y nadie conoce el resultado; no se repite",
    ),
    Why.RECALLED: Text("已撤回", "It was called back", "Se ha retirado"),
    Why.APPROVED_WITH_STRATEGY: Text(
        "随策略版本审批",
        "Approved with the strategy's version",
        "Aprobado con la versión de la estrategia",
    ),
    Why.ANSWER_ACCEPTED: Text("客户接受", "The customer accepted", "El cliente aceptó"),
    Why.ANSWER_REFUSED: Text("客户拒绝", "The customer refused", "El cliente rechazó"),
}
