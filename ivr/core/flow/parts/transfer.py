"""To a person at once: stored, told, asked after until somebody has taken it, or nobody will.

begin ─▶ asked ─▶ wait ─▶ through ─▶ (conference) ─▶ lost ─▶ otherwise
  └ nobody can be had ┴ over ─▶ nobody ─▶ otherwise
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ivr.core.call import BUILT_IN
from ivr.core.flow.model import DoVerb, Flow, FlowNode, HangUpVerb, SayVerb, TransferVerb, WaitVerb
from ivr.core.flow.outbound import BRIDGE
from ivr.core.flow.parts import COUNTER
from ivr.core.flow.parts.kit import Kit, arguments
from ivr.core.flow.parts.sentences_live import TRANSFER as SAID
from ivr.core.state import Phase, Step

RECORD = "transfer"
"""What the counter said last."""
THROUGH, LOST = "through", "lost"
"""Steps: on to the agent; and back, because there was no conversation after all."""
DIALLING, DIAL = "dialling", "dial"
"""Step, and outcome, of a call that goes on to a number."""
STAGES = ("waiting", "ringing", "picked_up")
_ROW = {"id": f"{{{{ {RECORD}.id }}}}", "call_id": "{{ call.id }}"}


def without_person(snapshot: Mapping[str, Any]) -> dict[str, Any] | None:
    """The snapshot of a call that had gone on to a person, such that it goes on where nobody was there after all."""
    owner, _, step = str(snapshot.get("node", "")).rpartition(".")
    back = {THROUGH: LOST, DIALLING: "nobody"}.get(step)
    if back is None or not owner:
        return None
    again = {"node": f"{owner}.{back}", "phase": Phase.ASKING.value, "step": Step.MAIN.value, "outcome": None}
    return {**snapshot, **again, "unheard": []}


def number_of(outcome: str | None, snapshot: Mapping[str, Any] | None) -> str:
    """The number a call goes on to whose conversation with us is over; empty: none."""
    record = (snapshot or {}).get("records", {}).get(RECORD, {}) if outcome == DIAL else {}
    return str(record.get("number", ""))


def transfer_parts(flow: Flow, node: FlowNode, verb: TransferVerb) -> dict[str, FlowNode]:
    """The steps of one `transfer` node."""
    kit = Kit(node.name, flow.languages, node.everywhere)
    at = kit.name
    kit.branch("otherwise", otherwise=verb.otherwise)
    kit.say("nobody", SAID["nobody"], at("otherwise"))
    if verb.to is not None:
        _number(kit, verb)
        return kit.nodes
    _asking(kit, verb)
    _waiting(kit, {**flow.everywhere, **node.everywhere}, flow)
    kit.hang_up(THROUGH, SAID["through"], BRIDGE)
    kit.say(LOST, SAID["lost"], at("otherwise"))
    return kit.nodes


def _number(kit: Kit, verb: TransferVerb) -> None:
    """A number: the carrier dials it on the caller's own line, and asks how to go on when nobody is there."""
    at, given = kit.name, arguments(dialled="{{ call.dialled }}")
    given |= {"to": verb.to} if verb.to is not None else {}
    failed = at("otherwise")
    do = DoVerb(f"{COUNTER}.transfer_number", given, at("possible"), save=RECORD, not_found=failed, failed=failed)
    kit.add("begin", do)
    kit.branch("possible", (f"{RECORD}.ok == 'yes'", at(DIALLING)), otherwise=at("otherwise"))
    kit.add(DIALLING, HangUpVerb(verb.prompt or kit.prompt(SAID["connecting"]), DIAL))


def _asking(kit: Kit, verb: TransferVerb) -> None:
    at = kit.name
    kit.do(
        "begin",
        "transfer",
        RECORD,
        at("possible"),
        at("otherwise"),
        queue=verb.queue,
        skills=",".join(verb.skills),
        priority=str(verb.priority),
        max_wait_secs=str(verb.max_wait_secs),
        caller="{{ caller.number }}",
        attested="{{ caller.attested }}",
        name="{{ slots.name }}",
        reason="{{ slots.reason }}",
        topic="{{ call.topic }}",
        words="{{ call.words }}",
        call_id="{{ call.id }}",
        flow="{{ call.flow }}",
        dialled="{{ call.dialled }}",
        arrived_at="{{ call.arrived_at }}",
        **{f"brief.{item}": f"{{{{ {item if '.' in item else f'slots.{item}'} }}}}" for item in verb.brief},
    )
    kit.branch("possible", (f"{RECORD}.ok == 'yes'", at("asked")), otherwise=at("otherwise"))
    if verb.prompt is None:
        kit.say("asked", SAID["asked"], at("wait"))
    else:
        kit.add("asked", SayVerb(verb.prompt, at("wait")))


def _waiting(kit: Kit, everywhere: Mapping[str, str], flow: Flow) -> None:
    """Whoever leaves while a telephone rings takes the wish along: no agent answers for nobody."""
    at = kit.name
    named = {"main_menu": "main_menu", **everywhere}
    ends = {name: flow.start if target == "main_menu" else target for name, target in named.items()}
    away = {name: target for name, target in ends.items() if name != "agent" and target not in BUILT_IN}
    wait = WaitVerb(
        call=f"{COUNTER}.transfer_stands",
        arguments=arguments(**_ROW),
        save=RECORD,
        by_value={"through": at(THROUGH), "over": at("nobody")},
        prompts={stage: kit.prompt(SAID[stage]) for stage in STAGES},
        failed=at("leave"),
        at_once=("picked_up",),
        keys={"*": at("leave")},
    )
    ways = {name: at(f"away_{name}") for name in away}
    # A person is being looked for already: whoever asks for one hears again how it stands.
    kit.add("wait", wait, everywhere={**ways, "agent": "repeat"})
    _leaving(kit, "leave", at("otherwise"))
    for name, target in away.items():
        _leaving(kit, f"away_{name}", target)


def _leaving(kit: Kit, part: str, to: str) -> None:
    """Nobody is rung any more, unless somebody has just taken the call."""
    at = kit.name
    kit.do(part, "transfer_withdraw", RECORD, at(f"{part}_left"), to, **_ROW)
    kit.branch(f"{part}_left", (f"{RECORD}.stands == 'through'", at(THROUGH)), otherwise=to)
