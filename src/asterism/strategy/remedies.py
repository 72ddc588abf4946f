"""The sentences in which gates explain themselves, and what would make each a yes."""

from collections.abc import Mapping

from asterism.kernel.words import Text

TEST_EXPIRED = Text(
    "{tested} 的风险测评已于 {expired} 到期",
    "The risk test of {tested} expired on {expired}",
    "El test de riesgo del {tested} caducó el {expired}",
)
TEST_AHEAD = Text(
    "风险测评日期 {tested} 在当前时间之后",
    "The risk test is dated {tested}, which is yet to come",
    "El test de riesgo lleva fecha {tested}, que aún no ha llegado",
)
TAKE_TEST = Text("重新做风险测评", "Take a new risk test", "Hacer un nuevo test de riesgo")
UNSUITABLE = Text(
    "产品为 {rating}，客户为 {capacity}，需 {needed} 及以上",
    "The product is rated {rating}, the customer's capacity is {capacity}: {needed} is needed",
    "El producto es {rating} y la capacidad del cliente {capacity}: hace falta {needed}",
)
OTHER_PRODUCT = Text(
    "推荐适合 {capacity} 的产品；不得为此诱导客户重新测评",
    "Offer a product for {capacity}; do not urge the customer to take the test again for this",
    "Ofrecer un producto para {capacity}; no inducir al cliente a repetir el test por ello",
)
CARE = Text(
    "客户 {age} 岁：{limit} 岁起，{rating} 产品只由人员介绍",
    "The customer is {age}: from {limit} on, products rated {rating} are presented by people only",
    "El cliente tiene {age} años: desde los {limit}, lo {rating} lo presenta una persona",
)
AGE_UNKNOWN_CARE = Text(
    "年龄未知：{rating} 产品只由人员介绍",
    "The age is not known: products rated {rating} are presented by people only",
    "Se desconoce la edad: los productos {rating} los presenta una persona",
)
SEND_PERSON = Text(
    "由客户经理或电话介绍",
    "Let a manager or the call centre present it",
    "Que lo presente un gestor o el centro de llamadas",
)
AGE_UNKNOWN = Text(
    "客户年龄未知", "The customer's age is not known", "Se desconoce la edad del cliente"
)
UNDER_AGE = Text(
    "客户 {age} 岁，未满 {limit} 岁",
    "The customer is {age}, under {limit}",
    "El cliente tiene {age} años, menos de {limit}",
)
GIVE_BIRTH_DATE = Text(
    "补录出生日期", "Record the date of birth", "Registrar la fecha de nacimiento"
)
MARKETING = Text("营销", "marketing", "publicidad")
WITHDREW = Text(
    "客户于 {day} 拒绝{what}（{source}）",
    "The customer refused {what} on {day} ({source})",
    "El cliente rechazó {what} el {day} ({source})",
)
NEVER_ASKED = Text(
    "从未询问客户是否同意{what}",
    "The customer was never asked about {what}",
    "Nunca se preguntó al cliente por {what}",
)
RECORDS_SAY_NO = Text(
    "银行记录显示客户不同意{what}",
    "The bank's records say that the customer does not want {what}",
    "Los registros del banco dicen que el cliente no quiere {what}",
)
CONSENT_MARKETING = Text(
    "取得客户的营销同意", "Ask for consent to marketing", "Pedir consentimiento para publicidad"
)
CONSENT_CHANNEL = Text(
    "取得客户对{channel}的同意",
    "Ask for consent to this channel: {channel}",
    "Pedir consentimiento para este canal: {channel}",
)
REFUSED_PERSONALISATION = Text(
    "客户于 {day} 拒绝个性化推荐（{source}），而该策略按客户特征选人",
    "The customer refused personalisation on {day} ({source}), and the strategy chooses by profile",
    "El cliente rechazó la personalización el {day} ({source}) y la estrategia elige por perfil",
)
UNREACHABLE = Text(
    "没有可用于{channel}的联系方式",
    "There is nothing to reach the customer by: {channel}",
    "No hay modo de llegar al cliente: {channel}",
)
GIVE_ADDRESS = Text(
    "补录手机号、邮箱或客户经理",
    "Record a mobile number, an e-mail address or a manager",
    "Registrar un móvil, un correo o un gestor",
)
LISTED = Text(
    "客户于 {day} 列入黑名单：{reason}",
    "The customer was blacklisted on {day}: {reason}",
    "El cliente entró en la lista negra el {day}: {reason}",
)
DELIST = Text(
    "由合规人员核实后移出黑名单",
    "Have compliance look into it and take the customer off the list",
    "Que Cumplimiento lo revise y lo saque de la lista",
)
OFFER_RULE = Text(
    "“{title}”要求 {asked}；客户：{values}",
    "“{title}” asks for {asked}; the customer has {values}",
    "«{title}» pide {asked}; el cliente tiene {values}",
)
BENEFIT_RULE = Text(
    "“{title}”的权益要求 {asked}；客户：{values}",
    "The benefit of “{title}” asks for {asked}; the customer has {values}",
    "La ventaja de «{title}» pide {asked}; el cliente tiene {values}",
)
MEET_RULE = Text("满足 {asked}", "Meet {asked}", "Cumplir {asked}")
STRATEGY_COOLDOWN = Text(
    "该策略于 {day} 选中过客户，冷却期 {days} 天",
    "The strategy took the customer up on {day}; its cooldown is {days} days",
    "La estrategia atendió al cliente el {day}; su espera es de {days} días",
)
ONCE = Text(
    "该策略于 {day} 选中过客户，且只选一次",
    "The strategy took the customer up on {day}, and does so once only",
    "La estrategia atendió al cliente el {day}, y lo hace una sola vez",
)
CHANNEL_COOLDOWN = Text(
    "{channel}于 {day} 联系过客户，冷却期 {days} 天",
    "The customer was contacted on {day} ({channel}); the cooldown is {days} days",
    "Se contactó al cliente el {day} ({channel}); la espera es de {days} días",
)
ONE_VOICE = Text(
    "优先级更高的渠道于 {day} 联系过客户，{channel}静默 {days} 天",
    "A channel that goes first spoke on {day}; this one ({channel}) keeps silent for {days} days",
    "Un canal con prioridad habló el {day}; este ({channel}) calla durante {days} días",
)
CHANNEL_CAP = Text(
    "{channel}：{span}内已触达 {count} 次，上限 {limit} 次",
    "{channel}: {count} contacts in {span}; the cap is {limit}",
    "{channel}: {count} contactos en {span}; el tope es {limit}",
)
CAP = Text(
    "{span}内已触达 {count} 次，上限 {limit} 次",
    "{count} contacts in {span}, all channels together; the cap is {limit}",
    "{count} contactos en {span} entre todos los canales; el tope es {limit}",
)
WAIT = Text("{day} 起可再次触达", "Wait until {day}", "Esperar hasta el {day}")

#: What can be done where a gate has no values of the customer's to speak of, by its code.
GENERAL: Mapping[str, Text] = {
    "eligibility.risk_test_missing": Text(
        "请客户做风险测评", "Ask the customer to take a risk test", "Pedir un test de riesgo"
    ),
    "eligibility.risk_test_expired": TAKE_TEST,
    "eligibility.special_care": SEND_PERSON,
    "eligibility.blacklisted": DELIST,
    "permission.personalisation": Text(
        "用面向全体客户的策略触达，或在客户改变主意时记录其同意",
        "Use a strategy for everyone, or record it when the customer agrees again",
        "Usar una estrategia para todos, o registrarlo si el cliente vuelve a aceptar",
    ),
}
