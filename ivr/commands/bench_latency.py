"""`ivr bench latency`: how fast the line is, measured by callers with real voices over the real protocol."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ivr.commands.call import Bench, quiet_logging
from ivr.commands.callers import EngineVoice
from ivr.commands.common import say, tell
from ivr.core.flow.model import Flow
from ivr.simulator.scripts.load import parse_scripts
from ivr.simulator.scripts.model import CallScript
from ivr.simulator.scripts.report import percentiles
from ivr.simulator.scripts.results import Figures, ScriptResult
from ivr.simulator.scripts.voice_cache import CachedVoice
from ivr.simulator.scripts.wire_suite import WireOptions, WireTools, run_wire_suite
from speech.tts.build import build_synthesiser

# The second and third words break into a prompt; what follows the order number and "yes" are short expected answers.
SCRIPT = b"""\
call: latency
flow: support
given: {hours: open}
caller: {number: "+12025550123", language: en}
turns:
  - hear: how can i help
  - say: where is my order
  - hear: order number
  - say: four two seven one nine
  - hear: is that right
  - say: yes
  - hear: anything else
  - say: I want to return something
    after_ms: 2500
  - hear: five digit order number
  - say: four two seven one nine
  - hear: is that right
  - say: yes that's right
  - hear: return label
  - say: no
  - hear: anything else
  - say: no thank you
expect: {outcome: resolved}
"""
SHORT_ANSWERS = (1, 2, 4, 5, 6)
"""Turns with a short expected answer, counting the caller's turns from 0."""


@dataclass(frozen=True, slots=True)
class _Load:
    calls: int
    results: Sequence[ScriptResult]


def run_latency(calls: list[int], rounds: int, *, as_json: bool) -> int:
    """Runs each load and prints its figures."""
    quiet_logging()
    bench = Bench()
    if "support" not in bench.flows:
        tell("The bench calls the flow `support`, which is not in call_flows/; put the shipped one back.")
        return 2
    cache = bench.cache
    voice = EngineVoice(build_synthesiser(("en",))[0])
    try:
        tools = WireTools(CachedVoice(voice, cache / "callers"), None, bench.flows, bench.opening)
        runs = [_run(count, rounds, tools) for count in calls]
    finally:
        voice.close()
    figures = {"runs": [_figures(run) for run in runs]}
    if as_json:
        say(json.dumps(figures))
    else:
        for run in figures["runs"]:
            say("   ".join(f"{name} {_brief(value)}" for name, value in run.items()))
    return 0 if all(result.passed for run in runs for result in run.results) else 1


def _run(calls: int, rounds: int, tools: WireTools) -> _Load:
    tell(f"{calls} call(s) at a time, {rounds} round(s)")
    scripts = _scripts(calls * rounds, tools.flows["support"])

    def show(result: ScriptResult) -> None:
        gaps = " ".join(str(gap) for gap in result.figures.turn_gaps_ms)
        tell(f"  {'ok  ' if result.passed else 'FAIL'} gaps {gaps}")
        for failure in result.failures:
            tell(f"       {failure.message}")

    options = WireOptions(jobs=calls)
    return _Load(calls, asyncio.run(run_wire_suite(scripts, options, tools, show)))


def _scripts(count: int, flow: Flow) -> list[CallScript]:
    script = parse_scripts(SCRIPT, "latency")[0]
    return [
        replace(script, name=f"latency {number}", caller=replace(script.caller, number=f"+1202555{number:04d}"))
        for number in range(count)
    ]


def _figures(run: _Load) -> dict[str, Any]:
    every: list[Figures] = [result.figures for result in run.results]
    gaps = [gap for one in every for gap in one.turn_gaps_ms]
    short = [one.turn_gaps_ms[turn] for one in every for turn in SHORT_ANSWERS if turn < len(one.turn_gaps_ms)]
    return {
        "calls": run.calls,
        "first_sound_ms": percentiles([one.first_sound_ms for one in every if one.first_sound_ms is not None]),
        "turn_gap_ms": percentiles(gaps),
        "short_answer_gap_ms": percentiles(short),
        "barge_in_clear_ms": percentiles([ms for one in every for ms in one.barge_in_ms]),
        "longest_silence_ms": max((one.longest_silence_ms for one in every), default=None),
    }


def _brief(value: Any) -> str:
    return f"p50 {value['p50']} p95 {value['p95']}" if isinstance(value, dict) else str(value)
