"""Sentence streaming, sharing, dropping, background preparation and the last resort of the speaker."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from speech.formats import level_dbfs, mulaw_to_pcm, pcm_to_mulaw
from speech.interfaces import SynthesisFailed, Voice
from speech.speaker import PromptCache, Speaker
from speech.tts.apology import APOLOGIES, tones
from speech.tts.fallback import FallbackSynthesiser
from tests.fakes.synthesiser import ScriptedSynthesiser

pytestmark = pytest.mark.unit

EN = Voice("en")


class Stage:
    """A speaker over a scripted synthesiser whose work waits for `go`."""

    def __init__(self, folder: Path) -> None:
        self.synthesiser = ScriptedSynthesiser()
        self.speaker = Speaker(self.synthesiser, PromptCache(folder))
        self.go = threading.Event()
        self.began = threading.Semaphore(0)
        self.synthesiser.before_speaking = self._wait
        self.go.set()

    def _wait(self, text: str) -> None:
        self.began.release()
        assert self.go.wait(10)

    def texts(self) -> list[str]:
        return [text for text, _ in self.synthesiser.spoken]

    async def has_begun(self) -> None:
        await asyncio.to_thread(self.began.acquire, True, 10)


def run(stage: Stage, story: Coroutine[Any, Any, Any]) -> Any:
    async def whole() -> Any:
        try:
            return await asyncio.wait_for(story, 20)
        finally:
            stage.go.set()
            await stage.speaker.close()

    return asyncio.run(whole())


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "prompts")


async def collected(chunks: AsyncIterator[bytes]) -> list[bytes]:
    return [chunk async for chunk in chunks]


def test_each_sentence_is_a_chunk_with_a_pause_between(stage: Stage) -> None:
    chunks = run(stage, collected(stage.speaker.render("Hi. Bye.", EN)))

    alone = pcm_to_mulaw(ScriptedSynthesiser().synthesise("Hi.", EN))
    assert chunks == [alone + b"\xff" * 1600, pcm_to_mulaw(ScriptedSynthesiser().synthesise("Bye.", EN))]


def test_first_sentence_is_there_while_the_second_is_made(stage: Stage) -> None:
    async def story() -> None:
        hold = threading.Event()
        stage.synthesiser.before_speaking = lambda text: None if text == "One." else (hold.wait(10), None)[1]
        async with aclosing(stage.speaker.render("One. Two.", EN)) as chunks:
            first = await anext(chunks)
            assert first.startswith(pcm_to_mulaw(ScriptedSynthesiser().synthesise("One.", EN)))
            assert not hold.is_set()
            hold.set()
            assert await anext(chunks)

    run(stage, story())


def test_second_time_comes_from_the_cache(stage: Stage) -> None:
    async def story() -> None:
        once = await collected(stage.speaker.render("Hello.", EN))
        assert await collected(stage.speaker.render("Hello.", EN)) == once

    run(stage, story())

    assert stage.texts() == ["Hello."]
    assert stage.speaker.counts.from_cache == 1


def test_a_new_speaker_finds_the_prompt_on_disk(stage: Stage, tmp_path: Path) -> None:
    run(stage, collected(stage.speaker.render("Hello.", EN)))
    later = Stage(tmp_path / "prompts")

    assert run(later, collected(later.speaker.render("Hello.", EN)))
    assert later.texts() == []


def test_rate_and_language_are_not_mixed_up(stage: Stage) -> None:
    async def story() -> None:
        for voice in (EN, Voice("en", 0.8), Voice("ja")):
            await collected(stage.speaker.render("Hello.", voice))

    run(stage, story())

    assert len(stage.texts()) == 3


def test_same_text_asked_twice_at_once_is_made_once(stage: Stage) -> None:
    async def story() -> None:
        stage.go.clear()
        asked = [asyncio.create_task(collected(stage.speaker.render("Hello.", EN))) for _ in range(3)]
        await stage.has_begun()
        stage.go.set()
        assert len({b"".join(chunks) for chunks in await asyncio.gather(*asked)}) == 1

    run(stage, story())

    assert stage.texts() == ["Hello."]
    assert stage.speaker.counts.shared == 2


def test_one_of_two_callers_leaving_does_not_harm_the_other(stage: Stage) -> None:
    async def story() -> None:
        stage.go.clear()
        stays, leaves = (asyncio.create_task(collected(stage.speaker.render("Hello.", EN))) for _ in range(2))
        await stage.has_begun()
        leaves.cancel()
        await asyncio.gather(leaves, return_exceptions=True)
        stage.go.set()
        assert await stays

    run(stage, story())


def test_personal_text_is_on_no_disk_and_in_no_memory(stage: Stage, tmp_path: Path) -> None:
    async def story() -> None:
        for _ in range(2):
            assert await collected(stage.speaker.render("Your code is 4 2.", EN, cacheable=False))

    run(stage, story())

    assert stage.texts() == ["Your code is 4 2."] * 2
    assert list((tmp_path / "prompts").rglob("*.*")) == []


def test_consumer_that_stops_has_no_third_sentence_made(stage: Stage) -> None:
    async def story() -> None:
        async with aclosing(stage.speaker.render("One. Two. Three. Four.", EN)) as chunks:
            await anext(chunks)

    run(stage, story())

    assert set(stage.texts()) <= {"One.", "Two."}


def test_cancelled_callers_drop_what_no_engine_has_begun(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.speaker = Speaker(stage.synthesiser, PromptCache(tmp_path), threads=1)

    async def story() -> None:
        stage.go.clear()
        waiting = [asyncio.create_task(collected(stage.speaker.render(f"Word {i}.", EN))) for i in range(3)]
        await stage.has_begun()
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        stage.go.set()
        assert await collected(stage.speaker.render("After.", EN))

    run(stage, story())

    assert len(stage.texts()) == 2
    assert stage.speaker.counts.dropped == 3


def test_gain_makes_it_louder_and_the_cache_keeps_the_plain_one(stage: Stage) -> None:
    async def story() -> tuple[bytes, bytes]:
        louder = await collected(stage.speaker.render("Hello there.", EN, gain_db=6.0))
        plain = await collected(stage.speaker.render("Hello there.", EN))
        return louder[0], plain[0]

    louder, plain = run(stage, story())

    assert 3 < level_dbfs(mulaw_to_pcm(louder)) - level_dbfs(mulaw_to_pcm(plain)) < 6.5


def test_failure_is_raised_and_the_next_prompt_works(stage: Stage) -> None:
    async def story() -> None:
        stage.synthesiser.failing = "no_engine"
        with pytest.raises(SynthesisFailed, match="no_engine"):
            await collected(stage.speaker.render("Hello. Bye.", EN))
        stage.synthesiser.failing = ""
        assert await collected(stage.speaker.render("Hello.", EN))

    run(stage, story())

    assert stage.speaker.counts.failed >= 1


def test_text_without_words_yields_nothing(stage: Stage) -> None:
    assert run(stage, collected(stage.speaker.render(" ... ", EN))) == []


def test_substitute_voice_is_not_kept(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    broken = ScriptedSynthesiser("own", ("en",))
    broken.failing = "died"
    stage.speaker = Speaker(FallbackSynthesiser({"en": broken}, stage.synthesiser), PromptCache(tmp_path))

    async def story() -> None:
        assert await collected(stage.speaker.render("Hello.", EN))
        broken.failing = ""
        assert await collected(stage.speaker.render("Hello.", EN))

    run(stage, story())

    assert [text for text, _ in broken.spoken] == ["Hello.", "Hello."]


def test_prepare_fills_the_cache_with_sentences_and_apologies(stage: Stage) -> None:
    async def story() -> None:
        assert await stage.speaker.prepare([("Hello. Bye.", EN)]) == 0
        made = len(stage.texts())
        await collected(stage.speaker.render("Hello. Bye.", EN))
        assert len(stage.texts()) == made

    run(stage, story())

    assert {"Hello.", "Bye."} <= set(stage.texts())
    assert stage.speaker.fallback_clip("en-GB") != tones()


def test_prepare_waits_while_a_caller_is_waiting(stage: Stage) -> None:
    async def story() -> None:
        stage.go.clear()
        caller = asyncio.create_task(collected(stage.speaker.render("Caller.", EN)))
        await stage.has_begun()
        preparing = asyncio.create_task(stage.speaker.prepare([("Later.", Voice("xx"))]))
        for _ in range(20):
            await asyncio.sleep(0)
        assert "Later." not in stage.texts()
        stage.go.set()
        await caller
        await preparing

    run(stage, story())

    assert stage.texts() == ["Caller.", "Later."]


def test_prepare_counts_failures_and_goes_on(stage: Stage) -> None:
    stage.synthesiser.failing = "no_engine"

    assert run(stage, stage.speaker.prepare([("One. Two.", EN)])) == 3


def test_fallback_clip_never_fails_and_is_tones_without_a_cache(stage: Stage) -> None:
    run(stage, asyncio.sleep(0))

    for language in ("en", "ja", "xx", "", "en_US"):
        clip = stage.speaker.fallback_clip(language)
        assert 2000 < len(clip) < 8000
        assert level_dbfs(mulaw_to_pcm(clip)) > -25


def test_apologies_are_short_sentences() -> None:
    assert all(1 <= len(text) <= 110 for text in APOLOGIES.values())
