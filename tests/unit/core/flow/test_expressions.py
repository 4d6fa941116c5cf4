"""Conditions and templates: what they mean, what is refused, and that no text can hurt."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.core.errors import ExpressionError
from ivr.core.flow.expressions import (
    MAX_LENGTH,
    evaluate,
    names_of,
    parse_condition,
    parse_template,
    render,
)
from ivr.core.flow.filters import FILTERS

pytestmark = pytest.mark.unit

NAMES: dict[str, Any] = {
    "order": {"total": 80, "status": "shipped", "items": {"first": "lamp"}, "price": "499.90", "nothing": None},
    "caller": {"is_known": True, "number": "+12025550123"},
    "slots": {"number": "42719", "empty": ""},
}


def holds(condition: str, names: dict[str, Any] | None = None) -> Any:
    return evaluate(parse_condition(condition), NAMES if names is None else names, "en")


def text(template: str, language: str = "en") -> str:
    return render(parse_template(template), NAMES, language)


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        ("order.total > 50", True),
        ("order.total > 500", False),
        ("order.total >= 80 and order.total <= 80", True),
        ("order.total < 80", False),
        ("order.total == 80", True),
        ("order.total == 80.0", True),
        ("order.total != 80", False),
        ("order.price > 499", True),
        ("500 > order.price", True),
        ("order.price == '499.90'", True),
        ("order.status == 'shipped'", True),
        ('order.status == "lost"', False),
        ("'ship' in order.status", True),
        ("'x' in order.nothing", False),
        ("order.nothing in 'x'", False),
        ("order.nothing == none", True),
        ("caller.is_known == true", True),
        ("not caller.is_known", False),
        ("not (order.total > 500)", True),
        ("false or caller.is_known", True),
        ("false and true or true", True),
        ("false and (true or true)", False),
        ("order.status > 5", False),
        ("order.status != 5", True),
        ("order.missing > 5", False),
        ("order.missing != 5", True),
        ("order.status.deeper == none", True),
        ("nobody.at.home == none", True),
        ("order.status | upper == 'SHIPPED'", True),
        ("order.missing | default('x') == 'x'", True),
    ],
)
def test_conditions(condition: str, truth: bool) -> None:
    assert holds(condition) is truth


@pytest.mark.parametrize(
    ("left", "truth"), [(float("nan"), False), ({"a": 1}, False), ([1], False), ("1e999999", False)]
)
def test_strange_data_does_not_hold_but_does_not_raise(left: object, truth: bool) -> None:
    assert holds("order < 500.5", {"order": left}) is truth


def test_a_number_too_large_to_read_is_different_from_anything() -> None:
    assert holds("order != 5", {"order": 10**5000}) is True


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("No values.", "No values."),
        ("", ""),
        ("{{ order.status }}", "shipped"),
        ("It is {{order.status}}: {{ order.total | spoken_money }}.", "It is shipped: eighty dollars."),
        ("{{ order.total | spoken_money('EUR') }}", "eighty euros"),
        ("[{{ order.nothing }}]", "[]"),
        ("{{ order.nothing | default('soon') | upper }}", "SOON"),
        ("{{ slots.empty | default(7) }}", "7"),
        ("{{ order.items.first }}", "lamp"),
        ("{{ 'a' }}{{ 5 }}", "a5"),
        ("} }} {", "} }} {"),
    ],
)  # fmt: skip
def test_templates(template: str, said: str) -> None:
    assert text(template) == said


def test_the_names_of_a_template_are_known_in_their_order() -> None:
    template = parse_template("{{ order.eta | spoken_date }} {{ 'x' }} {{ slots.a }}")
    assert template.names == (("order", "eta"), ("slots", "a"))


def test_the_names_of_a_condition_are_known() -> None:
    node = parse_condition("not a.b and (c | lower == d or 5 > 4)")
    assert names_of(node) == (("a", "b"), ("c",), ("d",))


@pytest.mark.parametrize(
    ("condition", "problem", "position"),
    [
        ("", "the expression ends too early", 0),
        ("order.total >", "the expression ends too early", 13),
        ("order.total ; drop", "`;` is not allowed in an expression", 11),
        ("f(x)", "`(` is not expected here", 1),
        ("a b", "`b` is not expected here", 2),
        ("(a", "`)` is missing here", 2),
        ("a.", "a name is wanted after the dot", 2),
        ("a.5", "a name is wanted after the dot", 2),
        ("a | shout", f"there is no filter `shout`; there are {', '.join(sorted(FILTERS))}", 4),
        ("a | default(b)", "a filter takes a text or a number in brackets", 4),
        ("a | default('x'", "`)` is missing here", 15),
        ("and", "a name, a number or a text is wanted here, not `and`", 0),
        ("== 5", "a name, a number or a text is wanted here, not `==`", 0),
        ("(" * 9 + "a" + ")" * 9, "brackets are nested deeper than 8", 9),
        ("a == 'open", "`'` is not allowed in an expression", 4),
        ("__import__('os')", "`(` is not expected here", 10),
        ("a[0]", "`[` is not allowed in an expression", 1),
        ("a * 9", "`*` is not allowed in an expression", 1),
        ("x" * 2001, "longer than 2000 characters", 2000),
    ],
)
def test_what_is_no_condition_is_refused_with_its_place(condition: str, problem: str, position: int) -> None:
    with pytest.raises(ExpressionError) as error:
        parse_condition(condition)
    assert (error.value.problem, error.value.position) == (problem, position)


@pytest.mark.parametrize(
    ("template", "problem", "position"),
    [
        ("Hello {{ name", "`{{` is never closed with `}}`", 6),
        ("Hello {{ }}", "the expression ends too early", 9),
        ("{{ a > 5 }}", "`>` is not expected here", 5),
        ("{{ a }} {{ b; }}", "`;` is not allowed in an expression", 12),
        ("{% for x in y %}{{ {{ }}", "`{` is not allowed in an expression", 18),
        ("x" * 2001, "longer than 2000 characters", 2000),
    ],
)
def test_what_is_no_template_is_refused_with_its_place(template: str, problem: str, position: int) -> None:
    with pytest.raises(ExpressionError) as error:
        parse_template(template)
    assert (error.value.problem, error.value.position) == (problem, position)


pieces = st.sampled_from([
    "a", "order.total", "slots.number", "'x'", '"', "5", "5.5", "and", "or", "not", "in", "(", ")", "|", ".", "==", "<",
    "default", "spoken_digits", "spoken_money('EUR')", "spoken_date", "{{", "}}", " ", "none", "٣", "é", "\x00", "\n",
])  # fmt: skip
sources = st.one_of(st.text(max_size=60), st.lists(pieces, max_size=30).map(" ".join))
data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.decimals(),
    lambda inner: st.dictionaries(st.sampled_from(["a", "total", "number"]), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(sources, data)
def test_any_text_is_a_condition_or_refused_and_never_raises_on_any_data(source: str, value: Any) -> None:
    try:
        node = parse_condition(source)
    except ExpressionError as error:
        assert 0 <= error.position <= len(source)
        return
    evaluate(node, {"a": value, "order": value, "slots": {"number": value}}, "en")


@settings(max_examples=300, deadline=None)
@given(sources, st.text(max_size=30), st.sampled_from(["en", "ja", "de"]))
def test_any_text_is_a_template_or_refused_and_cannot_grow(source: str, value: str, language: str) -> None:
    try:
        template = parse_template(source)
    except ExpressionError as error:
        assert 0 <= error.position <= len(source)
        return
    said = render(template, {"a": value, "order": {"total": value}, "slots": {"number": value}}, language)
    assert len(said) <= len(source) * (20 + 40 * len(value))


@pytest.mark.parametrize("name", sorted(FILTERS))
@pytest.mark.parametrize("value", ["1e-999999", "1E+999999", "9" * 200, "0." + "3" * 200, "-5", "nan", "2026-11-25"])
@pytest.mark.parametrize("language", ["en", "ja", "de"])
def test_no_chain_of_filters_makes_a_short_text_long(name: str, value: str, language: str) -> None:
    chain = f"a | {name} | {name} | {name}"
    assert len(str(evaluate(parse_condition(chain), {"a": value}, language))) <= 40 * len(value)


def test_the_longest_chain_of_filters_is_still_evaluated() -> None:
    chain = "a" + "|lower" * 333
    assert len(chain) <= MAX_LENGTH
    assert evaluate(parse_condition(chain), {"a": "A"}, "en") == "a"
    assert names_of(parse_condition(chain)) == (("a",),)


def test_numbers_are_exact() -> None:
    assert holds("0.1 == order", {"order": Decimal("0.1")}) is True
