from __future__ import annotations

import json
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from ivr.simulator.caller import CallerEars, CallerVoice
from ivr.simulator.scripts.command import CallOptions, CallTools, run_call_command
from ivr.simulator.scripts.text_level import TextPorts
from tests.unit.simulator_scripts.sample import GIVEN, flow, understanding

pytestmark = pytest.mark.unit

GOOD = f"call: all is well\nflow: shop\n{GIVEN}\nturns:\n  - hear: how can i help\n  - hang_up\n"
BAD = "call: something is wrong\nflow: shop\nturns:\n  - hear: good morning\n"


class Output:
    def __init__(self) -> None:
        self.said: list[str] = []
        self.told: list[str] = []


def no_speech() -> AbstractContextManager[tuple[CallerVoice, CallerEars]]:
    raise AssertionError("the text level needs no speech")


def run(tmp_path: Path, text: str, **options: object) -> tuple[int, Output]:
    path = tmp_path / "a.call.yaml"
    path.write_text(text)
    output = Output()
    tools = CallTools(
        flows=lambda: {"shop": flow()},
        text_ports=lambda: TextPorts(understanding()),
        speech=no_speech,
        voice_dir=tmp_path,
        say=output.said.append,
        tell=output.told.append,
    )
    return run_call_command(CallOptions((path,), **options), tools), output  # type: ignore[arg-type]


def test_scripts_that_pass_are_one_line_each_and_exit_code_0(tmp_path: Path) -> None:
    code, output = run(tmp_path, GOOD)
    assert code == 0
    assert output.said[0].startswith("PASS  text")
    assert output.said[-1] == "1 of 1 calls passed"


def test_a_script_that_fails_shows_both_sides_and_exit_code_1(tmp_path: Path) -> None:
    code, output = run(tmp_path, f"{GOOD}---\n{BAD}")
    assert code == 1
    text = "\n".join(output.said)
    assert 'expected to hear "good morning"' in text
    assert "line   ◀  How can I help?" in text
    assert output.said[-1] == "1 of 2 calls passed"


def test_a_report_is_one_json_object(tmp_path: Path) -> None:
    code, output = run(tmp_path, f"{GOOD}---\n{BAD}", report="json")
    [line] = output.said
    report = json.loads(line)
    assert code == 1
    assert (report["passed"], report["failed"]) == (1, 1)
    assert report["scripts"][1]["failures"][0]["line"] == 11
    assert report["scripts"][0]["facts"]["outcome"] == "abandoned"
    assert report["figures"]["first_sound_ms"] == {"p50": 0, "p95": 0}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("call: a\nflow: shop\n", "needs `turns`"),
        (GOOD.replace("flow: shop", "flow: bakery"), "there is no flow `bakery`; there are: shop"),
        (GOOD + "expect: {visited: [welcome, cellar]}\n", "7: the flow has no node `cellar`"),
        (GOOD + "expect: {node: cellar}\n", "7: the flow has no node `cellar`"),
    ],
)
def test_a_script_that_cannot_be_run_is_exit_code_2(tmp_path: Path, text: str, message: str) -> None:
    code, output = run(tmp_path, text)
    assert code == 2
    assert message in output.told[0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"level": "air"}, "text or wire"),
        ({"report": "xml"}, "must be json"),
        ({"jobs": 0}, "from 1 to 64"),
        ({"speed": 99.0}, "from 0.1 to 10"),
        ({"level": "wire", "against": "http://127.0.0.1:1"}, "needs TWILIO_ACCOUNT_SID"),
    ],
)
def test_options_that_make_no_sense_are_exit_code_2(tmp_path: Path, options: dict[str, object], message: str) -> None:
    code, output = run(tmp_path, GOOD, **options)
    assert code == 2
    assert message in output.told[0]


def test_a_script_for_another_level_is_left_out_and_told(tmp_path: Path) -> None:
    code, output = run(tmp_path, f"{GOOD}level: wire\n")
    assert code == 0
    assert output.told == ["1 of 1 calls are not meant for this level"]
    assert output.said == ["0 of 0 calls passed"]
