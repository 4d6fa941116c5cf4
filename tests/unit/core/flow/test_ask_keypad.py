"""Answers by key: every type has its twin."""

from __future__ import annotations

import pytest

from ivr.core.flow.model import Confirm
from ivr.core.meaning import SlotType
from tests.unit.core.flow.asking import COLOURS, FIVE, drive_for, value_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("kind", "keys", "value"),
    [
        (FIVE, "42719", "42719"),
        (SlotType("digits"), "123#", "123"),
        (SlotType("digits", min_length=2, max_length=4), "1234", "1234"),
        (SlotType("number"), "007#", "7"),
        (SlotType("money"), "12*50#", "12.50"),
        (SlotType("money"), "80#", "80"),
        (SlotType("date"), "1125", "2026-11-25"),
        (SlotType("date"), "0105", "2027-01-05"),
        (SlotType("time"), "1530", "15:30"),
        (SlotType("phone"), "2025550123#", "2025550123"),
        (SlotType("yes_no"), "1", "yes"),
        (SlotType("yes_no"), "2", "no"),
        (SlotType("letters", length=3), "222", "222"),
        (SlotType("name"), "#", ""),
        (SlotType("text"), "#", ""),
    ],
)
def test_every_type_has_its_keypad_twin(kind: SlotType, keys: str, value: str) -> None:
    drive = drive_for(kind, confirm=Confirm.NEVER)
    drive.press(keys)
    assert value_of(drive) == value


def test_a_choice_is_one_key() -> None:
    drive = drive_for(SlotType("choice"), choices=COLOURS, then=None, by_value={"red": "done", "blue": "bye"})
    drive.press("2")
    assert (drive.node, value_of(drive)) == ("bye", "blue")


def test_a_choice_without_such_a_number_is_no_match() -> None:
    drive = drive_for(SlotType("choice"), choices=COLOURS)
    drive.press("3")
    assert drive.said()[0] == "Sorry, I didn't get that."


def test_a_value_without_a_node_of_its_own_takes_the_first() -> None:
    drive = drive_for(SlotType("choice"), choices=COLOURS, then=None, by_value={"red": "done"})
    drive.slot("blue")
    assert drive.said() == ["I noted blue.", "Goodbye."]


def test_a_key_stops_the_prompt_and_waits_for_more() -> None:
    drive = drive_for(FIVE)
    drive.press("4")
    assert (drive.timers, drive.said()) == (["inter_digit"], [])


def test_a_pause_ends_an_entry() -> None:
    drive = drive_for(SlotType("digits"))
    drive.press("123")
    drive.fire("inter_digit")
    assert value_of(drive) == "123"


def test_too_few_keys_and_a_pause_are_told_the_length() -> None:
    drive = drive_for(FIVE)
    drive.press("123")
    drive.fire("inter_digit")
    assert "I need 5 digits." in drive.said()[-1]


def test_the_hash_key_alone_is_no_match_without_blame() -> None:
    drive = drive_for(FIVE)
    drive.press("#")
    assert drive.said()[-1] == "You can also enter it on your keypad, then press the hash key."


def test_the_star_starts_an_entry_over() -> None:
    drive = drive_for(FIVE)
    drive.press("427*")
    assert (drive.said(), drive.timers) == ([], ["inter_digit"] * 3 + ["no_input"])
    drive.press("42719")
    assert value_of(drive) == "42719"


def test_the_star_before_any_key_repeats_the_question() -> None:
    drive = drive_for(FIVE)
    drive.played()
    drive.press("*")
    assert drive.said() == ["Tell me."]


def test_a_key_for_a_name_is_no_match() -> None:
    drive = drive_for(SlotType("name"))
    drive.press("5")
    drive.fire("inter_digit")
    assert drive.said() == ["Sorry, I didn't get that.", "Tell me.", "That number doesn't seem to be right."]


def test_an_empty_answer_is_never_read_back() -> None:
    drive = drive_for(SlotType("name"), confirm=Confirm.READ_BACK)
    drive.press("#")
    assert value_of(drive) == ""


def test_keys_are_read_back_where_the_flow_wants_it() -> None:
    drive = drive_for(FIVE, confirm=Confirm.READ_BACK)
    drive.press("42719")
    assert drive.said() == ["Thank you. I have four two seven one nine. Is that right?"]
