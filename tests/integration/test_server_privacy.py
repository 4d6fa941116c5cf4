"""What a caller gives away stays out of everything printed; nothing is recorded without the notice."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import wave
from collections.abc import Iterator
from contextlib import closing

import pytest

from speech.formats import pcm_to_mulaw
from speech.interfaces import Voice
from speech.tts.build import build_synthesiser
from tests.integration.carrier_by_hand import SocketCall, Webhooks, at, canary, held_call, new_sid
from tests.integration.server_process import JAPANESE, RunningServer

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

NOTICE_MS = 6_500
"""By then the notice has been heard in either language."""
NUMBER, NATIONAL = "+12025550163", "2025550163"
CARD, ORDER = "4111111111111111", "53186"
NAME, MAIL = "Marigold Featherstone", "marigold"
SPOKEN = {
    "en": [
        "my name is Marigold Featherstone",
        "my e-mail is marigold at example dot com and my card is four one one one",
    ],
    "ja": ["橘花子と申します", "電話番号は、〇九〇、一二三四、五六七八です"],
}
REFUSAL = "please don't record this call"
CANARIES = [NUMBER, NATIONAL, CARD, ORDER, "featherstone", MAIL, "橘", "花子", "たちばな", "一二三四", "09012345678"]


@pytest.fixture(scope="module")
def speech() -> Iterator[dict[str, list[bytes]]]:
    """The callers' words, as telephone audio."""
    voice, _ = build_synthesiser(["en", "ja"])
    try:
        made = {
            language: [pcm_to_mulaw(voice.synthesise(text, Voice(language))) for text in texts]
            for language, texts in SPOKEN.items()
        }
        yield made | {"refusal": [pcm_to_mulaw(voice.synthesise(REFUSAL, Voice("en")))]}
    finally:
        voice.close()


# -- P20 -------------------------------------------------------------------------------------------


def leaks(server: RunningServer, since: int) -> list[str]:
    """Canaries in anything that was printed or is shown as a figure."""
    shown = (server.output()[since:] + server.get("/metrics")[1]).lower()
    spaced = re.sub(r"(?<=\d)[\s,\-]+(?=\d)", "", shown)
    return [canary for canary in CANARIES if canary.lower() in shown or canary.lower() in spaced]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_nothing_a_caller_says_or_types_is_printed(
    server: RunningServer, speech: dict[str, list[bytes]], language: str
) -> None:
    sid, since = new_sid(), len(server.output())
    dialled = JAPANESE if language == "ja" else "+15005550006"
    numbers = {"From": NUMBER, "Caller": NUMBER, "To": dialled, "Called": dialled, "CallerName": NAME}

    async def scenario() -> None:
        call = await held_call(server, sid, **numbers)
        await at(server, sid, "welcome")
        await call.press("1")
        await at(server, sid, "order_number")
        await call.press(ORDER)
        await at(server, sid, "order_number", 2)
        await call.press("1")
        await at(server, sid, "order_unknown")
        await call.press("2")
        await at(server, sid, "anything_else")
        await call.press("0")
        await at(server, sid, "offer_callback.offer")
        await call.press("3")
        await at(server, sid, "leave_message.record")
        await asyncio.sleep(0.3)
        for audio in speech[language]:
            await call.say(audio)
        await asyncio.sleep(1.5)
        await call.press("#")
        await at(server, sid, "leave_message.check")
        await call.press(CARD)
        await at(server, sid, "leave_message.check", 2)
        await call.press("1")
        await at(server, sid, "leave_message.kept")
        await call.stop()

    asyncio.run(scenario())
    record = server.ended_call(sid)
    assert record["outcome"] == "message_taken"
    assert leaks(server, since) == []


def test_webhooks_that_fail_print_nothing_of_their_callers_and_still_answer_in_words(server: RunningServer) -> None:
    webhooks, since = Webhooks(server), len(server.output())
    mine = {"From": NUMBER, "Caller": NUMBER, "CallerName": NAME}
    assert webhooks.post("/voice/incoming", webhooks.form(new_sid(), **{**mine, "Caller": NATIONAL})).status == 400
    assert webhooks.post("/voice/incoming", webhooks.form(new_sid(), **{**mine, "To": CARD + "0"})).status == 400
    assert webhooks.post("/voice/incoming", webhooks.form(new_sid(), "nonsense " + CARD, **mine)).status == 400
    assert webhooks.post("/voice/incoming", webhooks.form(new_sid(), **mine), "bad " + NATIONAL).status == 403
    path = server.environment["IVR_DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as greedy:
        greedy.execute("BEGIN EXCLUSIVE")
        webhooks.post("/voice/incoming", webhooks.form(new_sid(), **mine))
        answer = webhooks.post("/voice/incoming", webhooks.form(new_sid(), **mine))
        greedy.execute("ROLLBACK")
    assert answer.status == 200
    assert answer.verbs[0] == "Say"
    server.until(server.can_answer, 30)
    asyncio.run(canary(server))
    printed = server.output()[since:]
    assert "webhook failed" in printed
    assert "sign of life not written" in printed
    assert leaks(server, since) == []


# -- P22 -------------------------------------------------------------------------------------------


def files_of(server: RunningServer, call_id: str) -> list[str]:
    """What was kept of a call's sound and words."""
    return sorted(path.name for path in server.recordings.glob(f"{call_id}*"))


async def cut_at(server: RunningServer, sid: str, heard_ms: int) -> None:
    """A caller who hangs up so long after the notice began."""
    call = await held_call(server, sid)
    await asyncio.to_thread(server.until, lambda: call.buffer.heard_ms >= heard_ms, 30)
    await call.stop()


@pytest.mark.parametrize("heard_ms", [0, 20, 500, 2000])
def test_call_whose_notice_was_cut_is_not_recorded(server: RunningServer, heard_ms: int) -> None:
    sid = new_sid()
    asyncio.run(cut_at(server, sid, heard_ms))
    record = server.ended_call(sid)
    assert record["recorded"] is False
    assert files_of(server, record["id"]) == []


def test_refusal_by_key_during_the_notice_leaves_no_file(server: RunningServer) -> None:
    sid = new_sid()

    async def scenario() -> None:
        call = await held_call(server, sid)
        await at(server, sid, "welcome")
        await call.press("9")
        await asyncio.to_thread(server.until, lambda: call.buffer.heard_ms > NOTICE_MS, 30)
        await call.stop()

    asyncio.run(scenario())
    record = server.ended_call(sid)
    assert record["recorded"] is False
    assert files_of(server, record["id"]) == []


async def heard_out(server: RunningServer, sid: str) -> SocketCall:
    """A call whose notice was heard to its end."""
    call = await held_call(server, sid)
    await at(server, sid, "welcome")
    await asyncio.to_thread(server.until, lambda: bool((server.call(sid) or {}).get("recorded")), 30)
    return call


def test_notice_heard_to_its_end_leaves_two_channels_and_a_transcript(server: RunningServer) -> None:
    sid = new_sid()

    async def scenario() -> None:
        call = await heard_out(server, sid)
        await call.press("1")
        await at(server, sid, "order_number")
        await call.stop()

    asyncio.run(scenario())
    record = server.ended_call(sid)
    server.until(lambda: len(files_of(server, record["id"])) >= 3, 20)
    names = files_of(server, record["id"])
    [audio], [words] = ([name for name in names if name.endswith(end)] for end in (".wav", ".json"))
    with wave.open(str(server.recordings / audio)) as tape:
        assert (tape.getnchannels(), tape.getframerate()) == (2, 8000)
        assert tape.getnframes() > 0
    transcript = json.loads((server.recordings / words).read_text("utf-8"))
    assert "order_number" in json.dumps(transcript)
    assert all((server.recordings / name).stat().st_mode & 0o077 == 0 for name in names)


def test_refusal_by_voice_discards_the_tape(server: RunningServer, speech: dict[str, list[bytes]]) -> None:
    sid = new_sid()

    async def scenario() -> None:
        call = await heard_out(server, sid)
        await call.say(speech["refusal"][0])
        await asyncio.to_thread(server.until, lambda: not (server.call(sid) or {}).get("recorded", True), 30)
        await call.stop()

    asyncio.run(scenario())
    record = server.ended_call(sid)
    assert record["recorded"] is False
    server.until(lambda: files_of(server, record["id"]) == [], 10)
