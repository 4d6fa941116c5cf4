from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from ivr.simulator.scripts.load import load_file, load_scripts, parse_scripts
from ivr.simulator.scripts.model import CallerSpec, HangUp, Hear, Level, Line, Noise, NoiseKind, Press, Say, Silence
from ivr.simulator.scripts.problems import ScriptInvalid

pytestmark = pytest.mark.unit

WHOLE = b"""\
call: order status by voice
flow: support
given:
  now: 2026-11-23T10:00:00-05:00
  hours: closed
  agents: []
  connectors:
    orders: {rows: [{number: "42719", status: shipped, total: 80, weight: 1.5, gift: true, note: null}]}
    requests: {fails: timeout, delay_ms: 3000}
caller:
  number: "+12025550123"
  language: en
  voice: default
  line: {noise_db: 15, packet_loss: 0.01, echo_db: -25}
dialled: "+15005550006"
level: [text]
turns:
  - hear: how can i help
  - say: where is my order
    after_ms: 400
  - hear: /order (number)?/
    within_ms: 1500
  - press: "42719#"
  - silence: 6s
  - cough
  - noise: 800ms
  - hold_music: 1.5s
    after_ms: 100
  - hang_up
expect:
  outcome: resolved
  intent: order_status
  slots: {order_number: "42719"}
  visited: [welcome, order_number]
  hold_secs: 0
  longest_silence_ms: 2500
  language: en
  recorded: true
  node: goodbye
"""
TURNS = "\n".join(["call: a", "flow: f", "turns:"])


def problems_of(text: str) -> list[str]:
    with pytest.raises(ScriptInvalid) as caught:
        parse_scripts(text.encode(), "a.call.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_a_whole_script_becomes_typed_turns() -> None:
    [script] = parse_scripts(WHOLE)
    assert script.turns == (
        Hear("how can i help", 18),
        Say("where is my order", 19, after_ms=400),
        Hear("/order (number)?/", 21, within_ms=1500),
        Press("42719#", 23),
        Silence(6000, 24),
        Noise(NoiseKind.COUGH, 400, 25),
        Noise(NoiseKind.NOISE, 800, 26),
        Noise(NoiseKind.HOLD_MUSIC, 1500, 27, after_ms=100),
        HangUp(29),
    )


def test_a_whole_script_has_its_caller_its_world_and_its_expectations() -> None:
    [script] = parse_scripts(WHOLE)
    assert script.caller == CallerSpec("+12025550123", "en", "default", Line(15.0, 0.01, -25.0), is_number_given=True)
    assert script.given.now == datetime(2026, 11, 23, 10, tzinfo=timezone(timedelta(hours=-5)))
    assert script.given.is_open is False
    assert script.given.connectors["orders"].rows == (
        {"number": "42719", "status": "shipped", "total": 80, "weight": Decimal("1.5"), "gift": True, "note": None},
    )
    requests = script.given.connectors["requests"]
    assert (requests.fails, requests.delay_ms) == ("timeout", 3000)
    assert (script.dialled, script.levels) == ("+15005550006", (Level.TEXT,))
    assert (script.expect.visited, script.expect.recorded) == (("welcome", "order_number"), True)
    assert script.expect.lines["visited"] == 34


def test_digits_that_were_kept_can_be_pressed_later() -> None:
    text = f'{TURNS}\n  - hear: your code\n    keep: code\n  - press: "{{{{ code }}}}"\n'
    [script] = parse_scripts(text.encode())
    assert script.turns == (Hear("your code", 4, keep="code"), Press("code", 6, is_kept=True))


def test_several_calls_in_one_file_are_several_scripts() -> None:
    scripts = parse_scripts(f"{TURNS}\n  - hear: x\n---\n{TURNS}\n  - hang_up\n".encode())
    assert [script.line for script in scripts] == [1, 6]


@pytest.mark.parametrize(
    ("turn", "message"),
    [
        ("- shout: hello", "a.call.yaml:4: a turn does not know `shout`; known here"),
        ("- hear: a\n    say: b", "a.call.yaml:4: the turn has 2 actions (hear, say)"),
        ("- after_ms: 3", "a.call.yaml:4: the turn has no action"),
        ("- hear: /(/", "a.call.yaml:4: `hear`: this is no regular expression"),
        ("- hear: ''", "a.call.yaml:4: `hear` must be a text"),
        ("- hear: a\n    after_ms: 5", "a.call.yaml:5: `hear` cannot have `after_ms`; remove it"),
        ("- say: a\n    within_ms: 5", "a.call.yaml:5: `within_ms` belongs to `hear`; move it there"),
        ("- say: a\n    after_ms: soon", "a.call.yaml:5: `after_ms` must be a whole number from 0 to 120000"),
        (
            "- press: '{{ code }}'",
            "a.call.yaml:4: nothing is kept as `code`; write `keep: code` beside an earlier `hear`",
        ),
        ("- say: a\n    keep: code", "a.call.yaml:5: `keep` belongs to `hear`; move it there"),
        ("- press: x1", "a.call.yaml:4: `press` must be keys 0-9, * and #"),
        ("- silence: 6", "a.call.yaml:4: `silence` must be a time such as 800ms, 6s or 2m"),
        ("- cough: loud", "a.call.yaml:4: `cough` takes no value; write `- cough`"),
        ("- hear", "a.call.yaml:4: a turn must be one of"),
        ("- say: a\n    play: nowhere.wav", "a.call.yaml:5: `play` must name a .wav file"),
        ("- bridged: [ana]", "a.call.yaml:4: a turn does not know `bridged`"),
        ("- say: " + "a" * 501, "a.call.yaml:4: `say` is longer than 500 characters"),
    ],
)
def test_a_wrong_turn_is_told_with_its_line_and_the_way_to_mend_it(turn: str, message: str) -> None:
    assert problems_of(f"{TURNS}\n  {turn}\n")[0].startswith(message)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("given: {now: 2026-11-23}", "`now` must be a time with its offset"),
        ("given: {connectors: {orders: {rows: [], fails: x}}}", "the connector `orders` cannot have both"),
        ("given: {connectors: {orders: {}}}", "the connector `orders` needs `rows`, `fails` or `delay_ms`"),
        ("given: {hours: shut}", "`hours` must be one of: open, closed"),
        ('caller: {number: "555"}', "the caller's `number` must be written in full"),
        ("caller: {line: {packet_loss: 2}}", "`packet_loss` must be a number from 0 to 0.5"),
        ("level: [air]", "`level` does not know `air`"),
        ("expct: {}", "the call does not know `expct`; did you mean `expect`?"),
        ("expect: {recorded: maybe}", "`recorded` must be `true` or `false`"),
        ("expect: 5", "`expect` must be `name: value` lines"),
        ("expect: {slots: [a]}", "`slots` must be `name: value` lines or {name: value}"),
    ],
)
def test_a_wrong_section_is_told_with_the_way_to_mend_it(lines: str, message: str) -> None:
    assert problems_of(f"{TURNS}\n  - hear: a\n{lines}\n")[0].startswith(f"a.call.yaml:5: {message}")


def test_all_mistakes_are_told_at_once() -> None:
    assert len(problems_of(f"{TURNS}\n  - hear: /(/\n  - press: x\nexpect: {{hold_secs: few}}\n")) == 3


def test_a_script_without_turns_is_refused() -> None:
    assert problems_of("call: a\nflow: f\n") == ["a.call.yaml:1: the call needs `turns`; add it"]
    assert problems_of("call: a\nflow: f\nturns: []\n") == ["a.call.yaml:3: `turns` must have from 1 to 500 turns"]


def test_text_that_is_no_yaml_is_told_with_its_line() -> None:
    assert problems_of("call: [\n")[0].startswith("a.call.yaml:2: this is not YAML")


def test_an_empty_file_is_told() -> None:
    assert problems_of("") == ["a.call.yaml:1: there is no call in this file; begin with `call: what happens in it`"]


def test_a_withheld_number_is_an_empty_one() -> None:
    [script] = parse_scripts(f"{TURNS}\n  - hear: a\ncaller: {{number: withheld}}\n".encode())
    assert script.caller.number == ""


def test_a_folder_gives_its_scripts_in_order_and_every_mistake_of_every_file(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(f"{TURNS}\n  - hear: b\n")
    (tmp_path / "a.yaml").write_text(f"{TURNS}\n  - hear: a\n")
    assert [Path(script.file).name for script in load_scripts([tmp_path])] == ["a.yaml", "b.yaml"]
    (tmp_path / "a.yaml").write_text(f"{TURNS}\n  - hear: /(/\n")
    (tmp_path / "b.yaml").write_text("call: x")
    with pytest.raises(ScriptInvalid) as caught:
        load_scripts([tmp_path])
    assert {Path(problem.file).name for problem in caught.value.problems} == {"a.yaml", "b.yaml"}


def test_a_missing_file_and_an_empty_folder_are_mistakes(tmp_path: Path) -> None:
    with pytest.raises(ScriptInvalid, match="cannot be read"):
        load_file(tmp_path / "none.yaml")
    with pytest.raises(ScriptInvalid, match=r"no \.yaml file"):
        load_scripts([tmp_path])


def test_a_recording_beside_the_script_can_be_played(tmp_path: Path) -> None:
    (tmp_path / "hello.wav").write_bytes(b"RIFF")
    (tmp_path / "a.yaml").write_text(f"{TURNS}\n  - say: hello\n    play: hello.wav\n")
    [script] = load_file(tmp_path / "a.yaml")
    assert script.turns == (Say("hello", 4, wav=(tmp_path / "hello.wav").resolve()),)
