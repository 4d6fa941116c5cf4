"""One utterance on its way through a recogniser: the worker threads' side of a listener."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from speech.interfaces import ListenFor, Recogniser, RecogniserStream, Recognition, Wholeness
from speech.stt.base import RecognitionFailed

WholenessOf = Callable[[Recognition, ListenFor], Wholeness]


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and how whole it sounds."""

    recognition: Recognition
    wholeness: Wholeness


class UtteranceDecoder:
    """A stream that is opened, fed and asked by worker threads, one at a time, and retired by the loop's thread.

    A retired decoder whose thread hangs inside the engine closes its stream when, if ever, the call returns.
    """

    def __init__(self, recogniser: Recogniser, listen_for: ListenFor) -> None:
        self.recogniser = recogniser
        self.listen_for = listen_for
        self._stream: RecogniserStream | None = None
        self._in_use = threading.Lock()
        self._is_retired = False

    def feed(self, pcm: bytes) -> None:
        """More audio for a streaming engine. Raises `RecognitionFailed`."""
        with self._in_use:
            self._opened().push(pcm)
        self._close_if_retired()

    def decode(self, pcm: bytes, listen_for: ListenFor, wholeness_of: WholenessOf) -> Decoded:
        """The text of all audio so far, `pcm` being what came since. Raises `RecognitionFailed`."""
        with self._in_use:
            stream = self._opened()
            if pcm:
                stream.push(pcm)
            recognition = stream.result()
        self._close_if_retired()
        if not recognition.text:
            return Decoded(recognition, Wholeness.COMPLETE)
        return Decoded(recognition, wholeness_of(recognition, listen_for))

    def retire(self) -> None:
        """Gives the stream back, at once or when the worker that uses it is done. Idempotent."""
        self._is_retired = True
        self._close_if_retired()

    def _opened(self) -> RecogniserStream:
        if self._is_retired:
            raise RecognitionFailed("retired")
        if self._stream is None:
            self._stream = self.recogniser.open(self.listen_for.language, self.listen_for.phrases)
        return self._stream

    def _close_if_retired(self) -> None:
        if self._is_retired and self._in_use.acquire(blocking=False):
            try:
                stream, self._stream = self._stream, None
                if stream is not None:
                    stream.close()
            finally:
                self._in_use.release()
