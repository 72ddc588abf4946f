"""From sqlglot's tree to our operations: every node is on the list below or is refused.

A node is taken only if it carries exactly the parts that its rule knows, so that nothing sqlglot
may accept today or tomorrow is passed over in silence.
"""

from collections.abc import Callable, Mapping

from sqlglot import exp

from asterism.audience.catalogue import Catalogue, TagType
from asterism.audience.findings import Findings
from asterism.audience.limits import MAX_CONDITIONS, MAX_LIST
from asterism.audience.literals import Written, check_text
from asterism.audience.operations import (
    All,
    Any,
    Between,
    Condition,
    Constant,
    Flag,
    InSegment,
    IsNull,
    IsTruth,
    Like,
    Not,
    OneOf,
    Operator,
)
from asterism.audience.terms import TermChecker, offset_of, parts, unwrapped
from asterism.kernel.words import N_

_COMPARISONS: Mapping[type[exp.Expr], Operator] = {
    exp.EQ: Operator.EQ,
    exp.NEQ: Operator.NE,
    exp.LT: Operator.LT,
    exp.LTE: Operator.LE,
    exp.GT: Operator.GT,
    exp.GTE: Operator.GE,
}
#: Finds the compiled segment of a name, or notes at the offset why there is none.
SegmentResolver = Callable[[str, int, Findings], InSegment | None]
#: Stands in for a part that was refused; never leaves this module, as an error is raised.
_REFUSED = Constant(value=False)


class Checker:
    """Turns one expression's tree into a condition and notes everything wrong with it."""

    def __init__(
        self, catalogue: Catalogue, resolve_segment: SegmentResolver, findings: Findings
    ) -> None:
        self._terms = TermChecker(catalogue, findings)
        self._resolve_segment = resolve_segment
        self._findings = findings
        self._conditions = 0
        self._rules: dict[type[exp.Expr], Callable[[exp.Expr], Condition]] = {
            exp.Paren: lambda node: self.condition(unwrapped(node)),
            exp.Not: self._not,
            exp.And: self._joined,
            exp.Or: self._joined,
            exp.Boolean: lambda node: Constant(bool(node.this)),
            exp.Column: self._flag,
            exp.Is: self._is,
            exp.In: self._one_of,
            exp.Like: self._like,
            exp.Between: self._between,
            exp.Anonymous: self._segment,
            **dict.fromkeys(_COMPARISONS, self._comparison),
        }

    def condition(self, node: exp.Expr) -> Condition:
        """Return the condition that `node` stands for; after a problem, one without meaning."""
        rule = self._rules.get(type(node))
        if rule is None:
            return self._refuse(node)
        if parts(node, *_PARTS.get(type(node), _BINARY)) is None:
            message = N_("This form is not part of the audience language.")
            self._findings.add(offset_of(node), message)
            return _REFUSED
        if type(node) not in _CONTAINERS:
            self._count(node)
        return rule(node)

    def _count(self, node: exp.Expr) -> None:
        self._conditions += 1
        if self._conditions == MAX_CONDITIONS + 1:
            message = N_("The expression has more than {limit} conditions.")
            hint = N_("Save a part as a segment and use IN_SEGMENT('name').")
            self._findings.add(offset_of(node), message, hint, limit=MAX_CONDITIONS)

    def _refuse(self, node: exp.Expr) -> Condition:
        if isinstance(node, exp.Literal | exp.Neg | exp.Mul | exp.Cast):
            message = N_("This is a value, not a condition: compare it with something.")
        elif isinstance(node, exp.Null):
            message = N_("NULL is not a condition.")
        else:
            message = N_("A condition must stand here.")
        self._findings.add(offset_of(node), message)
        return _REFUSED

    def _not(self, node: exp.Expr) -> Condition:
        inner = self.condition(node.this)
        return Not(inner)

    def _joined(self, node: exp.Expr) -> Condition:
        """Flatten a chain of ANDs (or of ORs) without recursion: it may be long."""
        kind = type(node)
        waiting, items = [node], list[Condition]()
        joined = All if kind is exp.And else Any
        while waiting:
            current = unwrapped(waiting.pop())
            if type(current) is kind and parts(current, *_BINARY) is not None:
                waiting.extend((current.args["expression"], current.args["this"]))
            else:
                items.append(self.condition(current))
        return joined(tuple(items))

    def _flag(self, node: exp.Expr) -> Condition:
        tag = self._terms.tag(node)
        if tag is None:
            return _REFUSED
        if tag.type is not TagType.FLAG:
            message = N_("{tag} is not a flag: compare it with a value.")
            self._findings.add(offset_of(node), message, _EXAMPLES[tag.type], tag=tag.name)
        return Flag(tag)

    def _is(self, node: exp.Expr) -> Condition:
        tag, truth = self._terms.tag_only(node.this), node.args["expression"]
        if tag is None:
            return _REFUSED
        if isinstance(truth, exp.Null):
            return IsNull(tag)
        if isinstance(truth, exp.Boolean) and tag.type is TagType.FLAG:
            return IsTruth(tag, bool(truth.this))
        message = N_("IS is followed by NULL or NOT NULL, and for flags also by TRUE or FALSE.")
        self._findings.add(offset_of(node), message)
        return _REFUSED

    def _comparison(self, node: exp.Expr) -> Condition:
        operator = _COMPARISONS[type(node)]
        left, right = unwrapped(node.this), unwrapped(node.args["expression"])
        truth = right if isinstance(right, exp.Boolean) else left
        if isinstance(truth, exp.Boolean) and operator in (Operator.EQ, Operator.NE):
            return self._flag_is(right if truth is left else left, truth, operator)
        return self._terms.compare(left, operator, right) or _REFUSED

    def _flag_is(self, node: exp.Expr, truth: exp.Expr, operator: Operator) -> Condition:
        """Write `flag = TRUE` as `flag` and `flag = FALSE` as `NOT flag`."""
        if not isinstance(node, exp.Column):
            message = N_("Only a flag is compared with TRUE or FALSE.")
            self._findings.add(offset_of(node), message)
            return _REFUSED
        flag = self._flag(node)
        return flag if bool(truth.this) is (operator is Operator.EQ) else Not(flag)

    def _between(self, node: exp.Expr) -> Condition:
        low = self._terms.compare(node.this, Operator.GE, node.args["low"], keep_sides=True)
        high = self._terms.compare(node.this, Operator.LE, node.args["high"], keep_sides=True)
        if low is None or high is None:
            return _REFUSED
        return Between(low.left, low.right, high.right)

    def _one_of(self, node: exp.Expr) -> Condition:
        tag, items = self._terms.tag_only(node.this), node.args.get("expressions") or []
        if not items:
            self._findings.add(offset_of(node), N_("The list after IN is empty."))
            return _REFUSED
        if len(items) > MAX_LIST:
            message = N_("The list has {count} values; {limit} are allowed.")
            self._findings.add(offset_of(node), message, count=len(items), limit=MAX_LIST)
            return _REFUSED
        if tag is None:
            return _REFUSED
        values = [self._terms.literal(item, tag) for item in items]
        return OneOf(tag, tuple(dict.fromkeys(value for value in values if value is not None)))

    def _like(self, node: exp.Expr) -> Condition:
        tag, pattern = self._terms.tag_only(node.this), unwrapped(node.args["expression"])
        if not (isinstance(pattern, exp.Literal) and pattern.is_string):
            self._findings.add(offset_of(node), N_("LIKE is followed by a text, such as 'A%'."))
            return _REFUSED
        written = Written("text", str(pattern.this), offset_of(pattern))
        if "\\" in written.text:
            message = N_("A pattern cannot hold a backslash: engines read it differently.")
            self._findings.add(written.offset, message)
        if tag is None or not check_text(written, self._findings):
            return _REFUSED
        if tag.type is not TagType.TEXT:
            message = N_("LIKE is for texts; {tag} is not one.")
            self._findings.add(offset_of(node), message, tag=tag.name)
        like = Like(tag, written.text)
        return Not(like) if node.args.get("negate") else like

    def _segment(self, node: exp.Expr) -> Condition:
        arguments = node.args.get("expressions") or []
        if str(node.this).upper() != "IN_SEGMENT":
            message = N_("There is no function {name}; the only one is IN_SEGMENT.")
            self._findings.add(offset_of(node), message, name=str(node.this))
            return _REFUSED
        name = arguments[0] if len(arguments) == 1 else None
        if not (isinstance(name, exp.Literal) and name.is_string):
            message = N_("IN_SEGMENT takes one name between single quotation marks.")
            self._findings.add(offset_of(node), message)
            return _REFUSED
        segment = self._resolve_segment(str(name.this), offset_of(name), self._findings)
        return segment or _REFUSED


_BINARY = ("this", "expression")
_CONTAINERS = (exp.Paren, exp.Not, exp.And, exp.Or)
_PARTS: Mapping[type[exp.Expr], tuple[str, ...]] = {
    exp.Paren: ("this",),
    exp.Not: ("this",),
    exp.Boolean: ("this",),
    exp.Column: ("this",),
    exp.In: ("this", "expressions"),
    exp.Like: ("this", "expression", "negate"),
    exp.Between: ("this", "low", "high"),
    exp.Anonymous: ("this", "expressions"),
}
_EXAMPLES = {
    TagType.TEXT: N_("For example {tag} = 'value' or {tag} IS NOT NULL."),
    TagType.DATE: N_("For example {tag} >= DATE '2026-01-31' or {tag} IS NOT NULL."),
    TagType.INTEGER: N_("For example {tag} > 0 or {tag} IS NOT NULL."),
    TagType.NUMBER: N_("For example {tag} > 0 or {tag} IS NOT NULL."),
    TagType.MONEY: N_("For example {tag} > 0 or {tag} IS NOT NULL."),
}
