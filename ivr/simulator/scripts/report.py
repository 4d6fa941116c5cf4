"""What a tester reads: a line per script, both sides' timeline of a failing one, or one JSON object."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from ivr.simulator.scripts.results import Figures, ScriptResult
from ivr.simulator.scripts.timeline import Side

_WHO = {Side.CALLER: "caller ▶", Side.LINE: "line   ◀", Side.NOTE: "       ·"}


def result_lines(result: ScriptResult) -> list[str]:
    """PASS or FAIL, and for FAIL what was expected where and everything that happened."""
    script, figures = result.script, result.figures
    word = "PASS" if result.passed else "FAIL"
    lines = [f"{word}  {result.level.value:4}  {figures.duration_ms / 1000:6.1f} s  {script.name}{_brief(figures)}"]
    if result.passed:
        return lines
    for failure in result.failures:
        at = f" ({failure.at_ms / 1000:.2f} s into the call)" if failure.at_ms is not None else ""
        lines.append(f"      {script.file}:{failure.line}: {failure.message}{at}")
    lines.append("      what happened:")
    lines += [f"      {entry.at_ms / 1000:8.2f}  {_WHO[entry.side]}  {entry.text}" for entry in result.timeline]
    return lines


def summary_line(results: Sequence[ScriptResult]) -> str:
    """How many of how many passed."""
    passed = sum(result.passed for result in results)
    return f"{passed} of {len(results)} calls passed"


def as_json(results: Sequence[ScriptResult]) -> dict[str, Any]:
    """One object: every script with its failures, facts, figures and timeline, and figures over all of them."""
    return {
        "passed": sum(result.passed for result in results),
        "failed": sum(not result.passed for result in results),
        "figures": overall(result.figures for result in results),
        "scripts": [_script(result) for result in results],
    }


def overall(figures: Iterable[Figures]) -> dict[str, Any]:
    """Percentiles over calls, in milliseconds; null where nothing was measured."""
    every = list(figures)
    return {
        "first_sound_ms": percentiles([one.first_sound_ms for one in every if one.first_sound_ms is not None]),
        "turn_gap_ms": percentiles([gap for one in every for gap in one.turn_gaps_ms]),
        "key_gap_ms": percentiles([gap for one in every for gap in one.key_gaps_ms]),
        "barge_in_clear_ms": percentiles([gap for one in every for gap in one.barge_in_ms]),
        "longest_silence_ms": max((one.longest_silence_ms for one in every), default=None),
    }


def percentiles(values: list[int]) -> dict[str, int] | None:
    """Nearest rank."""
    ordered = sorted(values)
    if not ordered:
        return None
    return {f"p{share}": ordered[math.ceil(len(ordered) * share / 100) - 1] for share in (50, 95)}


def _script(result: ScriptResult) -> dict[str, Any]:
    script, facts = result.script, result.facts
    return {
        "name": script.name,
        "file": script.file,
        "line": script.line,
        "flow": script.flow,
        "level": result.level.value,
        "passed": result.passed,
        "failures": [asdict(failure) for failure in result.failures],
        "facts": {
            "outcome": facts.outcome,
            "intents": list(facts.intents),
            "slots": None if facts.slots is None else dict(facts.slots),
            "visited": None if facts.visited is None else list(facts.visited),
            "language": facts.language,
            "recorded": facts.recorded,
        },
        "figures": asdict(result.figures),
        "timeline": [{"at_ms": entry.at_ms, "side": entry.side.value, "text": entry.text} for entry in result.timeline],
    }


def _brief(figures: Figures) -> str:
    gaps = sorted(figures.turn_gaps_ms)
    return f"  (replies after {gaps[0]}-{gaps[-1]} ms)" if gaps else ""
