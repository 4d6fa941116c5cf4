"""`<Number>` and `<Client>` inside `<Dial>` (or the bare text of `<Dial>`): the child calls they ask for."""

from __future__ import annotations

import re

from ivr.simulator.carrier.amd import MachineDetection, MachineMode
from ivr.simulator.carrier.call import CallHooks, CarrierCall
from ivr.simulator.carrier.callbacks import Progress
from ivr.simulator.carrier.child_leg import ChildLeg, ChildOrder, Whisper
from ivr.simulator.carrier.outcomes import NextVerb
from ivr.simulator.carrier.parties import SilentParty
from ivr.simulator.carrier.state import CallResource, CallStatus, Direction
from ivr.simulator.carrier.twiml_parse import Node
from ivr.simulator.carrier.verbs.small_document import run_small_document
from ivr.simulator.carrier.verbs.step import Step, names
from ivr.simulator.carrier.webhooks import WebhookRequest

ATTRIBUTES = names(
    "sendDigits url method byoc statusCallbackEvent statusCallback statusCallbackMethod machineDetection "
    "machineDetectionTimeout machineDetectionSpeechThreshold machineDetectionSpeechEndThreshold "
    "machineDetectionSilenceTimeout amdStatusCallback amdStatusCallbackMethod"
)
CLIENT_ATTRIBUTES = names("url method statusCallbackEvent statusCallback statusCallbackMethod")
_CLIENT = re.compile(r"client:[^\s]{1,256}")
_SCHEMA = 12200
_BAD_NUMBER, _NO_SUCH_NUMBER, _FORBIDDEN, _NO_PERMISSION = 13223, 13224, 13225, 13227
_REFUSALS = {21215: _NO_PERMISSION, 21216: _FORBIDDEN}
_WHISPER_VERBS = frozenset({"Play", "Say", "Pause", "Gather", "Hangup", "Redirect"})
_NOT_IN_WHISPER = 13201
_E164 = re.compile(r"\+[1-9][0-9]{3,14}")
_DECORATION = re.compile(r"[\s().\-]")


def child_leg(noun: Node, step: Step, caller_id: str, timeout_secs: int) -> ChildLeg:
    """Make the child; it is dialled when it runs."""
    is_client = noun.name == "Client"
    for name in sorted(noun.attributes.keys() - (CLIENT_ATTRIBUTES if is_client else ATTRIBUTES)):
        step.call.warn(_SCHEMA, f"{noun.name}: unknown attribute {name[:40]}")
    number = f"client:{_identity(noun)}" if is_client else _DECORATION.sub("", noun.text)
    parent, now = step.call.resource, step.services.clock.utc_now()
    resource = CallResource(
        parent.account_sid, caller_id, number, Direction.OUTBOUND_DIAL, CallStatus.QUEUED, now, parent_sid=parent.sid
    )
    call = CarrierCall(step.services, resource, _hooks(noun, step), SilentParty())
    call.client_params = _parameters(noun)
    order = ChildOrder(
        timeout_secs=timeout_secs,
        send_digits=noun.attributes.get("sendDigits", ""),
        whisper=_whisper(noun, step),
        detection=_detection(noun, step),
        refusal=_no_client(number) if is_client else _refusal(number, step),
    )
    return ChildLeg(call, order)


def _identity(noun: Node) -> str:
    """The text of `<Client>`, or of the `<Identity>` in it."""
    return next((child.text for child in noun.children if child.name == "Identity"), noun.text)


def _parameters(noun: Node) -> dict[str, str]:
    found = (child.attributes for child in noun.children if child.name == "Parameter")
    return {one["name"]: one.get("value", "") for one in found if one.get("name")}


def _no_client(address: str) -> int:
    return 0 if _CLIENT.fullmatch(address) else _BAD_NUMBER


def _detection(noun: Node, step: Step) -> MachineDetection | None:
    wanted = noun.attributes.get("machineDetection", "")
    if not wanted:
        return None
    known = {mode.value: mode for mode in MachineMode}
    if wanted not in known:
        step.warn_value(noun, "machineDetection")
        return None
    url = noun.attributes.get("amdStatusCallback", "")
    return MachineDetection(
        mode=known[wanted],
        timeout_secs=step.whole(noun, "machineDetectionTimeout", 30, low=3, high=60),
        is_async=True,
        callback=step.document.resolve(url) if url else "",
        callback_method=step.method(noun, "amdStatusCallbackMethod"),
    )


def _refusal(number: str, step: Step) -> int:
    if not _E164.fullmatch(number):
        return _BAD_NUMBER
    code = step.services.settings.refusal_of(number)
    return _REFUSALS.get(code, _NO_SUCH_NUMBER) if code else 0


def _hooks(noun: Node, step: Step) -> CallHooks:
    url = noun.attributes.get("statusCallback", "")
    if not url:
        return CallHooks()
    known = {progress.value: progress for progress in Progress}
    wanted = noun.attributes.get("statusCallbackEvent", "completed").split()
    return CallHooks(
        status_callback=step.document.resolve(url),
        status_callback_method=step.method(noun, "statusCallbackMethod"),
        status_events=frozenset(known[name] for name in wanted if name in known),
    )


def _whisper(noun: Node, step: Step) -> Whisper | None:
    url = noun.attributes.get("url", "")
    if not url:
        return None
    request = WebhookRequest(step.document.resolve(url), step.method(noun))
    limit = step.services.settings.line.max_documents

    async def run(call: CarrierCall) -> bool:
        inner = Step(call, step.document, step.run_nested)
        outcome = await run_small_document(inner, request, _WHISPER_VERBS, _NOT_IN_WHISPER, limit)
        return isinstance(outcome, NextVerb)

    return run
