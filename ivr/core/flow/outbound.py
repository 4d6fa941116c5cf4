"""The flows of legs that we dialled: a customer who proves to be there, an agent who takes the call. Built in."""

from __future__ import annotations

from ivr.core.flow.model import Flow
from ivr.core.flow.parts.kit import Kit
from ivr.core.flow.parts.sentences import AGENT, CALLBACK, CUSTOMER

BRIDGE = "bridge"
"""Outcome of a leg that goes on to meet the other party."""
CUSTOMER_ROLE, AGENT_ROLE = "customer", "agent"
OWNER = "leg"
_WORD = {"call_id": "{{ call.id }}"}
_PROVEN = {"id": "{{ callback.id }}", "code": "{{ callback.code }}"}


def outbound_flow(flow: Flow, role: str) -> Flow:
    """`support@customer` or `support@agent`, in the languages and the version of `flow`. Another role: `KeyError`."""
    made = {CUSTOMER_ROLE: _customer, AGENT_ROLE: _agent}[role](Kit(OWNER, flow.languages))
    return Flow(
        name=f"{flow.name}@{role}",
        title=flow.title,
        version=flow.version,
        languages=flow.languages,
        numbers=(),
        start=f"{OWNER}.hello",
        nodes=made.nodes,
        everywhere={"agent": f"{OWNER}.accept"},
    )


def _report(kit: Kit, part: str, word: str, then: str, failed: str) -> None:
    kit.do(part, "leg", "reported", then, failed, word=word, **_WORD)


def _customer(kit: Kit) -> Kit:
    at = kit.name
    kit.ask(
        "hello",
        "is_there",
        "yes_no",
        CUSTOMER["hello"],
        by_value={"yes": at("accept"), "no": at("when")},
        again=CUSTOMER["hello_again"],
        failure=at("gone"),
        silent=at("gone"),
        keys={"9": at("stop")},
    )
    _report(kit, "accept", "present", at("accepted"), at("void"))
    kit.branch("accepted", ("reported.ok == 'yes'", at("meet")), otherwise=at("void"))
    kit.hang_up("meet", None, BRIDGE)
    kit.hang_up("void", CUSTOMER["void"], "void")
    kit.ask(
        "when",
        "new_time",
        "callback_time",
        CUSTOMER["when"],
        at("move"),
        by_value={"asap": at("accept"), "later": at("later"), "no": at("later")},
        again=CALLBACK["when_again"],
        failure=at("later"),
        keys={"9": at("stop")},
    )
    kit.do(
        "move",
        "move",
        "moved",
        at("was_moved"),
        at("later"),
        when="{{ slots.new_time }}",
        zone="{{ callback.zone }}",
        **_PROVEN,
    )
    kit.branch("was_moved", ("moved.ok == 'yes'", at("moved")), otherwise=at("problem"))
    kit.hang_up("moved", CUSTOMER["moved"], "moved")
    kit.say("problem", CUSTOMER["problem"], at("when"))
    _report(kit, "later", "declined", at("tried_later"), at("tried_later"))
    kit.hang_up("tried_later", CUSTOMER["later"], "declined")
    _report(kit, "stop", "stopped", at("stopped"), at("stopped"))
    kit.hang_up("stopped", CUSTOMER["stopped"], "stopped")
    kit.branch("gone", ("callback.leaves_voicemail == 'yes'", at("machine")), otherwise=at("nobody"))
    _report(kit, "machine", "voicemail", at("voicemail"), at("voicemail"))
    kit.hang_up("voicemail", CUSTOMER["voicemail"], "voicemail")
    _report(kit, "nobody", "not_present", at("left"), at("left"))
    kit.hang_up("left", CUSTOMER["later"], "not_present")
    return kit


def _agent(kit: Kit) -> Kit:
    at = kit.name
    kit.ask(
        "hello",
        "takes_it",
        "yes_no",
        AGENT["brief"],
        by_value={"yes": at("accept"), "no": at("pass")},
        again=AGENT["brief_again"],
        failure=at("nobody"),
        silent=at("nobody"),
    )
    _report(kit, "accept", "accepted", at("accepted"), at("void"))
    kit.branch("accepted", ("reported.ok == 'yes'", at("meet")), otherwise=at("void"))
    kit.hang_up("meet", None, BRIDGE)
    kit.hang_up("void", AGENT["void"], "void")
    _report(kit, "pass", "declined", at("passed"), at("passed"))
    kit.hang_up("passed", AGENT["passed"], "declined")
    _report(kit, "nobody", "not_present", at("left"), at("left"))
    kit.hang_up("left", AGENT["passed"], "not_present")
    return kit
