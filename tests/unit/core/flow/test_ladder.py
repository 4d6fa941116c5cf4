"""No input and no match: how often the line asks again, with which words, and where it goes then."""

from __future__ import annotations

import pytest

from ivr.core.flow.model import AskVerb, HangUpVerb, Ladder, ListenVerb, SayVerb, Verb
from ivr.core.meaning import SlotType
from tests.unit.core.driving import Drive
from tests.unit.core.flows import flow_of, prompt

pytestmark = pytest.mark.unit

BYE = HangUpVerb(prompt("Goodbye."))
PERSON = SayVerb(prompt("A person will call you."), "bye")


def ask(**changes: object) -> AskVerb:
    return AskVerb("n", SlotType("text"), prompt("Why?"), then="bye", **changes)  # type: ignore[arg-type]


def drive_at(verb: Verb, **more: object) -> Drive:
    return Drive(flow_of({"q": verb, "person": PERSON, "bye": BYE, "other": SayVerb(prompt("Other."), "bye")}, **more))


def test_silence_is_counted_only_after_the_question_was_heard() -> None:
    drive = drive_at(ask())
    assert drive.timers == []
    drive.played()
    assert drive.timers == ["no_input"]


def test_first_silence_asks_again_with_a_sentence_before_it() -> None:
    drive = drive_at(ask())
    drive.played()
    drive.fire("no_input")
    assert drive.said() == ["Sorry, I didn't hear anything.", "Why?"]


def test_second_silence_leads_on_to_a_person() -> None:
    drive = drive_at(ask())
    for _ in range(2):
        drive.played()
        drive.fire("no_input")
    assert drive.said() == ["A person will call you.", "Goodbye."]
    assert drive.notes("no_input") == [{"node": "q", "count": "1"}, {"node": "q", "count": "2"}]


def test_second_no_match_leads_on_to_a_person() -> None:
    drive = drive_at(ask())
    drive.nonsense()
    assert drive.said() == ["Sorry, I didn't get that.", "Why?"]
    drive.nonsense()
    assert drive.said() == ["A person will call you.", "Goodbye."]


def test_one_try_leads_on_at_once() -> None:
    drive = drive_at(ask(no_match=Ladder(tries=1)))
    drive.nonsense()
    assert drive.node == "bye"


def test_three_tries_ask_again_twice() -> None:
    drive = drive_at(ask(no_match=Ladder(tries=3)))
    drive.nonsense()
    drive.nonsense()
    assert drive.node == "q"
    drive.nonsense()
    assert drive.said()[0] == "A person will call you."


def test_silence_and_no_match_are_counted_apart() -> None:
    drive = drive_at(ask())
    drive.nonsense()
    drive.played()
    drive.fire("no_input")
    assert drive.node == "q"


def test_a_new_node_begins_to_count_anew() -> None:
    verbs = {"q": ListenVerb(prompt("Help?"), on={"x": "r"}), "r": ask(), "person": PERSON, "bye": BYE}
    drive = Drive(flow_of(verbs))
    drive.nonsense()
    drive.intent("x")
    drive.nonsense()
    assert drive.said() == ["Sorry, I didn't get that.", "Why?"]


def test_the_ladder_s_own_prompt_replaces_sentence_and_question() -> None:
    drive = drive_at(ask(no_match=Ladder(2, prompt("In a few words, why?"))))
    drive.nonsense()
    assert drive.said() == ["In a few words, why?"]


def test_the_ladder_s_own_node_comes_before_failure_and_person() -> None:
    drive = drive_at(ask(no_match=Ladder(1, then="other"), failure="person"))
    drive.nonsense()
    assert drive.said() == ["Other.", "Goodbye."]


def test_failure_comes_before_the_person() -> None:
    drive = drive_at(ask(no_match=Ladder(1), failure="other"))
    drive.nonsense()
    assert drive.said() == ["Other.", "Goodbye."]


def test_without_any_way_on_the_call_ends_with_an_apology() -> None:
    drive = drive_at(ask(no_match=Ladder(1)), everywhere={})
    drive.nonsense()
    assert drive.said() == ["Sorry, something went wrong on our side. Please call again in a little while. Goodbye."]
    drive.speak()
    drive.played()
    assert drive.hung_up == "failed"


def test_a_way_on_that_leads_back_here_is_none() -> None:
    drive = drive_at(ask(no_match=Ladder(1, then="q")))
    drive.nonsense()
    assert drive.said()[0].startswith("Sorry, something went wrong")


def test_an_apology_without_words_hangs_up_at_once() -> None:
    drive = Drive(flow_of({"bye": HangUpVerb(None, "done")}))
    assert drive.hung_up == "done"
