"""`ask`: one slot by voice or keypad, read back, corrected."""

from __future__ import annotations

import pytest

from ivr.core.events import UtteranceHeard
from ivr.core.flow.model import AskVerb, Confirm, HangUpVerb, Ladder, ListenVerb
from ivr.core.meaning import Decision, IntentGuess, Kind, Meaning, SlotGuess, SlotType
from ivr.core.state import Step
from tests.unit.core.driving import Drive
from tests.unit.core.flow.asking import COLOURS, FIVE, drive_for, value_of
from tests.unit.core.flows import flow_of, prompt

pytestmark = pytest.mark.unit

# -- taking a value ------------------------------------------------------------------------------------


def test_the_listening_knows_the_slot() -> None:
    expecting = drive_for(FIVE).expecting
    assert (expecting.kind, expecting.slot, expecting.correcting) == (Kind.SLOT, FIVE, None)


def test_a_sure_value_is_taken_without_a_read_back() -> None:
    drive = drive_for(FIVE)
    drive.slot("42719")
    assert drive.said() == ["I noted 42719.", "Goodbye."]
    assert drive.notes("slot") == [{"slot": "value", "value": "42719"}]


@pytest.mark.parametrize(("score", "confidence"), [(0.7, 1.0), (1.0, 0.7), (0.85, 0.85)])
def test_an_unsure_value_is_read_back(score: float, confidence: float) -> None:
    drive = drive_for(FIVE)
    drive.mean(Meaning(slot=SlotGuess("42719", score)), confidence=confidence)
    assert drive.said() == ["Thank you. I have four two seven one nine. Is that right?"]


def test_never_confirm_takes_even_an_unsure_value() -> None:
    drive = drive_for(FIVE, confirm=Confirm.NEVER)
    drive.slot("42719", score=0.1)
    assert value_of(drive) == "42719"


def test_read_back_reads_even_a_sure_value_back() -> None:
    drive = drive_for(FIVE, confirm=Confirm.READ_BACK)
    drive.slot("42719")
    assert drive.session.state.step is Step.READ_BACK
    assert (drive.expecting.kind, drive.expecting.correcting) == (Kind.CONFIRM, "42719")


@pytest.mark.parametrize(
    ("kind", "value", "aloud"),
    [
        ("digits", "42719", "four two seven one nine"),
        ("phone", "2025550123", "two zero two, five five five, zero one two three"),
        ("letters", "A7", "A seven"),
        ("money", "42.50", "forty-two dollars and fifty cents"),
        ("date", "2026-11-25", "Wednesday, November twenty-fifth"),
        ("time", "15:30", "three thirty p m"),
        ("number", "12", "twelve"),
        ("name", "Mia Wong", "Mia Wong"),
    ],
)
def test_every_type_is_read_back_as_people_say_it(kind: str, value: str, aloud: str) -> None:
    drive = drive_for(SlotType(kind), confirm=Confirm.READ_BACK)
    drive.slot(value)
    assert drive.said() == [f"Thank you. I have {aloud}. Is that right?"]


def test_a_choice_is_read_back_in_the_caller_s_words() -> None:
    drive = drive_for(SlotType("choice"), choices=COLOURS, confirm=Confirm.READ_BACK)
    drive.command("language", "ja")
    drive.slot("blue")
    assert drive.said() == ["ありがとうございます。青、でよろしいですか。"]


def test_a_choice_nobody_knows_is_read_back_as_it_is() -> None:
    drive = drive_for(SlotType("choice"), choices=COLOURS, confirm=Confirm.READ_BACK)
    drive.slot("green")
    assert drive.said() == ["Thank you. I have green. Is that right?"]


def test_choices_of_the_first_language_serve_where_the_caller_s_has_none() -> None:
    drive = drive_for(SlotType("choice"), choices={"en": COLOURS["en"]})
    drive.command("language", "ja")
    drive.press("2")
    assert value_of(drive) == "blue"


# -- the read-back -------------------------------------------------------------------------------------


def read_back(**changes: object) -> Drive:
    drive = drive_for(FIVE, confirm=Confirm.READ_BACK, **changes)
    drive.slot("42719")
    return drive


@pytest.mark.parametrize("answer", ["yes", "1", "same"])
def test_yes_to_the_read_back_takes_the_value(answer: str) -> None:
    drive = read_back()
    {"yes": drive.yes, "1": lambda: drive.press("1"), "same": lambda: drive.slot("42719")}[answer]()
    assert value_of(drive) == "42719"


@pytest.mark.parametrize("answer", ["no", "2"])
def test_no_to_the_read_back_asks_again_and_offers_the_keys(answer: str) -> None:
    drive = read_back()
    drive.no() if answer == "no" else drive.press("2")
    assert drive.said() == [
        "All right, once more.",
        "Tell me.",
        "You can also enter it on your keypad, then press the hash key.",
    ]
    assert drive.expecting.kind is Kind.SLOT
    drive.press("42717")
    assert drive.said() == ["Thank you. I have four two seven one seven. Is that right?"]


def test_one_group_can_be_corrected() -> None:
    drive = read_back()
    drive.slot("42179", is_correction=True)
    assert drive.said() == ["Thank you. I have four two one seven nine. Is that right?"]
    assert drive.expecting.correcting == "42179"
    drive.yes()
    assert value_of(drive) == "42179"


def test_a_correction_that_does_not_fit_with_a_no_asks_afresh() -> None:
    drive = read_back()
    drive.mean(Meaning(slot=SlotGuess("42", is_valid=False), yes_no=False))
    assert drive.said()[0] == "All right, once more."


def test_a_correction_that_does_not_fit_alone_asks_for_yes_or_no() -> None:
    drive = read_back()
    drive.mean(Meaning(slot=SlotGuess("42", is_valid=False)))
    assert drive.said() == [
        "Sorry, I didn't get that.",
        "Thank you. I have four two seven one nine. Is that right?",
        "Please say yes or no, or press 1 for yes and 2 for no.",
    ]


def test_another_key_at_the_read_back_asks_for_yes_or_no() -> None:
    drive = read_back()
    drive.press("7")
    assert drive.said() == []
    drive.fire("inter_digit")
    assert drive.said()[-1] == "Please say yes or no, or press 1 for yes and 2 for no."


def test_a_key_that_answers_no_read_back_of_a_choice_asks_at_once() -> None:
    drive = drive_for(SlotType("choice", choices=COLOURS["en"]), confirm=Confirm.READ_BACK)
    drive.slot("red")
    drive.press("7")
    assert drive.said()[-1] == "Please say yes or no, or press 1 for yes and 2 for no."


def test_the_same_value_keyed_at_the_read_back_is_a_yes() -> None:
    drive = read_back()
    drive.press("42719")
    assert value_of(drive) == "42719"
    assert drive.notes("not_understood") == []


def test_another_value_keyed_at_the_read_back_is_a_correction() -> None:
    drive = read_back()
    drive.press("42701")
    assert drive.said() == ["Thank you. I have four two seven zero one. Is that right?"]
    drive.press("1")
    assert value_of(drive) == "42701"


def test_an_entry_at_the_read_back_is_one_try_and_not_five() -> None:
    drive = read_back(no_match=Ladder(2, None), failure="person")
    drive.press("427#")
    assert drive.said()[-1] == "Please say yes or no, or press 1 for yes and 2 for no."
    assert drive.node == "q"


def test_a_star_at_the_read_back_says_it_again_and_is_no_miss() -> None:
    drive = read_back(no_match=Ladder(1, None), failure="person")
    drive.press("*")
    assert drive.said() == ["Thank you. I have four two seven one nine. Is that right?"]


def test_a_star_in_an_entry_at_the_read_back_starts_it_over() -> None:
    drive = read_back()
    drive.press("99*42719")
    assert value_of(drive) == "42719"


def test_0_at_the_read_back_is_a_person_and_in_an_entry_a_digit() -> None:
    drive = read_back()
    drive.press("40719")
    assert drive.said() == ["Thank you. I have four zero seven one nine. Is that right?"]
    drive.press("0")
    assert drive.said()[0] == "A person will call you."


def test_0_begins_an_entry_where_the_value_begins_so() -> None:
    drive = drive_for(FIVE, confirm=Confirm.READ_BACK)
    drive.slot("02719")
    drive.press("02719")
    assert value_of(drive) == "02719"


def test_a_lone_0_there_is_a_person_all_the_same() -> None:
    drive = drive_for(SlotType("phone", min_length=7, max_length=15), confirm=Confirm.READ_BACK)
    drive.slot("2025550123")
    drive.press("0")
    assert drive.node == "q"
    drive.fire("inter_digit")
    assert drive.said()[0] == "A person will call you."


def test_silence_at_the_read_back_reads_it_back_again() -> None:
    drive = read_back(no_input=Ladder(3, prompt("Still there?")))
    drive.played()
    drive.fire("no_input")
    assert drive.said() == [
        "Sorry, I didn't hear anything.",
        "Thank you. I have four two seven one nine. Is that right?",
        "Please say yes or no, or press 1 for yes and 2 for no.",
    ]


def test_saying_no_again_and_again_leads_on() -> None:
    drive = read_back(failure="person")
    for _ in range(2):
        drive.no()
        drive.slot("42719")
    assert drive.node == "q"
    drive.no()
    assert drive.said()[0] == "A person will call you."


# -- what does not fit ---------------------------------------------------------------------------------


def test_a_value_of_the_wrong_length_is_told_the_right_one() -> None:
    drive = drive_for(FIVE)
    drive.slot("427", is_valid=False)
    assert drive.said() == [
        "Sorry, I didn't get that.",
        "Tell me.",
        "I need 5 digits. You can also enter it on your keypad, then press the hash key.",
    ]


def test_a_value_with_a_wrong_checksum_is_not_told_a_length() -> None:
    drive = drive_for(SlotType("digits", length=5, checksum="luhn"))
    drive.press("12345")
    assert drive.said()[-1] == (
        "That number doesn't seem to be right. You can also enter it on your keypad, then press the hash key."
    )


def test_a_value_of_a_free_length_that_does_not_fit_is_only_called_wrong() -> None:
    drive = drive_for(SlotType("digits", min_length=8))
    drive.slot("427", is_valid=False)
    assert drive.said()[-1].startswith("That number doesn't seem to be right.")


def test_nothing_understood_offers_the_keys_only_where_they_work() -> None:
    name = drive_for(SlotType("name"))
    name.nonsense()
    assert name.said() == ["Sorry, I didn't get that.", "Tell me."]
    yes_no = drive_for(SlotType("yes_no"))
    yes_no.nonsense()
    assert yes_no.said()[-1] == "Please say yes or no, or press 1 for yes and 2 for no."


def test_silence_offers_the_keys() -> None:
    drive = drive_for(FIVE)
    drive.played()
    drive.fire("no_input")
    assert drive.said() == [
        "Sorry, I didn't hear anything.",
        "Tell me.",
        "You can also enter it on your keypad, then press the hash key.",
    ]


# -- values said before --------------------------------------------------------------------------------


def early(kind: SlotType, value: str, **changes: object) -> Drive:
    verb = AskVerb("value", kind, prompt("Tell me."), then="bye", **changes)  # type: ignore[arg-type]
    drive = Drive(flow_of({"m": ListenVerb(prompt("Help?"), on={"a": "q"}), "q": verb, "bye": HangUpVerb(None)}))
    drive.intent("a", **{kind.name: value})
    return drive


def test_a_value_said_early_is_read_back_instead_of_asked_for() -> None:
    assert early(FIVE, "42719").said() == ["Thank you. I have four two seven one nine. Is that right?"]


def test_of_several_readings_of_a_code_said_early_the_one_that_fits_is_read_back() -> None:
    assert early(FIVE, "2719 42719").said() == ["Thank you. I have four two seven one nine. Is that right?"]


def test_a_value_said_early_that_does_not_fit_is_asked_for() -> None:
    assert early(FIVE, "427 2719").said() == ["Tell me."]
    assert early(FIVE, "427").said() == ["Tell me."]
    assert early(SlotType("digits", min_length=8), "42719").said() == ["Tell me."]
    assert early(SlotType("letters", length=3), "AB").said() == ["Tell me."]


def test_a_value_said_early_is_used_once() -> None:
    drive = early(SlotType("date"), "2026-11-25", confirm=Confirm.NEVER)
    assert drive.session.state.slots == {"value": "2026-11-25"}
    assert drive.session.state.heard == {}


# -- yes or no -----------------------------------------------------------------------------------------


def more(**changes: object) -> Drive:
    verb = AskVerb("more", SlotType("yes_no"), prompt("Anything else?"), by_value={"yes": "m", "no": "bye"}, **changes)  # type: ignore[arg-type]
    menu = ListenVerb(prompt("Help?"), on={"order_status": "order"})
    order = AskVerb("n", FIVE, prompt("Which order?"), then="bye")
    return Drive(flow_of({"more": verb, "m": menu, "order": order, "bye": HangUpVerb(prompt("Goodbye."))}))


def test_yes_and_no_have_their_own_nodes() -> None:
    yes, no = more(), more()
    yes.yes()
    no.no()
    assert (yes.said(), no.said()) == (["Help?"], ["Goodbye."])


def test_yes_or_no_is_never_read_back() -> None:
    drive = more(confirm=Confirm.READ_BACK)
    drive.mean(Meaning(slot=SlotGuess("no", 0.3)), confidence=0.3)
    assert drive.said() == ["Goodbye."]


def test_a_wish_instead_of_yes_is_taken_at_once() -> None:
    drive = more()
    assert drive.expecting.intents == ("order_status",)
    drive.intent("order_status", digits="42719")
    assert drive.said() == ["Thank you. I have four two seven one nine. Is that right?"]
    assert drive.notes("intent") == [{"intent": "order_status"}]


def test_no_with_a_word_like_a_wish_stays_no() -> None:
    drive = more()
    drive.mean(Meaning(Decision.ACCEPT, (IntentGuess("order_status", 0.9),), yes_no=False))
    assert drive.said() == ["Goodbye."]


def test_an_unsure_wish_is_no_answer_to_yes_or_no() -> None:
    drive = more()
    drive.mean(Meaning(Decision.CONFIRM, (IntentGuess("order_status", 0.5),)))
    assert drive.said()[0] == "Sorry, I didn't get that."


def test_a_yes_that_leads_to_no_open_question_has_no_shortcuts() -> None:
    drive = drive_for(SlotType("yes_no"), then=None, by_value={"yes": "done", "no": "bye"})
    assert drive.expecting.intents == ()


def test_a_timer_of_another_kind_of_step_means_nothing_here() -> None:
    drive = drive_for(FIVE)
    drive.session.state.timers["filler"] = 99
    assert drive.fire("filler") == []


def test_what_was_not_understood_is_kept_for_the_record() -> None:
    drive = drive_for(FIVE)
    drive.post(UtteranceHeard(5, drive.session.state.listen_id, "mumble", Meaning()))
    assert drive.notes("not_understood") == [{"node": "q", "text": "mumble"}]
