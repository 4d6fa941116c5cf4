"""The edges of a flow's nodes."""

from __future__ import annotations

import pytest

from ivr.core.flow.expressions import parse_condition
from ivr.core.flow.model import (
    AskVerb,
    BranchCase,
    BranchVerb,
    DoVerb,
    FlowNode,
    HangUpVerb,
    Ladder,
    ListenVerb,
    SayVerb,
    Verb,
    targets,
)
from ivr.core.meaning import SlotType

pytestmark = pytest.mark.unit


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
    ],
)
def test_every_verb_names_its_edges(verb: Verb, edges: dict[str, str]) -> None:
    assert targets(FlowNode("n", verb)) == edges
