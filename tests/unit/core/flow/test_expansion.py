"""Built-in dialogues stand behind the nodes of an author, and change nothing that the author wrote."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from ivr.core.flow.expansion import expanded, ring_in_node
from ivr.core.flow.model import AskVerb, CallbackVerb, Flow, FlowNode, HangUpVerb, NumberRule, SayVerb, targets
from ivr.core.flow.parts.kit import Kit
from ivr.core.flow.parts.sentences import CALLBACK, RING_IN
from ivr.core.flow.parts.sentences_legs import AGENT, CUSTOMER, MESSAGE
from ivr.core.flow.parts.wordings import ANSWERS, WISHES
from tests.unit.core.flows import flow_of, prompt, shop_flow
from tests.unit.core.promise_flows import promising_flow

pytestmark = pytest.mark.unit

ALL = [
    promising_flow(offer=offer, number=number, ask=ask, prompt=own)
    for offer, number, ask, own in product(
        (("as_soon_as_possible", "at_a_time"), ("as_soon_as_possible",), ("at_a_time",)),
        NumberRule,
        ((), ("name", "extension", "reason"), ("reason",)),
        (None, prompt("Busy.")),
    )
]


def reached(flow: Flow) -> set[str]:
    """Steps that some way leads to."""
    seen: set[str] = set()
    waiting = [flow.start, *flow.authored, *flow.everywhere.values(), ring_in_node(flow) or flow.start]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        node = flow.nodes[name]
        first = f"{name}.begin"
        ways = [*targets(node).values(), *node.everywhere.values(), *([first] if first in flow.nodes else [])]
        waiting += [way for way in ways if way in flow.nodes]
    return seen


@pytest.mark.parametrize("flow", ALL)
def test_every_edge_of_every_variant_leads_to_a_step(flow: Flow) -> None:
    assert {to for node in flow.nodes.values() for to in targets(node).values()} <= set(flow.nodes)


@pytest.mark.parametrize("flow", ALL)
def test_no_step_of_any_variant_is_there_for_nothing(flow: Flow) -> None:
    assert set(flow.nodes) - reached(flow) == set()


def test_what_the_author_wrote_stays_as_it_was() -> None:
    flow = promising_flow()
    assert set(flow.authored) == {*shop_flow().nodes, "message", "text", "gone"}
    assert isinstance(flow.nodes["person"].verb, CallbackVerb)


def test_steps_have_names_no_author_can_write() -> None:
    flow = promising_flow()
    for name, node in flow.nodes.items():
        assert (("." in name) is bool(node.part_of)) and name.startswith(node.part_of)


def test_a_flow_without_such_verbs_stays_as_it_is() -> None:
    flow = shop_flow()
    assert expanded(flow) is flow
    assert ring_in_node(flow) is None


def test_expanding_twice_changes_nothing() -> None:
    flow = promising_flow()
    assert expanded(flow) == flow


def test_an_authors_own_commands_hold_in_the_steps() -> None:
    node = FlowNode("person", CallbackVerb("general"), {"agent": "bye"})
    flow = flow_of({"start": SayVerb(prompt("Hi."), "person"), "bye": HangUpVerb(None)})
    flow = expanded(replace(flow, nodes={**flow.nodes, "person": node}))
    assert flow.nodes["person.offer"].everywhere["agent"] == "bye"
    assert flow.nodes["person.manage"].everywhere["agent"] == "bye"


def test_a_language_without_sentences_hears_english() -> None:
    flow = flow_of({"person": CallbackVerb("general")}, languages=("fr", "en"))
    step = expanded(flow).nodes["person.when"].verb
    assert isinstance(step, AskVerb)
    assert step.prompt["fr"].source.startswith("When shall we call you?")


def test_an_apology_stands_before_a_repeated_question() -> None:
    step = promising_flow().nodes["person.when"].verb
    assert isinstance(step, AskVerb)
    assert step.no_match.prompt is not None
    assert step.no_input.prompt is not None
    assert step.no_match.prompt["en"].source.startswith("Sorry, I didn't get that. Say a day")
    assert step.no_input.prompt["ja"].source.startswith("お声が聞こえませんでした。「火曜")


@pytest.mark.parametrize("table", [CALLBACK, RING_IN, MESSAGE, CUSTOMER, AGENT])
def test_every_sentence_is_there_in_both_languages(table: dict[str, dict[str, str]]) -> None:
    kit = Kit("x", ("en", "ja"))
    for name, texts in table.items():
        assert set(texts) == {"en", "ja"}, name
        english, japanese = (kit.prompt(texts)[language] for language in ("en", "ja"))
        assert set(english.names) == set(japanese.names), name


@pytest.mark.parametrize("table", [WISHES, ANSWERS])
def test_choices_have_the_same_values_in_the_same_order(
    table: dict[str, tuple[tuple[str, tuple[str, ...]], ...]],
) -> None:
    assert [value for value, _ in table["en"]] == [value for value, _ in table["ja"]]
