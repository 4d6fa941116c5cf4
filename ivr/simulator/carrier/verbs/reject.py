"""`<Reject>`: a ringing call is refused without an answer; an answered one just ends."""

from __future__ import annotations

from ivr.simulator.carrier.outcomes import HangUp, Outcome, Refuse
from ivr.simulator.carrier.state import CallStatus
from ivr.simulator.carrier.twiml_parse import Node
from ivr.simulator.carrier.verbs.step import Step, Verb


async def run(node: Node, step: Step) -> Outcome:
    """`reason="busy"` ends as busy, `rejected` as the settings say."""
    if step.call.is_answered:
        return HangUp()
    reason = node.attributes.get("reason", "rejected")
    if reason not in ("rejected", "busy"):
        step.warn_value(node, "reason")
    if reason == "busy":
        return Refuse(CallStatus.BUSY)
    return Refuse(step.services.settings.line.rejected_status)


VERB = Verb(run, frozenset({"reason"}))
