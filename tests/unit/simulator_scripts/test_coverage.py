"""Which edges finished calls have walked."""

from __future__ import annotations

import pytest

from ivr.core.flow.outbound import outbound_flow
from ivr.simulator.scripts.coverage import Walked, all_edges, walked
from ivr.simulator.scripts.timeline import Entry, Side
from tests.unit.core.flows import shop_flow
from tests.unit.core.promise_flows import promising_flow

pytestmark = pytest.mark.unit


def notes(*texts: str) -> list[Entry]:
    return [Entry(at, Side.NOTE, text) for at, text in enumerate(texts)]


def test_a_key_and_an_intent_to_the_same_node_are_two_edges() -> None:
    flow = shop_flow()
    by_key = walked(flow, notes("node node=welcome", "key_choice node=welcome key=1", "node node=number"))
    by_voice = walked(flow, notes("node node=welcome", "intent intent=order_status", "node node=number"))
    assert by_key.edges == {("welcome", "key 1")}
    assert by_voice.edges == {("welcome", "on order_status")}


def test_a_command_leads_away_without_an_edge() -> None:
    found = walked(shop_flow(), notes("node node=welcome", "command command=agent", "node node=person"))
    assert found == Walked(frozenset({"welcome", "person"}), frozenset(), frozenset({"agent"}))


def test_giving_up_is_the_failure_edge() -> None:
    found = walked(shop_flow(), notes("node node=number", "no_match node=number count=2", "node node=person"))
    assert found.edges == {("number", "failure")}


def test_words_of_the_caller_are_no_notes() -> None:
    entries = [*notes("node node=welcome"), Entry(1, Side.CALLER, "node node=number")]
    assert walked(shop_flow(), entries).nodes == {"welcome"}


def test_all_edges_name_node_and_label() -> None:
    assert ("welcome", "key 1") in all_edges(shop_flow())


def test_steps_of_built_in_dialogues_have_no_edges_of_their_own() -> None:
    flow = promising_flow(then="more")
    assert {edge for edge in all_edges(flow) if edge[0].startswith("person")} == {
        ("person", "declined"),
        ("person", "then"),
    }


def test_a_built_in_dialogue_is_left_by_the_edge_its_last_step_is_called_after() -> None:
    flow = promising_flow(then="more")
    found = walked(flow, notes("node node=person", "node node=person.begin", "node node=person.then", "node node=more"))
    assert found.edges == {("person", "then")}


def test_who_is_led_out_of_a_built_in_dialogue_by_a_command_walks_no_edge() -> None:
    flow = promising_flow(then="more")
    found = walked(flow, notes("node node=person.when", "command command=goodbye", "node node=bye"))
    assert found.edges == frozenset()


def test_a_step_whose_node_is_gone_walks_no_edge() -> None:
    flow = outbound_flow(shop_flow(), "agent")
    found = walked(flow, notes("node node=leg.hello", "slot slot=takes_it value=yes", "node node=leg.accept"))
    assert found.edges == frozenset()
