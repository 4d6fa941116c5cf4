"""The figures of `ivr bench latency`: keys, percentiles, exit code. The calls themselves are invented."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from ivr.commands import bench_latency
from ivr.simulator.scripts.model import CallScript, Level
from ivr.simulator.scripts.results import CallFacts, Failure, Figures, ScriptResult
from tests.unit.simulator_scripts.sample import flow

pytestmark = pytest.mark.unit

GAPS = (500, 400, 410, 900, 420, 430, 440, 800)
FAST = Figures(120, GAPS, (), (80, 90), 1400, 30_000)
SLOW = Figures(240, tuple(gap + 100 for gap in GAPS), (), (100,), 2100, 31_000)
FAILED = (Failure(3, 'expected to hear "order number"', 900),)


class Suite:
    """Stands where calls over the wire are made; remembers what was wanted."""

    def __init__(self, *calls: tuple[Figures, tuple[Failure, ...]]) -> None:
        self.calls = calls
        self.jobs: list[int] = []
        self.callers: list[list[str]] = []

    async def run(
        self, scripts: Sequence[CallScript], options: Any, tools: Any, show: Callable[[ScriptResult], None]
    ) -> list[ScriptResult]:
        self.jobs.append(options.jobs)
        self.callers.append([script.caller.number or "" for script in scripts])
        results = [
            ScriptResult(script, Level.WIRE, self.calls[at % len(self.calls)][1], (), figures, CallFacts())
            for at, script in enumerate(scripts)
            for figures in (self.calls[at % len(self.calls)][0],)
        ]
        for result in results:
            show(result)
        return results


class _NoVoice:
    def __init__(self, *_: object) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.fixture
def suite(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Suite]:
    def use(*calls: tuple[Figures, tuple[Failure, ...]]) -> Suite:
        made = Suite(*calls)
        bench = SimpleNamespace(base=tmp_path, cache=tmp_path, flows={"support": flow()}, opening=None)
        monkeypatch.setattr(bench_latency, "Bench", lambda: bench)
        monkeypatch.setattr(bench_latency, "EngineVoice", _NoVoice)
        monkeypatch.setattr(bench_latency, "build_synthesiser", lambda languages: (None, {}))
        monkeypatch.setattr(bench_latency, "CachedVoice", lambda *_: None)
        monkeypatch.setattr(bench_latency, "quiet_logging", lambda: None)
        monkeypatch.setattr(bench_latency, "run_wire_suite", made.run)
        return made

    return use


def test_one_object_with_a_run_for_each_load(suite: Callable[..., Suite], capsys: pytest.CaptureFixture[str]) -> None:
    made = suite((FAST, ()), (SLOW, ()))
    assert bench_latency.run_latency([1, 2], 2, as_json=True) == 0
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 1
    assert json.loads(out) == {
        "runs": [
            {
                "calls": calls,
                "first_sound_ms": {"p50": 120, "p95": 240},
                "turn_gap_ms": {"p50": 510, "p95": 1000},
                "short_answer_gap_ms": {"p50": 440, "p95": 540},
                "barge_in_clear_ms": {"p50": 90, "p95": 100},
                "longest_silence_ms": 2100,
            }
            for calls in (1, 2)
        ]
    }
    assert made.jobs == [1, 2]
    assert [len(callers) for callers in made.callers] == [2, 4]


def test_every_call_has_a_caller_of_its_own(suite: Callable[..., Suite]) -> None:
    made = suite((FAST, ()))
    bench_latency.run_latency([3], 2, as_json=True)
    assert made.callers == [[f"+1202555000{number}" for number in range(6)]]


def test_what_was_not_measured_is_null(suite: Callable[..., Suite], capsys: pytest.CaptureFixture[str]) -> None:
    suite((Figures(), FAILED))
    assert bench_latency.run_latency([1], 1, as_json=True) == 1
    told = capsys.readouterr()
    [run] = json.loads(told.out)["runs"]
    nothing = dict.fromkeys(("first_sound_ms", "turn_gap_ms", "short_answer_gap_ms", "barge_in_clear_ms"))
    assert run == {"calls": 1, **nothing, "longest_silence_ms": 0}
    assert 'expected to hear "order number"' in told.err


def test_short_answers_are_those_turns_that_have_one(
    suite: Callable[..., Suite], capsys: pytest.CaptureFixture[str]
) -> None:
    suite((Figures(100, (1, 2, 3), (), (), 5, 6), ()))
    bench_latency.run_latency([1], 1, as_json=True)
    [run] = json.loads(capsys.readouterr().out)["runs"]
    assert run["short_answer_gap_ms"] == {"p50": 2, "p95": 3}


def test_one_failed_call_is_an_exit_code(suite: Callable[..., Suite]) -> None:
    suite((FAST, ()), (SLOW, FAILED))
    assert bench_latency.run_latency([2], 1, as_json=True) == 1


def test_without_json_every_load_is_a_line(suite: Callable[..., Suite], capsys: pytest.CaptureFixture[str]) -> None:
    suite((FAST, ()))
    bench_latency.run_latency([1], 1, as_json=False)
    [line] = capsys.readouterr().out.splitlines()
    assert line == (
        "calls 1   first_sound_ms p50 120 p95 120   turn_gap_ms p50 430 p95 900   "
        "short_answer_gap_ms p50 420 p95 440   barge_in_clear_ms p50 80 p95 90   longest_silence_ms 1400"
    )


def test_without_the_shipped_flow_the_bench_says_what_to_do(
    suite: Callable[..., Suite], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    suite()
    monkeypatch.setattr(bench_latency, "Bench", lambda: SimpleNamespace(flows={}))
    assert bench_latency.run_latency([1], 1, as_json=True) == 2
    assert "put the shipped one back" in capsys.readouterr().err
