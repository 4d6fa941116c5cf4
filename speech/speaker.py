"""Speaks prompts: sentence by sentence, from the cache or by synthesis, so that the first plays while the next is made.

For one event loop: its public coroutines are called from the loop they first ran on. Synthesis waits in threads.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from speech.formats import MULAW_SILENCE, TELEPHONE_HZ, pcm_to_mulaw
from speech.interfaces import Synthesiser, SynthesisFailed, Voice
from speech.tts.apology import APOLOGIES, tones
from speech.tts.fallback import FallbackSynthesiser, Spoken, base_language
from speech.tts.gate import Gate, Urgency
from speech.tts.level import with_gain
from speech.tts.prompt_cache import PromptCache, cache_key
from speech.tts.sentences import split_sentences

__all__ = ["PromptCache", "Speaker", "SpeakerCounts"]

_log = structlog.get_logger(__name__)

SENTENCE_GAP_MS = 200
"""Between two sentences, on top of the 100 ms that each ends with."""
LOOK_AHEAD = 1
"""Sentences made while one plays."""


@dataclass(frozen=True, slots=True)
class SpeakerCounts:
    """For metrics."""

    sentences: int = 0
    from_cache: int = 0
    shared: int = 0
    """Asked for while another call was already having it made."""
    failed: int = 0
    dropped: int = 0
    """Given up before they were made: nobody wanted them any more."""


@dataclass(slots=True)
class _Job:
    """One sentence being made, for as many as want it."""

    made: asyncio.Task[bytes]
    wanted_by: int = 1


class Speaker:
    """Texts to μ-law. Closing it does not close the synthesiser it was given."""

    def __init__(self, synthesiser: Synthesiser, cache: PromptCache, *, threads: int = 8) -> None:
        self._synthesiser = synthesiser
        self._cache = cache
        # Apart, so that a prompt that lies on the disk never waits behind one that must be made.
        self._reading = ThreadPoolExecutor(2, thread_name_prefix="speaker-read")
        self._making = ThreadPoolExecutor(threads, thread_name_prefix="speaker-make")
        self._gates: dict[str, Gate] = {}
        self._threads = threads
        self._jobs: dict[tuple[str, bool], _Job] = {}
        self._live = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._clips: dict[str, bytes] = {}
        self._tones = tones()
        self._counts = SpeakerCounts()

    @property
    def counts(self) -> SpeakerCounts:
        """For metrics."""
        return self._counts

    async def render(
        self, text: str, voice: Voice, gain_db: float = 0.0, *, cacheable: bool = True
    ) -> AsyncIterator[bytes]:
        """μ-law, one chunk for each sentence, as soon as it is there; a sentence ahead is made meanwhile.

        `cacheable=False` is for text with personal data: it is kept nowhere once it has been played. A
        consumer that may stop early wraps this in `contextlib.aclosing`; what was not made yet is dropped.
        Text without words yields nothing. Raises `SynthesisFailed`, possibly after some sentences.
        """
        sentences = split_sentences(text)
        ahead: list[asyncio.Task[bytes]] = []
        try:
            for number in range(len(sentences)):
                for wanted in sentences[number + len(ahead) : number + 1 + LOOK_AHEAD]:
                    urgency = Urgency.AHEAD if number or ahead else Urgency.FIRST
                    ahead.append(asyncio.create_task(self._for_caller(wanted, voice, cacheable, urgency)))
                mulaw = with_gain(await ahead.pop(0), gain_db)
                is_last = number == len(sentences) - 1
                yield mulaw if is_last else mulaw + MULAW_SILENCE * (SENTENCE_GAP_MS * TELEPHONE_HZ // 1000)
        finally:
            for task in ahead:
                task.cancel()
            await asyncio.gather(*ahead, return_exceptions=True)

    async def prepare(self, texts: Iterable[tuple[str, Voice]]) -> int:
        """Makes prompts ahead, one sentence at a time and only while no call wants one; how many failed.

        Also the apologies of the languages among them.
        """
        wanted = list(texts)
        failed = 0
        for language in dict.fromkeys(base_language(voice.language) for _, voice in wanted):
            failed += await self._prepare_apology(language)
        for text, voice in wanted:
            for sentence in split_sentences(text):
                await self._quiet.wait()
                try:
                    await self._sentence(sentence, voice, cacheable=True)
                except SynthesisFailed as why:
                    failed += 1
                    _log.warning("prompt not prepared", language=voice.language, reason=why.reason)
        return failed

    def fallback_clip(self, language: str) -> bytes:
        """μ-law for when nothing can speak: the apology if `prepare` has made it, else tones. Never fails."""
        return self._clips.get(base_language(language), self._tones)

    async def close(self) -> None:
        """Drops what is being made; a synthesis under way ends in its own time limit. Idempotent."""
        for job in list(self._jobs.values()):
            job.made.cancel()
        self._jobs.clear()
        for pool in (self._reading, self._making):
            await asyncio.to_thread(pool.shutdown, wait=True, cancel_futures=True)

    async def _prepare_apology(self, language: str) -> int:
        """1 when it could not be made."""
        pieces = split_sentences(APOLOGIES.get(language, ""))
        try:
            made = [await self._sentence(piece, Voice(language), cacheable=True) for piece in pieces]
        except SynthesisFailed as why:
            _log.warning("apology not prepared", language=language, reason=why.reason)
            return 1
        if made:
            self._clips[language] = (MULAW_SILENCE * (SENTENCE_GAP_MS * TELEPHONE_HZ // 1000)).join(made)
        return 0

    async def _for_caller(self, sentence: str, voice: Voice, cacheable: bool, urgency: Urgency) -> bytes:
        """As `_sentence`; `prepare` pauses meanwhile."""
        self._live += 1
        self._quiet.clear()
        try:
            return await self._sentence(sentence, voice, cacheable, urgency)
        finally:
            self._live -= 1
            if not self._live:
                self._quiet.set()

    async def _sentence(
        self, sentence: str, voice: Voice, cacheable: bool, urgency: Urgency = Urgency.BACKGROUND
    ) -> bytes:
        """One sentence, made once however many want it. Raises `SynthesisFailed`."""
        self._count(sentences=1)
        engine = self._engine_for(voice)
        key = cache_key(engine, voice, sentence)
        known = self._cache.in_memory(key)
        if known is not None:
            self._count(from_cache=1)
            return known
        job = self._jobs.get((key, cacheable))
        if job is None:
            made = asyncio.create_task(self._made(key, sentence, voice, cacheable, self._gate(engine, voice), urgency))
            job = self._jobs[(key, cacheable)] = _Job(made)
        else:
            job.wanted_by += 1
            self._count(shared=1)
        return await self._wanted(job, (key, cacheable))

    async def _wanted(self, job: _Job, at: tuple[str, bool]) -> bytes:
        """The job's sound; a job that nobody waits for any more is dropped unless an engine has begun it."""
        try:
            return await asyncio.shield(job.made)
        except SynthesisFailed:
            self._count(failed=1)
            raise
        finally:
            job.wanted_by -= 1
            if not job.wanted_by:
                if self._jobs.get(at) is job:
                    del self._jobs[at]
                if not job.made.done():
                    job.made.cancel()
                    self._count(dropped=1)

    async def _made(
        self, key: str, sentence: str, voice: Voice, cacheable: bool, gate: Gate, urgency: Urgency
    ) -> bytes:
        """From the disk, else from an engine when it is this sentence's turn."""
        loop = asyncio.get_running_loop()
        known = await loop.run_in_executor(self._reading, self._cache.get, key) if cacheable else None
        if known is not None:
            self._count(from_cache=1)
            return known
        async with gate.passing(urgency):
            return await loop.run_in_executor(self._making, self._make, key, sentence, voice, cacheable)

    def _gate(self, engine: str, voice: Voice) -> Gate:
        """Where sentences queue up for an engine."""
        if engine not in self._gates:
            at_once = self._threads
            if isinstance(self._synthesiser, FallbackSynthesiser):
                at_once = min(at_once, self._synthesiser.at_once_for(voice.language))
            self._gates[engine] = Gate(at_once)
        return self._gates[engine]

    def _make(self, key: str, sentence: str, voice: Voice, cacheable: bool) -> bytes:
        """Runs in a thread."""
        spoken = self._spoken(sentence, voice)
        mulaw = pcm_to_mulaw(spoken.pcm)
        # A substitute's voice must not stay when the engine is back.
        if cacheable and not spoken.is_substitute:
            self._cache.put(key, mulaw)
        return mulaw

    def _spoken(self, sentence: str, voice: Voice) -> Spoken:
        if isinstance(self._synthesiser, FallbackSynthesiser):
            return self._synthesiser.speak(sentence, voice)
        return Spoken(self._synthesiser.synthesise(sentence, voice), self._synthesiser.engine)

    def _engine_for(self, voice: Voice) -> str:
        if isinstance(self._synthesiser, FallbackSynthesiser):
            return self._synthesiser.engine_for(voice.language)
        return self._synthesiser.engine

    def _count(self, **more: int) -> None:
        names = SpeakerCounts.__dataclass_fields__
        self._counts = SpeakerCounts(**{name: getattr(self._counts, name) + more.get(name, 0) for name in names})
