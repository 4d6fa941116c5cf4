"""`message`: words for people, noted, read back, stored; `text`: a text message, queued before it is spoken of."""

from __future__ import annotations

from ivr.core.flow.model import AskVerb, Confirm, DoVerb, Flow, FlowNode, Ladder, MessageVerb, TextVerb
from ivr.core.flow.parts.kit import Kit, arguments
from ivr.core.flow.parts.sentences import MESSAGE as SAID
from ivr.core.meaning import SlotType

OUTCOME = "message_taken"


def message_parts(flow: Flow, node: FlowNode, verb: MessageVerb) -> dict[str, FlowNode]:
    """The steps of one `message` node."""
    kit = Kit(node.name, flow.languages, dict(node.everywhere))
    at, failed = kit.name, verb.failed or kit.name("bye")
    ladder = Ladder(2, None, failed)
    kit.add(
        "begin",
        AskVerb(
            slot="message_words",
            type=SlotType("text"),
            prompt=verb.prompt,
            then=at("check"),
            confirm=Confirm.NEVER,
            failure=failed,
            no_match=ladder,
            no_input=ladder,
        ),
    )
    kit.ask(
        "check",
        "message_ok",
        "yes_no",
        SAID["check"],
        by_value={"yes": at("store"), "no": at("again")},
        failure=at("store"),
    )
    kit.say("again", SAID["again"], at("begin"))
    kit.do(
        "store",
        "message",
        "message",
        at("stored"),
        at("trouble"),
        queue=verb.queue,
        caller="{{ caller.number }}",
        words="{{ slots.message_words }}",
        file="{{ call.id }}",
        name="{{ slots.name }}",
        priority=str(verb.priority),
        skills=",".join(verb.skills),
        call_id="{{ call.id }}",
        flow="{{ call.flow }}",
        dialled="{{ call.dialled }}",
        arrived_at="{{ call.arrived_at }}",
    )
    kit.branch("stored", ("message.ok == 'yes'", at("kept")), otherwise=at("trouble"))
    kit.say("kept", SAID["kept"], verb.then or at("goodbye"), outcome=OUTCOME)
    kit.say("trouble", SAID["trouble"], failed)
    kit.hang_up("goodbye", SAID["goodbye"], OUTCOME)
    kit.hang_up("bye", SAID["goodbye"], "failed")
    return kit.nodes


def text_parts(flow: Flow, node: FlowNode, verb: TextVerb) -> dict[str, FlowNode]:
    """The steps of one `text` node: one per language, since the body is the caller's."""
    kit = Kit(node.name, flow.languages, dict(node.everywhere))
    failed = verb.failed or verb.then
    cases = []
    for language in flow.languages:
        cases.append((f"caller.language == '{language}'", kit.name(f"send_{language}")))
        given = arguments(caller="{{ caller.number }}", dialled="{{ call.dialled }}", call_id="{{ call.id }}")
        given["body"] = verb.body.get(language) or next(iter(verb.body.values()))
        if verb.to is not None:
            given["to"] = verb.to
        kit.add(
            f"send_{language}",
            DoVerb("callbacks.text", given, kit.name("sent"), save="text", not_found=failed, failed=failed),
        )
    kit.branch("begin", *cases, otherwise=cases[0][1])
    kit.branch("sent", ("text.ok == 'yes'", verb.then), otherwise=failed)
    return kit.nodes
