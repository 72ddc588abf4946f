"""Who may do what: nine roles, each a fixed set of permissions."""

from enum import StrEnum

from asterism.kernel.words import Text


class Permission(StrEnum):
    """One thing that a person may be allowed to do. Every route asks for exactly one."""

    #: Keep one's own session: language, sign out.
    OWN_SESSION = "own_session"
    SEE_HOME = "see_home"
    SEE_CUSTOMERS = "see_customers"
    #: See names and numbers of customers in clear, with a reason, on the record.
    UNMASK_CUSTOMERS = "unmask_customers"
    EXPORT_CUSTOMERS = "export_customers"
    SEE_TAGS = "see_tags"
    SEE_AUDIENCES = "see_audiences"
    SAVE_SEGMENTS = "save_segments"
    SEE_STRATEGIES = "see_strategies"
    #: Write drafts of strategies and ask for approval.
    WRITE_STRATEGIES = "write_strategies"
    #: Approve or reject what others wrote.
    APPROVE_STRATEGIES = "approve_strategies"
    #: The same for strategies that reach many customers or spend much.
    APPROVE_LARGE_STRATEGIES = "approve_large_strategies"
    #: Put live what was approved, and let it grow.
    PUBLISH_STRATEGIES = "publish_strategies"
    STOP_STRATEGIES = "stop_strategies"
    SEE_WORKLIST = "see_worklist"
    RECORD_RESULTS = "record_results"
    #: Write down what a customer agrees to or takes back.
    RECORD_CONSENT = "record_consent"
    SEE_TOUCHES = "see_touches"
    SEE_REVIEW = "see_review"
    #: Pull the next action of an app slot and report impressions and clicks.
    USE_SLOTS = "use_slots"
    SEE_AUDIT = "see_audit"
    MANAGE_ACCESS = "manage_access"


class Role(StrEnum):
    """What a person does in the bank."""

    STRATEGY_MANAGER = "strategy_manager"
    ANALYST = "analyst"
    RELATIONSHIP_MANAGER = "relationship_manager"
    BRANCH_HEAD = "branch_head"
    OPERATIONS = "operations"
    REMOTE_AGENT = "remote_agent"
    COMPLIANCE = "compliance"
    INTEGRATOR = "integrator"
    ADMINISTRATOR = "administrator"


_SESSION = {Permission.OWN_SESSION, Permission.SEE_HOME}
_CUSTOMER = {Permission.SEE_CUSTOMERS, Permission.SEE_TAGS}
_READ = (
    _SESSION
    | _CUSTOMER
    | {
        Permission.SEE_AUDIENCES,
        Permission.SEE_STRATEGIES,
        Permission.SEE_TOUCHES,
        Permission.SEE_REVIEW,
    }
)

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.STRATEGY_MANAGER: frozenset(
        _READ
        | {
            Permission.SAVE_SEGMENTS,
            Permission.EXPORT_CUSTOMERS,
            Permission.WRITE_STRATEGIES,
            Permission.APPROVE_STRATEGIES,
            Permission.PUBLISH_STRATEGIES,
            Permission.STOP_STRATEGIES,
        }
    ),
    Role.ANALYST: frozenset(
        _READ | {Permission.SAVE_SEGMENTS, Permission.EXPORT_CUSTOMERS, Permission.WRITE_STRATEGIES}
    ),
    Role.RELATIONSHIP_MANAGER: frozenset(
        _SESSION
        | _CUSTOMER
        | {
            Permission.SEE_AUDIENCES,
            Permission.SEE_WORKLIST,
            Permission.RECORD_RESULTS,
            Permission.RECORD_CONSENT,
            Permission.UNMASK_CUSTOMERS,
        }
    ),
    Role.BRANCH_HEAD: frozenset(
        _READ
        | {
            Permission.SEE_WORKLIST,
            Permission.RECORD_RESULTS,
            Permission.RECORD_CONSENT,
            Permission.UNMASK_CUSTOMERS,
            Permission.EXPORT_CUSTOMERS,
        }
    ),
    Role.OPERATIONS: frozenset(_READ | {Permission.EXPORT_CUSTOMERS, Permission.RECORD_CONSENT}),
    Role.REMOTE_AGENT: frozenset(
        _SESSION
        | _CUSTOMER
        | {
            Permission.SEE_WORKLIST,
            Permission.RECORD_RESULTS,
            Permission.RECORD_CONSENT,
            Permission.UNMASK_CUSTOMERS,
        }
    ),
    Role.COMPLIANCE: frozenset(
        _READ
        | {
            Permission.UNMASK_CUSTOMERS,
            Permission.RECORD_CONSENT,
            Permission.APPROVE_STRATEGIES,
            Permission.APPROVE_LARGE_STRATEGIES,
            Permission.PUBLISH_STRATEGIES,
            Permission.STOP_STRATEGIES,
            Permission.SEE_AUDIT,
        }
    ),
    Role.INTEGRATOR: frozenset(
        {
            Permission.SEE_CUSTOMERS,
            Permission.SEE_AUDIENCES,
            Permission.SEE_STRATEGIES,
            Permission.SEE_REVIEW,
            Permission.USE_SLOTS,
            Permission.RECORD_CONSENT,
            Permission.OWN_SESSION,
            Permission.SEE_HOME,
        }
    ),
    Role.ADMINISTRATOR: frozenset(Permission),
}

TITLES: dict[Role, Text] = {
    Role.STRATEGY_MANAGER: Text("策略经理", "Strategy manager", "Responsable de estrategia"),
    Role.ANALYST: Text("数据分析师", "Analyst", "Analista"),
    Role.RELATIONSHIP_MANAGER: Text("客户经理", "Relationship manager", "Gestor de clientes"),
    Role.BRANCH_HEAD: Text("网点负责人", "Branch head", "Director de oficina"),
    Role.OPERATIONS: Text("运营人员", "Operations", "Operaciones"),
    Role.REMOTE_AGENT: Text("远程坐席", "Remote agent", "Agente remoto"),
    Role.COMPLIANCE: Text("合规人员", "Compliance", "Cumplimiento"),
    Role.INTEGRATOR: Text("系统集成", "Integrator", "Integrador"),
    Role.ADMINISTRATOR: Text("系统管理员", "Administrator", "Administrador"),
}
