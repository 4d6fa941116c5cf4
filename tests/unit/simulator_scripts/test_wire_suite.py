"""Which calls share a server, and from which numbers they come."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.core.flow.model import Flow
from ivr.simulator.caller import Samples
from ivr.simulator.scripts.load import parse_scripts
from ivr.simulator.scripts.model import CallScript
from ivr.simulator.scripts.wire_suite import WireOptions, WireTools, with_own_number, worlds
from tests.unit.simulator_scripts.sample import flow

pytestmark = pytest.mark.unit


class SilentVoice:
    """`CallerVoice` that says nothing."""

    def speech(self, text: str, language: str, voice: str) -> Samples:
        return np.zeros(0, dtype=np.int16)


def scripts(*heads: str) -> list[CallScript]:
    text = "\n---\n".join(f"call: a\nflow: shop\n{head}\nturns:\n  - hear: help" for head in heads)
    return parse_scripts(text.encode())


def grouped(found: list[CallScript], options: WireOptions = WireOptions()) -> list[list[int]]:  # noqa: B008
    flows: dict[str, Flow] = {"shop": flow()}
    return list(worlds(found, options, WireTools(SilentVoice(), None, flows)).values())


def test_callers_without_a_number_each_have_one_of_nobody() -> None:
    [script] = scripts("caller: {language: ja}")
    numbers = {with_own_number(script, index).caller.number for index in range(250)}
    assert len(numbers) == 250
    assert all(number[5:].startswith("55501") for number in numbers)
    assert with_own_number(script, 7).caller.language == "ja"


@pytest.mark.parametrize("number", ["+12025550199", "withheld"])
def test_a_number_that_the_script_names_stays(number: str) -> None:
    [script] = scripts(f'caller: {{number: "{number}"}}')
    assert with_own_number(script, 3) == script


def test_calls_of_one_world_share_a_server() -> None:
    found = scripts("", "", "given: {hours: closed}", "given: {connectors: {orders: {fails: timeout}}}")
    assert grouped(found) == [[0, 1], [2], [3]]


def test_who_calls_from_a_number_that_was_used_finds_another_server() -> None:
    named = 'caller: {number: "+12025550199"}'
    assert grouped(scripts(named, "", named, 'caller: {number: "+12025550177"}', named)) == [[0, 1, 3], [2], [4]]


def test_a_server_that_runs_already_gets_all_calls() -> None:
    named = 'caller: {number: "+12025550199"}'
    assert grouped(scripts(named, named, ""), WireOptions(base_url="http://127.0.0.1:8080")) == [[0, 1, 2]]
