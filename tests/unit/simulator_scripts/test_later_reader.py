from __future__ import annotations

import pytest

from ivr.simulator.scripts.later import Answering, Bridged, GetsText, GivenAgent, Quiet, RingsIn, Rung, SendsText
from ivr.simulator.scripts.load import parse_scripts
from ivr.simulator.scripts.model import CallScript, Hear, Press, Say
from ivr.simulator.scripts.problems import ScriptInvalid

pytestmark = pytest.mark.unit

HEAD = """\
call: a
flow: f
given:
  agents:
    - {id: ana, state: on_call, free_after: 6m, languages: [en], skills: [orders]}
turns:
  - hear: a
"""


def read(text: str) -> CallScript:
    (script,) = parse_scripts((HEAD + text).encode(), "a.call.yaml")
    return script


def problems(text: str) -> list[str]:
    with pytest.raises(ScriptInvalid) as caught:
        parse_scripts(text.encode(), "a.call.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_agents_have_a_state_and_a_time_at_which_they_are_free() -> None:
    assert read("").given.agents == (GivenAgent("ana", "on_call", 360_000, languages=("en",), skills=("orders",)),)


def test_an_agents_telephone_does_something_each_time_it_rings() -> None:
    text = HEAD.replace("skills: [orders]", 'skills: [orders], rings: [{no_answer: true}, {hear: a, press: "1"}]')
    (script,) = parse_scripts(text.encode(), "a.call.yaml")
    assert script.given.agents[0].rings == (
        Rung("ana", 5, answering=Answering.NO_ANSWER),
        Rung("ana", 5, turns=(Hear("a", 5), Press("1", 5))),
    )


def test_a_party_answers_hears_and_presses_in_the_order_written() -> None:
    script = read("""\
later:
  - at: +6m
    party: ana
    hear: order
    press: "1"
  - party: caller
    answer_after: 4s
    hear: press 1 or say yes
    say: yes
  - bridged: [ana, caller]
    for: 2m
""")
    first, second, third = script.later
    assert first == Rung("ana", 9, 360_000, turns=(Hear("order", 11), Press("1", 12)))
    assert isinstance(second, Rung)
    assert (second.at_ms, second.answer_after_ms) == (None, 4000)
    assert second.turns == (Hear("press 1 or say yes", 15), Say("yes", 16))
    assert third == Bridged(("ana", "caller"), 17, 120_000)


@pytest.mark.parametrize(
    ("word", "answering"),
    [
        ("busy", Answering.BUSY),
        ("no_answer", Answering.NO_ANSWER),
        ("voicemail", Answering.VOICEMAIL),
        ("fails", Answering.FAILS),
    ],
)
def test_a_telephone_can_be_busy_unanswered_a_machine_or_out_of_reach(word: str, answering: Answering) -> None:
    (step,) = read(f"later: [{{party: caller, {word}: true}}]\n").later
    assert isinstance(step, Rung)
    assert step.answering is answering


def test_the_caller_rings_in_texts_is_texted_or_is_left_alone() -> None:
    script = read("""\
later:
  - {at: 10m, rings_in: [{hear: hello}, {press: "4711"}], number: "+12025550142"}
  - {at: 1h, sends_text: WHEN, reply: between}
  - {gets_text: code}
  - {quiet: 1d}
""")
    assert script.later == (
        RingsIn((Hear("hello", 9), Press("4711", 9)), 9, 600_000, "+12025550142"),
        SendsText("WHEN", 10, 3_600_000, "between"),
        GetsText("code", 11),
        Quiet(86_400_000, 12),
    )


def test_dials_and_texts_can_be_expected() -> None:
    expect = read('expect: {dials: {"+12025550199": 1}, texts: 2}\n').expect
    assert (expect.dials, expect.texts) == ({"+12025550199": 1}, 2)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("later: [{party: bob}]", "a.call.yaml:8: there is no party `bob`; there are ana, caller"),
        ("later: [{at: 6m}]", "a.call.yaml:8: a step of `later` is one of party, bridged"),
        ("later: [{party: ana, bridged: [ana]}]", "this one has 2 of them"),
        ("later: [{party: ana, sometimes: x}]", "a step of `later` does not know `sometimes`"),
        ("later: [{party: ana, at: soon}]", "`at` must be a time such as 90s, +6m, 2h or 1d"),
        ("later: [{party: ana, at: 99d}]", "at most 14 days"),
        ("later: [{party: ana, busy: true, fails: true}]", "a telephone cannot be busy and fails; keep one"),
        ("later: [{party: ana, busy: true, hear: x}]", "`busy` means that nobody talks"),
        ("later: [{party: ana, hear: x, turns: []}]", "put `hear` under `turns` too"),
        ("later: [{bridged: [ana]}]", "`bridged` names at least two parties"),
        ("later: [{quiet: 5m, reply: x}]", "`reply` does not belong to `quiet`"),
        ("later: [x]", "a step of `later` must be `name: value` lines"),
        ("later: x", "`later` must be a list"),
        ("expect: {dials: {abc: 1}}", "a number under `dials` must be written in full"),
        ('expect: {dials: {"+12025550199": often}}', "how often a number is dialled must be a whole number"),
    ],
)
def test_a_wrong_step_is_told_with_its_line_and_the_way_to_mend_it(text: str, problem: str) -> None:
    assert any(problem in one for one in problems(HEAD + text + "\n"))


@pytest.mark.parametrize(
    ("agents", "problem"),
    [
        ("[{state: available}]", "an agent needs `id`"),
        ("[{id: ana}, {id: ana}]", "the agent `ana` is in the list twice"),
        ("[{id: ana, state: asleep}]", "`state` must be one of: available, on_call, break, offline"),
        ('[{id: "A B"}]', "the agent's `id` is a short name such as `ana`"),
        ("ana", "`agents` must be a list"),
    ],
)
def test_wrong_agents_are_told(agents: str, problem: str) -> None:
    text = f"call: a\nflow: f\ngiven: {{agents: {agents}}}\nturns: [{{hear: a}}]\n"
    assert any(problem in one for one in problems(text))
