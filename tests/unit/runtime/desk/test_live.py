"""Callers on the line who want a person: stored, asked after, handed over, taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.core.queueing import claims
from ivr.core.queueing.leg_events import LegNews, Word, leg_progressed, leg_said
from ivr.core.queueing.legs import Agent, AgentState, LegOutcome, LegState, Role
from ivr.core.queueing.model import Callback, CallbackState, Cause, Kind
from ivr.ports import Claim
from ivr.runtime.desk.parts import DeskLimits
from tests.unit.runtime.desk.counter import AT, CALL, CALLER, LATER_CALL, OURS, Counter

pytestmark = pytest.mark.unit

ASKED = {
    "queue": "general", "caller": CALLER, "call_id": CALL, "flow": "support", "dialled": OURS, "language": "en",
    "words": "my radio is broken", "topic": "Repairs", "max_wait_secs": "20", "arrived_at": AT.isoformat(),
}  # fmt: skip


@pytest.fixture
def counter() -> Counter:
    counter = Counter()
    counter.agents.add(Agent("ana", "Ana", "+12025550110", ("general",), state=AgentState.AVAILABLE, since=AT))
    return counter


def asked(counter: Counter, key: str = "k1", **changes: str) -> Callback:
    told = counter.ask("transfer", ASKED, key, **changes)
    assert told["ok"] == "yes"
    return counter.now_is(told["id"])


def stands(counter: Counter, row: Callback) -> tuple[str, str]:
    told = counter.ask("transfer_stands", id=row.id, call_id=row.call_id)
    return told["stands"], told["agent"]


def rings(counter: Counter, row: Callback, agent: str = "ana") -> str:
    """A worker claims it for an agent and has the telephone ring; the tag of that leg."""
    now = counter.at

    def take(attempt: claims.Attempt) -> claims.Step | None:
        return claims.claim(attempt, worker="w", lease_secs=60, now=now)

    counter.callbacks.claim([Claim(row.id, agent, take)])
    tag = f"{agent:f>32}"
    counter.callbacks.step(
        row.id, lambda found: claims.add_leg(found, Role.AGENT, tag, from_number=OURS, worker="w", now=now)
    )
    counter.callbacks.step_leg(tag, lambda a: leg_progressed(a, tag, LegNews(LegState.RINGING), at=now))
    return tag


def picks_up(counter: Counter, tag: str) -> None:
    counter.callbacks.step_leg(tag, lambda a: leg_progressed(a, tag, LegNews(LegState.ANSWERED), at=counter.at))


def says(counter: Counter, tag: str, word: Word) -> None:
    counter.callbacks.step_leg(tag, lambda a: leg_said(a, tag, word, at=counter.at))


def test_a_caller_is_stored_with_the_leg_that_is_there(counter: Counter) -> None:
    row = asked(counter)
    assert (row.kind, row.state, row.cause, row.number) == (Kind.TRANSFER, CallbackState.PENDING, Cause.ASKED, CALLER)
    assert (row.reason, row.notes, row.expires_at) == ("Repairs", ("my radio is broken",), AT + timedelta(seconds=20))
    (leg,) = counter.callbacks.legs(row.id)
    assert (leg.role, leg.state, leg.number, leg.carrier_sid) == (Role.CUSTOMER, LegState.ACCEPTED, "", "CA1")
    assert counter.callbacks.leg_by_call(CALL) == leg


def test_the_same_step_of_a_call_is_one_row(counter: Counter) -> None:
    assert asked(counter).id == asked(counter).id


def test_two_callers_of_one_number_both_wait(counter: Counter) -> None:
    counter.agents.add(Agent("ben", "Ben", "+12025550111", ("general",), state=AgentState.AVAILABLE, since=AT))
    first, second = asked(counter), asked(counter, "k2", call_id=LATER_CALL)
    assert first.id != second.id
    assert [place.id for place in counter.callbacks.line("general", counter.at)] == [first.id, second.id]


def test_callers_with_withheld_numbers_both_wait(counter: Counter) -> None:
    counter.agents.add(Agent("ben", "Ben", "+12025550111", ("general",), state=AgentState.AVAILABLE, since=AT))
    assert asked(counter, caller="").id != asked(counter, "k2", call_id=LATER_CALL, caller="").id


@pytest.mark.parametrize(
    "changes",
    [
        {"state": AgentState.OFFLINE},
        {"state": AgentState.ON_CALL},
        {"state": AgentState.BREAK},
        {"languages": ("ja",)},
        {"queues": ("other",)},
        {"until": AT},
        {"state": AgentState.WRAP_UP, "free_at": AT + timedelta(seconds=21)},
    ],
)  # fmt: skip
def test_where_nobody_can_be_had_nobody_is_rung(counter: Counter, changes: dict[str, object]) -> None:
    counter.agents.set_state("ana", lambda agent: replace(agent, **changes))
    assert counter.ask("transfer", ASKED, "k1")["ok"] == "no"
    assert counter.callbacks.by_key("k1") is None


def test_somebody_who_writes_notes_for_a_moment_can_be_had(counter: Counter) -> None:
    notes = {"state": AgentState.WRAP_UP, "free_at": AT + timedelta(seconds=10)}
    counter.agents.set_state("ana", lambda agent: replace(agent, **notes))
    assert stands(counter, asked(counter)) == ("waiting", "")


def test_a_promise_that_is_due_comes_before_another_caller(counter: Counter) -> None:
    counter.booked(call_id=LATER_CALL, caller="+12025550188")
    assert counter.ask("transfer", ASKED, "k1")["ok"] == "no"


def test_one_agent_is_enough_for_one_caller_only(counter: Counter) -> None:
    asked(counter)
    assert counter.ask("transfer", ASKED, "k2", call_id=LATER_CALL)["ok"] == "no"


def test_outside_of_hours_nobody_is_rung(counter: Counter) -> None:
    counter.at = AT + timedelta(hours=12)
    assert counter.ask("transfer", ASKED, "k1")["ok"] == "no"


def test_the_kill_switch_rings_nobody() -> None:
    counter = Counter(limits=DeskLimits(may_dial=False))
    counter.agents.add(Agent("ana", "Ana", "+12025550110", ("general",), state=AgentState.AVAILABLE, since=AT))
    assert counter.ask("transfer", ASKED, "k1")["ok"] == "no"


def test_a_call_that_is_over_is_not_connected(counter: Counter) -> None:
    counter.sids.clear()
    assert counter.ask("transfer", ASKED, "k1")["ok"] == "no"


def test_it_is_told_how_it_stands_until_an_agent_takes_it(counter: Counter) -> None:
    row = asked(counter)
    assert stands(counter, row) == ("waiting", "")
    tag = rings(counter, row)
    assert stands(counter, row) == ("ringing", "")
    picks_up(counter, tag)
    assert stands(counter, row) == ("picked_up", "")
    says(counter, tag, Word.ACCEPTED)
    assert stands(counter, row) == ("through", "Ana")
    leg = counter.callbacks.leg_by_call(CALL)
    assert leg is not None and leg.answered_at == counter.at
    assert stands(counter, row) == ("through", "Ana")


def test_behind_the_time_there_is_nobody_is_waited_for(counter: Counter) -> None:
    row = asked(counter)
    counter.at += timedelta(seconds=20)
    assert stands(counter, row) == ("over", "")
    assert (counter.now_is(row.id).state, counter.now_is(row.id).cause) == (CallbackState.CANCELLED, Cause.EXPIRED)
    assert stands(counter, row) == ("over", "")


def test_an_acceptance_in_the_last_moment_holds(counter: Counter) -> None:
    row = asked(counter)
    tag = rings(counter, row)
    picks_up(counter, tag)
    says(counter, tag, Word.ACCEPTED)
    counter.at += timedelta(seconds=20)
    assert stands(counter, row) == ("through", "Ana")


def test_while_a_telephone_rings_the_wish_is_taken_back(counter: Counter) -> None:
    row = asked(counter)
    rings(counter, row)
    assert counter.ask("transfer_withdraw", id=row.id, call_id=CALL)["stands"] == "over"
    left = counter.now_is(row.id)
    assert (left.state, left.ending) == (CallbackState.DIALLING, Cause.BY_CALLER)
    (leg, _) = counter.callbacks.legs(row.id)
    assert (leg.state, leg.outcome) == (LegState.OVER, LegOutcome.CANCELLED)


def test_who_takes_back_what_an_agent_has_taken_is_through(counter: Counter) -> None:
    row = asked(counter)
    tag = rings(counter, row)
    picks_up(counter, tag)
    says(counter, tag, Word.ACCEPTED)
    told = counter.ask("transfer_withdraw", id=row.id, call_id=CALL)
    assert (told["stands"], told["agent"]) == ("through", "Ana")


def test_who_hangs_up_is_gone_even_for_an_agent_who_took_the_call(counter: Counter) -> None:
    row = asked(counter)
    tag = rings(counter, row)
    picks_up(counter, tag)
    says(counter, tag, Word.ACCEPTED)
    assert counter.ask("transfer_withdraw", id=row.id, call_id=CALL, left="yes")["stands"] == "over"
    assert counter.now_is(row.id).ending is Cause.CUSTOMER_LEFT


def test_when_the_only_agent_has_passed_nobody_is_waited_for(counter: Counter) -> None:
    row = asked(counter)
    tag = rings(counter, row)
    picks_up(counter, tag)
    says(counter, tag, Word.DECLINED)
    assert stands(counter, row)[0] == "waiting"
    counter.changed(counter.now_is(row.id), agent="")
    counter.agents.set_state("ana", lambda agent: replace(agent, state=AgentState.BREAK, callback_id=""))
    assert stands(counter, row) == ("over", "")
    assert counter.now_is(row.id).ending is Cause.AGENT_DECLINED


@pytest.mark.parametrize("operation", ["transfer_stands", "transfer_withdraw"])
def test_another_call_can_do_nothing_with_it(counter: Counter, operation: str) -> None:
    row = asked(counter)
    assert counter.ask(operation, id=row.id, call_id=LATER_CALL)["stands"] == "over"
    assert counter.ask(operation, id="f" * 32, call_id=CALL)["stands"] == "over"
    assert counter.now_is(row.id).state is CallbackState.PENDING
    promise = counter.booked(call_id=CALL, caller="+12025550188")
    assert counter.ask(operation, id=promise.id, call_id=CALL)["stands"] == "over"
    assert counter.now_is(promise.id).state is CallbackState.PENDING


# -- a number in place of a queue --------------------------------------------------------------------


def test_a_number_of_a_flow_is_read_and_may_be_dialled(counter: Counter) -> None:
    assert counter.ask("transfer_number", to="(213) 555-0177", dialled=OURS) == {"ok": "yes", "number": "+12135550177"}


@pytest.mark.parametrize("number", ["", "nobody", "+19005550177", "+16465550177", OURS, "+442071838750"])
def test_a_number_that_may_not_be_dialled_is_not(counter: Counter, number: str) -> None:
    assert counter.ask("transfer_number", to=number, dialled=OURS) == {"ok": "no", "number": ""}


def test_the_kill_switch_holds_for_numbers_too() -> None:
    counter = Counter(limits=DeskLimits(may_dial=False))
    assert counter.ask("transfer_number", to="+12135550177")["ok"] == "no"
