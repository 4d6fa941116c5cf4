"""One ear from frames to events: stamps instead of time, work done when the test says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech import formats
from speech.endpointing import EndpointTimes
from speech.interfaces import FalseAlarm, Heard, ListenerEvent, ListenFor, Recognition, SpeechBegan, Wholeness
from speech.listener import Listener
from speech.stt.base import RecognitionFailed
from speech.stt.decode_pool import Outcome, Urgency
from speech.vad import ConfirmerPool
from tests.fakes.recogniser import Entry, InlineQueue, ScriptedRecogniser

pytestmark = pytest.mark.unit

TIMES = EndpointTimes(speculate_after_ms=120, complete_ms=240, unknown_ms=600, incomplete_ms=1400, longest_turn_ms=5000)
WHOLE = {"yes": Wholeness.COMPLETE, "my number is": Wholeness.INCOMPLETE}
AT = np.arange(8 * 20) / 8000
BUZZ = formats.pcm_to_mulaw(
    formats.pcm_bytes(3000 * np.asarray(sum(np.sin(2 * np.pi * 150 * k * AT) / (1 + abs(k - 5)) for k in range(1, 21))))
)
SILENT = b"\xff" * 160


class Sure:
    """A confirmer that believes the gate."""

    def process_chunk(self, audio: bytes) -> float:
        return 0.9

    def reset(self) -> None:
        """Nothing to forget."""


@dataclass
class Ear:
    """A listener with everything around it."""

    recogniser: ScriptedRecogniser
    queue: InlineQueue
    listener: Listener
    events: list[ListenerEvent] = field(default_factory=list)
    contexts: list[object] = field(default_factory=list)
    at_ms: int = 0

    def hear(self, pattern: str, *, decoding: bool = True) -> None:
        """`s` is 20 ms of a voice, `.` of silence, `x` a lost frame. Decodes as it goes, or not."""
        for letter in pattern:
            if letter != "x":
                self.listener.push(self.at_ms, BUZZ if letter == "s" else SILENT)
            self.at_ms += 20
            if decoding:
                self.queue.run()

    @property
    def kinds(self) -> list[type]:
        return [type(event) for event in self.events]

    @property
    def texts(self) -> list[str]:
        return [event.recognition.text for event in self.events if isinstance(event, Heard)]


def _ear(
    script: Sequence[Entry] = ("yes",),
    *,
    streaming: bool = False,
    refuses: Sequence[Urgency] = (),
    listens: bool = True,
) -> Ear:
    recogniser = ScriptedRecogniser(script, streaming=streaming)
    queue = InlineQueue(refuses=refuses)
    events: list[ListenerEvent] = []
    contexts: list[object] = []

    def wholeness(recognition: Recognition, listen_for: ListenFor) -> Wholeness:
        contexts.append(listen_for.context)
        return WHOLE.get(recognition.text, Wholeness.UNKNOWN)

    listener = Listener(
        lambda language: recogniser, queue, events.append, wholeness, confirmers=ConfirmerPool(Sure), times=TIMES
    )
    if listens:
        listener.listen(ListenFor("en"))
    return Ear(recogniser, queue, listener, events, contexts)


def test_a_complete_answer_is_heard_soon_after_its_end() -> None:
    ear = _ear(["yes"])
    ear.hear("." * 20 + "s" * 20 + "." * 30)
    began, heard = ear.events
    assert isinstance(began, SpeechBegan)
    assert isinstance(heard, Heard)
    assert began.started_at == 400
    assert began.at <= 460
    assert heard.recognition.text == "yes"
    assert heard.decided_at - heard.ended_at == 240
    assert ear.listener.counts.speculations == 1


def test_an_answer_of_unknown_wholeness_waits_longer_and_one_cut_in_the_middle_longest() -> None:
    unknown, incomplete = _ear(["where is it"]), _ear(["my number is"])
    for ear in (unknown, incomplete):
        ear.hear("s" * 20 + "." * 100)
    waits = [event.decided_at - event.ended_at for ear in (unknown, incomplete) for event in ear.events[1:2]]  # type: ignore[union-attr]
    assert waits == [600, 1400]


def test_speech_that_resumes_is_one_turn_with_the_text_of_all_of_it() -> None:
    ear = _ear(["my number is", "my number is 5"])
    ear.hear("s" * 20 + "." * 20 + "s" * 20 + "." * 60)
    assert ear.kinds == [SpeechBegan, Heard]
    assert ear.texts == ["my number is 5"]
    (stream,) = ear.recogniser.opened
    assert len(stream.pushed) == 2
    assert stream.results == 2


def test_the_beginning_is_not_cut_off() -> None:
    ear = _ear()
    ear.hear("." * 30 + "s" * 20 + "." * 40)
    (stream,) = ear.recogniser.opened
    assert sum(stream.pushed) >= (300 + 400) * 16


def test_a_guess_under_way_when_speech_resumes_is_thrown_away() -> None:
    ear = _ear(["my number", "yes"])
    ear.hear("s" * 20 + "." * 16, decoding=False)
    guess = ear.queue.begin()
    ear.hear("s" * 20, decoding=False)
    ear.queue.finish(guess)
    ear.hear("." * 40)
    assert ear.texts == ["yes"]
    assert ear.listener.counts.wasted == 1


def test_a_guess_still_waiting_when_speech_resumes_is_cancelled_and_its_audio_kept() -> None:
    ear = _ear(["yes"])
    ear.hear("s" * 20 + "." * 16 + "s" * 20, decoding=False)
    assert ear.queue.waiting == []
    ear.hear("." * 40)
    assert ear.texts == ["yes"]
    (stream,) = ear.recogniser.opened
    assert len(stream.pushed) == 1
    assert sum(stream.pushed) >= (20 + 16 + 20 + 6) * 320


def test_a_slow_decoder_is_waited_for_and_hurried() -> None:
    ear = _ear(["yes"])
    ear.hear("s" * 20 + "." * 60, decoding=False)
    assert ear.kinds == [SpeechBegan]
    (ticket,) = ear.queue.waiting
    assert ticket.urgency is Urgency.FINAL
    ear.queue.run()
    assert ear.texts == ["yes"]


def test_no_words_are_a_false_alarm() -> None:
    ear = _ear([""])
    ear.hear("s" * 10 + "." * 60)
    assert ear.kinds == [SpeechBegan, FalseAlarm]
    assert ear.contexts == []


def test_a_recogniser_that_raises_costs_one_utterance() -> None:
    ear = _ear([RecognitionFailed("decode"), "yes"])
    ear.hear("s" * 20 + "." * 60)
    assert ear.kinds == [SpeechBegan, FalseAlarm]
    assert ear.listener.counts.failures == 1
    ear.hear("s" * 20 + "." * 60)
    assert ear.texts == ["yes"]
    assert all(stream.is_closed for stream in ear.recogniser.opened)


def test_a_failed_guess_about_a_turn_that_goes_on_is_made_good_later() -> None:
    ear = _ear([RecognitionFailed("decode"), "yes"])
    ear.hear("s" * 20 + "." * 16, decoding=False)
    guess = ear.queue.begin()
    ear.hear("s" * 20, decoding=False)
    ear.queue.finish(guess)
    ear.hear("." * 40)
    assert ear.kinds == [SpeechBegan, Heard]
    assert sum(ear.recogniser.opened[1].pushed) >= (20 + 16 + 20 + 6) * 320


def test_guesses_that_are_refused_leave_the_final_decode() -> None:
    ear = _ear(["yes"], refuses=[Urgency.SPECULATIVE])
    ear.hear("s" * 20 + "." * 60)
    assert ear.texts == ["yes"]
    assert set(ear.queue.accepted) == {Urgency.FINAL}


def test_a_full_queue_is_a_false_alarm_and_not_a_silence_for_ever() -> None:
    ear = _ear(refuses=[Urgency.SPECULATIVE, Urgency.FINAL])
    ear.hear("s" * 20 + "." * 60)
    assert ear.kinds == [SpeechBegan, FalseAlarm]


def test_nothing_is_heard_before_somebody_listens() -> None:
    ear = _ear(listens=False)
    ear.hear("s" * 50 + "." * 50)
    assert ear.events == []


def test_flushing_forgets_what_was_being_said() -> None:
    ear = _ear(["yes"])
    ear.hear("s" * 20 + "." * 16, decoding=False)
    stale = ear.queue.begin()
    ear.listener.flush()
    ear.queue.finish(stale)
    ear.hear("." * 60)
    assert ear.kinds == [SpeechBegan]
    ear.hear("s" * 20 + "." * 60)
    assert ear.texts == ["yes"]


def test_a_new_question_in_the_middle_hears_all_of_the_answer_with_its_own_context() -> None:
    ear = _ear(["yes"])
    ear.hear("s" * 20 + "." * 16, decoding=False)
    ear.listener.listen(ListenFor("en", phrases=("yes", "no"), context="second"))
    ear.hear("." * 60)
    assert ear.texts == ["yes"]
    assert ear.contexts == ["second"]
    assert ear.recogniser.opened[-1].phrases == ("yes", "no")


def test_patience_stretches_the_wait() -> None:
    ear = _ear(["yes"])
    ear.listener.listen(ListenFor("en", patience=2.0))
    ear.hear("s" * 20 + "." * 60)
    heard = ear.events[-1]
    assert isinstance(heard, Heard)
    assert heard.decided_at - heard.ended_at == 480


def test_lost_frames_count_as_silence() -> None:
    ear = _ear(["yes"])
    ear.hear("s" * 20 + "x" * 30 + "." * 10)
    assert ear.texts == ["yes"]
    assert ear.listener.timeline.counts.filled == 30


def test_a_caller_who_never_stops_is_cut_and_heard_on() -> None:
    ear = _ear(["first", "second"])
    ear.hear("s" * 400 + "." * 60)
    assert ear.texts == ["first", "second"]


def test_a_streaming_engine_is_fed_while_the_caller_speaks() -> None:
    ear = _ear(["yes"], streaming=True)
    ear.hear("s" * 50 + "." * 40)
    assert ear.queue.accepted.count(Urgency.FEED) >= 4
    assert ear.texts == ["yes"]


def test_a_guess_waits_for_the_feed_under_way() -> None:
    ear = _ear(["yes"], streaming=True)
    ear.hear("s" * 12, decoding=False)
    feed = ear.queue.begin()
    ear.hear("." * 20, decoding=False)
    assert ear.queue.waiting == []
    ear.queue.finish(feed)
    ear.queue.run()
    ear.hear("." * 10)
    assert ear.texts == ["yes"]


def test_a_hang_that_was_given_up_is_a_false_alarm_and_a_fresh_stream() -> None:
    ear = _ear(["yes"])
    ear.hear("s" * 20 + "." * 16, decoding=False)
    hanging = ear.queue.begin()
    ear.hear("s" * 10, decoding=False)
    hanging.deliver(Outcome(failure="timeout"))
    assert ear.kinds == [SpeechBegan, FalseAlarm]


def test_after_closing_nothing_happens_any_more() -> None:
    ear = _ear()
    ear.hear("s" * 20 + "." * 16, decoding=False)
    running = ear.queue.begin()
    ear.listener.close()
    ear.listener.close()
    ear.queue.finish(running)
    ear.hear("s" * 20 + "." * 60)
    assert ear.kinds == [SpeechBegan]


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="ss..xfl", max_size=120), st.booleans(), st.booleans())
def test_whatever_happens_every_beginning_has_one_end(pattern: str, streaming: bool, lazy: bool) -> None:
    ear = _ear(["yes", RecognitionFailed("decode"), "my number is", "", "yes"], streaming=streaming)
    flushes = 0
    for letter in pattern:
        match letter:
            case "f":
                flushes += ear.listener.is_hearing
                ear.listener.flush()
            case "l":
                ear.listener.listen(ListenFor("en"))
            case _:
                ear.hear(letter, decoding=not lazy)
    ear.queue.run()
    ear.hear("." * 120)
    began = ear.kinds.count(SpeechBegan)
    assert began == len(ear.events) - began + flushes
