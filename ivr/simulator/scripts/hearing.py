"""Finds out what the line said, stretch by stretch, and whether a script's words were in it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

import numpy as np

from ivr.simulator.caller import Caller, CallerEars, Stretch
from ivr.simulator.carrier.mulaw import BYTES_PER_MS, FRAME_BYTES, FRAME_MS, decode
from ivr.simulator.comparison import is_expression, sounds_like
from ivr.simulator.readings import reads_alike

LONGEST_MS = 28_000
"""Recognisers take no more at a time."""
LONG_MS = 3000
"""Stretches from this long on are listened to a second time before their words count as not said."""
SHORTEST_MS = 160
"""Shorter sounds hold no word."""
SENTENCE_PAUSE_MS = 220
"""A pause this long within a stretch is one between two sentences."""
QUIET = 250
"""Samples below this (-42 dB) are no speech."""
MARGIN_MS = 120
"""Kept around a stretch, so that its first and last sounds are whole."""
_WIDE = re.compile(r"[\u3041-\u30ff\u3400-\u9fff]")


def language_of(text: str, usual: str) -> str:
    """The language of a text in a script: Japanese by its characters; a Japanese caller's Latin letters are English."""
    if _WIDE.search(text):
        return "ja"
    return "en" if usual == "ja" and re.search(r"[A-Za-z]", text) else usual


class Hearing:
    """One call's ears. Each stretch is written down once per language."""

    def __init__(self, caller: Caller, ears: CallerEars) -> None:
        """Listens to what `caller` has heard."""
        self._caller = caller
        self._ears = ears
        self._known: dict[tuple[int, int, str], str] = {}

    async def words(self, stretches: Sequence[Stretch], language: str) -> str:
        """What was said in these stretches, one after the other."""
        return " ".join([await self._words_of(stretch, language) for stretch in stretches]).strip()

    async def has(self, wanted: str, stretches: Sequence[Stretch], language: str, *, is_thorough: bool = True) -> bool:
        """Whether the words are in these stretches: heard one by one.

        `is_thorough`: also sentence by sentence, all in one piece, and the last one once more. That takes as long
        again: it is for when the line has finished.
        """
        if self._is_like(await self.words(stretches, language), wanted, language):
            return True
        if not is_thorough or not stretches or any(stretch.words is not None for stretch in stretches):
            return False
        first, last = stretches[0], stretches[-1]
        if await self._in_sentences(stretches, wanted, language):
            return True
        if len(stretches) > 1:
            whole = await self._between(first.started_at, last.ended_at, language)
            if self._is_like(whole, wanted, language):
                return True
        # Recognisers now and then drop the second half of a long utterance, and not when it begins elsewhere.
        if last.ended_at - last.started_at < LONG_MS:
            return False
        again = await self._between(last.started_at - MARGIN_MS, last.ended_at + MARGIN_MS, language)
        if self._is_like(again, wanted, language):
            return True
        # What is asked stands at the end.
        tail = await self._between(max(last.started_at, last.ended_at - LONG_MS), last.ended_at, language)
        return self._is_like(tail, wanted, language)

    async def _in_sentences(self, stretches: Sequence[Stretch], wanted: str, language: str) -> bool:
        """Sentence by sentence, cut where the line paused, from the last one on: what is asked stands at the end."""
        spans = [span for stretch in stretches for span in self._sentences(stretch)]
        heard = ""
        for started_at, ended_at in reversed(spans if len(spans) > len(stretches) else ()):
            heard = f"{await self._between(started_at, ended_at, language)} {heard}"
            if self._is_like(heard, wanted, language):
                return True
        return False

    def _sentences(self, stretch: Stretch) -> list[tuple[int, int]]:
        """Where there is sound in a stretch, pauses of `SENTENCE_PAUSE_MS` left out."""
        mulaw = self._caller.audio(stretch.started_at, stretch.ended_at)
        spans: list[tuple[int, int]] = []
        for offset in range(0, len(mulaw) - FRAME_BYTES + 1, FRAME_BYTES):
            if np.abs(decode(mulaw[offset : offset + FRAME_BYTES])).max() < QUIET:
                continue
            at = stretch.started_at + offset // BYTES_PER_MS
            begun = spans.pop()[0] if spans and at - spans[-1][1] < SENTENCE_PAUSE_MS else at
            spans.append((begun, at + FRAME_MS))
        return spans

    def _is_like(self, heard: str, wanted: str, language: str) -> bool:
        if sounds_like(heard, wanted):
            return True
        has_readings = not is_expression(wanted) and bool(self._ears.reading(wanted, language))
        return has_readings and reads_alike(heard, wanted, lambda text: self._ears.reading(text, language))

    def known(self, stretch: Stretch) -> str | None:
        """What was written down of a stretch so far."""
        if stretch.words is not None:
            return stretch.words
        span = (stretch.started_at, stretch.ended_at)
        return next((words for (start, end, _), words in self._known.items() if (start, end) == span), None)

    def language_heard(self, stretch: Stretch) -> str | None:
        """The language in which a stretch was written down."""
        span = (stretch.started_at, stretch.ended_at)
        return next((language for start, end, language in self._known if (start, end) == span), None)

    async def _words_of(self, stretch: Stretch, language: str) -> str:
        if stretch.words is not None:
            return stretch.words
        return await self._between(stretch.started_at, stretch.ended_at, language)

    async def _between(self, started_at: int, ended_at: int, language: str) -> str:
        key = (started_at, ended_at, language)
        if key not in self._known:
            parts = []
            for start in range(started_at, ended_at, LONGEST_MS):
                end = min(ended_at, start + LONGEST_MS)
                if end - start >= SHORTEST_MS:
                    mulaw = self._caller.audio(start - MARGIN_MS, end + MARGIN_MS)
                    parts.append(await asyncio.to_thread(self._ears.words, _pcm(mulaw), language))
            self._known[key] = " ".join(part.strip() for part in parts)
        return self._known[key]


def _pcm(mulaw: bytes) -> bytes:
    whole = mulaw[: len(mulaw) // BYTES_PER_MS * BYTES_PER_MS]
    return decode(whole).astype("<i2").tobytes()
