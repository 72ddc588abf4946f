"""From text to a syntax tree: first a gate for single words, then sqlglot's parser.

The gate lets only a closed set of words and signs through, so that comments, statements,
parameters and anything else of SQL end here, with their position.
"""

from collections.abc import Collection
from itertools import zip_longest
from typing import ClassVar

from sqlglot import exp
from sqlglot.errors import ErrorLevel, ParseError, SqlglotError, TokenError
from sqlglot.parser import Parser
from sqlglot.tokenizer_core import Token, TokenType
from sqlglot.tokens import Tokenizer

from asterism.audience.findings import Findings
from asterism.audience.limits import MAX_NESTING, MAX_TEXT
from asterism.kernel.words import N_

_SIGNS_AND_WORDS = {
    *(TokenType.L_PAREN, TokenType.R_PAREN, TokenType.COMMA, TokenType.STAR, TokenType.DASH),
    *(TokenType.EQ, TokenType.NEQ, TokenType.LT, TokenType.LTE, TokenType.GT, TokenType.GTE),
    *(TokenType.AND, TokenType.OR, TokenType.NOT, TokenType.IN, TokenType.BETWEEN),
    *(TokenType.LIKE, TokenType.IS, TokenType.NULL, TokenType.TRUE, TokenType.FALSE),
    *(TokenType.STRING, TokenType.NUMBER, TokenType.IDENTIFIER, TokenType.VAR, TokenType.DATE),
}
_NAMES = {TokenType.VAR, TokenType.IDENTIFIER, TokenType.DATE}
_NESTS = {TokenType.NOT, TokenType.DASH}
#: Signs of Chinese keyboards and of word processors, and what to type instead.
_INSTEAD = {
    "（": "(",
    "）": ")",
    "，": ",",
    "＝": "=",
    "＜": "<",
    "＞": ">",
    "＊": "*",
    "－": "-",
    "‘": "'",
    "’": "'",
    "“": "'",
    "”": "'",
    "≥": ">=",
    "≤": "<=",
    "≠": "<>",
    "＇": "'",
}
_HINTS = {
    TokenType.SELECT: N_("Subqueries are not needed: use IN_SEGMENT('name')."),
    TokenType.ILIKE: N_("LIKE tells capital from small letters; write the text as it is stored."),
    TokenType.SLASH: N_("Multiply by the reciprocal instead, for example 0.5 * tag."),
    TokenType.PLUS: N_("Sums are tags of their own; ask for the tag that holds the sum."),
    TokenType.SEMICOLON: N_("Write one expression, without a semicolon."),
}
_Tree = exp.Expr


def parse(text: str, tag_names: Collection[str], findings: Findings) -> _Tree | None:
    """Return sqlglot's tree of `text`, or None after noting everything that stops it."""
    if len(text) > MAX_TEXT:
        message = N_("The expression has {length} characters; {limit} are allowed.")
        findings.add(MAX_TEXT, message, length=len(text), limit=MAX_TEXT)
        return None
    try:
        tokens = Tokenizer().tokenize(text)
    except TokenError:
        findings.add(_last_quote(text), N_("A quotation mark is opened here and never closed."))
        return None
    if not tokens:
        message = N_("The expression is empty.")
        findings.add(0, message, N_("Write TRUE for all customers."))
        return None
    for token, following in zip_longest(tokens, tokens[1:]):
        _check_word(token, tag_names, findings)
        _check_call(token, following, findings)
    _check_nesting(tokens, findings)
    return None if findings else _parse_tokens(tokens, text, findings)


def is_plain_name(name: str) -> bool:
    """Tell whether `name` reads as one name without quotation marks."""
    try:
        tokens = Tokenizer().tokenize(name)
    except TokenError:
        return False
    return (
        len(tokens) == 1
        and tokens[0].token_type is TokenType.VAR
        and name.isidentifier()
        and name == name.lower()
    )


def nesting(text: str) -> int:
    """Return how deep parentheses and NOTs go in a text that the tokenizer accepts."""
    return max((depth for depth, _ in _depths(Tokenizer().tokenize(text))), default=0)


def _check_word(token: Token, tag_names: Collection[str], findings: Findings) -> None:
    if token.comments:
        findings.add(token.start, N_("Comments are not part of an audience."))
    if token.token_type is TokenType.IDENTIFIER:
        return
    if token.token_type is not TokenType.STRING:
        strange = next((sign for sign in token.text if sign in _INSTEAD), None)
        if strange is not None:
            place = token.start + token.text.index(strange)
            message = N_("{sign} is not a sign of the language.")
            hint = N_("Type {instead} instead.")
            findings.add(place, message, hint, sign=strange, instead=_INSTEAD[strange])
            return
    if token.token_type in _SIGNS_AND_WORDS or token.text.lower() in tag_names:
        return
    message = N_("{word} is not part of the audience language.")
    findings.add(token.start, message, _HINTS.get(token.token_type, ""), word=token.text)


def _check_call(token: Token, following: Token | None, findings: Findings) -> None:
    """Refuse a name before a parenthesis: the parser has rules of its own for many functions."""
    named = token.token_type in _NAMES or token.token_type not in _SIGNS_AND_WORDS
    if (
        named
        and following is not None
        and following.token_type is TokenType.L_PAREN
        and token.text.upper() != "IN_SEGMENT"
    ):
        message = N_("There is no function {name}; the only one is IN_SEGMENT.")
        findings.add(token.start, message, name=token.text)


def _check_nesting(tokens: list[Token], findings: Findings) -> None:
    for depth, token in _depths(tokens):
        if depth > MAX_NESTING:
            message = N_("Parentheses and NOTs are nested more than {limit} deep.")
            hint = N_("Save a part as a segment and use IN_SEGMENT('name').")
            findings.add(token.start, message, hint, limit=MAX_NESTING)
            return


def _depths(tokens: list[Token]) -> list[tuple[int, Token]]:
    """Return, for each token that opens a level, how many levels are open there."""
    depths = []
    #: One entry per open parenthesis: the NOTs and signs that stand before its content.
    pending = [0]
    for token in tokens:
        if token.token_type is TokenType.L_PAREN:
            pending.append(0)
        elif token.token_type is TokenType.R_PAREN:
            if len(pending) > 1:
                pending.pop()
        elif token.token_type in _NESTS:
            pending[-1] += 1
        elif token.token_type in (TokenType.AND, TokenType.OR, TokenType.COMMA):
            pending[-1] = 0
            continue
        else:
            continue
        depths.append((len(pending) - 1 + sum(pending), token))
    return depths


class _Parser(Parser):
    """sqlglot's parser, told to keep where NULL, TRUE and FALSE stood."""

    PRIMARY_PARSERS: ClassVar = {
        **Parser.PRIMARY_PARSERS,
        TokenType.NULL: lambda _, token: exp.Null().update_positions(token),
        TokenType.TRUE: lambda _, token: exp.Boolean(this=True).update_positions(token),
        TokenType.FALSE: lambda _, token: exp.Boolean(this=False).update_positions(token),
    }


def _parse_tokens(tokens: list[Token], text: str, findings: Findings) -> _Tree | None:
    try:
        trees = _Parser(ErrorLevel.RAISE).parse_into(exp.Condition, tokens, text)
        return trees[0]
    except ParseError as error:
        _note_parse_error(text, error, findings)
    except SqlglotError:
        findings.add(0, N_("This cannot be read as an expression."))
    except RecursionError:  # the gate keeps this from happening; a caller's deep stack may not
        message = N_("Parentheses and NOTs are nested more than {limit} deep.")
        findings.add(0, message, limit=MAX_NESTING)
    return None


def _note_parse_error(text: str, error: ParseError, findings: Findings) -> None:
    details = error.errors[0] if error.errors else {}
    line, column = details.get("line", 1), details.get("col", 1)
    word = details.get("highlight", "")
    starts = [0, *(place + 1 for place, sign in enumerate(text) if sign == "\n")]
    end = starts[min(line, len(starts)) - 1] + column
    if details.get("description", "").startswith("Expecting )"):
        findings.add(text.rfind("(", 0, end), N_("A parenthesis is opened and never closed."))
    elif details.get("description", "").startswith("Required keyword"):
        findings.add(max(end - len(word), 0), N_("Something is missing beside {word}."), word=word)
    elif word == ")":
        findings.add(end - 1, N_("A parenthesis is closed that was never opened."))
    else:
        message = N_("{word} does not fit here.")
        findings.add(max(end - len(word), 0), message, _glue_hint(word), word=word)


def _glue_hint(word: str) -> str:
    plain = word.isidentifier() and word.upper() not in ("NOT", "IS", "IN", "LIKE", "BETWEEN")
    return N_("Join conditions with AND or OR.") if plain else ""


def _last_quote(text: str) -> int:
    return max(text.rfind("'"), text.rfind('"'), 0)
