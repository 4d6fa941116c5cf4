"""The whole understanding over a small folder, with the real embedding engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from ivr.core.meaning import Decision, Expecting, Kind, Meaning, SlotType
from ivr.understanding import LocalUnderstanding, library
from ivr.understanding.embedding import Embedder, EmbeddingUnavailable

pytestmark = pytest.mark.unit

COMMANDS = ("agent", "repeat", "language", "goodbye", "supervisor_code")
OPEN = Expecting(
    Kind.OPEN, "en", ("shop",), ("order_status",), knowledge=("shop",), commands=COMMANDS, languages=("en", "ja")
)
OPEN_JA = Expecting(Kind.OPEN, "ja", ("shop",), commands=COMMANDS, languages=("en", "ja"))
NUMBER = SlotType("digits", length=5)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("where's my stuff", "order_status"), ("is the package on its way yet", "order_status"),
        ("i'd like to send these trousers back", "return_item"), ("can i return something", "return_item"),
        ("how late is the shop open", "opening_hours"), ("closing time tonight", "opening_hours"),
    ],
)  # fmt: skip
def test_english_wordings_that_are_no_examples(understanding: LocalUnderstanding, text: str, intent: str) -> None:
    meaning = understanding.interpret(text, OPEN)
    assert (meaning.intent, meaning.command) == (intent, None)
    assert meaning.decision is not Decision.REJECT


@pytest.mark.parametrize(
    ("text", "intent"),
    [
     ("荷物がまだ来ないんですけど", "order_status"), ("にもつはいつとどきますか", "order_status"),
     ("返品をお願いしたいんですが", "return_item"),
     ("何時までやってますか", "opening_hours")],
)  # fmt: skip
def test_japanese_wordings_that_are_no_examples(understanding: LocalUnderstanding, text: str, intent: str) -> None:
    meaning = understanding.interpret(text, OPEN_JA)
    assert meaning.intent == intent
    assert meaning.decision is not Decision.REJECT


@pytest.mark.parametrize(
    "text", ["tell me about the roman empire", "my cat is ill", "富士山に登りたい", "hello", "uh um", ""]
)
def test_foreign_sentences_are_refused(understanding: LocalUnderstanding, text: str) -> None:
    meaning = understanding.interpret(text, OPEN_JA if "富" in text else OPEN)
    assert meaning.decision is Decision.REJECT
    assert meaning.answer is None


def test_a_question_is_answered_from_the_knowledge(understanding: LocalUnderstanding) -> None:
    meaning = understanding.interpret("how much do you charge for shipping", OPEN)
    assert meaning.answer is not None
    assert meaning.answer.entry == "shop/shipping_cost"
    assert meaning.answer.text.startswith("Shipping is five dollars")


def test_a_command_goes_before_everything(understanding: LocalUnderstanding) -> None:
    assert understanding.interpret("say that again please", OPEN) == Meaning(Decision.ACCEPT, command="repeat")
    assert understanding.interpret("日本語で", OPEN).language == "ja"


def test_a_command_of_the_flow_is_found_by_its_intent(understanding: LocalUnderstanding) -> None:
    assert understanding.interpret("open sesame", OPEN).command == "supervisor_code"


def test_a_number_in_the_same_sentence_is_kept(understanding: LocalUnderstanding) -> None:
    meaning = understanding.interpret("where is my order four two seven one nine", OPEN)
    assert (meaning.intent, meaning.extra) == ("order_status", {"digits": "42719"})


def test_a_slot_takes_the_reading_that_fits(understanding: LocalUnderstanding) -> None:
    expecting = Expecting(Kind.SLOT, "en", slot=NUMBER)
    meaning = understanding.interpret("four two seven one", expecting, ["four two seven one nine"])
    assert meaning.slot is not None
    assert (meaning.slot.value, meaning.slot.is_valid, meaning.slot.score) == ("42719", True, 0.6)


def test_an_intent_is_heard_where_a_slot_was_expected(understanding: LocalUnderstanding) -> None:
    expecting = Expecting(Kind.SLOT, "en", ("shop",), slot=NUMBER)
    assert understanding.interpret("actually i want to return something", expecting).intent == "return_item"


def test_a_correction_is_also_a_no(understanding: LocalUnderstanding) -> None:
    expecting = Expecting(Kind.CONFIRM, "en", slot=NUMBER, correcting="42719", question="Is that right?")
    meaning = understanding.interpret("the last part is 45", expecting)
    assert meaning.yes_no is False
    assert meaning.slot is not None and meaning.slot.value == "42745"
    assert understanding.interpret("no", expecting) == Meaning(Decision.ACCEPT, yes_no=False)
    assert understanding.interpret("yes that's right", expecting).yes_no is True


def test_a_corrected_date_replaces_the_one_that_was_read(understanding: LocalUnderstanding) -> None:
    expecting = Expecting(Kind.CONFIRM, "en", slot=SlotType("date"), correcting="2026-11-21")
    meaning = understanding.interpret("no monday", expecting)
    assert meaning.slot is not None
    assert (meaning.slot.value, meaning.slot.is_correction, meaning.yes_no) == ("2026-11-23", True, False)


def test_unknown_sets_languages_and_slots_are_understood_as_nothing(understanding: LocalUnderstanding) -> None:
    for expecting in (
        Expecting(Kind.OPEN, "xx", ("nowhere", "../../etc"), knowledge=("nothing",)),
        Expecting(Kind.SLOT, "en", slot=SlotType("shoe_size")),
        Expecting(Kind.NOTHING, "en"),
    ):
        assert understanding.interpret("some words", expecting) == Meaning()


def test_many_threads_get_the_same_answers(call_flows: Path, tmp_path: Path) -> None:
    local = LocalUnderstanding(call_flows, tmp_path, reference=lambda: datetime(2026, 11, 20, 10))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _n: local.interpret("i want my shoes returned", OPEN).intent, range(12)))
    assert set(found) == {"return_item"}


def test_without_the_engine_ngrams_go_on_and_a_note_says_so(
    call_flows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(_cls: type[Embedder], _cache: Path) -> Embedder:
        raise EmbeddingUnavailable("the processor has no AVX2")

    monkeypatch.setattr(library.Embedder, "open", classmethod(unavailable))
    local = LocalUnderstanding(call_flows, tmp_path)
    local.warm(["en"])
    assert local.interpret("where is my order please", OPEN).intent == "order_status"
    assert local.interpret("what does delivery cost", OPEN).answer is None
    assert local.engine_notes() == ["the processor has no AVX2; intents go by n-grams alone, knowledge answers are off"]


def test_a_reload_reads_new_examples_and_reports_mistakes(tmp_path: Path) -> None:
    path = tmp_path / "flows" / "intents" / "shop.en.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("intents:\n  a:\n    examples: [where is my order]\n", "utf-8")
    local = LocalUnderstanding(tmp_path / "flows", tmp_path / "cache")
    local.warm(["en"])
    assert local.interpret("pick me up", OPEN).intent == "a"
    path.write_text("intents:\n  b:\n    examples: [pick me up]\n", "utf-8")
    local.reload()
    assert local.interpret("pick me up", OPEN).intent == "b"
    path.write_text("intents:\n  b:\n    example: [pick me up]\n", "utf-8")
    local.reload()
    assert [problem.line for problem in local.problems()] == [2, 3]
    assert local.interpret("pick me up", OPEN).intent is None


def test_an_example_is_whole_once_its_set_is_ready(understanding: LocalUnderstanding) -> None:
    assert understanding.completeness("where is my order", OPEN).value == "complete"
    assert understanding.completeness("where is my", OPEN).value == "incomplete"
