"""`branch`: the first case that holds."""

from __future__ import annotations

import pytest

from ivr.core.flow.expressions import parse_condition
from ivr.core.flow.model import BranchCase, BranchVerb, HangUpVerb, SayVerb
from tests.unit.core.driving import Drive
from tests.unit.core.flows import flow_of, prompt

pytestmark = pytest.mark.unit


def drive_through(*cases: BranchCase, **answer: object) -> Drive:
    nodes = {
        "b": BranchVerb(cases),
        "x": SayVerb(prompt("X."), "bye"),
        "y": SayVerb(prompt("Y."), "bye"),
        "person": SayVerb(prompt("A person will call you."), "bye"),
        "bye": HangUpVerb(None),
    }
    return Drive(flow_of(nodes), **answer)


KNOWN = BranchCase(parse_condition("caller.is_known"), "x")
OPEN = BranchCase(parse_condition("hours.is_open"), "y")
ELSE = BranchCase(None, "y")


def test_the_first_case_that_holds_is_taken() -> None:
    assert drive_through(KNOWN, OPEN, is_known=True).said() == ["X."]


def test_a_case_that_does_not_hold_is_passed() -> None:
    assert drive_through(KNOWN, OPEN).said() == ["Y."]


def test_else_takes_everything_left() -> None:
    assert drive_through(KNOWN, ELSE).said() == ["Y."]


def test_no_case_at_all_leads_to_a_person() -> None:
    assert drive_through(KNOWN).said() == ["A person will call you."]
