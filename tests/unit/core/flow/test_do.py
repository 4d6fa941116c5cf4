"""`do`: a look-up that is slow, fails, finds nothing, or hangs."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from ivr.core.commands import CancelTimer, LookUp, SetTimer
from ivr.core.events import EndCause
from ivr.core.flow.expressions import parse_template
from ivr.core.flow.model import DoVerb, HangUpVerb, SayVerb
from ivr.core.meaning import Kind
from tests.unit.core.driving import Drive
from tests.unit.core.flows import flow_of, prompt

pytestmark = pytest.mark.unit


def drive_with(**changes: object) -> Drive:
    values: dict[str, object] = {"call": "orders.find", "arguments": {}, "then": "found"} | changes
    nodes = {
        "find": DoVerb(**values),  # type: ignore[arg-type]
        "found": SayVerb(prompt("It is {{ order.status }}."), "bye"),
        "unknown": SayVerb(prompt("I can't find it."), "bye"),
        "broken": SayVerb(prompt("I can't look."), "bye"),
        "person": SayVerb(prompt("A person will call you."), "bye"),
        "bye": HangUpVerb(prompt("Goodbye.")),
    }
    return Drive(flow_of(nodes))


def test_a_look_up_is_ordered_with_its_key_and_its_timers() -> None:
    drive = drive_with()
    [order] = drive.of(LookUp)
    assert (order.operation, order.arguments, order.key) == ("orders.find", {}, "c1:find:1")
    assert [(one.why, one.after_ms) for one in drive.of(SetTimer)] == [("lookup", 8000), ("filler", 1000)]
    assert drive.expecting.kind is Kind.NOTHING


def test_one_expression_keeps_the_type_of_its_value() -> None:
    arguments = {
        "open": parse_template("{{ hours.is_open }}"),
        "note": parse_template("call {{ call.id }}"),
        "none": parse_template("{{ slots.x }}"),
    }
    assert drive_with(arguments=arguments).looked_up.arguments == {"open": True, "note": "call c1", "none": None}


def test_a_fast_answer_is_said_without_a_filler() -> None:
    drive = drive_with(save="order")
    timers = [one.timer_id for one in drive.of(SetTimer)]
    drive.found(status="shipped")
    assert drive.said() == ["It is shipped.", "Goodbye."]
    assert [one.timer_id for one in drive.of(CancelTimer)] == [timers[1], timers[0]]


def test_a_slow_answer_is_preceded_by_the_flow_s_filler() -> None:
    drive = drive_with(filler=prompt("I'm looking."))
    drive.fire("filler")
    assert drive.said() == ["I'm looking."]


def test_a_slow_answer_without_a_filler_has_the_built_in_one() -> None:
    drive = drive_with()
    drive.fire("filler")
    assert drive.said() == ["One moment, please."]


def test_a_very_slow_answer_is_worded_differently_the_second_time() -> None:
    drive = drive_with(filler=prompt("I'm looking."))
    drive.fire("filler")
    assert [(one.why, one.after_ms) for one in drive.of(SetTimer)] == [("filler", 3000)]
    drive.played()
    drive.fire("filler")
    assert drive.said() == ["I'm still looking, one more moment."]


def test_the_filler_waits_until_what_is_playing_was_heard() -> None:
    nodes = {
        "s": SayVerb(prompt("Thank you very much."), "find"),
        "find": DoVerb("orders.find", {}, "bye"),
        "bye": HangUpVerb(None),
    }
    drive = Drive(flow_of(nodes))
    drive.fire("filler")
    assert (drive.said(), drive.timers) == ([], ["filler"])
    drive.played()
    drive.fire("filler")
    assert drive.said() == ["One moment, please."]


def test_nothing_found_has_its_own_node() -> None:
    drive = drive_with(not_found="unknown")
    drive.not_found()
    assert drive.said() == ["I can't find it.", "Goodbye."]


def test_nothing_found_without_a_node_counts_as_a_failure() -> None:
    drive = drive_with(failed="broken")
    drive.not_found()
    assert drive.said() == ["I can't look.", "Goodbye."]


def test_a_failure_has_its_own_node_and_is_noted() -> None:
    drive = drive_with(failed="broken")
    drive.failed()
    assert drive.said() == ["I can't look.", "Goodbye."]
    assert drive.notes("look_up") == [{"operation": "orders.find", "outcome": "failed", "reason": "timeout"}]


def test_a_failure_without_a_node_leads_to_a_person() -> None:
    drive = drive_with()
    drive.failed()
    assert drive.said() == ["A person will call you.", "Goodbye."]


def test_a_connector_that_never_answers_fails_after_eight_seconds() -> None:
    drive = drive_with(failed="broken")
    drive.fire("lookup")
    assert drive.said() == ["I can't look.", "Goodbye."]
    assert drive.notes("look_up")[0]["reason"] == "deadline"


def test_what_was_found_is_kept_as_plain_values() -> None:
    drive = drive_with(save="order")
    drive.found(
        status="shipped",
        total=Decimal("80.50"),
        weight=1.5,
        eta=date(2026, 11, 25),
        at=datetime(2026, 11, 25, 8, 30),
        gift=True,
        count=3,
        note=None,
        customer={"name": "Mia"},
        cause=EndCause.LOST,
    )
    assert drive.session.state.records["order"] == {
        "status": "shipped",
        "total": "80.50",
        "weight": "1.5",
        "eta": "2026-11-25",
        "at": "2026-11-25T08:30:00",
        "gift": True,
        "count": 3,
        "note": None,
        "customer": {"name": "Mia"},
        "cause": "EndCause.LOST",
    }


def test_speech_cut_short_by_the_answer_is_not_said_again_after_it() -> None:
    drive = drive_with(save="order")
    drive.fire("filler")
    drive.speak()
    drive.found(status="shipped")
    drive.played(completed=False, heard_ms=100)
    drive.noise()
    assert "One moment, please." not in drive.said()


def test_the_end_of_the_no_input_wait_means_nothing_during_a_look_up() -> None:
    drive = drive_with()
    drive.session.state.timers["no_input"] = 99
    assert drive.fire("no_input") == []
