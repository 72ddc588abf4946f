"""Reasons that are not gates: those of the schedule, of value and of arbitration."""

from asterism.kernel.reason import Layer, Reason
from asterism.kernel.words import Text


def _reason(layer: Layer, name: str, text: Text) -> Reason:
    return Reason(code=f"{layer.value}.{name}", layer=layer, text=text)


EVERYONE = _reason(
    Layer.AUDIENCE,
    "everyone",
    Text("全部客户", "All customers", "Todos los clientes"),
)
SCHEDULE = _reason(
    Layer.AUDIENCE,
    "schedule",
    Text(
        "策略今天不接收新客户",
        "The strategy takes up no new customers today",
        "La estrategia no atiende clientes nuevos hoy",
    ),
)
WAITING = _reason(
    Layer.AUDIENCE,
    "between_waves",
    Text(
        "客户正处于两个波次之间",
        "The customer is between two waves",
        "El cliente está entre dos oleadas",
    ),
)
RAMP = _reason(
    Layer.AUDIENCE,
    "not_yet_in_ramp",
    Text(
        "策略正在放量，客户尚未进入",
        "The strategy is growing, and the customer is not in it yet",
        "La estrategia está creciendo y el cliente aún no ha entrado",
    ),
)
WORTH = _reason(
    Layer.VALUE,
    "not_worth",
    Text(
        "预期价值不高于成本",
        "The expected value does not exceed the cost",
        "El valor esperado no supera el coste",
    ),
)
CHOSEN = _reason(
    Layer.ARBITRATION,
    "chosen",
    Text("已选中", "Chosen", "Elegido"),
)
CUSTOMER_LIMIT = _reason(
    Layer.ARBITRATION,
    "customer_limit",
    Text(
        "客户当天已有更有价值的触达",
        "The customer gets something more valuable today",
        "El cliente recibe hoy algo más valioso",
    ),
)
SAME_CHANNEL = _reason(
    Layer.ARBITRATION,
    "same_channel",
    Text(
        "同一渠道当天已有触达",
        "The customer already gets something by this channel today",
        "El cliente ya recibe hoy algo por este canal",
    ),
)
BUDGET = _reason(
    Layer.ARBITRATION,
    "budget",
    Text("预算已用完", "The budget is spent", "El presupuesto está agotado"),
)
CHANNEL = _reason(
    Layer.ARBITRATION,
    "channel",
    Text("渠道容量已满", "The channel is full", "El canal está lleno"),
)
BRANCH = _reason(
    Layer.ARBITRATION,
    "branch",
    Text("网点人力已满", "The branch has no more time", "La sucursal no tiene más tiempo"),
)
MANAGER = _reason(
    Layer.ARBITRATION,
    "manager",
    Text("客户经理人力已满", "The manager has no more time", "El gestor no tiene más tiempo"),
)
QUOTA = _reason(
    Layer.ARBITRATION,
    "quota",
    Text("名额已满", "The quota is full", "El cupo está lleno"),
)
PENDING = _reason(
    Layer.ARBITRATION,
    "pending",
    Text(
        "待夜间统一分配",
        "Waiting for the night's allocation over all customers",
        "Pendiente de la asignación nocturna entre todos los clientes",
    ),
)

#: In the order in which the funnel shows them.
ARBITRATION: tuple[Reason, ...] = (
    CUSTOMER_LIMIT,
    SAME_CHANNEL,
    BUDGET,
    CHANNEL,
    BRANCH,
    MANAGER,
    QUOTA,
)
#: By the kind of limit: the part of a family's name before the colon.
BY_LIMIT: dict[str, Reason] = {
    "budget": BUDGET,
    "channel": CHANNEL,
    "branch": BRANCH,
    "manager": MANAGER,
    "quota": QUOTA,
}
