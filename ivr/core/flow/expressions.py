"""Conditions and templates of flows: names, attributes, filters and comparisons. Nothing can loop or grow.

template   = text with {{ value }} parts
value      = operand { "|" filter [ "(" literal ")" ] }
condition  = clause { "or" clause } ; clause = term { "and" term } ; term = [ "not" ] test
test       = value [ ( == | != | < | <= | > | >= | in ) value ] | "(" condition ")"
operand    = name { "." name } | 'text' | "text" | number | true | false | none
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, assert_never

from ivr.core.errors import ExpressionError
from ivr.core.flow.filters import FILTERS

MAX_LENGTH = 2000
"""Longest template or condition, characters."""
MAX_DEPTH = 8

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<text>'[^']*'|"[^"]*")"""
    r"""|(?P<op>==|!=|<=|>=|<|>|\||\(|\)|\.))"""
)
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "in")
_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "none": None}


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, true, false or none."""

    value: Any


@dataclass(frozen=True, slots=True)
class Name:
    """`order.eta` as its parts."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filtered:
    """A value through a filter."""

    value: Node
    filter: str
    argument: Any = None


@dataclass(frozen=True, slots=True)
class Compared:
    """Two values and a comparison."""

    left: Node
    operator: str
    right: Node


@dataclass(frozen=True, slots=True)
class Combined:
    """`and`, `or` over several, `not` over one."""

    operator: str
    parts: tuple[Node, ...]


Node = Literal | Name | Filtered | Compared | Combined


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed text with values in it."""

    source: str
    parts: tuple[str | Node, ...]

    @property
    def names(self) -> tuple[tuple[str, ...], ...]:
        """Every name path used, in order."""
        return tuple(path for part in self.parts if not isinstance(part, str) for path in names_of(part))


class _Reader:
    def __init__(self, text: str, offset: int = 0) -> None:
        self.tokens = list(_tokens(text, offset))
        self.index = 0
        self.end = offset + len(text)

    def peek(self) -> str | None:
        return self.tokens[self.index][1] if self.index < len(self.tokens) else None

    def kind(self) -> str | None:
        return self.tokens[self.index][0] if self.index < len(self.tokens) else None

    def position(self) -> int:
        return self.tokens[self.index][2] if self.index < len(self.tokens) else self.end

    def take(self) -> str:
        if self.index >= len(self.tokens):
            raise ExpressionError("the expression ends too early", self.end)
        self.index += 1
        return self.tokens[self.index - 1][1]

    def accept(self, text: str) -> bool:
        if self.peek() == text and self.kind() != "text":
            self.index += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.accept(text):
            raise ExpressionError(f"`{text}` is missing here", self.position())


def _tokens(text: str, offset: int) -> Iterator[tuple[str, str, int]]:
    position = 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise ExpressionError(f"`{text[position:].strip()[0]}` is not allowed in an expression", offset + position)
        yield match.lastgroup, match.group(match.lastgroup), offset + match.start(match.lastgroup)
        position = match.end()


def _condition(reader: _Reader, depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise ExpressionError(f"brackets are nested deeper than {MAX_DEPTH}", reader.position())
    parts = [_clause(reader, depth)]
    while reader.accept("or"):
        parts.append(_clause(reader, depth))
    return parts[0] if len(parts) == 1 else Combined("or", tuple(parts))


def _clause(reader: _Reader, depth: int) -> Node:
    parts = [_term(reader, depth)]
    while reader.accept("and"):
        parts.append(_term(reader, depth))
    return parts[0] if len(parts) == 1 else Combined("and", tuple(parts))


def _term(reader: _Reader, depth: int) -> Node:
    negated = reader.accept("not")
    if reader.accept("("):
        test: Node = _condition(reader, depth + 1)
        reader.expect(")")
    else:
        test = _comparison(reader)
    return Combined("not", (test,)) if negated else test


def _comparison(reader: _Reader) -> Node:
    left = _value(reader)
    operator = reader.peek()
    if operator in _COMPARISONS and reader.kind() != "text":
        reader.take()
        return Compared(left, operator, _value(reader))
    return left


def _value(reader: _Reader) -> Node:
    node = _operand(reader)
    while reader.accept("|"):
        position = reader.position()
        name = reader.take()
        if name not in FILTERS:
            raise ExpressionError(f"there is no filter `{name}`; there are {', '.join(sorted(FILTERS))}", position)
        argument = None
        if reader.accept("("):
            literal = _operand(reader)
            if not isinstance(literal, Literal):
                raise ExpressionError("a filter takes a text or a number in brackets", position)
            argument = literal.value
            reader.expect(")")
        node = Filtered(node, name, argument)
    return node


def _operand(reader: _Reader) -> Node:
    kind, position = reader.kind(), reader.position()
    token = reader.take()
    if kind == "number":
        return Literal(Decimal(token))
    if kind == "text":
        return Literal(token[1:-1])
    if kind != "name" or token in ("and", "or", "not", "in"):
        raise ExpressionError(f"a name, a number or a text is wanted here, not `{token}`", position)
    if token in _CONSTANTS:
        return Literal(_CONSTANTS[token])
    path = [token]
    while reader.accept("."):
        if reader.kind() != "name":
            raise ExpressionError("a name is wanted after the dot", reader.position())
        path.append(reader.take())
    return Name(tuple(path))


@lru_cache(maxsize=4096)
def parse_condition(source: str) -> Node:
    """Parses `order.total > 500 and caller.is_known`; raises `ExpressionError`."""
    _check_length(source)
    reader = _Reader(source)
    node = _condition(reader, 0)
    _expect_end(reader)
    return node


@lru_cache(maxsize=4096)
def parse_template(source: str) -> Template:
    """Parses `Order {{ slots.number | spoken_digits }} …`; raises `ExpressionError`."""
    _check_length(source)
    parts: list[str | Node] = []
    position = 0
    while (start := source.find("{{", position)) >= 0:
        end = source.find("}}", start)
        if end < 0:
            raise ExpressionError("`{{` is never closed with `}}`", start)
        if start > position:
            parts.append(source[position:start])
        reader = _Reader(source[start + 2 : end], start + 2)
        parts.append(_value(reader))
        _expect_end(reader)
        position = end + 2
    if position < len(source):
        parts.append(source[position:])
    return Template(source, tuple(parts))


def _check_length(source: str) -> None:
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"longer than {MAX_LENGTH} characters", MAX_LENGTH)


def _expect_end(reader: _Reader) -> None:
    if reader.peek() is not None:
        raise ExpressionError(f"`{reader.peek()}` is not expected here", reader.position())


def names_of(node: Node) -> tuple[tuple[str, ...], ...]:
    """Every name path in an expression."""
    match node:
        case Name(path):
            return (path,)
        case Filtered(value, _, _):
            return names_of(value)
        case Compared(left, _, right):
            return names_of(left) + names_of(right)
        case Combined(_, parts):
            return tuple(path for part in parts for path in names_of(part))
        case Literal():
            return ()
    assert_never(node)


def evaluate(node: Node, names: Mapping[str, Any], language: str) -> Any:
    """The value of an expression; a missing name is None. Never raises for any data."""
    match node:
        case Literal(value):
            return value
        case Name(path):
            return _look_up(path, names)
        case Filtered(inner, name, argument):
            return FILTERS[name](evaluate(inner, names, language), language, argument)
        case Compared(left, operator, right):
            return _compare(evaluate(left, names, language), operator, evaluate(right, names, language))
        case Combined(operator, parts):
            values = (bool(evaluate(part, names, language)) for part in parts)
            if operator == "not":
                return not next(values)
            return all(values) if operator == "and" else any(values)
    assert_never(node)


def render(template: Template, names: Mapping[str, Any], language: str) -> str:
    """The template's text with its values; a missing value is an empty text."""
    return "".join(
        part if isinstance(part, str) else _as_text(evaluate(part, names, language)) for part in template.parts
    )


def _look_up(path: tuple[str, ...], names: Mapping[str, Any]) -> Any:
    value: Any = names
    for part in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)


_ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
    "in": lambda a, b: bool(str(a) in str(b)),
}


def _compare(left: Any, operator: str, right: Any) -> bool:
    if operator == "in" and (left is None or right is None):
        return False
    left, right = _comparable(left, right)
    try:
        return _ORDERINGS[operator](left, right)
    except (TypeError, ArithmeticError, ValueError):
        return operator == "!="


def _comparable(left: Any, right: Any) -> tuple[Any, Any]:
    """Numbers compare as numbers even when one side came as text (`"80" > 500`)."""
    if _is_number(left) and isinstance(right, str):
        return left, _number(right)
    if _is_number(right) and isinstance(left, str):
        return _number(left), right
    if _is_number(left) and _is_number(right):
        return _exact(left), _exact(right)
    return left, right


def _exact(number: float | Decimal) -> Decimal:
    return Decimal(str(number)) if isinstance(number, float) else Decimal(number)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _number(text: str) -> Any:
    cleaned = text.strip()
    return Decimal(cleaned) if re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]{1,9})?", cleaned) else text
