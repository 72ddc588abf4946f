"""What the fields of a strategy are called, by their path without numbers."""

from asterism.kernel.words import N_

TABLES: dict[str, str] = {
    "field": """
        id | 编号 | Id | Identificador
        title | 标题 | Title | Título
        description | 说明 | Description | Descripción
        owner | 负责部门 | Owner | Responsable
        scene | 场景 | Scene | Escena
        goal | 目标 | Goal | Objetivo
        goal.metric | 目标指标 | Measured by | Se mide por
        goal.family | 产品大类 | Product family | Familia de producto
        goal.value_minor | 达成一次的价值 | Worth of a success | Valor de un logro
        goal.per | 对应数量 | Per | Por cada
        goal.target | 目标量 | Target | Meta
        cell | 地图位置 | Place on the map | Lugar en el mapa
        cell.tiers | 客户层级 | Tiers | Niveles
        cell.stages | 生命周期 | Stages of life | Etapas de vida
        audience | 目标客群 | Audience | Audiencia
        offers | 产品与权益 | Offers | Ofertas
        offers.id | 编号 | Id | Identificador
        offers.title | 名称 | Title | Título
        offers.family | 产品大类 | Product family | Familia de producto
        offers.risk_rating | 风险等级 | Risk rating | Nivel de riesgo
        offers.issuer_rating | 发行方风险等级 | Issuer's rating | Nivel del emisor
        offers.eligibility | 准入条件 | Who may have it | Quién puede tenerla
        offers.benefit | 权益 | Benefit | Ventaja
        offers.benefit.kind | 权益类型 | Kind of benefit | Tipo de ventaja
        offers.benefit.title | 权益名称 | Benefit's title | Título de la ventaja
        offers.benefit.eligibility | 权益准入条件 | Who may have the benefit | Quién la recibe
        offers.benefit.cost_minor | 权益成本 | Cost of the benefit | Coste de la ventaja
        offers.quota | 名额 | Quota | Cupo
        offers.quota.minimum | 每日最少 | At least a day | Mínimo al día
        offers.quota.maximum | 每日最多 | At most a day | Máximo al día
        channels | 渠道（按顺序） | Channels, in order | Canales, por orden
        waves | 波次 | Waves | Oleadas
        waves.day | 第几天 | On day | Día
        waves.channels | 该波次的渠道 | Channels of this wave | Canales de esta oleada
        waves.audience | 该波次的客群 | Who is still meant | A quién sigue dirigida
        scripts | 话术 | Scripts | Guiones
        scripts.channel | 渠道 | Channel | Canal
        scripts.name | 话术名 | Name | Nombre
        scripts.wave | 波次 | Wave | Oleada
        scripts.audience | 适用客群 | For whom these words are | Para quién es este texto
        scripts.subject | 主题 | Subject | Asunto
        scripts.body | 正文 | Text | Texto
        holdout | 对照组比例（%） | Hold-out, % | Grupo de control, %
        response | 预期效果 | Expected effect | Efecto esperado
        response.uplift | 每次触达的提升 | Uplift of a contact | Mejora por contacto
        response.by_tier | 按层级的提升 | Uplift by tier | Mejora por nivel
        response.by_channel | 渠道系数 | Factor by channel | Factor por canal
        response.take_up | 领取权益的比例（%） | Take the benefit, % | Toman la ventaja, %
        budget | 预算 | Budget | Presupuesto
        budget.per_day_minor | 每日预算 | Budget a day | Presupuesto diario
        budget.total_minor | 总预算 | Budget in all | Presupuesto total
        period | 期间 | Period | Periodo
        period.start | 开始日期 | First day | Primer día
        period.end | 结束日期 | Last day | Último día
        schedule | 节奏 | Rhythm | Ritmo
        cooldown_days | 冷却期（天） | Again after, days | De nuevo tras, días
        outcome_days | 成效窗口（天） | Outcomes count, days | Días que cuentan
        message_class | 消息类别 | Kind of message | Clase de mensaje
        priority | 权重 | Weight | Peso
    """,
    "message_class": """
        marketing | 营销 | Marketing | Publicidad
        service | 服务 | Service | Servicio
    """,
    "section": """
        what | 做什么 | What it is for | Para qué es
        whom | 给谁 | Whom it is for | Para quién es
        offers | 产品与权益 | What is offered | Qué se ofrece
        contact | 渠道与波次 | How and when | Cómo y cuándo
        scripts | 话术 | What is said | Qué se dice
        measure | 衡量 | How it is measured | Cómo se mide
        limits | 预算与时间 | Limits and time | Límites y tiempo
    """,
}

#: What is good to know beside a field.
HINTS: dict[str, str] = {
    "id": N_("Small letters, digits, underscores; it stays once live."),
    "goal.value_minor": N_("What it is worth to the bank, in the bank's currency."),
    "goal.per": N_("1 where customers are counted; minor units where money is."),
    "audience": N_("The audience language, as in the studio."),
    "offers.eligibility": N_("Empty for everyone; consent, suitability and caps always apply."),
    "offers.risk_rating": N_("For investments: suitability is then checked."),
    "channels": N_("A later one is used when an earlier one has no room."),
    "waves.day": N_("Days after the customer was taken up; 0 for the first."),
    "waves.channels": N_("The strategy's own if empty."),
    "waves.audience": N_("The strategy's own if empty."),
    "scripts.body": N_(
        "Variables: name, offer, benefit, bank and any tag; a missing value blocks the message."
    ),
    "holdout": N_("Left alone by chance, to measure against."),
    "response.uplift": N_("The increase, not the share who buy: a probability, or minor units."),
    "cooldown_days": N_("Before a customer is taken up again; beyond the last wave."),
    "priority": N_("Its weight where strategies want the same customer."),
}
