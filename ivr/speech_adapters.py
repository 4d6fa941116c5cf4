"""Between the speech package, which knows nothing of calls, and the runtime, which knows no engine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

import structlog

from ivr.core.meaning import Expecting
from ivr.ports import Completeness, Understanding
from ivr.runtime.driver import CallDriver, HeardSpeech
from speech.interfaces import (
    FalseAlarm,
    Heard,
    ListenerEvent,
    ListenFor,
    Recogniser,
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

_WHOLENESS = {
    Completeness.COMPLETE: Wholeness.COMPLETE,
    Completeness.UNKNOWN: Wholeness.UNKNOWN,
    Completeness.INCOMPLETE: Wholeness.INCOMPLETE,
}


class SpeakerMouth:
    """`ivr.ports.Mouth` over a speaker: what cannot be spoken becomes an apology or tones, never an exception."""

    def __init__(self, speaker: Speaker) -> None:
        """Takes a speaker; closing it stays its owner's work."""
        self._speaker = speaker

    async def render(
        self, text: str, language: str, rate: float, gain_db: float, cacheable: bool
    ) -> AsyncIterator[bytes]:
        """μ-law, sentence by sentence."""
        pieces = self._speaker.render(text, Voice(language, rate), gain_db, cacheable=cacheable)
        try:
            async with aclosing(pieces) as stream:  # type: ignore[type-var]
                async for chunk in stream:
                    yield chunk
        except SynthesisFailed as why:
            log.warning("prompt not spoken", language=language, reason=why.reason)
            yield self._speaker.fallback_clip(language)


class ListenerEars:
    """`ivr.ports.Ears` over a listener: hands what it hears to a driver."""

    def __init__(
        self,
        driver: CallDriver,
        recogniser_for: Callable[[str], Recogniser],
        decode_pool: DecodePool,
        understanding: Understanding,
        confirmers: ConfirmerPool | None = None,
    ) -> None:
        """One per stream."""
        self._driver = driver
        self._understanding = understanding
        self._listener = Listener(recogniser_for, decode_pool, self._heard, self._wholeness, confirmers=confirmers)

    def push(self, at_ms: int, mulaw: bytes) -> None:
        """20 ms of the caller."""
        self._listener.push(at_ms, mulaw)

    def listen(self, expecting: Expecting) -> None:
        """The next answer is of this kind."""
        slot = expecting.slot
        phrases = tuple(word for _, words in slot.choices for word in words) if slot is not None else ()
        self._listener.listen(ListenFor(expecting.language, phrases, expecting.patience, expecting))

    def close(self) -> None:
        """No more callbacks."""
        self._listener.close()

    def _wholeness(self, text: str, listen_for: ListenFor) -> Wholeness:
        expecting = listen_for.context
        if not isinstance(expecting, Expecting):
            return Wholeness.UNKNOWN
        return _WHOLENESS[self._understanding.completeness(text, expecting)]

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
                    )
                )
