"""`listen`: intents, keys, answers from the knowledge base, and being unsure."""

from __future__ import annotations

import pytest

from ivr.core.commands import Listen
from ivr.core.flow.model import HangUpVerb, Ladder, ListenVerb, SayVerb
from ivr.core.meaning import Decision, IntentGuess, Kind, Meaning
from ivr.core.state import Step
from tests.unit.core.driving import Drive
from tests.unit.core.flows import flow_of, prompt, shop_flow

pytestmark = pytest.mark.unit


def unsure() -> Drive:
    drive = Drive()
    drive.intent("order_status", Decision.CONFIRM)
    return drive


def test_an_intent_leads_to_its_node() -> None:
    drive = Drive()
    drive.intent("opening_hours")
    assert drive.said() == ["We are here nine to five.", "Anything else?"]
    assert drive.notes("intent") == [{"intent": "opening_hours", "score": "0.90"}]


def test_a_key_leads_to_its_node() -> None:
    drive = Drive()
    drive.press("2")
    assert drive.notes("key_choice") == [{"node": "welcome", "key": "2"}]
    assert drive.node == "more"


def test_a_key_without_a_meaning_is_no_match() -> None:
    drive = Drive()
    drive.press("7")
    assert drive.said() == ["Say, where is my order."]


def test_the_hash_key_ends_the_prompt_and_waits() -> None:
    drive = Drive()
    drive.press("#")
    assert (drive.said(), len(drive.of(Listen)), drive.timers) == ([], 1, ["no_input"])


def test_the_listening_knows_intents_knowledge_and_question() -> None:
    expecting = Drive().expecting
    assert expecting.intents == ("order_status", "opening_hours")
    assert (expecting.knowledge, expecting.intent_sets) == (("retail",), ("retail",))
    assert expecting.languages == ("en", "ja")


def test_a_question_is_answered_from_the_knowledge_base() -> None:
    drive = Drive()
    drive.question("Shipping is free.")
    assert drive.said() == ["Shipping is free.", "Anything else?"]
    assert drive.notes("answer") == [{"entry": "retail/shipping", "score": "0.90"}]


def test_without_a_node_for_it_an_answer_is_followed_by_the_same_question() -> None:
    flow = flow_of({"q": ListenVerb(prompt("Help?"), answers=True), "bye": HangUpVerb(None)})
    drive = Drive(flow)
    drive.question("Shipping is free.")
    assert drive.said() == ["Shipping is free.", "Help?"]
    drive.command("repeat")
    assert drive.said() == ["Shipping is free.", "Help?"]


def test_an_intent_this_step_has_no_edge_for_is_no_match() -> None:
    drive = Drive()
    drive.intent("complaint")
    assert drive.said() == ["Say, where is my order."]


def test_an_unsure_intent_is_asked_about_by_its_title() -> None:
    drive = unsure()
    assert drive.said() == ["Is this about an order?"]
    assert drive.expecting.kind is Kind.CONFIRM


def test_an_intent_without_a_title_is_asked_about_by_its_name() -> None:
    drive = Drive()
    drive.intent("opening_hours", Decision.CONFIRM)
    assert drive.said() == ["Is this about opening hours?"]


@pytest.mark.parametrize("answer", ["yes", "1"])
def test_yes_to_an_unsure_intent_takes_it(answer: str) -> None:
    drive = unsure()
    drive.yes() if answer == "yes" else drive.press(answer)
    assert drive.node == "number"
    assert drive.notes("intent") == [{"intent": "order_status", "score": ""}]


@pytest.mark.parametrize("answer", ["no", "2"])
def test_no_to_an_unsure_intent_asks_again_more_helpfully(answer: str) -> None:
    drive = unsure()
    drive.no() if answer == "no" else drive.press(answer)
    assert (drive.node, drive.said()) == ("welcome", ["Say, where is my order."])
    assert drive.session.state.step is Step.MAIN


def test_another_intent_instead_of_yes_or_no_is_taken() -> None:
    drive = unsure()
    drive.intent("opening_hours")
    assert drive.node == "more"


def test_the_same_intent_said_again_is_a_yes() -> None:
    drive = unsure()
    drive.intent("order_status")
    assert drive.node == "number"


def test_the_same_intent_unsure_again_is_not_asked_about_twice() -> None:
    drive = unsure()
    drive.intent("order_status", Decision.CONFIRM)
    assert drive.said()[0] == "Sorry, I didn't get that."


def test_nothing_understood_at_an_unsure_intent_asks_for_yes_or_no() -> None:
    drive = unsure()
    drive.nonsense()
    assert drive.said() == [
        "Sorry, I didn't get that.",
        "Is this about an order?",
        "Please say yes or no, or press 1 for yes and 2 for no.",
    ]
    drive.yes()
    assert drive.node == "number"


def test_a_question_instead_of_yes_or_no_is_answered() -> None:
    drive = unsure()
    drive.question("Shipping is free.")
    assert drive.said()[0] == "Shipping is free."


def test_a_menu_key_at_an_unsure_intent_still_works() -> None:
    verb = ListenVerb(prompt("Help?"), on={"a": "x"}, keys={"4": "x"})
    drive = Drive(flow_of({"q": verb, "x": SayVerb(prompt("X."), "bye"), "bye": HangUpVerb(None)}))
    drive.intent("a", Decision.CONFIRM)
    drive.press("4")
    assert drive.said() == ["X."]


def test_what_was_said_along_with_the_intent_is_not_asked_again() -> None:
    drive = Drive()
    drive.intent("order_status", digits="42719")
    assert drive.said() == ["Thank you. I have four two seven one nine. Is that right?"]


def test_what_was_said_along_with_an_unsure_intent_is_kept_too() -> None:
    drive = Drive()
    drive.intent("order_status", Decision.CONFIRM, digits="42719")
    drive.yes()
    assert drive.said() == ["Thank you. I have four two seven one nine. Is that right?"]


def test_silence_follows_the_no_input_ladder() -> None:
    drive = Drive()
    drive.played()
    drive.fire("no_input")
    assert drive.said() == ["Sorry, I didn't hear anything.", "How can I help?"]


def test_silence_at_an_unsure_intent_asks_for_yes_or_no() -> None:
    drive = unsure()
    drive.played()
    drive.fire("no_input")
    assert drive.said()[-1] == "Please say yes or no, or press 1 for yes and 2 for no."


def test_a_yes_without_any_question_is_no_match() -> None:
    drive = Drive()
    drive.yes()
    assert drive.said() == ["Say, where is my order."]


def test_the_best_intent_decides_when_there_are_several() -> None:
    drive = Drive()
    drive.mean(Meaning(Decision.ACCEPT, (IntentGuess("opening_hours", 0.8), IntentGuess("order_status", 0.2))))
    assert drive.node == "more"


def test_no_match_may_lead_to_its_own_node() -> None:
    verb = ListenVerb(prompt("Help?"), on={"a": "x"}, no_match=Ladder(1, then="x"))
    drive = Drive(flow_of({"q": verb, "x": SayVerb(prompt("X."), "bye"), "bye": HangUpVerb(None)}))
    drive.nonsense()
    assert drive.said() == ["X."]


def test_a_japanese_caller_hears_the_first_language_s_text_where_there_is_no_other() -> None:
    flow = shop_flow(intent_titles={})
    drive = Drive(flow, dialled="+815012345678")
    drive.intent("order_status", Decision.CONFIRM)
    assert drive.said() == ["order statusのご用件でしょうか。"]


def test_a_timer_of_another_kind_of_step_means_nothing_here() -> None:
    drive = Drive()
    drive.session.state.timers["filler"] = 99
    assert drive.fire("filler") == []
