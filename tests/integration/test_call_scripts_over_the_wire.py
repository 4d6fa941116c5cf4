from __future__ import annotations

import asyncio
import wave
from pathlib import Path

import pytest
from aiohttp import web

from ivr.simulator.scripts.load import parse_scripts
from ivr.simulator.scripts.results import ScriptResult
from ivr.simulator.scripts.wire_server import Account
from ivr.simulator.scripts.wire_suite import WireOptions, WireTools, run_wire_suite
from tests.fakes.tone_line import ToneLine
from tests.fakes.tone_talk import ToneTalk
from tests.unit.simulator_scripts.sample import flow

pytestmark = pytest.mark.integration

WELCOME, ASK, THANKS = "how can i help", "what is your order number", "it is shipped good bye"
WHERE, BABBLE = "where is my order", "hello hello hello"
REPLIES = {WHERE: ASK, "42719": THANKS}
GOOD = """\
turns:
  - hear: how can i help
  - say: where is my order
  - hear: order number
    within_ms: 1500
  - press: "42719"
  - hear: shipped
expect: {outcome: resolved, language: en, recorded: false}
"""


def talk(duration_ms: int = 600) -> ToneTalk:
    return ToneTalk(WELCOME, ASK, THANKS, WHERE, BABBLE, duration_ms=duration_ms)


def run(
    *bodies: str, line: ToneLine | None = None, options: WireOptions | None = None, ears: bool = True
) -> list[ScriptResult]:
    """Runs scripts against a line in this process, twice as fast as real time."""
    texts = [f"call: call {number}\nflow: shop\n{body}".encode() for number, body in enumerate(bodies)]
    scripts = [parse_scripts(text, "a.yaml")[0] for text in texts]
    the_line = line or ToneLine(talk(), WELCOME, REPLIES)

    async def main() -> list[ScriptResult]:
        runner = web.AppRunner(the_line.app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            base = f"http://127.0.0.1:{runner.addresses[0][1]}"
            chosen = options or WireOptions(speed=2.0)
            whole = WireOptions(base, Account(), chosen.speed, chosen.jobs, chosen.save_audio)
            voice = the_line.talk
            return await run_wire_suite(scripts, whole, WireTools(voice, voice if ears else None, {"shop": flow()}))
        finally:
            await runner.cleanup()

    return asyncio.run(main())


def test_a_call_as_written_passes_and_its_gaps_are_measured() -> None:
    [result] = run(GOOD)
    assert result.failures == ()
    assert len(result.figures.turn_gaps_ms) == 1
    assert 0 < result.figures.turn_gaps_ms[0] < 1500
    assert len(result.figures.key_gaps_ms) == 1
    assert result.figures.first_sound_ms is not None
    assert result.facts.visited == (ASK, THANKS)


def test_words_that_are_not_said_fail_with_what_was_heard_instead() -> None:
    [result] = run("turns:\n  - hear: how can i help\n  - press: '42719'\n  - hear: order number\n")
    [failure] = result.failures
    assert failure.line == 6
    assert failure.message == f'expected to hear "order number", but the call ended; heard: "{THANKS}"'
    assert [entry.text for entry in result.timeline if entry.side.value == "line"] == [WELCOME, THANKS]


def test_a_caller_who_breaks_in_is_given_way_to() -> None:
    line = ToneLine(talk(1500), WELCOME, REPLIES)
    [result] = run(
        "turns:\n  - hear: how can i help\n  - say: where is my order\n    after_ms: 300\n  - hear: order number\n"
        "  - press: '42719'\n  - hear: shipped\n",
        line=line,
    )
    assert result.failures == ()
    assert len(result.figures.barge_in_ms) == 1
    assert result.figures.barge_in_ms[0] < 1000


def test_an_unmet_expectation_fails_at_its_line() -> None:
    [result] = run(GOOD.replace("resolved", "abandoned"))
    assert [(one.line, one.message) for one in result.failures] == [
        (10, "`outcome` should be abandoned, it is resolved")
    ]


def test_the_carriers_error_message_is_a_failure_of_the_line() -> None:
    line = ToneLine(talk(), WELCOME, REPLIES)
    line.fails = True
    [result] = run("turns:\n  - hear: how can i help\n", line=line)
    assert any("the carrier's error message" in failure.message for failure in result.failures)


def test_a_caller_may_hang_up() -> None:
    [result] = run("turns:\n  - hear: how can i help\n  - hang_up\nexpect: {recorded: false}\n")
    assert result.failures == ()


def test_a_noisy_line_changes_nothing() -> None:
    head = "caller: {line: {noise_db: 15, packet_loss: 0.01, echo_db: -30}}\n"
    [result] = run(head + GOOD)
    assert result.failures == ()


def test_without_ears_any_sound_will_do() -> None:
    [result] = run(GOOD.replace("hear: shipped", "hear: something else"), ears=False)
    assert result.failures == ()


def test_calls_run_side_by_side_and_are_saved_with_both_sides(tmp_path: Path) -> None:
    results = run(GOOD, GOOD, options=WireOptions(speed=2.0, jobs=2, save_audio=tmp_path))
    assert [result.passed for result in results] == [True, True]
    with wave.open(str(tmp_path / "call-0.wav"), "rb") as saved:
        assert (saved.getnchannels(), saved.getframerate(), saved.getsampwidth()) == (2, 8000, 2)
        assert saved.getnframes() > 8000
    assert (tmp_path / "call-1.wav").exists()
