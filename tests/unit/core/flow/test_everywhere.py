"""Commands that are understood at every node."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.core.commands import Listen, PlayPrompt, SetTimer, StopPlayback
from ivr.core.flow.model import HangUpVerb, ListenVerb
from tests.unit.core.driving import Drive
from tests.unit.core.flows import flow_of, prompt, shop_flow

pytestmark = pytest.mark.unit


def test_repeat_says_the_whole_last_turn_again() -> None:
    drive = Drive()
    drive.press("2")
    drive.played()
    drive.command("repeat")
    assert drive.said() == ["We are here nine to five.", "Anything else?"]


def test_repeat_stops_what_is_playing_first() -> None:
    drive = Drive()
    assert drive.of(StopPlayback, drive.command("repeat")) == [StopPlayback(1)]
    assert drive.said() == ["How can I help?"]


def test_repeat_after_a_reprompt_says_the_reprompt_again() -> None:
    drive = Drive()
    drive.nonsense()
    drive.command("repeat")
    assert drive.said() == ["Say, where is my order."]


def test_the_star_repeats_at_an_open_question() -> None:
    drive = Drive()
    drive.played()
    drive.press("*")
    assert drive.said() == ["How can I help?"]


def test_repeat_where_nothing_was_said_asks_the_question() -> None:
    drive = Drive(flow_of({"q": ListenVerb(prompt("{{ slots.x }}"), on={"a": "bye"}), "bye": HangUpVerb(None)}))
    assert drive.said() == []
    drive.command("repeat")
    assert drive.of(Listen)
    assert drive.timers == ["no_input"]


def test_repeat_during_a_look_up_says_nothing_new() -> None:
    drive = Drive()
    drive.press("1")
    drive.press("42719")
    drive.yes()
    drive.command("repeat")
    assert (drive.said(), drive.of(Listen)) == ([], [])


def test_slower_says_it_again_more_slowly_and_waits_longer() -> None:
    drive = Drive()
    drive.command("slower")
    [order] = drive.of(PlayPrompt)
    assert (order.text, order.rate) == ("How can I help?", 0.85)
    drive.played()
    assert drive.of(SetTimer)[-1].after_ms == 9000


def test_slower_has_an_end() -> None:
    drive = Drive()
    for _ in range(9):
        drive.command("slower")
    assert (drive.session.state.rate, drive.session.state.patience) == (0.6, 2.0)
    drive.press("1")
    assert drive.expecting.patience == 2.0


def test_louder_says_it_again_louder_up_to_12_db() -> None:
    drive = Drive()
    drive.command("louder")
    assert drive.of(PlayPrompt)[0].gain_db == 6.0
    for _ in range(5):
        drive.command("louder")
    assert drive.of(PlayPrompt)[0].gain_db == 12.0


def test_main_menu_goes_back_to_the_start() -> None:
    drive = Drive()
    drive.press("1")
    drive.command("main_menu")
    assert (drive.node, drive.said()) == ("welcome", ["How can I help?"])


def test_another_language_asks_the_question_again_in_it() -> None:
    drive = Drive()
    drive.command("language", "ja")
    [order] = drive.of(PlayPrompt)
    assert (order.text, order.language, drive.expecting.language) == ("ご用件は。", "ja", "ja")
    assert drive.notes("language") == [{"language": "ja"}]


def test_another_language_without_a_name_is_the_other_one() -> None:
    drive = Drive(dialled="+815012345678")
    drive.command("language")
    assert drive.said() == ["How can I help?"]


def test_another_language_during_a_read_back_reads_the_value_in_it() -> None:
    drive = Drive()
    drive.press("1")
    drive.press("42719")
    drive.command("language", "ja")
    assert drive.said() == ["ありがとうございます。ヨン ニ ナナ イチ キュウ、でよろしいですか。"]


def test_another_language_during_a_look_up_is_spoken_afterwards() -> None:
    drive = Drive()
    drive.press("1")
    drive.press("42719")
    drive.yes()
    drive.command("language", "ja")
    assert drive.said() == []
    drive.found(status="発送済み", total=80)
    assert drive.said()[0] == "It is 発送済み.（日本語）"


def test_the_language_that_is_spoken_already_repeats() -> None:
    drive = Drive()
    drive.command("language", "en")
    assert (drive.said(), drive.notes("language")) == (["How can I help?"], [])


def test_a_language_the_flow_does_not_have_is_refused_and_the_question_asked_again() -> None:
    drive = Drive()
    drive.command("language", "fr")
    assert drive.said() == ["Sorry, I don't speak that language here.", "How can I help?"]
    assert (drive.session.state.language, drive.expecting.language, drive.notes("language")) == ("en", "en", [])


def test_a_language_the_flow_does_not_have_is_refused_in_japanese_too() -> None:
    drive = Drive(dialled="+815012345678")
    drive.command("language", "es")
    assert drive.said() == ["申し訳ありません、こちらではその言語でのご案内はいたしておりません。", "ご用件は。"]


def test_a_flow_with_one_language_does_not_offer_another() -> None:
    drive = Drive(shop_flow(languages=("en",)))
    assert "language" not in drive.expecting.commands
    drive.command("language")
    assert drive.said() == ["Sorry, I don't speak that language here.", "How can I help?"]


def test_agent_goes_to_the_flow_s_person() -> None:
    drive = Drive()
    drive.command("agent")
    assert drive.said() == ["A person will call you.", "Goodbye."]
    assert drive.notes("command") == [{"command": "agent"}]


def test_a_node_s_own_way_to_a_person_comes_first() -> None:
    flow = shop_flow()
    welcome = replace(flow.nodes["welcome"], everywhere={"agent": "hours"})
    drive = Drive(replace(flow, nodes={**flow.nodes, "welcome": welcome}))
    drive.command("agent")
    assert drive.said()[0] == "We are here nine to five."


def test_goodbye_goes_to_the_flow_s_goodbye() -> None:
    drive = Drive()
    drive.command("goodbye")
    assert drive.said() == ["Goodbye."]


def test_a_command_may_be_an_alias_of_a_built_in_one() -> None:
    drive = Drive(shop_flow(everywhere={"agent": "person", "again": "repeat"}))
    drive.command("again")
    assert drive.said() == ["How can I help?"]


def test_a_command_without_a_node_leads_to_a_person() -> None:
    drive = Drive(shop_flow(everywhere={"agent": "person", "callback": "not_there"}))
    drive.command("callback")
    assert drive.said()[0] == "A person will call you."
