"""The verb `transfer`: told where it stands, through to somebody, or on elsewhere; and the wait in the middle of it."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.core.commands import LookUp, Note
from ivr.core.events import CallResumed
from ivr.core.flow.expansion import expanded
from ivr.core.flow.expressions import parse_template
from ivr.core.flow.model import HangUpVerb, TransferVerb, WaitVerb, targets
from ivr.core.flow.parts.transfer import DIAL, number_of, without_person
from ivr.core.flow.verbs.wait import MAX_FAILURES
from ivr.core.session import CallSession
from ivr.core.state import Phase
from tests.unit.core.driving import Drive
from tests.unit.core.flows import flow_of, prompt, shop_flow

pytestmark = pytest.mark.unit

ROW = {"ok": "yes", "id": "r1", "stands": "waiting", "agent": ""}
RINGING = "One moment, I am ringing a colleague."


def flow(**changes: Any) -> Any:
    nodes = {name: node.verb for name, node in shop_flow().nodes.items()}
    usual: dict[str, Any] = {"otherwise": "gone", "queue": "general", "brief": ("number", "order.status")}
    nodes |= {"person": TransferVerb(**usual | changes), "gone": HangUpVerb(prompt("Later then."), "gone")}
    return expanded(flow_of(nodes, everywhere={"agent": "person", "goodbye": "bye", "repeat": "repeat"}))


def asked(**changes: Any) -> Drive:
    drive = Drive(flow(**changes))
    drive.mean_text("a person please", "x")
    drive.command("agent")
    return drive


def waiting(**changes: Any) -> Drive:
    """A telephone is about to ring."""
    drive = asked(**changes)
    drive.found(**ROW)
    return drive


def stands(drive: Drive, where: str, agent: str = "") -> None:
    if "poll" in drive.session.state.timers:
        drive.fire("poll")
    drive.found(**ROW | {"stands": where, "agent": agent})


# -- asked -------------------------------------------------------------------------------------------


def test_the_counter_is_told_what_people_need_to_know() -> None:
    drive = asked(skills=("orders",), priority=7, max_wait_secs=45)
    look_up = drive.looked_up
    given = look_up.arguments
    assert (look_up.operation, look_up.key) == ("callbacks.transfer", "c1:person.begin:1")
    assert (given["queue"], given["skills"], given["priority"], given["max_wait_secs"]) == (
        "general", "orders", "7", "45",
    )  # fmt: skip
    assert {"brief.number", "brief.order.status"} <= set(given)
    assert (given["words"], given["call_id"], given["caller"]) == ("words", "c1", "+12025550123")


def test_nothing_is_said_before_it_is_stored() -> None:
    assert asked().said() == []
    assert waiting().said() == [RINGING]


def test_a_flow_may_say_it_in_its_own_words() -> None:
    assert waiting(prompt=prompt("I will get somebody.")).said() == ["I will get somebody."]


@pytest.mark.parametrize("how", ["nobody", "failed"])
def test_where_nobody_can_be_had_it_goes_on_at_once(how: str) -> None:
    drive = asked()
    drive.found(ok="no") if how == "nobody" else drive.failed()
    assert (drive.node, drive.said()) == ("gone", ["Later then."])


# -- waiting -----------------------------------------------------------------------------------------


def test_it_is_asked_once_a_second_how_it_stands() -> None:
    drive = waiting()
    assert drive.looked_up.operation == "callbacks.transfer_stands"
    assert drive.looked_up.arguments == {"id": "r1", "call_id": "c1", "language": "en"}
    drive.found(**ROW)
    assert drive.timers == ["poll"]
    drive.fire("poll")
    assert len(drive.of(LookUp)) == 1


def test_every_few_seconds_the_caller_hears_where_it_stands() -> None:
    drive = waiting()
    stands(drive, "ringing")
    drive.fire("words")
    assert (drive.said(), drive.timers) == ([], ["words"])  # the first sentence is still being said
    drive.played()
    drive.fire("words")
    assert drive.said() == ["My colleague's telephone is ringing. If you would rather not wait, press star."]


def test_who_has_picked_up_is_told_at_once_and_once() -> None:
    drive = waiting()
    stands(drive, "picked_up")
    assert drive.said() == ["A colleague has picked up, and is hearing what it is about."]
    stands(drive, "picked_up")
    assert drive.said() == []


def test_a_stage_without_words_is_not_spoken_of() -> None:
    drive = waiting()
    drive.played()
    stands(drive, "sideways")
    drive.fire("words")
    assert drive.said() == []


def test_through_is_said_and_the_call_goes_on_to_the_agent() -> None:
    drive = waiting()
    stands(drive, "through", "Ana")
    assert drive.said() == ["Thank you for waiting. You are through to Ana."]
    drive.played()
    assert drive.hung_up == "bridge"


def test_when_nobody_could_be_reached_it_goes_on_elsewhere() -> None:
    drive = waiting()
    stands(drive, "over")
    assert drive.said() == ["I'm sorry, I could not reach anybody.", "Later then."]


def test_a_store_that_is_away_for_a_moment_does_no_harm() -> None:
    drive = waiting()
    for _ in range(MAX_FAILURES - 1):
        drive.failed()
        drive.fire("poll")
    drive.found(**ROW)
    drive.fire("poll")
    drive.fire("lookup")
    assert drive.node == "person.wait"


def test_one_that_stays_away_ends_the_waiting() -> None:
    drive = waiting()
    for _ in range(MAX_FAILURES - 1):
        drive.failed()
        drive.fire("poll")
    drive.failed()
    assert drive.node == "person.leave"
    drive.failed()
    assert drive.node == "gone"


def test_other_words_and_keys_are_nothing() -> None:
    drive = waiting()
    drive.nonsense()
    drive.press("5")
    assert drive.node == "person.wait"
    stands(drive, "over")
    assert drive.node == "gone"


# -- leaving -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "node"), [("star", "gone"), ("goodbye", "bye"), ("main_menu", "welcome")]
)  # fmt: skip
def test_whoever_leaves_takes_the_wish_along(way: str, node: str) -> None:
    drive = waiting()
    drive.found(**ROW)
    drive.press("*") if way == "star" else drive.command(way)
    assert drive.looked_up.operation == "callbacks.transfer_withdraw"
    drive.found(**ROW | {"stands": "over"})
    assert drive.node == node


def test_a_key_counts_in_the_middle_of_a_question_to_the_counter() -> None:
    drive = waiting()
    drive.press("*")
    assert drive.node == "person.leave"


def test_who_leaves_too_late_is_through() -> None:
    drive = waiting()
    drive.press("*")
    drive.found(**ROW | {"stands": "through", "agent": "Ben"})
    assert drive.said()[-1] == "Thank you for waiting. You are through to Ben."


def test_who_asks_for_a_person_again_hears_it_again() -> None:
    drive = waiting()
    drive.found(**ROW)
    drive.command("agent")
    assert (drive.node, drive.said()) == ("person.wait", [RINGING])


def test_who_hangs_up_is_not_called_to_the_telephone() -> None:
    drive = waiting()
    drive.end()
    look_up = drive.looked_up
    assert look_up.operation == "callbacks.transfer_withdraw"
    assert look_up.arguments == {"id": "r1", "call_id": "c1", "left": "yes"}
    assert look_up.key == "c1:person.left"


def test_before_anything_is_stored_there_is_nothing_to_take_back() -> None:
    drive = asked()
    drive.end()
    assert [one.operation for one in drive.of(LookUp)] == []


# -- a process fell ----------------------------------------------------------------------------------


def test_after_a_fall_the_same_row_is_asked_for() -> None:
    drive = waiting()
    again = CallSession.restore(drive.session.flow, drive.session.snapshot())
    commands = again.handle(CallResumed(60_000))
    (look_up,) = [one for one in commands if isinstance(one, LookUp)]
    assert (look_up.operation, look_up.arguments["id"]) == ("callbacks.transfer_stands", "r1")


def test_who_comes_back_from_nobody_goes_on_elsewhere() -> None:
    drive = waiting()
    stands(drive, "through", "Ana")
    drive.played()
    snapshot = without_person(drive.session.snapshot())
    assert snapshot is not None
    again = CallSession.restore(drive.session.flow, snapshot)
    commands = again.handle(CallResumed(60_000))
    nodes = [one.values["node"] for one in commands if isinstance(one, Note) and one.kind == "node"]
    assert nodes == ["person.lost", "person.otherwise", "gone"]
    assert again.state.phase is Phase.LEAVING


@pytest.mark.parametrize("node", ["welcome", "person.wait", "through", ""])
def test_who_was_not_on_the_way_to_anybody_stays_where_they_are(node: str) -> None:
    assert without_person({"node": node}) is None


# -- a number ----------------------------------------------------------------------------------------


def to_a_number(**changes: Any) -> Drive:
    return asked(queue="", brief=(), to=parse_template("+1213555{{ slots.last }}"), **changes)


def test_a_number_is_looked_at_before_it_is_dialled() -> None:
    drive = to_a_number()
    assert (drive.looked_up.operation, drive.looked_up.arguments["to"]) == ("callbacks.transfer_number", "+1213555")
    drive.found(ok="yes", number="+12135550177")
    assert drive.said() == ["One moment, I am connecting you."]
    drive.played()
    assert drive.hung_up == DIAL
    assert number_of(DIAL, drive.session.snapshot()) == "+12135550177"


def test_the_flow_may_say_that_in_its_own_words() -> None:
    drive = to_a_number(prompt=prompt("To the shop."))
    drive.found(ok="yes", number="+12135550177")
    assert drive.said() == ["To the shop."]


@pytest.mark.parametrize("how", ["refused", "failed"])
def test_a_number_that_may_not_be_dialled_is_passed_over(how: str) -> None:
    drive = to_a_number()
    drive.found(ok="no", number="") if how == "refused" else drive.failed()
    assert drive.node == "gone"


def test_where_nobody_answered_the_flow_goes_on() -> None:
    drive = to_a_number()
    drive.found(ok="yes", number="+12135550177")
    drive.played()
    snapshot = without_person(drive.session.snapshot())
    assert snapshot is not None and snapshot["node"] == "person.nobody"


def test_other_calls_have_no_number_to_go_on_to() -> None:
    assert number_of("bridge", {"records": {"transfer": {"number": "+1"}}}) == ""
    assert number_of(DIAL, None) == ""
    assert number_of(DIAL, {"records": {}}) == ""


def test_every_edge_is_known() -> None:
    nodes = flow().nodes
    assert targets(nodes["person"]) == {"otherwise": "gone"}
    wait = nodes["person.wait"]
    assert isinstance(wait.verb, WaitVerb)
    assert targets(wait) == {
        "then through": "person.through", "then over": "person.nobody", "key *": "person.leave",
        "failed": "person.leave",
    }  # fmt: skip
