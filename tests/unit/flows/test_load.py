"""From a flow file to a flow, with every mistake in the text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.core.flow.model import Confirm, Consent, HangUpVerb
from ivr.core.meaning import SlotType
from ivr.flows.check import check
from ivr.flows.load import load_flow, parse_flow
from ivr.flows.problems import FlowInvalid, Problem
from ivr.flows.verbs import NOT_BUILT
from tests.unit.flows.sample import AROUND, GOOD, changed, loaded, problems

pytestmark = pytest.mark.unit

VERBS = "listen, ask, say, do, branch, hang_up, callback, message, text, transfer"


def test_a_flow_is_read_with_all_its_sections() -> None:
    flow = loaded().flow
    assert (flow.name, flow.title, flow.languages, flow.start, flow.closed) == (
        "shop", "A shop", ("en", "ja"), "welcome", "closed",
    )  # fmt: skip
    assert flow.numbers == ("+15005550006", "+815012345678")
    assert flow.number_languages == {"+815012345678": "ja"}
    assert (flow.intents, flow.knowledge, flow.connectors, flow.hours) == (
        ("retail",),
        ("retail",),
        ("orders",),
        "desk",
    )
    assert flow.everywhere == {"agent": "person", "goodbye": "bye", "repeat": "repeat"}
    assert list(flow.nodes) == ["welcome", "number", "find", "kind", "told", "more", "closed", "person", "bye"]


def test_consent_is_read() -> None:
    consent = loaded().flow.consent
    assert isinstance(consent, Consent)
    assert (consent.prompt["en"].source, consent.refuse_keys, consent.refuse_intent) == (
        "Recorded.", ("9",), "no_recording",
    )  # fmt: skip


def test_a_flow_without_consent_numbers_and_hours_is_fine() -> None:
    text = (
        "flow: a\ntitle: A\nlanguages: [en]\neverywhere: {agent: b}\nstart: b\nnodes: {b: {hang_up: {prompt: Bye.}}}\n"
    )
    assert problems(text) == []
    flow = loaded(text).flow
    assert (flow.consent, flow.numbers, flow.hours, flow.closed) == (None, (), None, None)


def test_a_node_s_own_way_on_and_interruptibility_are_read() -> None:
    node = loaded().flow.nodes["number"]
    assert (node.everywhere, node.interruptible, node.verb.confirm) == ({"agent": "bye"}, False, Confirm.READ_BACK)  # type: ignore[union-attr]
    assert node.verb.type == SlotType("digits", length=5)  # type: ignore[union-attr]


def test_the_version_changes_with_every_letter() -> None:
    first, second = loaded().flow.version, loaded(changed("A shop", "A shop.")).flow.version
    assert len(first) == 12
    assert first != second
    assert loaded().flow.version == first


def test_problems_are_told_as_file_line_node_and_message() -> None:
    assert str(Problem("call_flows/shop.yaml", 7, "welcome", "wrong; mend it")) == (
        "call_flows/shop.yaml:7: welcome: wrong; mend it"
    )
    assert str(FlowInvalid([Problem("a", 1, "x", "p"), Problem("a", 2, "y", "q")])) == "a:1: x: p\na:2: y: q"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FlowInvalid, match="gone.yaml:1: flow: cannot be read: No such file or directory"):
        load_flow(tmp_path / "gone.yaml", "gone.yaml")


def test_a_file_is_read_under_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert load_flow(path).file == str(path)


@pytest.mark.parametrize("text", ["", "- a\n", "just words", "a: 1\n---\nb: 2\n"])
def test_a_file_without_one_flow_is_refused(text: str) -> None:
    assert problems(text) == ["1: flow: a flow file holds one flow; begin with `flow: name`"]


def test_mistakes_of_yaml_are_told_as_problems_of_the_flow() -> None:
    assert problems("flow: a\nflow: b\n") == ["2: flow: `flow` stands here twice (line 1 too); remove one"]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("flow: shop", "flow: Shop!", ["1: flow: `flow` `Shop!` is no name; use a-z, 0-9 and _, a letter first"]),
        ("title: A shop\n", "", ["1: flow: the flow needs `title`; add it"]),
        ("title: A shop\n", "titel: A shop\n", [
            "1: flow: the flow needs `title`; add it",
            "2: flow: the flow does not know `titel`; did you mean `title`?",
        ]),
        ('numbers: ["+15005550006"', 'numbers: ["0120123456"', [
            '4: flow: a number must be written in full with its country code, as "+12025550123"',
        ]),
        ('numbers: ["+15005550006"', 'numbers: ["+815012345678"', [
            "4: flow: this number is in the list twice; remove one",
        ]),
        ('numbers: ["+15005550006", {number: "+815012345678", language: ja}]', 'numbers: "+15005550006"', [
            "4: flow: `numbers` must be a list",
        ]),
        ("language: ja}]", "language: fr}]", ["4: flow: `language` must be one of: en, ja"]),
        ("connectors: [orders]", "connector: [orders]", [
            "6: flow: `uses` does not know `connector`; did you mean `connectors`?",
            "33: find: the connector `orders` is not listed; add it under `uses: connectors`",
        ]),
        ("keys: [9]", "keys: [99]", ["9: consent: `refuse: keys` must be a list of keys 0-9, * or #"]),
        ('  prompt: {en: "Recorded.", ja: "録音します。"}', "  text: x", [
            "8: consent: `consent` does not know `text`; known here: prompt, refuse",
            "8: consent: `consent` needs `prompt`; add it",
        ]),
        ("everywhere: {agent: person, goodbye: bye, repeat: repeat}", "everywhere: person", [
            "10: everywhere: `everywhere` must be `name: value` lines or {name: value}",
            "10: everywhere: there is no way to a person; add `agent: node`",
        ]),
        ("    interruptible: false\n", "    interruptible: maybe\n", [
            "25: number: `interruptible` must be `true` or `false`",
        ]),
        ("  person:\n    say:", "  person:\n    sing:", [
            f"57: person: the node has no verb; one node has one of {VERBS}",
            "58: person: a node does not know `sing`; known here: listen, ask, say, do, branch, hang_up, callback, "
            "message, text, transfer, survey, verify, case, answer, appointment, enter, language, everywhere, "
            "interruptible",
        ]),
        ('  bye:\n    hang_up: {prompt: {en: "Goodbye.", ja: "失礼します。"}, outcome: resolved}', "  bye: goodbye", [
            f"59: bye: a node needs a verb under its name: one of {VERBS}",
        ]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_text_is_told(old: str, new: str, found: list[str]) -> None:
    assert problems(changed(old, new)) == found


def test_a_single_refusal_key_needs_no_list() -> None:
    consent = loaded(changed("keys: [9]", "keys: 9")).flow.consent
    assert consent is not None
    assert consent.refuse_keys == ("9",)


@pytest.mark.parametrize("verb", NOT_BUILT)
def test_a_verb_that_is_not_built_yet_is_told_clearly(verb: str) -> None:
    assert problems(changed("  person:\n    say:", f"  person:\n    {verb}:")) == [
        f"57: person: the verb `{verb}` is part of the format, but this version cannot run it yet; use another way on"
    ]


def test_a_node_with_two_verbs_is_told() -> None:
    found = problems(changed("    interruptible: false\n", "    hang_up:\n"))
    assert f"23: number: the node has 2 verbs (hang_up, ask); one node has one of {VERBS}" in found


def test_an_empty_hang_up_says_nothing() -> None:
    text = changed('hang_up: {prompt: {en: "Goodbye.", ja: "失礼します。"}, outcome: resolved}', "hang_up:")
    assert loaded(text).flow.nodes["bye"].verb == HangUpVerb(None, "resolved")


LINES = GOOD.splitlines()
edits = st.lists(
    st.tuples(
        st.integers(0, len(LINES) - 1),
        st.sampled_from(["drop", "twice", "indent", "cut", "swap", "put"]),
        st.sampled_from(
            ["", "x", "[]", "{}", "a: b", "- a", "{{ x", "'", "tries: 99", "\t", "choice: {a: b}", "é: 1", "!!int 5"]
        ),
    ),
    max_size=4,
)  # fmt: skip


def mutate(changes: list[tuple[int, str, str]]) -> str:
    lines = list(LINES)
    for index, how, words in changes:
        at = index % len(lines)
        match how:
            case "drop":
                lines[at] = ""
            case "twice":
                lines.insert(at, lines[at])
            case "indent":
                lines[at] = "  " + lines[at]
            case "cut":
                lines[at] = lines[at][: len(lines[at]) // 2]
            case "swap":
                lines[at], lines[-1] = lines[-1], lines[at]
            case "put":
                lines[at] = lines[at].split(":")[0] + ": " + words
    return "\n".join(lines)


@settings(max_examples=150, deadline=None)
@given(edits)
def test_a_damaged_flow_never_raises_anything_but_flow_invalid(changes: list[tuple[int, str, str]]) -> None:
    try:
        found = check(parse_flow(mutate(changes).encode(), "shop.yaml"), AROUND)
    except FlowInvalid as error:
        found = error.problems
        assert found
    assert all(one.file == "shop.yaml" and one.line >= 1 and one.message for one in found)


trees = st.recursive(
    st.sampled_from(["", "x", "5", "true", "{{ a }}", "{{", "listen", "digits"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["prompt", "on", "keys", "then", "type", "tries", "en", "if", "else", "slot", "call", "with", "1"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def as_yaml(tree: object) -> str:
    match tree:
        case str():
            return f'"{tree}"'
        case list():
            return f"[{', '.join(as_yaml(one) for one in tree)}]"
        case dict():
            return "{" + ", ".join(f'"{key}": {as_yaml(value)}' for key, value in tree.items()) + "}"
    raise AssertionError(tree)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["listen", "ask", "say", "do", "branch", "hang_up", "everywhere", "interruptible"]),
        trees,
        min_size=1,
        max_size=2,
    ),
    trees,
)
def test_any_tree_in_place_of_a_node_is_told_and_never_raises(node: dict[str, object], numbers: object) -> None:
    text = changed(
        'hang_up: {prompt: {en: "Goodbye.", ja: "失礼します。"}, outcome: resolved}',
        "hang_up:\n  odd: " + as_yaml(node),
    ).replace('numbers: ["+15005550006", {number: "+815012345678", language: ja}]', f"numbers: {as_yaml(numbers)}")
    assert problems(text), "nobody can come to the odd node, at the least"
