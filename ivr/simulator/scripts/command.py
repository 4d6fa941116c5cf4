"""The work of `ivr call`: reads scripts, runs them at one level, prints lines or one JSON object."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from ivr.core.flow.model import Flow
from ivr.simulator.caller import CallerEars, CallerVoice
from ivr.simulator.scripts.load import load_scripts
from ivr.simulator.scripts.model import CallScript, Level
from ivr.simulator.scripts.problems import ScriptInvalid, ScriptProblem
from ivr.simulator.scripts.report import as_json, result_lines, summary_line
from ivr.simulator.scripts.results import ScriptResult
from ivr.simulator.scripts.text_level import Hours, TextPorts, run_at_text_level
from ivr.simulator.scripts.voice_cache import CachedVoice
from ivr.simulator.scripts.wire_server import Account, ServerNotReady
from ivr.simulator.scripts.wire_suite import WireOptions, WireTools, run_wire_suite

ALL_PASSED, SOME_FAILED, NOT_RUN = 0, 1, 2
"""Exit codes."""


@dataclass(frozen=True, slots=True)
class CallOptions:
    """What was typed after `ivr call`."""

    scripts: tuple[Path, ...]
    level: str = "text"
    speed: float = 1.0
    save_audio: Path | None = None
    report: str | None = None
    """None for lines, `json` for one object."""
    against: str | None = None
    """Base URL of a running server (wire level)."""
    account: Account | None = None
    """The account of that server."""
    jobs: int = 1


@dataclass(frozen=True, slots=True)
class CallTools:
    """What the composition root lends; made only when a level needs it."""

    flows: Callable[[], Mapping[str, Flow]]
    text_ports: Callable[[], TextPorts]
    speech: Callable[[], AbstractContextManager[tuple[CallerVoice, CallerEars]]]
    voice_dir: Path
    """Where callers' sentences are kept between runs."""
    say: Callable[[str], None]
    """A line on standard output."""
    tell: Callable[[str], None]
    """A line on standard error."""
    hours: Hours | None = None


def run_call_command(options: CallOptions, tools: CallTools) -> int:
    """Runs everything; returns 0 when all passed, 1 when some failed, 2 when scripts or options are wrong."""
    try:
        level = _level(options)
        scripts = load_scripts(options.scripts)
        flows = tools.flows()
        _check_flows(scripts, flows)
        fitting = [script for script in scripts if level in script.levels]
        if len(fitting) < len(scripts):
            tools.tell(f"{len(scripts) - len(fitting)} of {len(scripts)} calls are not meant for this level")
        results = _run(fitting, level, flows, options, tools)
    except ScriptInvalid as invalid:
        for problem in invalid.problems:
            tools.tell(str(problem))
        return NOT_RUN
    except ServerNotReady as failed:
        tools.tell(failed.reason)
        return NOT_RUN
    if options.report == "json":
        tools.say(json.dumps(as_json(results), ensure_ascii=False))
    else:
        tools.say(summary_line(results))
    return ALL_PASSED if all(result.passed for result in results) else SOME_FAILED


def _level(options: CallOptions) -> Level:
    if options.level not in ("text", "wire"):
        raise ScriptInvalid([ScriptProblem("--level", 1, "must be text or wire")])
    if options.report not in (None, "json"):
        raise ScriptInvalid([ScriptProblem("--report", 1, "must be json, or left out")])
    if not 0.1 <= options.speed <= 10 or not 1 <= options.jobs <= 64:
        raise ScriptInvalid([ScriptProblem("--speed, --jobs", 1, "must be from 0.1 to 10, and from 1 to 64")])
    if options.against is not None and options.account is None:
        message = "needs TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, the same as that server's"
        raise ScriptInvalid([ScriptProblem("--against", 1, message)])
    return Level(options.level)


def _check_flows(scripts: Sequence[CallScript], flows: Mapping[str, Flow]) -> None:
    """Flows and nodes that a script names must be there."""
    problems = []
    for script in scripts:
        flow = flows.get(script.flow)
        if flow is None:
            known = ", ".join(sorted(flows)) or "none"
            problems.append(
                ScriptProblem(script.file, script.line, f"there is no flow `{script.flow}`; there are: {known}")
            )
            continue
        nodes = [("visited", node) for node in script.expect.visited or ()]
        nodes += [("node", script.expect.node)] if script.expect.node else []
        for key, node in nodes:
            if node not in flow.nodes:
                line = script.expect.lines.get(key, script.line)
                problems.append(ScriptProblem(script.file, line, f"the flow has no node `{node}`; look it up there"))
    if problems:
        raise ScriptInvalid(sorted(problems))


def _run(
    scripts: Sequence[CallScript], level: Level, flows: Mapping[str, Flow], options: CallOptions, tools: CallTools
) -> list[ScriptResult]:
    def show(result: ScriptResult) -> None:
        print_line = tools.tell if options.report == "json" else tools.say
        for line in result_lines(result):
            print_line(line)

    if level is Level.TEXT:
        ports = tools.text_ports()
        results = []
        for script in scripts:
            results.append(run_at_text_level(script, flows[script.flow], ports))
            show(results[-1])
        return results
    with tools.speech() as (voice, ears):
        wire_tools = WireTools(CachedVoice(voice, tools.voice_dir), ears, flows, tools.hours)
        wire_options = WireOptions(
            base_url=options.against,
            account=options.account,
            speed=options.speed,
            jobs=options.jobs,
            save_audio=options.save_audio,
        )
        return asyncio.run(run_wire_suite(scripts, wire_options, wire_tools, show))
