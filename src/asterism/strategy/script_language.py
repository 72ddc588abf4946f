"""The language of scripts: Liquid with what a message needs, and nothing that could run away.

A marketer's text is data. It shows values and chooses between phrases. There are no loops, no
includes and no filter that multiplies text, so that the work of filling in a script is bounded by
its length, and its length is limited. What is shown must have a value: a hole is an error.
"""

from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import TextIO

from liquid import BoundTemplate, Environment
from liquid.builtin.content import ContentNode
from liquid.builtin.output import Output, OutputNode
from liquid.context import RenderContext
from liquid.exceptions import LiquidError, UndefinedError
from liquid.undefined import FalsyStrictUndefined, Undefined

from asterism.strategy.script_filters import FILTERS

MAX_SCRIPT_CHARACTERS = 5_000
#: Opening `{{` and `{%` in one text: the lexer's time grows with their square.
MAX_MARKS = 200
#: Characters of a message; no channel carries more.
MAX_MESSAGE_CHARACTERS = 20_000
TAGS = ("assign", "case", "comment", "if", "unless")
#: Whole numbers from here on are written in groups of three digits; years are not.
_GROUPED_FROM = 10_000
#: Parts of the language that are registered like tags.
_OWN_PARTS = ("content", "illegal", "output")
#: What stands between the parts of a block, as analysis names them.
_BRANCHES = ("else", "elsif", "when")


class HoleError(LiquidError):
    """A text would show nothing, or a value that is not meant to be read."""

    def __init__(self, expression: str) -> None:
        super().__init__(f"{expression} has no value to show", token=None)


class _Shown(OutputNode):
    """`{{ … }}`: shows a value that people can read, or stops the message."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        value = self.expression.evaluate(context)
        if isinstance(value, Undefined):
            raise UndefinedError(f"'{value.name}' is undefined", token=None)
        text = _as_people_write(value)
        if not text.strip():
            raise HoleError(str(self.expression))
        return buffer.write(text)


def _as_people_write(value: object) -> str:
    """Return a value as text; nothing for what nobody should read: yes and no, none, no number."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, Decimal):
        return f"{value:,f}" if value.is_finite() else ""
    if isinstance(value, float):
        return f"{round(value, 4):,}" if isfinite(value) else ""
    if isinstance(value, int) and abs(value) >= _GROUPED_FROM:
        return f"{value:,}"
    return str(value)


class _Output(Output):
    node_class = _Shown


class _Reading(Environment):
    """Liquid as it is written, so that everything wrong can be named."""

    context_depth_limit = 5
    loop_iteration_limit = 100
    local_namespace_limit = 10_000
    output_stream_limit = MAX_MESSAGE_CHARACTERS * 4
    block_nesting_limit = 10


class _Filling(_Reading):
    """Liquid cut down to what a script may use."""

    def __init__(self) -> None:
        super().__init__(undefined=FalsyStrictUndefined)
        self.tags = {name: self.tags[name] for name in (*TAGS, *_OWN_PARTS)}
        self.tags[_Output.name] = _Output(self)
        self.filters = dict(FILTERS)


_READING = _Reading()
_FILLING = _Filling()


class Words:
    """One script's text, ready to be filled in any number of times."""

    def __init__(self, template: BoundTemplate) -> None:
        self._template = template
        #: The variables that it reads.
        self.variables = frozenset(template.analyze(include_partials=False).globals)

    def fill(self, values: dict[str, object]) -> str:
        """Return the text with its values; LiquidError if one that it shows is missing."""
        return self._template.render(**values)

    @property
    def always(self) -> str:
        """What stands in every message: the text outside all tags and values."""
        return "".join(node.text for node in self._template.nodes if isinstance(node, ContentNode))

    @property
    def shown(self) -> frozenset[str]:
        """The variables that every message shows as they are: outside all tags, no filter."""
        nodes = [node for node in self._template.nodes if isinstance(node, OutputNode)]
        return frozenset(str(node.expression) for node in nodes) & self.variables


@lru_cache(maxsize=1_024)
def words(text: str) -> Words:
    """Return `text` ready to be filled in; LiquidError if it is not a script."""
    return Words(_parsed(_FILLING, text))


def used(text: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the variables, tags and filters of any Liquid; LiquidError if it is none."""
    found = _parsed(_READING, text).analyze(include_partials=False)
    tags = tuple(name for name in found.tags if name not in _BRANCHES)
    return tuple(found.globals), tags, tuple(found.filters)


def _parsed(environment: Environment, text: str) -> BoundTemplate:
    if len(text) > MAX_SCRIPT_CHARACTERS or text.count("{{") + text.count("{%") > MAX_MARKS:
        raise LiquidError("the text is too long", token=None)
    return environment.from_string(text)
