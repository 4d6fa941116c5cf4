"""From what a recogniser found to what the driver is told: every reading of an utterance counts, and is asked once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ivr.core.meaning import Decision, Expecting, IntentGuess, Kind, Meaning
from ivr.ports import Completeness
from ivr.runtime.driver import HeardSpeech
from ivr.speech_adapters import ListenerEars
from speech import formats
from speech.interfaces import Recognition
from tests.fakes.recogniser import InlineQueue, ScriptedRecogniser
from tests.fakes.understanding import ScriptedUnderstanding

pytestmark = pytest.mark.unit

OPEN = Expecting(Kind.OPEN, "ja", ("retail",), ("order_status",))
ORDER = Meaning(Decision.ACCEPT, (IntentGuess("order_status", 0.9),))
UNSURE = Meaning(Decision.REJECT, (IntentGuess("opening_hours", 0.1),))
AT = np.arange(8 * 20) / 8000
BUZZ = formats.pcm_to_mulaw(
    formats.pcm_bytes(3000 * np.asarray(sum(np.sin(2 * np.pi * 150 * k * AT) / (1 + abs(k - 5)) for k in range(1, 21))))
)
SILENT = b"\xff" * 160


@dataclass
class Told:
    """The part of a driver that ears talk to."""

    expecting: Expecting
    heard_all: list[tuple[HeardSpeech, Meaning | None]] = field(default_factory=list)
    foreseen: list[Meaning] = field(default_factory=list)
    decided_at: int | None = None

    def foresee(self, text: str, meaning: Meaning, expecting: Expecting) -> None:
        self.foreseen.append(meaning)

    def heard(self, speech: HeardSpeech, meaning: Meaning | None = None) -> None:
        self.heard_all.append((speech, meaning))

    def speech_began(self, at_ms: int) -> None:
        """Of no interest here."""

    def false_alarm(self, at_ms: int) -> None:
        """Of no interest here."""


async def _listen(recognition: Recognition, understanding: Any, *, expecting: Expecting = OPEN) -> tuple[Told, int]:
    """What the driver is told after 400 ms of a voice, and how long after its end (ms)."""
    driver: Any = Told(expecting)
    queue: Any = InlineQueue()
    recogniser = ScriptedRecogniser([recognition])
    ears = ListenerEars(driver, lambda language: recogniser, queue, understanding)
    ears.listen(expecting)
    at_ms = 0
    while not driver.heard_all and at_ms < 4000:
        ears.push(at_ms, BUZZ if 400 <= at_ms < 800 else SILENT)
        queue.run()
        at_ms += 20
    await asyncio.sleep(0)
    ears.close()
    return driver, at_ms - driver.heard_all[0][0].ended_at


def _one_reading_is_sure(meanings: Mapping[str, Meaning]) -> Any:
    """An understanding whose best reading says something unsure, and another one something sure."""

    def interpret(text: str, expecting: Expecting, alternatives: tuple[str, ...] = ()) -> Meaning:
        found = [meanings.get(one, UNSURE) for one in (text, *alternatives)]
        return next((meaning for meaning in found if meaning.decision is Decision.ACCEPT), found[0])

    return SimpleNamespace(interpret=interpret, completeness=lambda text, expecting: Completeness.UNKNOWN)


def test_the_guess_in_the_middle_of_a_turn_knows_every_reading() -> None:
    recognition = Recognition("質問はどこですか", 0.8, ("注文はどこですか",))
    driver, _ = asyncio.run(_listen(recognition, _one_reading_is_sure({"注文はどこですか": ORDER})))
    assert driver.heard_all[0][1] == ORDER
    assert driver.foreseen == [ORDER]


def test_half_an_answer_that_is_whole_in_another_reading_is_waited_for_as_any_other() -> None:
    whole = {"4 279です。": Completeness.INCOMPLETE, "4 2 7 1 9 です。": Completeness.COMPLETE}
    understanding = ScriptedUnderstanding(whole=whole)
    _, both = asyncio.run(_listen(Recognition("4 279です。", 0.8, ("4 2 7 1 9 です。",)), understanding))
    _, half = asyncio.run(_listen(Recognition("4 279です。", 0.8, ("4 27です。",)), understanding))
    assert (both, half) == (600, 1400)


def test_what_means_nothing_is_left_to_be_understood_when_the_turn_is_over() -> None:
    driver, _ = asyncio.run(_listen(Recognition("猫が青いです", 0.8), ScriptedUnderstanding()))
    assert driver.heard_all[0][1] is None
    assert driver.foreseen == []


@pytest.mark.parametrize(
    ("text", "completeness", "meaning", "wait_ms"),
    [
        ("which bulb does the lamp need.", Completeness.TRAILING, ORDER, 600),
        ("which bulb does the lamp need.", Completeness.TRAILING, UNSURE, 1400),
        ("i want to return the", Completeness.INCOMPLETE, ORDER, 1400),
        ("where is my order?", Completeness.UNKNOWN, ORDER, 240),
        ("where is my order", Completeness.UNKNOWN, ORDER, 600),
        ("where is my order?", Completeness.UNKNOWN, UNSURE, 600),
        ("荷物はどこにありますか", Completeness.UNKNOWN, ORDER, 240),
        ("荷物はまだ届きません", Completeness.UNKNOWN, ORDER, 600),
    ],
)
def test_a_clear_meaning_shortens_the_wait_where_the_sentence_may_be_over(
    text: str, completeness: Completeness, meaning: Meaning, wait_ms: int
) -> None:
    understanding = ScriptedUnderstanding({text: meaning}, {text: completeness})
    _, waited_ms = asyncio.run(_listen(Recognition(text, 0.8), understanding))
    assert waited_ms == wait_ms
