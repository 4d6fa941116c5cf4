"""Between the speech package, which knows nothing of calls, and the runtime, which knows no engine."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

import structlog

from ivr.core.meaning import Decision, Expecting, Kind, Meaning
from ivr.ports import Completeness, Understanding
from ivr.runtime.driver import CallDriver, HeardSpeech
from speech.interfaces import (
    DIGITS,
    FalseAlarm,
    Heard,
    ListenerEvent,
    ListenFor,
    Recogniser,
    Recognition,
    SpeechBegan,
    SynthesisFailed,
    Voice,
    Wholeness,
)
from speech.listener import Listener
from speech.speaker import Speaker
from speech.stt import DecodePool
from speech.vad.confirm import ConfirmerPool

log = structlog.get_logger(__name__)

SENTENCE_END = re.compile(r"[.?!。？！]\s*\Z|(ですか|ますか|ませんか|しょうか|ください|お願いします)\s*\Z")
"""How recognisers that punctuate end a sentence, and how Japanese questions and requests end where they do not."""
CLEAR_SCORE = 0.5
"""Calibrated score from which an accepted intent shortens the wait for more."""
_WHOLENESS = {
    Completeness.COMPLETE: Wholeness.COMPLETE,
    Completeness.UNKNOWN: Wholeness.UNKNOWN,
    Completeness.INCOMPLETE: Wholeness.INCOMPLETE,
    Completeness.TRAILING: Wholeness.INCOMPLETE,
}


FORESIGHT_SECS = 4.0
"""A sentence made on a guess is thrown away after this."""
MOST_FORESEEN = 16
Wanted = tuple[str, str, float, float]
"""Text, language, rate, gain."""


@dataclass(slots=True, eq=False)
class _Beginning:
    """A prompt whose first sentence is being made, or is there."""

    pieces: AsyncGenerator[bytes, None]
    first: asyncio.Future[bytes] | None

    async def close(self) -> None:
        """Drops what was not played."""
        if self.first is not None:
            self.first.cancel()
            await asyncio.gather(self.first, return_exceptions=True)
        await self.pieces.aclose()


class SpeakerMouth:
    """`ivr.ports.Mouth` over a speaker: what cannot be spoken becomes an apology or tones, never an exception."""

    def __init__(self, speaker: Speaker) -> None:
        """Takes a speaker; closing it stays its owner's work."""
        self._speaker = speaker
        self._foreseen: OrderedDict[Wanted, _Beginning] = OrderedDict()
        self._closing: set[asyncio.Future[None]] = set()

    async def render(
        self, text: str, language: str, rate: float, gain_db: float, cacheable: bool
    ) -> AsyncIterator[bytes]:
        """μ-law, sentence by sentence."""
        beginning = self._foreseen.pop((text, language, rate, gain_db), None)
        if beginning is None:
            beginning = _Beginning(self._pieces(text, language, rate, gain_db, cacheable), None)
        try:
            if beginning.first is not None:
                yield await beginning.first
            async for chunk in beginning.pieces:
                yield chunk
        except StopAsyncIteration:
            return
        except SynthesisFailed as why:
            log.warning("prompt not spoken", language=language, reason=why.reason)
            yield self._speaker.fallback_clip(language)
        finally:
            await beginning.close()

    def foresee(self, text: str, language: str, rate: float, gain_db: float, cacheable: bool) -> None:
        """Begins the first sentence; kept for a few seconds."""
        wanted = (text, language, rate, gain_db)
        if not text.strip() or wanted in self._foreseen:
            return
        pieces = self._pieces(text, language, rate, gain_db, cacheable)
        beginning = _Beginning(pieces, asyncio.ensure_future(anext(pieces)))
        self._foreseen[wanted] = beginning
        loop = asyncio.get_running_loop()
        loop.call_later(FORESIGHT_SECS, self._forget, wanted, beginning)
        while len(self._foreseen) > MOST_FORESEEN:
            self._forget(*next(iter(self._foreseen.items())))

    def _forget(self, wanted: Wanted, beginning: _Beginning) -> None:
        if self._foreseen.get(wanted) is beginning:
            del self._foreseen[wanted]
            task = asyncio.ensure_future(beginning.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _pieces(
        self, text: str, language: str, rate: float, gain_db: float, cacheable: bool
    ) -> AsyncGenerator[bytes, None]:
        pieces = self._speaker.render(text, Voice(language, rate), gain_db, cacheable=cacheable)
        return cast("AsyncGenerator[bytes, None]", pieces)


class ListenerEars:
    """`ivr.ports.Ears` over a listener: hands what it hears to a driver."""

    def __init__(
        self,
        driver: CallDriver,
        recogniser_for: Callable[[str], Recogniser],
        decode_pool: DecodePool,
        understanding: Understanding,
        confirmers: ConfirmerPool | None = None,
        second_for: Callable[[str], Recogniser | None] = lambda language: None,
    ) -> None:
        """One per stream."""
        self._driver = driver
        self._understanding = understanding
        self._loop = asyncio.get_running_loop()
        self._guess: tuple[str, Expecting, Meaning] | None = None
        self._listener = Listener(
            recogniser_for, decode_pool, self._heard, self._wholeness, confirmers=confirmers, second_for=second_for
        )

    def push(self, at_ms: int, mulaw: bytes) -> None:
        """20 ms of the caller."""
        self._listener.push(at_ms, mulaw)

    def will_sound(self, at_ms: int, mulaw: bytes) -> None:
        """Our own words, when they are sent."""
        self._listener.will_sound(at_ms, mulaw)

    def listen(self, expecting: Expecting) -> None:
        """The next answer is of this kind."""
        slot = expecting.slot
        phrases = tuple(word for _, words in slot.choices for word in words) if slot is not None else ()
        if slot is not None and slot.name in ("digits", "phone", "number") and expecting.kind is Kind.SLOT:
            phrases = (DIGITS,)
        self._listener.listen(ListenFor(expecting.language, phrases, expecting.patience, expecting))

    def close(self) -> None:
        """No more callbacks."""
        self._listener.close()

    def _wholeness(self, recognition: Recognition, listen_for: ListenFor) -> Wholeness:
        """In a worker thread, in the middle of a turn: understands what is there, so that a clear answer waits less."""
        expecting, text = listen_for.context, recognition.text
        if not isinstance(expecting, Expecting):
            return Wholeness.UNKNOWN
        completeness = self._completeness(recognition, expecting)
        whole = _WHOLENESS[completeness]
        if completeness is Completeness.INCOMPLETE or not text:
            return whole
        meaning = self._understanding.interpret(text, expecting, recognition.alternatives)
        if meaning == Meaning():
            return whole
        self._guess = (text, expecting, meaning)
        with suppress(RuntimeError):  # the loop is closing: nobody needs the guess any more
            self._loop.call_soon_threadsafe(self._driver.foresee, text, meaning, expecting)
        if not is_clear(meaning):
            return whole
        if completeness is Completeness.TRAILING:
            return Wholeness.UNKNOWN
        return Wholeness.COMPLETE if SENTENCE_END.search(text) else whole

    def _completeness(self, recognition: Recognition, expecting: Expecting) -> Completeness:
        """Half an answer that is whole in another of the recogniser's readings is not waited for as long."""
        whole = self._understanding.completeness(recognition.text, expecting)
        if whole is Completeness.INCOMPLETE and any(
            self._understanding.completeness(other, expecting) is Completeness.COMPLETE
            for other in recognition.alternatives
        ):
            return Completeness.UNKNOWN
        return whole

    def _guessed(self, text: str) -> Meaning | None:
        """The meaning already found for exactly this text at the present step."""
        guess = self._guess
        return guess[2] if guess is not None and guess[0] == text and guess[1] is self._driver.expecting else None

    def _heard(self, event: ListenerEvent) -> None:
        match event:
            case SpeechBegan(at, _):
                self._driver.speech_began(at)
            case FalseAlarm(at):
                self._driver.false_alarm(at)
            case Heard(recognition, started_at, ended_at, _):
                self._driver.heard(
                    HeardSpeech(
                        recognition.text,
                        recognition.confidence,
                        recognition.alternatives,
                        started_at,
                        ended_at,
                        recognition.decode_ms,
                        recognition.engine,
                    ),
                    self._guessed(recognition.text),
                )


def is_clear(meaning: Meaning) -> bool:
    """Nothing more need be waited for: an intent beyond doubt, a command, or an answer of the knowledge base."""
    if meaning.command is not None or meaning.answer is not None:
        return True
    return meaning.decision is Decision.ACCEPT and bool(meaning.intents) and meaning.intents[0].score >= CLEAR_SCORE
