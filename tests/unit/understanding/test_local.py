"""The whole understanding over a small folder, with the real embedding engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
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


MORE = Expecting(
    Kind.SLOT, "en", ("shop",), ("order_status", "return_item"), slot=SlotType("yes_no"), question="Anything else?"
)
MORE_JA = replace(MORE, language="ja", question="他にご用件はございますか。")


def test_a_yes_with_a_wish_is_both(understanding: LocalUnderstanding) -> None:
    for text, expecting in (("yes I want to return something", MORE), ("はい、返品したいです", MORE_JA)):
        meaning = understanding.interpret(text, expecting)
        assert (meaning.decision, meaning.yes_no, meaning.intent) == (Decision.ACCEPT, True, "return_item")
        assert meaning.slot is not None and meaning.slot.value == "yes"


def test_a_yes_with_a_wish_keeps_the_number_in_it(understanding: LocalUnderstanding) -> None:
    meaning = understanding.interpret("yes where is my order four two seven one nine", MORE)
    assert (meaning.yes_no, meaning.intent, meaning.extra) == (True, "order_status", {"digits": "42719"})


@pytest.mark.parametrize("text", ["yes", "yes please", "yes that's right", "yeah sure, thanks", "yes there is"])
def test_a_polite_yes_is_no_wish(understanding: LocalUnderstanding, text: str) -> None:
    meaning = understanding.interpret(text, MORE)
    assert (meaning.yes_no, meaning.intents) == (True, ())


@pytest.mark.parametrize("text", ["はい", "はい、お願いします", "あります", "はい、そうです"])
def test_a_polite_japanese_yes_is_no_wish(understanding: LocalUnderstanding, text: str) -> None:
    meaning = understanding.interpret(text, MORE_JA)
    assert (meaning.yes_no, meaning.intents) == (True, ())


def test_a_wish_that_only_sounds_like_a_no_is_a_wish(understanding: LocalUnderstanding) -> None:
    for text, expecting in (("my package has not come", MORE), ("荷物がまだ届いていません", MORE_JA)):
        meaning = understanding.interpret(text, expecting)
        assert (meaning.decision, meaning.yes_no, meaning.slot) == (Decision.ACCEPT, None, None)
        assert meaning.intent == "order_status"


@pytest.mark.parametrize(
    ("text", "expecting"), [("no i don't want to return anything", MORE), ("返品ではありません", MORE_JA)]
)
def test_a_denied_subject_stays_a_no(understanding: LocalUnderstanding, text: str, expecting: Expecting) -> None:
    meaning = understanding.interpret(text, expecting)
    assert (meaning.yes_no, meaning.intents) == (False, ())


def test_a_yes_without_a_way_for_the_wish_is_a_yes(understanding: LocalUnderstanding) -> None:
    for expecting in (replace(MORE, intents=()), replace(MORE, intents=("opening_hours",))):
        meaning = understanding.interpret("yes I want to return something", expecting)
        assert (meaning.yes_no, meaning.intents) == (True, ())


def test_a_no_may_name_the_right_subject_at_once(understanding: LocalUnderstanding) -> None:
    doubt = Expecting(
        Kind.CONFIRM, "en", ("shop",), ("order_status", "return_item"), question="Is this about an order?"
    )
    meaning = understanding.interpret("no i want to return something", doubt)
    assert (meaning.decision, meaning.yes_no, meaning.intent) == (Decision.ACCEPT, False, "return_item")


def test_an_intent_that_leads_nowhere_does_not_block_an_answer(tmp_path: Path) -> None:
    for kind, text in (
        ("intents", "intents:\n  prices: {examples: [what does delivery cost, is it expensive]}\n"),
        ("knowledge", "entries:\n  fee: {question: what does delivery cost, answer: five}\n"),
    ):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "shop.en.yaml").write_text(text, "utf-8")
    local = LocalUnderstanding(tmp_path, tmp_path / "cache")
    blind = local.interpret("what does delivery cost", replace(OPEN, intents=("order_status",)))
    assert (blind.intent, blind.decision) == ("prices", Decision.ACCEPT)
    assert blind.answer is not None and blind.answer.entry == "shop/fee"
    assert local.interpret("what does delivery cost", replace(OPEN, intents=("prices",))).answer is None


def test_an_intent_that_leads_nowhere_is_not_answered_with_something_vague(understanding: LocalUnderstanding) -> None:
    meaning = understanding.interpret("open sesame", replace(OPEN, commands=()))
    assert (meaning.decision, meaning.answer) == (Decision.ACCEPT, None)


@pytest.mark.parametrize(("text", "language"), [("uh", "en"), ("um, well", "en"), ("えーと", "ja"), ("うーん", "ja")])
@pytest.mark.parametrize("slot", ["name", "text", "digits", "yes_no", "date"])
def test_a_hesitation_means_nothing(understanding: LocalUnderstanding, text: str, language: str, slot: str) -> None:
    assert understanding.interpret(text, Expecting(Kind.SLOT, language, slot=SlotType(slot))) == Meaning()


def test_a_refusal_during_a_read_back_is_no_new_value(understanding: LocalUnderstanding) -> None:
    expecting = Expecting(Kind.CONFIRM, "en", slot=SlotType("name"), correcting="Bob Smith")
    assert understanding.interpret("no", expecting) == Meaning(Decision.ACCEPT, yes_no=False)


WHEN = Expecting(
    Kind.SLOT,
    "en",
    slot=SlotType("callback_time"),
    commands=(*COMMANDS, "callback"),
    question="Shall we call you back?",
    now=datetime(2026, 11, 25, 10, 15),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("tomorrow after three", "2026-11-26T15:00/2026-11-26T20:00"),
        ("call me back", "asap"),
        ("call me tomorrow", "2026-11-26T08:00/2026-11-26T20:00"),
        ("no that's all", "no"),
    ],
)
def test_a_time_for_a_call_is_read_by_the_clock_of_the_caller(
    understanding: LocalUnderstanding, text: str, value: str
) -> None:
    meaning = understanding.interpret(text, WHEN)
    assert meaning.command is None
    assert meaning.slot is not None
    assert meaning.slot.value == value


def test_a_time_for_a_call_is_looked_for_in_the_other_readings(understanding: LocalUnderstanding) -> None:
    meaning = understanding.interpret("two marrow bones", WHEN, ("tomorrow at ten",))
    assert meaning.slot is not None
    assert (meaning.slot.value, meaning.slot.score) == ("2026-11-26T10:00/2026-11-26T10:30", 0.6)


def test_another_reading_adds_the_hour_to_the_day(understanding: LocalUnderstanding) -> None:
    meaning = understanding.interpret("tomorrow thirty fold", WHEN, ("friday at ten", "tomorrow after three"))
    assert meaning.slot is not None
    assert (meaning.slot.value, meaning.slot.score) == ("2026-11-26T15:00/2026-11-26T20:00", 0.6)


def test_no_with_another_hour_mends_the_time_that_was_read(understanding: LocalUnderstanding) -> None:
    asked = replace(WHEN, kind=Kind.CONFIRM, correcting="2026-11-27T15:00/2026-11-27T20:00")
    meaning = understanding.interpret("no, after four", asked)
    assert meaning.yes_no is False
    assert meaning.slot is not None
    assert (meaning.slot.value, meaning.slot.is_correction) == ("2026-11-27T16:00/2026-11-27T20:00", True)
    assert understanding.interpret("yes", asked) == Meaning(Decision.ACCEPT, yes_no=True)


def test_a_command_in_a_lesser_reading_counts_when_the_best_one_says_nothing(understanding: LocalUnderstanding) -> None:
    ways = ("参観者おねがい", "担当者をお願いします")
    assert understanding.interpret("三箇所お願い", OPEN_JA, ways) == Meaning(Decision.ACCEPT, command="agent")


def test_no_lesser_reading_ends_a_call(understanding: LocalUnderstanding) -> None:
    assert understanding.interpret("富士山に登りたい", OPEN_JA, ("さようなら",)).command is None


def test_a_misheard_command_is_known_by_its_sound(understanding: LocalUnderstanding) -> None:
    assert understanding.interpret("もう一度おめがいします", OPEN_JA) == Meaning(Decision.ACCEPT, command="repeat")


def test_a_sure_intent_in_a_lesser_reading_is_taken(understanding: LocalUnderstanding) -> None:
    meaning = understanding.interpret("西部に登りたい", OPEN_JA, ("富士山に登りたい", "返品したいです"))
    assert (meaning.decision, meaning.intent) == (Decision.ACCEPT, "return_item")


def test_a_lesser_reading_makes_sure_of_what_the_best_one_only_suggests(understanding: LocalUnderstanding) -> None:
    doubtful, surer = "お店は何十に閉まるか教えて", "何時に閉まりますか教えて"
    alone = understanding.interpret(doubtful, OPEN_JA)
    other = understanding.interpret(surer, OPEN_JA)
    assert (alone.decision, other.decision, alone.intent) == (Decision.CONFIRM, Decision.ACCEPT, other.intent)
    assert understanding.interpret(doubtful, OPEN_JA, (surer,)) == other
