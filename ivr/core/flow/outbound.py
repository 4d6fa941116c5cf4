"""The flows of legs that we dialled: a customer who proves to be there, an agent who takes the call. Built in."""

from __future__ import annotations

from ivr.core.flow.model import Flow
from ivr.core.flow.parts.kit import Kit, Sentences
from ivr.core.flow.parts.sentences_legs import AGENT, CUSTOMER
from ivr.core.flow.parts.timing import RECORD, Timing, timing_parts
from ivr.core.flow.parts.wordings import ANSWERS
from ivr.core.meaning import SlotType

BRIDGE = "bridge"
"""Outcome of a leg that goes on to meet the other party."""
CUSTOMER_ROLE, AGENT_ROLE = "customer", "agent"
OWNER = "leg"
MAX_WHO = 2
"""How often it is told who is calling; a machine's greeting may ask for ever."""
_IS_LIVE = "callback.kind == 'transfer'"
_WORD = {"call_id": "{{ call.id }}"}
_PROVEN = {"id": "{{ callback.id }}", "code": "{{ callback.code }}"}
_AROUND = {"zone": "{{ callback.zone }}"}


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
    kit.say("hello", CUSTOMER["hello"], at("named"), interruptible=False)
    kit.branch("named", ("callback.name", at("name")), otherwise=at("about"))
    kit.say("name", CUSTOMER["named"], at("about"), interruptible=False)
    kit.branch("about", ("callback.reason", at("reason")), otherwise=at("ready"))
    kit.say("reason", CUSTOMER["about"], at("ready"), interruptible=False)
    kit.ask(
        "ready",
        "is_there",
        SlotType("choice"),
        CUSTOMER["ready"],
        by_value={"present": at("accept"), "later": at("when"), "stop": at("stop"), "who": at("who")},
        again=CUSTOMER["ready_again"],
        tries=2,
        failure=at("gone"),
        keys={"9": at("stop")},
        waits=True,
        choices={language: ANSWERS.get(language, ANSWERS["en"]) for language in kit.languages},
    )
    kit.branch("who", (f"{kit.visits('who')} > {MAX_WHO}", at("gone")), otherwise=at("hello"))
    _going_on(kit, "present", CUSTOMER["present"], CUSTOMER["void"])
    _another_time(kit)
    _report(kit, "stop", "stopped", at("stopped"), at("trouble"))
    kit.hang_up("stopped", CUSTOMER["stopped"], "stopped")
    kit.branch("gone", ("callback.leaves_voicemail == 'yes'", at("machine")), otherwise=at("nobody"))
    _report(kit, "machine", "voicemail", at("voicemail"), at("voicemail"))
    kit.hang_up("voicemail", CUSTOMER["voicemail"], "voicemail")
    _report(kit, "nobody", "not_present", at("left"), at("left"))
    kit.hang_up("left", CUSTOMER["later"], "not_present")
    return kit


def _going_on(kit: Kit, word: str, thanks: Sentences, void: Sentences, void_live: Sentences | None = None) -> None:
    """Said yes: on to the other party, unless the attempt is void by now."""
    at = kit.name
    _report(kit, "accept", word, at("accepted"), at("trouble"))
    gone = [(_IS_LIVE, at("void_live"))] if void_live is not None else []
    kit.branch("accepted", ("reported.ok == 'yes'", at("meet")), *gone, otherwise=at("void"))
    if void_live is not None:
        kit.hang_up("void_live", void_live, "void")
    kit.hang_up("meet", thanks, BRIDGE)
    kit.hang_up("void", void, "void")
    kit.hang_up("trouble", CUSTOMER["trouble"], "failed")


def _another_time(kit: Kit) -> None:
    at = kit.name
    later = at("later")
    timing_parts(kit, Timing("{{ callback.queue }}", _AROUND, at("accept"), at("move"), later, later))
    kit.do("move", "move", "moved", at("was_moved"), later, when=f"{{{{ {RECORD}.when }}}}", **_AROUND, **_PROVEN)
    kit.branch("was_moved", ("moved.ok == 'yes'", at("moved")), otherwise=at("not_moved"))
    _report(kit, "moved", "declined", at("told_time"), at("told_time"))
    kit.hang_up("told_time", CUSTOMER["moved"], "declined")
    _report(kit, "not_moved", "declined", at("told_problem"), at("told_problem"))
    kit.hang_up("told_problem", CUSTOMER["not_moved"], "declined")
    _report(kit, "later", "declined", at("told_later"), at("told_later"))
    kit.hang_up("told_later", CUSTOMER["later"], "declined")


def _agent(kit: Kit) -> Kit:
    at = kit.name
    kit.branch("hello", (_IS_LIVE, at("brief_live")), otherwise=at("brief"))
    kit.say("brief", AGENT["brief"], at("ready"), interruptible=False)
    kit.say("brief_live", AGENT["brief_live"], at("ready"), interruptible=False)
    kit.ask(
        "ready",
        "takes_it",
        "yes_no",
        AGENT["ready"],
        by_value={"yes": at("accept"), "no": at("pass")},
        tries=2,
        failure=at("nobody"),
        waits=True,
    )
    _going_on(kit, "accepted", AGENT["joined"], AGENT["void"], AGENT["void_live"])
    _report(kit, "pass", "declined", at("passed"), at("passed"))
    kit.hang_up("passed", AGENT["passed"], "declined")
    _report(kit, "nobody", "not_present", at("left"), at("left"))
    kit.hang_up("left", AGENT["passed"], "not_present")
    return kit
