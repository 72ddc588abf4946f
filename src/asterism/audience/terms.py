"""The two sides of a comparison: tags, values and products, checked for names and types."""

from sqlglot import exp

from asterism.audience.catalogue import Catalogue, TagSpec, TagType
from asterism.audience.findings import Findings
from asterism.audience.literals import Written, convert, to_double
from asterism.audience.operations import Compare, Literal, Operator, Scaled, Tag, Term
from asterism.kernel.privacy import Privacy
from asterism.kernel.words import N_

_ORDERED = frozenset(TagType) - {TagType.FLAG}
_NUMERIC = frozenset({TagType.INTEGER, TagType.NUMBER, TagType.MONEY})
_Side = Tag | Scaled | Written


class TermChecker:
    """Reads terms and notes unknown tags, types that do not meet, and values out of place."""

    def __init__(self, catalogue: Catalogue, findings: Findings) -> None:
        self._tags = catalogue.tags
        self._findings = findings

    def compare(
        self, left: exp.Expr, operator: Operator, right: exp.Expr, *, keep_sides: bool = False
    ) -> Compare | None:
        """Return the comparison, a tag on its left, or None after noting what is wrong.

        With `keep_sides` a value on the left is refused instead of exchanging the sides.
        """
        first, second = self._side(left), self._side(right)
        if first is None or second is None:
            return None
        if isinstance(first, Written):
            if isinstance(second, Written) or keep_sides:
                message = N_("A comparison needs a tag on one side.")
                self._findings.add(offset_of(left), message)
                return None
            first, second, operator = second, first, operator.flipped
        term = self._meet(first, second, offset_of(right))
        if term is None or not self._orders(first, operator, offset_of(left)):
            return None
        return Compare(first, operator, term)

    def tag_only(self, node: exp.Expr) -> Tag | None:
        """Return the tag that `node` names, or None after noting that it names none."""
        inner = unwrapped(node)
        if isinstance(inner, exp.Column):
            return self.tag(inner)
        self._findings.add(offset_of(node), N_("A tag must stand here."))
        return None

    def tag(self, node: exp.Expr) -> Tag | None:
        """Return the tag of a name, or None after noting that there is no such tag."""
        identifier = node.this
        if parts(node, "this") is None or not isinstance(identifier, exp.Identifier):
            message = N_("A tag is one name, without a dot.")
            self._findings.add(offset_of(node), message)
            return None
        name, offset = str(identifier.this), offset_of(identifier)
        spec = self._tags.get(name)
        if spec is None and not identifier.args.get("quoted"):
            spec = self._tags.get(name.lower())
        if spec is None:
            self._findings.add_misspelt(offset, N_("There is no tag {name}."), name, self._tags)
            return None
        if spec.privacy is Privacy.C3:
            message = N_("{tag} is secret (class C3); no audience may read it.")
            self._findings.add(offset, message, tag=spec.name)
            return None
        return Tag(spec.name, spec.type, spec.exponent)

    def literal(self, node: exp.Expr, tag: Tag) -> Literal | None:
        """Return the value of `node` as one of the tag's type."""
        side = self._side(node)
        if isinstance(side, Written):
            return convert(side, self._spec(tag), self._findings)
        if side is not None:
            self._findings.add(offset_of(node), N_("A value must stand here, not a tag."))
        return None

    def _spec(self, tag: Tag) -> TagSpec:
        return self._tags[tag.name]

    def _side(self, node: exp.Expr) -> _Side | None:
        inner = unwrapped(node)
        if isinstance(inner, exp.Column):
            return self.tag(inner)
        if isinstance(inner, exp.Mul) and parts(inner, "this", "expression") is not None:
            return self._product(inner)
        written = written_literal(inner)
        if written is None:
            self._findings.add(offset_of(node), *_refusal(inner))
        return written

    def _product(self, node: exp.Expr) -> Scaled | None:
        sides = [self._side(node.this), self._side(node.args["expression"])]
        if None in sides:
            return None
        factors = [side for side in sides if isinstance(side, Written) and side.kind == "number"]
        tags = [side for side in sides if isinstance(side, Tag)]
        if len(factors) != 1 or len(tags) != 1 or tags[0].type not in _NUMERIC:
            message = N_("A product is one number times one tag that is a number or money.")
            self._findings.add(offset_of(node), message)
            return None
        factor = to_double(factors[0], self._findings)
        return None if factor is None else Scaled(factor, tags[0])

    def _meet(self, first: Tag | Scaled, second: _Side, offset: int) -> Term | None:
        """Return `second` as a term that can stand against `first`."""
        if isinstance(second, Written):
            return convert(second, self._literal_spec(first), self._findings)
        one, other = meeting_type(first), meeting_type(second)
        same_money = one is not TagType.MONEY or tag_of(first).exponent == tag_of(second).exponent
        if one is other and same_money:
            return second
        message = N_("{left} ({left_type}) and {right} ({right_type}) cannot be compared.")
        self._findings.add(
            offset,
            message,
            left=tag_of(first).name,
            left_type=tag_of(first).type.value,
            right=tag_of(second).name,
            right_type=tag_of(second).type.value,
        )
        return None

    def _literal_spec(self, term: Tag | Scaled) -> TagSpec:
        """Return the spec that a value compared with `term` is read by.

        A product of a whole number is a number; a product of money stays money.
        """
        spec = self._spec(tag_of(term))
        if isinstance(term, Scaled) and spec.type is TagType.INTEGER:
            return TagSpec(name=spec.name, type=TagType.NUMBER)
        return spec

    def _orders(self, term: Tag | Scaled, operator: Operator, offset: int) -> bool:
        kind = tag_of(term).type
        if kind in _ORDERED or operator in (Operator.EQ, Operator.NE):
            return True
        message = N_("{tag} is a flag: it is neither larger nor smaller than another.")
        self._findings.add(offset, message, tag=tag_of(term).name)
        return False


def tag_of(term: Tag | Scaled) -> Tag:
    """Return the tag that the term reads."""
    return term.tag if isinstance(term, Scaled) else term


def meeting_type(term: Tag | Scaled) -> TagType:
    """Return the type that two terms must share: whole numbers meet numbers."""
    kind = tag_of(term).type
    return TagType.NUMBER if kind is TagType.INTEGER else kind


def written_literal(node: exp.Expr) -> Written | None:
    """Return the value that `node` writes, or None if it writes none."""
    if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal) and node.this.is_number:
        return Written("number", f"-{node.this.this}", offset_of(node))
    if isinstance(node, exp.Literal):
        return Written("text" if node.is_string else "number", str(node.this), offset_of(node))
    if isinstance(node, exp.Cast) and parts(node, "this", "to") is not None:
        inner, to = node.this, node.args["to"]
        if isinstance(inner, exp.Literal) and inner.is_string and to.is_type("date"):
            return Written("date", str(inner.this), offset_of(node))
    return None


def _refusal(node: exp.Expr) -> tuple[str, str]:
    if isinstance(node, exp.Null):
        return (
            N_("Nothing equals NULL, not even NULL."),
            N_("Write IS NULL or IS NOT NULL."),
        )
    if isinstance(node, exp.Neg):
        return N_("A minus sign stands only before a number."), N_("Write -1 * tag.")
    return N_("A tag, a value or a number times a tag must stand here."), ""


def unwrapped(node: exp.Expr) -> exp.Expr:
    """Return what stands inside the parentheses around `node`."""
    while isinstance(node, exp.Paren) and parts(node, "this") is not None:
        node = node.this
    return node


def parts(node: exp.Expr, *known: str) -> dict[str, exp.Expr] | None:
    """Return the node's parts, or None if it has a part that is not `known` or lacks all."""
    present = {
        name: part for name, part in node.args.items() if part is not None and part is not False
    }
    present = {name: part for name, part in present.items() if part != [] and name != "_type"}
    if not isinstance(node, exp.Boolean) and not set(present) <= set(known):
        return None
    return present


def offset_of(node: exp.Expr) -> int:
    """Return the offset of the first character that `node`, or what it stands in, was read from."""
    around: exp.Expr | None = node
    while around is not None:
        starts: list[int] = [
            inner.meta["start"] for inner in around.walk() if "start" in inner.meta
        ]
        if starts:
            return min(starts)
        around = around.parent
    return 0
