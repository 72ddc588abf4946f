"""What to do with a strategy: it follows from the interval and the cost, and says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from asterism.kernel.words import Text
from asterism.review.effect import Effect
from asterism.review.sequence import FEWEST_IN_ARM

#: A closed review whose whole interval lies within this share of the control's mean found nothing
#: worth having: more customers would only say so more precisely.
NEGLIGIBLE = 0.05


class Action(StrEnum):
    """What may be advised."""

    STOP = "stop"
    KEEP = "keep"
    WIDEN = "widen"
    CHANGE = "change"


ACTION_TITLES: Mapping[Action, Text] = {
    Action.STOP: Text("停止", "Stop", "Detener"),
    Action.KEEP: Text("保持", "Keep", "Mantener"),
    Action.WIDEN: Text("扩大", "Widen", "Ampliar"),
    Action.CHANGE: Text("调整", "Change", "Cambiar"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One piece of advice and its reason."""

    action: Action
    #: Stable name of the reason.
    code: str
    #: The reason, with `{fields}`.
    reason: Text
    values: Mapping[str, object] = field(default_factory=dict)

    def in_locale(self, locale: str) -> str:
        """Return the reason in `locale`."""
        return self.reason.in_locale(locale).format(**self.values)


_UNEVEN = Text(
    "对照组与触达组的人数比例与抽样设计不符（p = {p:.1g}），此效果不可信：请先查明分组原因。",
    "The arms are not as they were drawn (p = {p:.1g}), so this effect cannot be believed: "
    "find out what disturbed the draw first.",
    "Los grupos no son los que se sortearon (p = {p:.1g}), así que este efecto no es creíble: "
    "averigüe primero qué alteró el sorteo.",
)
_TOO_FEW = Text(
    "样本太少：触达 {touched} 人、对照 {control} 人，每组至少需要 {fewest} 人才能给出区间。",
    "Too few yet: {touched} touched and {control} held out; an interval needs {fewest} in each.",
    "Aún son pocos: {touched} contactados y {control} de control; un intervalo necesita "
    "{fewest} en cada grupo.",
)
_HARMFUL = Text(
    "有害：整个区间都在零以下，触达使指标变差。",
    "Harmful: the whole interval lies below zero, the touch makes the metric worse.",
    "Perjudicial: todo el intervalo está por debajo de cero, el contacto empeora la métrica.",
)
_NEVER_PAYS = Text(
    "得不偿失：即使取区间上限，带来的价值也不足以抵偿成本。",
    "It does not pay: even at the upper end of the interval it brings less than it costs.",
    "No compensa: incluso en el extremo superior del intervalo aporta menos de lo que cuesta.",
)
_PAYS = Text(
    "有效且划算：即使取区间下限，带来的价值也超过成本。",
    "It works and pays: even at the lower end of the interval it brings more than it costs.",
    "Funciona y compensa: incluso en el extremo inferior del intervalo aporta más de lo que "
    "cuesta.",
)
_WORKS_DEARLY = Text(
    "有效，但能否抵偿成本尚无定论：可换用更便宜的渠道或缩小人群。",
    "It works, but whether it pays is open: try a cheaper channel or a narrower audience.",
    "Funciona, pero no está claro que compense: pruebe un canal más barato o un público menor.",
)
_NEGLIGIBLE = Text(
    "几乎没有效果：整个区间都在对照均值的 ±{share:.0%} 以内，请更换优惠、话术或人群。",
    "Next to no effect: the whole interval lies within ±{share:.0%} of the control's mean; "
    "change the offer, the words or the audience.",
    "Casi sin efecto: todo el intervalo está dentro de ±{share:.0%} de la media de control; "
    "cambie la oferta, el mensaje o el público.",
)
_OPEN = Text(
    "尚无定论：区间包含零，继续积累数据。",
    "Open: the interval contains zero; let it gather more customers.",
    "Sin decidir: el intervalo contiene el cero; deje que reúna más clientes.",
)


def advise(effect: Effect) -> Advice:
    """Return what follows from `effect`; the first rule that applies decides."""
    if effect.uneven:
        return _advice(Action.CHANGE, "uneven", _UNEVEN, p=effect.ratio_p)
    if not effect.known:
        numbers = {"touched": effect.n_touch, "control": effect.n_control}
        return _advice(Action.KEEP, "too_few", _TOO_FEW, fewest=FEWEST_IN_ARM, **numbers)
    if effect.high < 0:
        return _advice(Action.STOP, "harmful", _HARMFUL)
    if effect.incremental_profit.high < 0:
        return _advice(Action.STOP, "never_pays", _NEVER_PAYS)
    return _positive(effect) if effect.low > 0 else _undecided(effect)


def _positive(effect: Effect) -> Advice:
    if effect.incremental_profit.low > 0:
        return _advice(Action.WIDEN, "pays", _PAYS)
    return _advice(Action.CHANGE, "works_dearly", _WORKS_DEARLY)


def _undecided(effect: Effect) -> Advice:
    relative = effect.relative
    if effect.complete and relative and max(-relative.low, relative.high) < NEGLIGIBLE:
        return _advice(Action.CHANGE, "negligible", _NEGLIGIBLE, share=NEGLIGIBLE)
    return _advice(Action.KEEP, "open", _OPEN)


def _advice(action: Action, code: str, reason: Text, **values: object) -> Advice:
    return Advice(action=action, code=code, reason=reason, values=values)
