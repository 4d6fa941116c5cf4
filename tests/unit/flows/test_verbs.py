"""From the YAML of a node to its verb."""

from __future__ import annotations

import pytest

from ivr.core.flow.model import AskVerb, BranchVerb, Confirm, DoVerb, Ladder, ListenVerb, SayVerb
from ivr.core.meaning import SlotType
from tests.unit.flows.sample import changed, loaded, problems

pytestmark = pytest.mark.unit

NO_CHOICE = "28: number: `choice` needs its values, such as `{choice: {red: {en: [red, dark red]}}}`"
TYPES = "digits, number, money, date, time, callback_time, phone, yes_no, choice, letters, name, text"
FIVE = "type: {digits: 5}"


def ask_of(type_: str) -> AskVerb:
    verb = loaded(changed(FIVE, f"type: {type_}")).flow.nodes["number"].verb
    assert isinstance(verb, AskVerb)
    return verb


def test_listen_is_read() -> None:
    verb = loaded().flow.nodes["welcome"].verb
    assert isinstance(verb, ListenVerb)
    assert (verb.on, verb.keys, verb.answers, verb.answered) == (
        {"order_status": "number"},
        {"1": "number"},
        True,
        "more",
    )
    assert (verb.no_match.tries, verb.no_match.then, verb.no_input) == (3, "person", Ladder(2))


def test_ask_is_read() -> None:
    verb = ask_of("text")
    assert (verb.slot, verb.then, verb.failure, verb.confirm) == ("number", "find", "person", Confirm.READ_BACK)


def test_do_is_read() -> None:
    verb = loaded().flow.nodes["find"].verb
    assert isinstance(verb, DoVerb)
    assert (verb.call, verb.save, verb.then, verb.not_found, verb.failed) == (
        "orders.find", "order", "kind", "person", "person",
    )  # fmt: skip
    assert verb.arguments["number"].source == "{{ slots.number }}"


def test_branch_is_read() -> None:
    verb = loaded().flow.nodes["kind"].verb
    assert isinstance(verb, BranchVerb)
    assert [(case.condition is None, case.then) for case in verb.cases] == [(False, "person"), (True, "told")]


def test_say_is_read() -> None:
    verb = loaded().flow.nodes["told"].verb
    assert isinstance(verb, SayVerb)
    assert (verb.then, verb.outcome, verb.prompt["ja"].source) == ("more", "resolved", "{{ order.status }}です。")


def test_a_prompt_without_languages_is_the_only_one() -> None:
    text = (
        "flow: a\ntitle: A\nlanguages: [en]\neverywhere: {agent: b}\nstart: b\nnodes: {b: {hang_up: {prompt: Bye.}}}\n"
    )
    assert loaded(text).flow.nodes["b"].verb.prompt["en"].source == "Bye."  # type: ignore[union-attr, index]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("date", SlotType("date")),
        ("digits", SlotType("digits")),
        ("{digits: 5}", SlotType("digits", length=5)),
        ("{letters: 3}", SlotType("letters", length=3)),
        ("{digits: {min: 4, max: 8, checksum: luhn}}", SlotType("digits", None, 4, 8, checksum="luhn")),
        ("{digits: {length: 16, checksum: none}}", SlotType("digits", 16)),
    ],
)
def test_slot_types(written: str, kind: SlotType) -> None:
    assert ask_of(written).type == kind


def test_choices_have_their_wordings_per_language() -> None:
    assert ask_of("{choice: {red: {en: [red, dark red], ja: 赤}, blue: blue}}").choices == {
        "en": (("red", ("red", "dark red")), ("blue", ("blue",))),
        "ja": (("red", ("赤",)), ("blue", ("blue",))),
    }


NUMBER = "28: number:"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("{digit: 5}", [f"{NUMBER} `type` must be one of {TYPES}, such as `{{digits: 5}}`"]),
        ("[digits]", [f"{NUMBER} `type` must be one of {TYPES}, such as `{{digits: 5}}`"]),
        ("{digits: 5, letters: 5}", [f"{NUMBER} `type` must be one of {TYPES}, such as `{{digits: 5}}`"]),
        ("{digits: five}", [f"{NUMBER} the length of `digits` must be a whole number from 1 to 64"]),
        ("{digits: 0}", [f"{NUMBER} the length of `digits` must be a whole number from 1 to 64"]),
        ("{digits: 999999999999}", [f"{NUMBER} the length of `digits` must be a whole number from 1 to 64"]),
        ("{digits: {min: 9, max: 4}}", [f"{NUMBER} `min` is more than `max`; swap them"]),
        ("{digits: {checksum: crc}}", [f"{NUMBER} `checksum` must be one of: luhn, none"]),
        ("{choice: {red: {en: [red]}}}", [f"{NUMBER} choice `red` has no wordings in ja; add them"]),
        ("choice", [NO_CHOICE]),
        ("{choice: {}}", [NO_CHOICE]),
        ("{choice: {a: a, b: b, c: c, d: d, e: e, f: f, g: g, h: h, i: i, j: j}}", [
            f"{NUMBER} more than nine choices have no keys; split the question",
        ]),
    ],
)  # fmt: skip
def test_slot_types_that_are_none(written: str, found: list[str]) -> None:
    assert problems(changed(FIVE, f"type: {written}")) == found


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("      answers: true\n", "      answers: yes\n", ["19: welcome: `answers` must be `true` or `false`"]),
        ("tries: 3", "tries: many", ["21: welcome: `no_match`: `tries` must be a whole number from 1 to 9"]),
        ("tries: 3", "trys: 3", ["21: welcome: `no_match` does not know `trys`; did you mean `tries`?"]),
        (
            "keys: {1: number}",
            "keys: {1: number, 12: number}",
            ["18: welcome: `12` is not a key of a telephone; use one of 0-9, * and #"],
        ),
        ("confirm: read_back", "confirm: always", [
            "30: number: `confirm` must be one of: read_back, when_unsure, never",
        ]),
        ("      slot: more\n", "", ["51: more: `ask` needs `slot`; add it"]),
        ("      slot: more\n", "      slot: [more]\n", ["51: more: `slot` must be a text"]),
        ("      slot: more\n", "      slot: ''\n", ["51: more: `slot` must be a text"]),
        ("      slot: more\n", "      slot: No 1\n", [
            "51: more: `slot` `No 1` is no name; use a-z, 0-9 and _, a letter first",
        ]),
        ("then: {yes: welcome, no: bye}", "then: {yes: welcome, maybe: bye}", [
            "54: more: `then` has `maybe`, which the slot can never be; remove it",
            "54: more: `then` has no node for `no`; add it",
        ]),
        ("      then: find\n", "      then: {a: find}\n", [
            "31: number: `then` by value works with yes_no and choice, not with digits; name one node",
        ]),
        ("call: orders.find", "call: Orders!", [
            "33: find: the connector `Orders!` is not listed; add it under `uses: connectors`",
            "33: find: there is no operation `Orders!`; config/connectors.yaml has orders.find",
            "35: find: `call` must be `connector.operation`, as `orders.find`, not `Orders!`",
        ]),
        ('{number: "{{ slots.number }}"}', '{number: "{{ slots.number"}', [
            "33: find: `orders.find` wants `number`; add it under `with`",
            "36: find: `with: number`: `{{` is never closed with `}}` (character 1)",
        ]),
        ("order.total > 500", "order.total >", ["44: kind: `if`: the expression ends too early (character 14)"]),
        ("      - else: told\n", "      - if: hours.is_open\n        then: told\n", [
            "44: kind: `branch` has no `else`; add `- else: node` as its last line",
        ]),
        ('      - if: "order.total > 500"\n        then: person\n', "      - else: person\n", [
            "44: kind: nothing after `else` is ever reached; make it the last line",
        ]),
        ('- if: "order.total > 500"\n        then', "- then", ["44: kind: `branch` needs `if`; add it"]),
        ("It is {{ order.status }}.", "It is {{ order.status | shout }}.", [
            "48: told: `prompt` in `en`: there is no filter `shout`; there are default, lower, shortened, "
            "spoken_date, spoken_digits, spoken_money, spoken_number, spoken_phone, spoken_time, upper (character 25)",
        ]),
        ('{en: "More?", ja: "他には。"}', '{en: "More?"}', ["53: more: `prompt` has no text in ja; add it"]),
        ('{en: "More?", ja: "他には。"}', '"More?"', ["53: more: `prompt` has no text in ja; add it"]),
        ('{en: "More?", ja: "他には。"}', '[a]', ["53: more: `prompt` must be `name: value` lines or {name: value}"]),
        ('{en: "More?", ja: "他には。"}', '{en: "More?", ja: "他には。", fr: "Encore?"}', [
            "53: more: `prompt` has `fr`, which is not among the flow's languages: add it there",
        ]),
        ("outcome: resolved}\n", 'outcome: "It is done"}\n', [
            "60: bye: `outcome` `It is done` is no name; use a-z, 0-9 and _, a letter first",
        ]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_verb_is_told(old: str, new: str, found: list[str]) -> None:
    assert problems(changed(old, new)) == found


def test_a_branch_must_be_a_list() -> None:
    cases = '    branch:\n      - if: "order.total > 500"\n        then: person\n      - else: told\n'
    found = problems(changed(cases, "    branch: told\n"))
    assert "43: kind: `branch` must be a list of `- if: …` lines with a last `- else: node`" in found


def test_a_verb_must_have_fields() -> None:
    say = 'say: {prompt: {en: "A person.", ja: "担当者。"}, then: bye}'
    assert "58: person: `say` must be `name: value` lines, indented under it" in problems(
        changed(say, "say: A person.")
    )
