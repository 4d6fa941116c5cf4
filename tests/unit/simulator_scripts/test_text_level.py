from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from ivr.core.events import LookUpOutcome
from ivr.flows.load import parse_flow
from ivr.simulator.scripts.given_connectors import GivenConnectors
from ivr.simulator.scripts.model import GivenConnector
from ivr.simulator.scripts.text_level import TextPorts, dialled_number, run_at_text_level
from tests.fakes.connectors import FakeConnectors
from tests.unit.simulator_scripts.sample import FLOW, flow, run, script, understanding

pytestmark = pytest.mark.unit

GOOD = """\
turns:
  - hear: how can i help
  - say: where is my order
  - hear: order number
    within_ms: 450
  - say: four two seven one nine
    after_ms: 400
  - hear: shipped
  - hear: goodbye
"""


def test_a_call_as_written_passes() -> None:
    result = run(
        GOOD + "expect:\n  outcome: resolved\n  intent: order_status\n  slots: {order_number: '42719'}\n"
        "  visited: [welcome, find, bye]\n  language: en\n  recorded: true\n  node: bye\n  hold_secs: 0\n"
    )
    assert result.failures == ()
    assert result.passed
    assert result.figures.turn_gaps_ms == (450, 450)
    assert result.figures.first_sound_ms == 0


def test_a_barge_in_begins_that_long_after_the_prompt() -> None:
    result = run(GOOD)
    prompt = next(entry for entry in result.timeline if entry.text == "What is your order number?")
    answer = next(entry for entry in result.timeline if entry.text == "four two seven one nine")
    assert answer.at_ms - prompt.at_ms == 400


def test_words_that_never_come_fail_with_what_was_heard_instead() -> None:
    result = run("turns:\n  - hear: how can i help\n  - say: where is my order\n  - hear: good morning\n")
    [failure] = result.failures
    assert failure.line == 7
    assert failure.message.startswith('expected to hear "good morning", but the call ended; heard: "What is your order')
    assert "FAILED a.call.yaml:7" in result.timeline[-1].text


def test_a_later_prompt_does_not_stand_in_for_an_earlier_one() -> None:
    result = run("turns:\n  - press: '1'\n  - hear: order number\n  - hear: how can i help\n  - hang_up\n")
    assert [failure.line for failure in result.failures] == [7]


def test_digits_that_were_heard_are_pressed_later() -> None:
    spoken = FLOW.replace("How can I help?", "Say 7 or key in four two seven one nine.")
    turns = (
        "turns:\n  - hear: key in\n    keep: number\n  - say: where is my order\n  - hear: order number\n"
        '  - press: "{{ number }}"\n  - hear: shipped\n'
    )
    result = run_at_text_level(script(turns), parse_flow(spoken.encode(), "shop.yaml").flow, TextPorts(understanding()))
    assert result.failures == ()
    assert result.facts.slots == {"order_number": "42719"}


def test_digits_that_are_not_said_cannot_be_kept() -> None:
    [failure] = run("turns:\n  - hear: how can i help\n    keep: code\n  - hang_up\n").failures
    assert failure.message == "no digits were said that could be kept as `code`"


def test_a_slow_reply_fails() -> None:
    result = run("turns:\n  - say: where is my order\n  - hear: order number\n    within_ms: 449\n  - hang_up\n")
    assert [failure.message for failure in result.failures] == ["the reply began after 450 ms; 449 ms are allowed"]


def test_every_unmet_expectation_is_told_at_its_line() -> None:
    result = run(
        "turns:\n  - hear: help\n  - hang_up\nexpect:\n  outcome: resolved\n  intent: order_status\n"
        "  slots: {order_number: '1'}\n  visited: [bye]\n  language: ja\n  recorded: false\n  node: bye\n"
        "  hold_secs: 3\n"
    )
    assert [(failure.line, failure.message) for failure in result.failures] == [
        (8, "`outcome` should be resolved, it is abandoned"),
        (12, "`language` should be ja, it is en"),
        (13, "`recorded` should be false, it is true"),
        (15, "`hold_secs` should be 3, it is 0"),
        (14, "`node` should be bye, it is welcome"),
        (9, "`intent` should be order_status, understood was none"),
        (10, "the slot `order_number` should be 1, it is empty"),
        (11, "`visited` should have bye in this order, it is welcome"),
    ]


def test_silence_lets_the_line_ask_again() -> None:
    result = run("turns:\n  - silence: 7s\n  - hear: didn't hear anything\n  - silence: 7s\n  - hear: a person\n")
    assert result.failures == ()


def test_noise_changes_nothing() -> None:
    result = run("turns:\n  - hear: how can i help\n  - cough\n  - press: '1'\n  - hear: order number\n  - hang_up\n")
    assert result.failures == ()


def test_a_turn_after_the_end_of_the_call_fails() -> None:
    result = run(GOOD + "  - say: thank you\n")
    assert [failure.message for failure in result.failures] == ["the call had ended before the caller could do this"]


TIMED_OUT = "turns:\n  - press: '1'\n  - press: '42719'\n  - hear: one moment\n  - hear: a person\n"
TIMING_OUT = "given: {connectors: {orders: {fails: timeout}}}"


def test_a_connector_that_times_out_leaves_the_caller_without_a_word_for_less_than_the_limit() -> None:
    result = run(TIMED_OUT + "expect: {outcome: requested}\n", TIMING_OUT)
    assert result.failures == ()
    assert 0 < result.figures.longest_silence_ms <= 2500
    still = [entry for entry in result.timeline if entry.text == "I'm still looking, one more moment."]
    assert len(still) == 2


def test_a_short_filler_is_followed_by_another_word_before_the_limit() -> None:
    short = FLOW.replace("One moment, I'm looking that up.", "One moment.")
    loaded = parse_flow(short.encode(), "shop.yaml")
    result = run_at_text_level(script(TIMED_OUT, TIMING_OUT), loaded.flow, TextPorts(understanding()))
    assert "One moment." in [entry.text for entry in result.timeline]
    assert result.failures == ()


def test_a_silence_longer_than_the_script_allows_fails() -> None:
    [failure] = run(TIMED_OUT + "expect: {longest_silence_ms: 1000}\n", TIMING_OUT).failures
    assert failure.message == "the caller heard nothing for 1080 ms; the limit is 1000"


def test_a_japanese_caller_dials_the_japanese_number() -> None:
    head = "caller: {language: ja}"
    calling = script("turns:\n  - hear: ご用件\n  - hang_up\nexpect: {language: ja}\n", head)
    assert dialled_number(calling, flow()) == "+815012345678"
    assert run("turns:\n  - hear: ご用件\n  - hang_up\nexpect: {language: ja}\n", head).passed


def test_the_number_of_the_script_comes_first() -> None:
    calling = script("turns:\n  - hang_up\n", 'dialled: "+12025550100"')
    assert dialled_number(calling, flow()) == "+12025550100"


def test_hours_are_those_of_the_moment_unless_the_script_says_otherwise() -> None:
    moments: list[datetime] = []

    def closed(schedule: str, at: datetime) -> tuple[bool, Mapping[str, str]]:
        assert schedule == "desk"
        return False, {"en": "from nine to five"}

    ports = TextPorts(understanding(), hours=closed, set_now=moments.append)
    turns = "turns:\n  - hear: a person will call\n"
    at = "given: {now: 2026-11-23T10:00:00-05:00%s}"
    assert run_at_text_level(script(turns, at % ""), flow(), ports).passed
    welcomed = "turns:\n  - hear: how can i help\n  - hang_up\n"
    assert run_at_text_level(script(welcomed, at % ", hours: open"), flow(), ports).passed
    assert moments[0] == datetime(2026, 11, 23, 15, tzinfo=UTC)


def test_given_connectors_stand_before_the_real_ones() -> None:
    real = FakeConnectors(rows={"orders.find": [{"number": "1", "status": "real"}]})
    given = GivenConnectors({"requests": GivenConnector(fails="timeout", delay_ms=30)}, real)
    assert given.call("orders.find", {"number": "1"}).record["status"] == "real"
    assert given.call("requests.store", {}).reason == "timeout"
    assert (given.lookup_ms("requests.store"), given.lookup_ms("orders.find")) == (30, 0)
    assert list(given.operations()) == ["orders.find"]


def test_a_connector_that_nobody_gave_fails() -> None:
    assert GivenConnectors({}).call("orders.find", {}).outcome is LookUpOutcome.FAILED
    assert GivenConnectors({}).operations() == {}
