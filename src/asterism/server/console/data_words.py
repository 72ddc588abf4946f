"""Codes of the bank's data, one table for each kind: `code | Chinese | English | Spanish`."""

TABLES: dict[str, str] = {
    "tier": """
        basic | 大众 | Basic | Básico
        silver | 银卡 | Silver | Plata
        gold | 金卡 | Gold | Oro
        platinum | 白金 | Platinum | Platino
        private | 私人银行 | Private | Privada
    """,
    "lifecycle": """
        new | 新客 | New | Nuevo
        growing | 成长 | Growing | En crecimiento
        mature | 成熟 | Mature | Maduro
        declining | 衰退 | Declining | En declive
        dormant | 休眠 | Dormant | Inactivo
        lost | 流失 | Lost | Perdido
    """,
    "customer_kind": """
        person | 个人 | Person | Persona
        company | 企业 | Company | Empresa
    """,
    "gender": """
        female | 女 | Female | Mujer
        male | 男 | Male | Hombre
        other | 其他 | Other | Otro
    """,
    "education": """
        primary | 小学 | Primary school | Primaria
        secondary | 中学 | Secondary school | Secundaria
        college | 大专 | College | Formación superior
        bachelor | 本科 | Bachelor | Grado
        master | 硕士 | Master | Máster
        doctor | 博士 | Doctorate | Doctorado
    """,
    "marital_status": """
        single | 未婚 | Single | Soltero
        married | 已婚 | Married | Casado
        divorced | 离异 | Divorced | Divorciado
        widowed | 丧偶 | Widowed | Viudo
    """,
    "life_stage": """
        minor | 未成年 | Minor | Menor
        student | 学生 | Student | Estudiante
        young_single | 年轻单身 | Young and single | Joven soltero
        young_couple | 年轻夫妇 | Young couple | Pareja joven
        new_parent | 新手父母 | New parent | Padres recientes
        young_family | 幼儿家庭 | Young family | Familia joven
        family_with_teenagers | 青少年家庭 | Family with teenagers | Familia con adolescentes
        mature_single | 成熟单身 | Mature and single | Soltero maduro
        established | 事业稳定 | Established | Asentado
        retired | 退休 | Retired | Jubilado
    """,
    "aum_trend": """
        rising | 上升 | Rising | En alza
        steady | 平稳 | Steady | Estable
        falling | 下降 | Falling | A la baja
    """,
    "product_ladder": """
        none | 无产品 | None | Ninguno
        transactor | 结算型 | Everyday banking | Operativa diaria
        saver | 储蓄型 | Saver | Ahorrador
        investor | 投资型 | Investor | Inversor
        borrower_only | 仅借款 | Borrower only | Solo préstamos
        full | 全面往来 | Full relationship | Relación completa
    """,
    "app_engagement": """
        devoted | 高频 | Devoted | Asiduo
        regular | 常用 | Regular | Regular
        occasional | 偶尔 | Occasional | Ocasional
        absent | 不用 | Absent | Ausente
    """,
    "preferred_day_part": """
        morning | 上午 | Morning | Mañana
        afternoon | 下午 | Afternoon | Tarde
        evening | 晚间 | Evening | Tarde-noche
        night | 夜间 | Night | Noche
    """,
    "product_interest": """
        fund | 基金 | Funds | Fondos
        wealth | 理财 | Wealth products | Inversiones
        deposit | 存款 | Deposits | Depósitos
        loan | 贷款 | Loans | Préstamos
        insurance | 保险 | Insurance | Seguros
        credit_card | 信用卡 | Credit cards | Tarjetas de crédito
    """,
    "price_sensitivity": """
        high | 高 | High | Alta
        medium | 中 | Medium | Media
        low | 低 | Low | Baja
    """,
    "risk_capacity": """
        C1 | C1 保守型 | C1 cautious | C1 conservador
        C2 | C2 稳健型 | C2 steady | C2 moderado
        C3 | C3 平衡型 | C3 balanced | C3 equilibrado
        C4 | C4 进取型 | C4 growth | C4 dinámico
        C5 | C5 激进型 | C5 bold | C5 agresivo
    """,
    "risk_appetite": """
        cautious | 谨慎 | Cautious | Prudente
        balanced | 均衡 | Balanced | Equilibrado
        bold | 进取 | Bold | Audaz
    """,
    "service_temper": """
        angry | 愤怒 | Angry | Enfadado
        unhappy | 不满 | Unhappy | Descontento
        neutral | 平和 | Neutral | Neutral
        content | 满意 | Content | Contento
        delighted | 非常满意 | Delighted | Encantado
    """,
    "marketing_openness": """
        open | 乐于接受 | Open | Abierto
        reserved | 有所保留 | Reserved | Reservado
        tired | 已感疲劳 | Tired of it | Cansado
        unknown | 未知 | Unknown | Desconocido
    """,
    "family": """
        demand_deposit | 活期存款 | Demand deposit | Cuenta a la vista
        term_deposit | 定期存款 | Term deposit | Depósito a plazo
        large_certificate | 大额存单 | Large certificate | Gran certificado
        money_fund | 货币基金 | Money fund | Fondo monetario
        bond_fund | 债券基金 | Bond fund | Fondo de bonos
        mixed_fund | 混合基金 | Mixed fund | Fondo mixto
        equity_fund | 股票基金 | Equity fund | Fondo de acciones
        wealth | 理财产品 | Wealth product | Producto de inversión
        insurance | 保险 | Insurance | Seguro
        metal | 贵金属 | Precious metal | Metal precioso
        pension | 养老金 | Pension | Pensión
        debit_card | 借记卡 | Debit card | Tarjeta de débito
        credit_card | 信用卡 | Credit card | Tarjeta de crédito
        mortgage | 住房贷款 | Mortgage | Hipoteca
        consumer_loan | 消费贷款 | Consumer loan | Préstamo al consumo
        business_loan | 经营贷款 | Business loan | Préstamo a empresa
        payroll | 代发工资 | Payroll | Nómina
        other | 其他 | Other | Otro
    """,
    "channel": """
        app | 手机银行 | App | App
        web | 网上银行 | Web | Web
        mini_program | 小程序 | Mini program | Miniprograma
        branch | 网点 | Branch | Oficina
        atm | 自助设备 | ATM | Cajero
        pos | 刷卡消费 | Point of sale | TPV
        call_centre | 客服中心 | Call centre | Centro de llamadas
        automatic | 系统自动 | Automatic | Automático
        partner | 合作方 | Partner | Socio
        email | 邮件 | E-mail | Correo
        app_slot | 手机银行展位 | App slot | Espacio en la app
        call_list | 外呼名单 | Call list | Lista de llamadas
        manager_list | 客户经理名单 | Manager's list | Lista del gestor
        sms | 短信 | SMS | SMS
        other | 其他 | Other | Otro
    """,
    "what": """
        salary | 工资入账 | Salary | Nómina
        pension | 养老金入账 | Pension | Pensión
        transfer_in | 转入 | Transfer in | Transferencia recibida
        transfer_out | 转出 | Transfer out | Transferencia enviada
        card | 刷卡消费 | Card payment | Pago con tarjeta
        cash_in | 现金存入 | Cash in | Ingreso en efectivo
        cash_out | 现金支取 | Cash out | Retirada de efectivo
        bill | 缴费 | Bill | Recibo
        fee | 手续费 | Fee | Comisión
        interest | 利息 | Interest | Intereses
        loan_drawdown | 贷款发放 | Loan drawdown | Disposición de préstamo
        loan_repayment | 贷款还款 | Loan repayment | Cuota de préstamo
        card_repayment | 信用卡还款 | Card repayment | Pago de tarjeta
        purchase | 申购 | Purchase | Suscripción
        redemption | 赎回 | Redemption | Reembolso
        deposit_open | 存入定期 | Deposit opened | Apertura de depósito
        deposit_close | 定期到期支取 | Deposit closed | Cierre de depósito
        refund | 退款 | Refund | Devolución
        login | 登录 | Logged in | Inició sesión
        logout | 退出 | Logged out | Cerró sesión
        page_view | 浏览页面 | Saw a page | Vio una página
        product_view | 浏览产品 | Looked at a product | Miró un producto
        apply_start | 开始申请 | Began an application | Empezó una solicitud
        apply_submit | 提交申请 | Sent an application | Envió una solicitud
        transfer | 线上转账 | Transferred money | Hizo una transferencia
        search | 搜索 | Searched | Buscó
        error | 操作出错 | Met an error | Encontró un error
        visit | 到访网点 | Visited a branch | Visitó la oficina
        call_in | 来电 | Called | Llamó
        call_out | 外呼 | Was called | Recibió una llamada
        chat | 在线咨询 | Chatted | Chateó
        complaint | 投诉 | Complained | Se quejó
        survey | 满意度调查 | Answered a survey | Contestó una encuesta
        meeting | 面谈 | Met the manager | Se reunió con el gestor
        risk_test | 风险测评 | Took a risk test | Hizo el test de riesgo
        marketing | 营销触达 | Marketing contact | Contacto comercial
        other | 其他 | Other | Otro
    """,
    "merchant_category": """
        groceries | 超市 | Groceries | Supermercado
        dining | 餐饮 | Dining | Restaurantes
        travel | 旅行 | Travel | Viajes
        transport | 交通 | Transport | Transporte
        fuel | 加油 | Fuel | Combustible
        fashion | 服饰 | Fashion | Moda
        electronics | 数码家电 | Electronics | Electrónica
        home | 家居 | Home | Hogar
        health | 医疗健康 | Health | Salud
        education | 教育 | Education | Educación
        children | 母婴 | Children | Niños
        entertainment | 娱乐 | Entertainment | Ocio
        beauty | 美容 | Beauty | Belleza
        luxury | 奢侈品 | Luxury | Lujo
        digital | 数字服务 | Digital services | Servicios digitales
        utilities | 水电煤 | Utilities | Suministros
        insurance | 保险 | Insurance | Seguros
        gambling | 博彩 | Gambling | Juego
        other | 其他 | Other | Otros
    """,
    "outcome": """
        resolved | 已解决 | Resolved | Resuelto
        unresolved | 未解决 | Unresolved | Sin resolver
        accepted | 接受 | Accepted | Aceptó
        refused | 拒绝 | Refused | Rechazó
        no_answer | 无人接听 | No answer | Sin respuesta
        later | 以后再谈 | Later | Más tarde
        other | 其他 | Other | Otro
    """,
}
