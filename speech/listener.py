"""One caller's ear: frames in, `SpeechBegan`, `Heard` and `FalseAlarm` out. Lives on the media loop's thread.

All waits are measured on the frames' own stamps; decoding happens in a `DecodeQueue`, a piece at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import structlog

from speech.echo import EchoGuard
from speech.endpointing import Endpointer, EndpointTimes, Step
from speech.formats import FRAME_MS, PCM_FRAME_BYTES, mulaw_to_pcm
from speech.interfaces import FalseAlarm, Heard, ListenerEvent, ListenFor, Recogniser, SpeechBegan, Wholeness
from speech.short_words import AROUND_MS, LONGEST_MS, QUIET_MS, Burst, ShortWords, can_hold
from speech.stt.decode_pool import DecodeQueue, Outcome, Ticket, Urgency
from speech.timeline import Timeline
from speech.utterance import Decoded, UtteranceDecoder, WholenessOf
from speech.vad.confirm import ConfirmerPool
from speech.vad.detector import SpeechDetector, Voice

logger = structlog.get_logger(__name__)

_PRE_ROLL_MS = 300
_PRE_ROLL_BYTES = _PRE_ROLL_MS // FRAME_MS * PCM_FRAME_BYTES
SILENT_FRAME = bytes(PCM_FRAME_BYTES)
_FEED_BYTES = PCM_FRAME_BYTES * 10
"""A streaming engine is fed 200 ms at a time."""


@dataclass(slots=True)
class ListenerCounts:
    """One call's figures."""

    began: int = 0
    heard: int = 0
    false_alarms: int = 0
    speculations: int = 0
    wasted: int = 0
    """Decodes that were thrown away because speech resumed."""
    failures: int = 0
    refused: int = 0
    second_opinions: int = 0
    considered: int = 0
    """Bursts too short to be confirmed as speech that were decoded all the same."""


@dataclass(slots=True, eq=False)
class _Job:
    """The one piece of work under way."""

    turn: int
    is_decode: bool
    fed_before: int
    """Bytes of the turn's audio that the decoder had before; again so when the job is cancelled."""
    ticket: Ticket = field(init=False)


class Listener:
    """`listen` says what for, `push` brings the audio, `on_event` gets what was heard. Not thread-safe."""

    def __init__(
        self,
        recogniser_for: Callable[[str], Recogniser],
        decode_pool: DecodeQueue,
        on_event: Callable[[ListenerEvent], None],
        wholeness: WholenessOf,
        *,
        confirmers: ConfirmerPool | None = None,
        second_for: Callable[[str], Recogniser | None] = lambda language: None,
        times: EndpointTimes | None = None,
    ) -> None:
        """Without `confirmers` the gate alone decides what is speech. `on_event` is called on the loop's thread.

        `second_for` gives another, better engine that is asked when the first found no words, or half an answer.
        """
        self.counts = ListenerCounts()
        self.timeline = Timeline()
        self._recogniser_for = recogniser_for
        self._second_for = second_for
        self._pool = decode_pool
        self._on_event = on_event
        self._wholeness = wholeness
        self._detector = SpeechDetector(confirmers)
        self._short_words = ShortWords() if confirmers is not None else None
        self._recent: deque[bytes] = deque(maxlen=(LONGEST_MS + QUIET_MS + AROUND_MS) // FRAME_MS)
        """What a short word is cut from."""
        self._echo = EchoGuard()
        self._ends = Endpointer(times)
        self._listen_for: ListenFor | None = None
        self._pre_roll: deque[bytes] = deque(maxlen=_PRE_ROLL_MS // FRAME_MS)
        self._audio = bytearray()
        self._fed = 0
        self._decoded: Decoded | None = None
        self._decoder: UtteranceDecoder | None = None
        self._job: _Job | None = None
        self._wanted: Urgency | None = None
        self._turn = 0
        """Grows with every change that makes decodes under way worthless."""
        self._is_closed = False

    @property
    def is_hearing(self) -> bool:
        """Speech was confirmed and its turn is not over."""
        return self._ends.is_turn_open

    def listen(self, listen_for: ListenFor) -> None:
        """From now on answers like this; speech under way is heard again with it."""
        self._listen_for = listen_for
        self._ends.patience = listen_for.patience
        if self._ends.is_turn_open:
            self._discard_decodes()
            self._new_decoder()
            self._ends.forget_text()

    def push(self, at_ms: int, mulaw: bytes) -> None:
        """The caller's audio; `at_ms` is its stamp in the stream. Gaps become silence, late frames are dropped."""
        if self._is_closed:
            return
        for frame_at, frame in self.timeline.frames(at_ms, mulaw):
            pcm = mulaw_to_pcm(frame)
            self._frame(frame_at, pcm, is_echo=self._echo.is_echo(frame_at, pcm))

    def will_sound(self, at_ms: int, mulaw: bytes) -> None:
        """Our own words, from `at_ms` of the stream on: what comes back of them is not the caller."""
        self._echo.will_sound(at_ms, mulaw)

    def flush(self) -> None:
        """Forgets what is being said (keys were pressed, the step is over). Nothing will be reported about it."""
        self._end_turn()
        self._forget_short_words()
        self._pre_roll.clear()

    def close(self) -> None:
        """Gives everything back. Idempotent; no event follows."""
        if self._is_closed:
            return
        self._end_turn()
        self._detector.close()
        self._is_closed = True

    def _frame(self, at_ms: int, pcm: bytes, *, is_echo: bool) -> None:
        """The detector hears no echo; the recogniser gets the audio as it is, so that no onset is cut."""
        voice = self._detector.frame(SILENT_FRAME if is_echo else pcm)
        if self._listen_for is None:
            self._pre_roll.append(pcm)
            return
        was_open = self._ends.is_turn_open
        if not was_open and self._short_words is not None:
            self._recent.append(pcm)
            burst = self._short_words.frame(at_ms, voice, self._detector.probability)
            if burst is not None:
                self._consider(burst, at_ms + FRAME_MS)
        step = self._ends.frame(at_ms, voice)
        if was_open:
            self._audio += pcm
        else:
            self._pre_roll.append(pcm)
        if step is not Step.NOTHING:
            self._take(step, at_ms + FRAME_MS)
        if voice is Voice.SPEECH:
            self._feed_streaming()

    def _take(self, step: Step, now_ms: int) -> None:
        match step:
            case Step.BEGAN:
                self._begin(now_ms)
            case Step.SPECULATE:
                self._request(Urgency.SPECULATIVE)
            case Step.TEXT_NEEDED:
                self._request(Urgency.FINAL)
            case Step.RESUMED:
                self._discard_decodes()
            case Step.TURN_OVER:
                self._report(now_ms)
            case Step.NOTHING:
                pass

    def _begin(self, now_ms: int) -> None:
        self.counts.began += 1
        self._forget_short_words()
        self._audio = bytearray(b"".join(self._pre_roll))
        self._pre_roll.clear()
        self._new_decoder()
        self._on_event(SpeechBegan(now_ms, self._ends.started_at))

    def _consider(self, burst: Burst, now_ms: int) -> None:
        """Something too short for the confirmation: if words are in it, it was speech."""
        listen_for = self._listen_for
        if listen_for is None:
            return
        frames = (now_ms - burst.started_at + AROUND_MS) // FRAME_MS
        audio = b"".join(list(self._recent)[-frames:])
        decoder = UtteranceDecoder(self._recogniser_for(listen_for.language), listen_for)
        work = partial(decoder.decode, audio, listen_for, self._wholeness)
        turn = self._turn

        def deliver(outcome: Outcome) -> None:
            decoder.retire()
            is_stale = self._is_closed or self._turn != turn or self._ends.is_turn_open
            if not is_stale and isinstance(outcome.value, Decoded):
                self._found(burst, outcome.value)

        if self._pool.submit(work, deliver, Urgency.SPECULATIVE) is None:
            decoder.retire()

    def _found(self, burst: Burst, decoded: Decoded) -> None:
        self.counts.considered += 1
        text = decoded.recognition.text
        if not text or not can_hold(burst, text):
            return
        now_ms = self.timeline.now_ms or burst.ended_at
        self.counts.began += 1
        self.counts.heard += 1
        self._on_event(SpeechBegan(now_ms, burst.started_at))
        self._on_event(Heard(decoded.recognition, burst.started_at, burst.ended_at, now_ms))

    def _forget_short_words(self) -> None:
        self._recent.clear()
        if self._short_words is not None:
            self._short_words.reset()

    def _new_decoder(self) -> None:
        if self._decoder is not None:
            self._decoder.retire()
        self._fed = 0
        self._job = None
        listen_for = self._listen_for
        if listen_for is not None:
            self._decoder = UtteranceDecoder(self._recogniser_for(listen_for.language), listen_for)

    def _request(self, urgency: Urgency) -> None:
        """Decode everything up to now, or after the piece under way; a decode under way is only promoted."""
        if self._job is not None:
            if self._job.is_decode and self._job.turn == self._turn:
                self._pool.promote(self._job.ticket)
            else:
                self._wanted = urgency
            return
        self._wanted = None
        decoder, listen_for = self._decoder, self._listen_for
        if decoder is None or listen_for is None:
            return
        audio = bytes(self._audio[self._fed :])
        work = partial(decoder.decode, audio, listen_for, self._wholeness)
        if self._submit(work, urgency, len(audio)):
            self.counts.speculations += urgency is Urgency.SPECULATIVE
        elif urgency is Urgency.FINAL:
            self._fail("refused")
        else:
            self._ends.not_asked()

    def _feed_streaming(self) -> None:
        decoder = self._decoder
        if decoder is None or self._job is not None or not decoder.recogniser.capabilities.streaming:
            return
        audio = bytes(self._audio[self._fed :])
        if len(audio) >= _FEED_BYTES:
            self._submit(partial(decoder.feed, audio), Urgency.FEED, len(audio))

    def _submit(self, work: Callable[[], object], urgency: Urgency, audio_bytes: int) -> bool:
        job = _Job(self._turn, urgency is not Urgency.FEED, self._fed)
        ticket = self._pool.submit(work, partial(self._delivered, job), urgency)
        if ticket is None:
            self.counts.refused += 1
            return False
        job.ticket = ticket
        self._job = job
        self._fed += audio_bytes
        return True

    def _delivered(self, job: _Job, outcome: Outcome) -> None:
        """Comes back on the loop's thread."""
        if self._is_closed or self._job is not job:
            return
        self._job = None
        if outcome.failure and (job.turn == self._turn or outcome.failure == "timeout"):
            self._fail(outcome.failure)
            return
        if outcome.failure:
            self._new_decoder()
        elif job.turn != self._turn:
            self.counts.wasted += job.is_decode
        elif isinstance(outcome.value, Decoded):
            self._decoded = outcome.value
            now_ms = self.timeline.now_ms or 0
            self._take(self._ends.text(now_ms, outcome.value.wholeness), now_ms)
        if self._wanted is not None and self._job is None:
            self._request(self._wanted)

    def _report(self, now_ms: int) -> None:
        decoded, started_at, ended_at = self._decoded, self._ends.started_at, self._ends.ended_at
        is_doubtful = decoded is not None and not (
            decoded.recognition.text and decoded.wholeness is not Wholeness.INCOMPLETE
        )
        if is_doubtful and self._ask_second(decoded, started_at, ended_at):
            self._end_turn()
            return
        self._end_turn()
        self._tell(decoded, started_at, ended_at, now_ms)

    def _ask_second(self, first: Decoded | None, started_at: int, ended_at: int) -> bool:
        """A second opinion on a doubtful turn; its report follows. False when there is nobody to ask."""
        listen_for = self._listen_for
        second = self._second_for(listen_for.language) if listen_for is not None else None
        if second is None or listen_for is None:
            return False
        decoder = UtteranceDecoder(second, listen_for)
        work = partial(decoder.decode, bytes(self._audio), listen_for, self._wholeness)

        def deliver(outcome: Outcome) -> None:
            decoder.retire()
            if self._is_closed:
                return
            better = outcome.value if isinstance(outcome.value, Decoded) and outcome.value.recognition.text else first
            self.counts.second_opinions += 1
            self._tell(better, started_at, ended_at, self.timeline.now_ms or ended_at)

        if self._pool.submit(work, deliver, Urgency.FINAL) is None:
            decoder.retire()
            return False
        return True

    def _tell(self, decoded: Decoded | None, started_at: int, ended_at: int, now_ms: int) -> None:
        if decoded is None or not decoded.recognition.text:
            self.counts.false_alarms += 1
            self._on_event(FalseAlarm(now_ms))
            return
        self.counts.heard += 1
        self._on_event(Heard(decoded.recognition, started_at, ended_at, now_ms))

    def _fail(self, reason: str) -> None:
        """A decode failed for good: the caller is told nothing wrong, the step goes on as after a cough."""
        self.counts.failures += 1
        logger.warning("an utterance could not be decoded", reason=reason)
        self._decoded = None
        self._report(self.timeline.now_ms or 0)

    def _discard_decodes(self) -> None:
        """Speech went on: texts so far are no longer all of it; audio that a worker has is not fed again."""
        self._turn += 1
        self._decoded = None
        self._wanted = None
        if self._job is not None and self._pool.cancel(self._job.ticket):
            self._fed = self._job.fed_before
            self._job = None

    def _end_turn(self) -> None:
        self._discard_decodes()
        self._job = None
        if self._decoder is not None:
            self._decoder.retire()
            self._decoder = None
        self._ends.reset()
        for start in range(max(0, len(self._audio) - _PRE_ROLL_BYTES), len(self._audio), PCM_FRAME_BYTES):
            self._pre_roll.append(bytes(self._audio[start : start + PCM_FRAME_BYTES]))
        self._audio = bytearray()
        self._fed = 0
