"""Codes of the product itself, one table for each kind: `code | Chinese | English | Spanish`."""

TABLES: dict[str, str] = {
    "state": """
        planned | 已计划 | Planned | Planificado
        approved | 已批准 | Approved | Aprobado
        queued | 待发送 | Queued | En cola
        suppressed | 已拦截 | Held back | Retenido
        expired | 已过期 | Expired | Caducado
        recalled | 已撤回 | Called back | Retirado
        unknown | 结果未知 | Unknown | Desconocido
        sent | 已发送 | Sent | Enviado
        failed | 失败 | Failed | Fallido
        delivered | 已送达 | Delivered | Entregado
        seen | 已看到 | Seen | Visto
        answered | 有回应 | Answered | Respondido
        converted | 已成交 | Converted | Convertido
    """,
    "layer": """
        audience | 目标客群 | Audience | Audiencia
        eligibility | 资格与适当性 | Eligibility | Elegibilidad
        permission | 授权与频控 | Permission | Permiso
        value | 价值 | Value | Valor
        arbitration | 全行权衡 | Arbitration | Arbitraje
        delivery | 送达 | Delivery | Entrega
    """,
    "scene": """
        lifecycle | 生命周期 | Lifecycle | Ciclo de vida
        product | 产品 | Product | Producto
        event | 事件 | Event | Evento
    """,
    "schedule": """
        once | 一次性 | Once | Una vez
        daily | 每日 | Daily | Diaria
        weekly | 每周 | Weekly | Semanal
        monthly | 每月 | Monthly | Mensual
    """,
    "metric": """
        account_opened | 开户 | Account opened | Cuenta abierta
        aum_change | 管理资产变动 | Change of assets | Variación de activos
        card_activated | 卡激活 | Card activated | Tarjeta activada
        login | 登录 | Logged in | Inicio de sesión
        card_spend | 卡消费 | Card spending | Gasto con tarjeta
    """,
    "benefit": """
        none | 无 | None | Ninguna
        rate | 利率 | Rate | Tipo de interés
        coupon | 优惠券 | Coupon | Cupón
        points | 积分 | Points | Puntos
        gift | 礼品 | Gift | Regalo
        activity | 活动 | Activity | Actividad
        activity | 活动 | Activity | Actividad
    """,
    "request": """
        waiting | 待审批 | Waiting | Pendiente
        approved | 已批准 | Approved | Aprobada
        rejected | 已驳回 | Rejected | Rechazada
        withdrawn | 已撤回 | Withdrawn | Retirada
        published | 已上线 | Live | En marcha
    """,
    "change": """
        added | 新增 | Added | Añadido
        removed | 删除 | Removed | Quitado
        changed | 修改 | Changed | Cambiado
    """,
    "result": """
        done | 已达成 | Accepted | Aceptado
        refused | 拒绝 | Refused | Rechazado
        no_answer | 无人接听 | No answer | Sin respuesta
        later | 另约时间 | Later | Más tarde
        referred | 转交他人 | Handed on | Derivado
    """,
    "loop": """
        import | 导入数据 | Import data | Importar datos
        tags | 计算标签 | Compute tags | Calcular etiquetas
        review | 衡量成效 | Measure effects | Medir efectos
        decide | 决定触达 | Decide touches | Decidir contactos
        send | 发送触达 | Send touches | Enviar contactos
        tidy | 清理旧快照 | Tidy old snapshots | Limpiar instantáneas
    """,
    "flag": """
        true | 是 | Yes | Sí
        false | 否 | No | No
    """,
    "story": """
        transaction | 交易 | Money | Dinero
        event | 行为 | Behaviour | Comportamiento
        interaction | 接触 | Contact | Contacto
    """,
    "type": """
        flag | 是否 | Yes or no | Sí o no
        integer | 整数 | Whole number | Entero
        number | 数值 | Number | Número
        money | 金额 | Money | Importe
        text | 文本 | Text | Texto
        date | 日期 | Date | Fecha
    """,
    "unit": """
        year | 年 | Years | Años
        month | 月 | Months | Meses
        day | 天 | Days | Días
        hour | 时 | Hours | Horas
        minute | 分钟 | Minutes | Minutos
        currency | 本币 | Bank's currency | Moneda del banco
        count | 次 | Count | Recuento
        ratio | 比率 | Ratio | Proporción
        point | 分 | Points | Puntos
        person | 人 | Persons | Personas
    """,
    "kind": """
        daily | 每晚由明细计算 | Nightly, from the facts | Cada noche, de los hechos
        derived | 由其他标签派生 | From other tags | De otras etiquetas
    """,
    "freshness": """
        day | 截至前一日 | To the end of the day before | Hasta el día anterior
        load | 截至最近一次导入 | As of the last load | Según la última carga
    """,
    "act": """
        log_in | 登录 | Signed in | Inicio de sesión
        log_in_refused | 登录被拒 | Sign-in refused | Inicio rechazado
        log_out | 退出 | Signed out | Cierre de sesión
        denied | 拒绝访问 | Denied | Denegado
        unmask | 明文查看 | Shown in clear | Mostrado sin ocultar
        export | 导出 | Export | Exportación
        freeze_list | 固化名单 | List frozen | Lista congelada
        save_segment | 保存客群 | Segment saved | Segmento guardado
        stop_strategy | 停止策略 | Strategy stopped | Estrategia detenida
        publish_strategy | 发布策略 | Strategy published | Estrategia publicada
        submit_strategy | 提交审批 | Approval asked for | Aprobación solicitada
        approve_strategy | 批准策略 | Strategy approved | Estrategia aprobada
        reject_strategy | 驳回策略 | Strategy rejected | Estrategia rechazada
        ramp_strategy | 调整放量 | Ramp set | Rampa ajustada
        discard_draft | 丢弃草稿 | Draft discarded | Borrador descartado
        export_strategy | 导出策略包 | Strategy exported | Estrategia exportada
        import_strategy | 导入策略包 | Strategy imported | Estrategia importada
        share_list | 分发名单 | List shared out | Lista repartida
        return_list | 回填名单结果 | Results returned | Resultados devueltos
        record_result | 登记结果 | Result recorded | Resultado anotado
        blacklist | 调整黑名单 | Blacklist changed | Lista negra cambiada
        record_consent | 登记同意 | Consent recorded | Consentimiento anotado
        add_user | 新增用户 | User added | Usuario añadido
        disable_user | 停用用户 | User disabled | Usuario desactivado
        enable_user | 恢复用户 | User let in again | Usuario readmitido
        reset_log_in | 更改口令 | Password changed | Contraseña cambiada
        add_key | 新增密钥 | Key added | Clave añadida
        revoke_key | 作废密钥 | Key revoked | Clave revocada
    """,
}
