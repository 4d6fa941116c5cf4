"""Agents' telephones during a call, at text level: what was written and did not happen fails the script."""

from __future__ import annotations

import pytest

from ivr.simulator.scripts.load import parse_scripts
from ivr.simulator.scripts.results import ScriptResult
from ivr.simulator.scripts.text_level import run_at_text_level
from tests.integration.test_shipped_scripts import House, house

pytestmark = [
    pytest.mark.integration,
    pytest.mark.leaves_threads("the connectors' threads live as long as the module's fixture"),
]
__all__ = ["house"]

HEAD = """\
call: a
flow: support
given:
  now: 2026-11-23T10:00:00-05:00
  agents:
    - {id: ana, rings: [%s]}
caller: {language: en, number: "+12025550199"}
turns:
  - hear: how can i help
  - press: "0"
"""
TAKEN = """\
  - hear: thank you for waiting
expect: {outcome: bridge, longest_silence_ms: 8000}
"""
TAKES_IT = 'hear: press 1, press: "1"'


def run(shipped: House, rings: str, rest: str) -> ScriptResult:
    (script,) = parse_scripts((HEAD % rings + rest).encode(), "a.call.yaml")
    return run_at_text_level(script, shipped.flow, shipped.ports)


def failures(result: ScriptResult) -> list[str]:
    return [failure.message for failure in result.failures]


def test_an_agent_who_takes_it_is_heard_in_the_timeline(house: House) -> None:
    result = run(house, f"{{{TAKES_IT}}}", TAKEN)
    assert failures(result) == []
    told = [entry.text for entry in result.timeline]
    assert "the telephone of ana rings" in told and "ana: [1]" in told


def test_a_telephone_that_should_ring_once_more_and_does_not(house: House) -> None:
    result = run(house, f"{{{TAKES_IT}}}, {{{TAKES_IT}}}", TAKEN)
    assert failures(result) == ["the telephone of ana did not ring"]


def test_words_that_the_agent_never_hears(house: House) -> None:
    rest = "  - hear: could not reach anybody\n  - hang_up\nexpect: {longest_silence_ms: 8000}\n"
    result = run(house, "{hear: the moon is blue, press: '1'}", rest)
    assert failures(result) == ["ana did not come to do this"]


def test_two_who_do_not_talk_with_each_other(house: House) -> None:
    rest = "  - hear: call you back\n  - hang_up\nlater:\n  - bridged: [caller, ana]\n"
    result = run(house, "{fails: true}", rest.replace("call you back", "could not reach anybody"))
    assert "caller and ana do not talk with each other" in failures(result)
