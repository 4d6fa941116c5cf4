"""Every shipped call script at text level, with the real understanding; together they walk every edge of the flow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from pathlib import Path

import pytest

from ivr.commands.rehearsal import Rehearsal
from ivr.connectors.book import ConnectorBook
from ivr.core.call import BUILT_IN
from ivr.core.flow.model import Flow
from ivr.flows.book import FlowBook
from ivr.simulator.scripts.coverage import Walked, all_edges, walked
from ivr.simulator.scripts.load import load_scripts
from ivr.simulator.scripts.model import CallScript, Level
from ivr.simulator.scripts.results import ScriptResult
from ivr.simulator.scripts.text_level import TextPorts, run_at_text_level
from ivr.understanding import LocalUnderstanding
from tests.fakes.stores import MemoryRequestStore

pytestmark = [
    pytest.mark.integration,
    pytest.mark.leaves_threads("the connectors' threads live as long as the module's fixture"),
]

BASE = Path(__file__).parents[2]
SCRIPTS = load_scripts([BASE / "tests" / "simulated_calls" / name for name in ("support", "callbacks", "transfers")])
LANGUAGES = ("en", "ja")


def _name(script: CallScript) -> str:
    return f"{Path(script.file).name.removesuffix('.call.yaml')}: {script.name}"


@dataclass(slots=True)
class House:
    """The shipped flow with everything it needs, and the calls that were made so far."""

    flow: Flow
    ports: TextPorts
    results: dict[str, ScriptResult] = field(default_factory=dict)

    def result(self, script: CallScript) -> ScriptResult:
        """Runs a script once, however many tests want to see it."""
        name = _name(script)
        if name not in self.results:
            self.results[name] = run_at_text_level(script, self.flow, self.ports)
        return self.results[name]

    def walked(self, fits: Callable[[CallScript], bool]) -> Walked:
        """What the calls that fit went through."""
        timelines = (self.result(script).timeline for script in SCRIPTS if fits(script))
        return reduce(or_, (walked(self.flow, timeline) for timeline in timelines), Walked())


def _opening(flows: FlowBook, name: str, at: datetime) -> tuple[bool, dict[str, str]]:
    hours = flows.hours(name)
    return (True, {}) if hours is None else (hours.is_open(at), {each: hours.text(each) for each in LANGUAGES})


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    now = [datetime(2026, 11, 23, 15, tzinfo=UTC)]
    book = ConnectorBook.from_files(
        BASE / "config" / "connectors.yaml", base=BASE, environ={}, requests=MemoryRequestStore()
    )
    flows = FlowBook(BASE / "call_flows", BASE / "config" / "hours.yaml", book.operations(), BASE)
    understanding = LocalUnderstanding(
        BASE / "call_flows", tmp_path_factory.mktemp("embeddings"), reference=lambda: now[0]
    )
    ports = TextPorts(
        understanding,
        book,
        hours=lambda name, at: _opening(flows, name, at),
        set_now=lambda moment: now.__setitem__(0, moment),
        world=lambda: Rehearsal(flows, book),
    )
    yield House(flows.flows["support"], ports)
    book.close()


@pytest.mark.parametrize("script", SCRIPTS, ids=_name)
def test_a_shipped_call_goes_as_written(script: CallScript, house: House) -> None:
    result = house.result(script)
    told = [f"{script.file}:{failure.line}: {failure.message}" for failure in result.failures]
    shown = [f"{entry.at_ms / 1000:7.1f} {entry.side.value:6} {entry.text}" for entry in result.timeline]
    assert not told, "\n".join([*told, *shown])


def test_the_shipped_calls_walk_every_edge_of_the_flow(house: House) -> None:
    missed = all_edges(house.flow) - house.walked(lambda script: True).edges
    assert not missed, f"walk these edges too: {sorted(missed)}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_calls_of_each_language_visit_every_node(language: str, house: House) -> None:
    missed = set(house.flow.authored) - house.walked(lambda script: script.caller.language == language).nodes
    assert not missed, f"visit these nodes in {language} too: {sorted(missed)}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_calls_of_each_language_walk_nearly_every_edge(language: str, house: House) -> None:
    edges = all_edges(house.flow)
    missed = edges - house.walked(lambda script: script.caller.language == language).edges
    assert len(missed) <= len(edges) // 10, f"walk more of these edges in {language}: {sorted(missed)}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_calls_of_each_language_use_every_command(language: str, house: House) -> None:
    known = {*house.flow.everywhere, *BUILT_IN, "no_recording"}
    missed = known - house.walked(lambda script: script.caller.language == language).commands
    assert not missed, f"ask for these in {language} too: {sorted(missed)}"


def test_no_two_calls_have_the_same_name() -> None:
    names = [script.name for script in SCRIPTS]
    assert len(set(names)) == len(names)


def test_the_smoke_set_may_go_over_the_wire_in_both_languages() -> None:
    smoke = [script for script in SCRIPTS if Path(script.file).name.startswith("wire_")]
    assert {script.caller.language for script in smoke} == set(LANGUAGES)
    assert all(Level.WIRE in script.levels for script in smoke)
