"""The edges of a flow's nodes."""

from __future__ import annotations

import pytest

from ivr.core.flow.expressions import parse_condition, parse_template
from ivr.core.flow.model import (
    AskVerb,
    BranchCase,
    BranchVerb,
    CallbackVerb,
    DoVerb,
    FlowNode,
    HangUpVerb,
    Known,
    Ladder,
    ListenVerb,
    MessageVerb,
    RecordVerb,
    SayVerb,
    TextVerb,
    Verb,
    targets,
)
from ivr.core.meaning import SlotType

pytestmark = pytest.mark.unit

KNOWN = Known(parse_template("v"), {}, corrected="c", denied="d")


@pytest.mark.parametrize(
    ("verb", "edges"),
    [
        (
            ListenVerb({}, {"a": "x"}, {"1": "y"}, answered="z", no_match=Ladder(then="m"), no_input=Ladder(then="i")),
            {"on a": "x", "key 1": "y", "answered": "z", "no_match": "m", "no_input": "i"},
        ),
        (ListenVerb({}), {}),
        (AskVerb("s", SlotType("text"), {}, then="x", failure="f"), {"then": "x", "failure": "f"}),
        (AskVerb("s", SlotType("yes_no"), {}, by_value={"yes": "x", "no": "y"}), {"then yes": "x", "then no": "y"}),
        (SayVerb({}, "x"), {"then": "x"}),
        (DoVerb("a.b", {}, "x"), {"then": "x"}),
        (DoVerb("a.b", {}, "x", not_found="n", failed="f"), {"then": "x", "not_found": "n", "failed": "f"}),
        (
            BranchVerb((BranchCase(parse_condition("a"), "x"), BranchCase(None, "y"))),
            {"case 1": "x", "case 2": "y"},
        ),
        (HangUpVerb(None), {}),
        (
            AskVerb("s", SlotType("choice"), {}, then="x", keys={"9": "k"}, skip="h", known=KNOWN),
            {"then": "x", "skip": "h", "key 9": "k", "corrected": "c", "denied": "d"},
        ),
        (RecordVerb("s", {}, "x", "n"), {"then": "x", "nothing": "n"}),
        (CallbackVerb("q"), {}),
        (CallbackVerb("q", then="x", declined="d", failed="f"), {"then": "x", "declined": "d", "failed": "f"}),
        (MessageVerb("q", {}, then="x", failed="f"), {"then": "x", "failed": "f"}),
        (TextVerb({}, then="x", failed="f"), {"then": "x", "failed": "f"}),
    ],
)
def test_every_verb_names_its_edges(verb: Verb, edges: dict[str, str]) -> None:
    assert targets(FlowNode("n", verb)) == edges
