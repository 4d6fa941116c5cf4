"""How a flow hangs together: every problem has its line, its node, and a way to mend it."""

from __future__ import annotations

import pytest

from ivr.flows.check import Surroundings
from tests.unit.flows.sample import AROUND, GOOD, changed, problems

pytestmark = pytest.mark.unit

NO_WAY = "no caller can ever come here; lead to it from somewhere, or remove it"
BUILT_IN_ONLY = (
    "it is no intent of this flow and none of agent, callback, goodbye, language, louder, main_menu, no_recording, "
    "repeat, slower; add examples or remove it"
)
BRANCH = '      - if: "order.total > 500"\n        then: person\n'


def test_a_good_flow_has_no_problem() -> None:
    assert problems(GOOD) == []


def test_nothing_is_said_about_what_is_not_known_here() -> None:
    assert problems(changed("orders.find", "orders.lose"), None) == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("closed: closed\n", "", [f"54: closed: {NO_WAY}"]),
        ("hours: desk\n", "", ["11: flow: `closed` is never entered without `hours`; add `hours: name`"]),
        ("hours: desk", "hours: other", ["5: flow: `hours: other` is not in config/hours.yaml; add it there"]),
        ("{agent: person, goodbye", "{goodbye", ["10: everywhere: there is no way to a person; add `agent: node`"]),
        (
            "{agent: person, goodbye: bye",
            "{agent: repeat, goodbye: byebye",
            [
                "10: everywhere: `agent` must lead to a node, not to `repeat`",
                "10: everywhere: `goodbye` leads to `byebye`, which is no node; add it or name another",
            ],
        ),
        (
            "intents: [retail]",
            "intents: [retail, wholesale]",
            [
                "6: flow: there is no call_flows/intents/wholesale.en.yaml; add it",
                "6: flow: there is no call_flows/intents/wholesale.ja.yaml; add it",
            ],
        ),
        (
            "knowledge: [retail]",
            "knowledge: [other]",
            [
                "6: flow: there is no call_flows/knowledge/other.en.yaml; add it",
                "6: flow: there is no call_flows/knowledge/other.ja.yaml; add it",
            ],
        ),
        (
            "knowledge: [retail], ",
            "",
            ["14: welcome: `answers` needs knowledge; add `uses: {knowledge: [name]}`"],
        ),
        (
            "connectors: [orders]",
            "connectors: [parcels]",
            ["33: find: the connector `orders` is not listed; add it under `uses: connectors`"],
        ),
        (
            "call: orders.find",
            "call: orders.lose",
            ["33: find: there is no operation `orders.lose`; config/connectors.yaml has orders.find"],
        ),
        (
            '{number: "{{ slots.number }}"}',
            '{nr: "{{ slots.number }}"}',
            [
                "33: find: `orders.find` has no argument `nr`; it has number",
                "33: find: `orders.find` wants `number`; add it under `with`",
            ],
        ),
        ("{{ slots.number }}", "{{ slots.nr }}", ["33: find: `slots.nr` is never asked; add a node with `slot: nr`"]),
        (
            "{{ slots.number }}",
            "{{ slots }}",
            ["33: find: `slots` is never asked; add a node with `slot: slots`"],
        ),
        (
            "order.total > 500",
            "ordr.total > 500",
            ["42: kind: `ordr.total` is not known; there are call, caller, hours, order, slots"],
        ),
        (
            'en: "A person.", ja: "担当者。"}, then: bye',
            'en: "A person.", ja: "担当者。"}, then: person',
            [
                "57: person: from here the call can never end; lead to a node with `hang_up`",
                "57: person: goes round in a circle without asking anything; lead out of it",
            ],
        ),
        (
            "      keys: {1: number}\n",
            "",
            ["14: welcome: there are intents but no keys; add `keys: {1: node}` for callers who cannot speak"],
        ),
        (
            "on: {order_status: number}",
            "on: {lost: number}",
            [
                "14: welcome: intent `lost` has no examples in en; add some",
                "14: welcome: intent `lost` has no examples in ja; add some",
            ],
        ),
        (
            "      on: {order_status: number}\n      keys: {1: number}\n      answers: true\n",
            "      keys: {1: number}\n",
            ["14: welcome: `listen` understands nothing; add `on: {intent: node}` or `answers: true`"],
        ),
        (
            "answered: more",
            "answered: nowhere",
            ["14: welcome: `answered` leads to `nowhere`, which is no node; add it or name another"],
        ),
        (
            "everywhere: {agent: bye}",
            "everywhere: {agent: main_menu, callback: nowhere}",
            [
                "23: number: `agent` must lead to a node, not to `main_menu`",
                "23: number: `callback` leads to `nowhere`, which is no node; add it or name another",
            ],
        ),
        (
            "goodbye: bye, repeat",
            "goodby: bye, order_status: number, repeat",
            [
                f"10: everywhere: nothing a caller says leads to `goodby`: {BUILT_IN_ONLY}",
            ],
        ),
        (
            "everywhere: {agent: bye}",
            "everywhere: {agent: bye, weather: person}",
            [
                f"23: number: nothing a caller says leads to `weather`: {BUILT_IN_ONLY}",
            ],
        ),
        (
            'ja: "注文。"}, then: person}',
            'ja: "注文。"}, then: welcome}',
            ["14: welcome: `no_match` leads back to its own node, which ends the call; name another"],
        ),
        (
            "no_input: {tries: 2}",
            "no_input: {tries: 2, then: welcome}",
            ["14: welcome: `no_input` leads back to its own node, which ends the call; name another"],
        ),
        (
            "failure: person",
            "failure: number",
            ["23: number: `failure` leads back to its own node, which ends the call; name another"],
        ),
        (
            "      failed: person",
            "      failed: find",
            ["33: find: `failed` leads back to its own node, which ends the call; name another"],
        ),
        (
            "      - else: told\n",
            "      - else: nowhere\n",
            [
                "42: kind: `case 2` leads to `nowhere`, which is no node; add it or name another",
                f"47: told: {NO_WAY}",
            ],
        ),
    ],
)
def test_what_does_not_hang_together_is_told(old: str, new: str, found: list[str]) -> None:
    assert problems(changed(old, new)) == found


@pytest.mark.parametrize(
    "around",
    [None, Surroundings(intents={}), Surroundings(intents={("retail", "ja"): frozenset({"weather", "order_status"})})],
)
def test_a_command_that_may_have_examples_in_some_language_is_let_be(around: Surroundings | None) -> None:
    text = changed("everywhere: {agent: bye}", "everywhere: {agent: bye, weather: person}")
    assert [one for one in problems(text, around) if "nothing a caller says" in one] == []


def test_without_intents_only_built_in_commands_can_be_asked_for() -> None:
    text = changed("goodbye: bye, repeat", "weather: bye, repeat").replace("intents: [retail], ", "")
    assert len([one for one in problems(text, None) if "nothing a caller says leads to `weather`" in one]) == 1


def test_a_start_that_is_nowhere_is_told_first() -> None:
    found = problems(changed("start: welcome", "start: nowhere"))
    assert found[0] == "11: flow: `start` leads to `nowhere`, which is no node; add it or name another"


def test_a_number_that_another_flow_has_is_told() -> None:
    around = Surroundings(other_numbers={"+15005550006": "support", "+815012345678": "shop"})
    assert problems(GOOD, around) == [
        "4: flow: the number +15005550006 belongs to the flow `support` too; keep it in one"
    ]


def test_a_long_circle_of_nodes_that_ask_nothing_is_told_at_each_of_them() -> None:
    text = changed("      - else: told\n", "      - else: person\n").replace(
        'en: "A person.", ja: "担当者。"}, then: bye', 'en: "A person.", ja: "担当者。"}, then: kind'
    )
    around = [line for line in problems(text) if "circle" in line]
    assert around == [
        "42: kind: goes round in a circle without asking anything; lead out of it",
        "57: person: goes round in a circle without asking anything; lead out of it",
    ]


def test_a_circle_beside_the_path_is_no_circle_of_the_path() -> None:
    text = GOOD.replace(
        'closed:\n    say: {prompt: {en: "{{ hours.text }}.", ja: "{{ hours.text }}。"}, then: bye}',
        'closed:\n    say: {prompt: {en: "{{ hours.text }}.", ja: "{{ hours.text }}。"}, then: a}\n'
        "  a:\n    say: {prompt: {en: A, ja: A}, then: b}\n"
        "  b:\n    say: {prompt: {en: B, ja: B}, then: a}",
    )
    assert [line.split(":")[1].strip() for line in problems(text) if "circle" in line] == ["a", "b"]


def test_operations_that_want_nothing_take_anything() -> None:
    around = Surroundings(operations={"orders.find": ()})
    assert problems(GOOD, around) == []


def test_intents_are_not_looked_for_where_the_flow_uses_none() -> None:
    assert problems(changed("intents: [retail], ", ""), AROUND) == []


def test_only_nodes_on_a_circle_are_said_to_be_on_one() -> None:
    text = changed(
        'en: "A person.", ja: "担当者。"}, then: bye}\n',
        'en: "A person.", ja: "担当者。"}, then: a}\n'
        "  a:\n    say: {prompt: {en: A, ja: A}, then: b}\n"
        "  b:\n    branch:\n      - if: hours.is_open\n        then: a\n      - else: bye\n",
    )
    assert [one for one in problems(text) if "circle" in one] == [
        "59: a: goes round in a circle without asking anything; lead out of it",
        "61: b: goes round in a circle without asking anything; lead out of it",
    ]


def test_a_flow_of_a_thousand_nodes_is_checked() -> None:
    nodes = "".join(f"  n{i}:\n    say: {{prompt: {{en: N{i}, ja: N{i}}}, then: n{i + 1}}}\n" for i in range(1000))
    text = changed("then: bye}\n  bye:", f"then: n0}}\n{nodes}  n1000:\n    hang_up:\n  bye:")
    assert problems(text) == []
    broken = text.replace("{en: N777, ja: N777}, then: n778", "{en: N777, ja: N777}, then: n7780")
    found = problems(broken)
    assert "1613: n777: `then` leads to `n7780`, which is no node; add it or name another" in found
    assert f"1615: n778: {NO_WAY}" in found
    assert not [line for line in found if "circle" in line]
