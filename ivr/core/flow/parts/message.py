"""`message`: words for people, recorded and stored; `text`: a text message, queued before it is spoken of."""

from __future__ import annotations

from ivr.core.flow.model import DoVerb, Flow, FlowNode, MessageVerb, RecordVerb, SayVerb, TextVerb
from ivr.core.flow.parts.kit import Kit, arguments
from ivr.core.flow.parts.sentences_legs import MESSAGE as SAID

OUTCOME = "message_taken"
RECORD, STORE = "record", "store"
SLOT = "message_words"


def message_parts(flow: Flow, node: FlowNode, verb: MessageVerb) -> dict[str, FlowNode]:
    """The steps of one `message` node."""
    kit = Kit(node.name, flow.languages, node.everywhere)
    at = kit.name
    kit.leave("then", verb.then, SAID["goodbye"], OUTCOME)
    kit.leave("failed", verb.failed, SAID["goodbye"], "failed")
    kit.add("begin", SayVerb(verb.prompt, at(RECORD)))
    kit.add(RECORD, RecordVerb(SLOT, kit.prompt(SAID["hint"]), at("check"), at("failed"), verb.max_secs))
    kit.ask(
        "check",
        "message_ok",
        "yes_no",
        SAID["check"],
        by_value={"yes": at(STORE), "no": at("again")},
        failure=at(STORE),
    )
    kit.say("again", SAID["again"], at(RECORD))
    kit.do(
        STORE,
        "message",
        "message",
        at("stored"),
        at("trouble"),
        queue=verb.queue,
        caller="{{ caller.number }}",
        words=f"{{{{ slots.{SLOT} }}}}",
        file=f"{{{{ slots.{SLOT}_file }}}}",
        seconds=f"{{{{ slots.{SLOT}_secs }}}}",
        name="{{ slots.name }}",
        priority=str(verb.priority),
        skills=",".join(verb.skills),
        call_id="{{ call.id }}",
        flow="{{ call.flow }}",
        dialled="{{ call.dialled }}",
        arrived_at="{{ call.arrived_at }}",
    )
    kit.branch("stored", ("message.ok == 'yes'", at("kept")), otherwise=at("trouble"))
    kit.say("kept", SAID["kept"], at("then"), outcome=OUTCOME)
    kit.say("trouble", SAID["trouble"], at("failed"))
    return kit.nodes


def text_parts(flow: Flow, node: FlowNode, verb: TextVerb) -> dict[str, FlowNode]:
    """The steps of one `text` node: one per language, since the body is the caller's."""
    kit = Kit(node.name, flow.languages, node.everywhere)
    at, cases = kit.name, []
    kit.branch("then", otherwise=verb.then)
    kit.branch("failed", otherwise=verb.failed or verb.then)
    for language in flow.languages:
        cases.append((f"caller.language == '{language}'", at(f"send_{language}")))
        given = arguments(caller="{{ caller.number }}", dialled="{{ call.dialled }}", call_id="{{ call.id }}")
        given["body"] = verb.body.get(language) or next(iter(verb.body.values()))
        if verb.to is not None:
            given["to"] = verb.to
        send = DoVerb("callbacks.text", given, at("sent"), save="text", not_found=at("failed"), failed=at("failed"))
        kit.add(f"send_{language}", send)
    kit.branch("begin", *cases, otherwise=cases[0][1])
    kit.branch("sent", ("text.ok == 'yes'", at("then")), otherwise=at("failed"))
    return kit.nodes
