"""A caller leaves in the middle of a built-in dialogue: what was said is not lost, what was not settled is known."""

from __future__ import annotations

from ivr.core.call import Call
from ivr.core.commands import LookUp
from ivr.core.flow.model import CallbackVerb, DoVerb, MessageVerb, RecordVerb, TransferVerb
from ivr.core.flow.parts import COUNTER
from ivr.core.flow.parts.callback import OFFERED, SETTLED
from ivr.core.flow.parts.message import OUTCOME, RECORD, STORE
from ivr.core.flow.parts.transfer import RECORD as TRANSFER
from ivr.core.flow.verbs import do, record


def call_lost(call: Call) -> None:
    """The leg is gone, nobody hears anything any more."""
    owner = call.flow.nodes.get(call.node.part_of)
    if owner is not None and isinstance(owner.verb, CallbackVerb):
        _note_abandoned(call, owner.verb)
    elif owner is not None and isinstance(owner.verb, MessageVerb):
        _store_message(call, owner.name)
    elif owner is not None and isinstance(owner.verb, TransferVerb):
        _withdraw(call, owner.name)
    call.stop_message(keep=False)


def _withdraw(call: Call, owner: str) -> None:
    """Nobody is to answer for a caller who is gone."""
    row = str(call.state.records.get(TRANSFER, {}).get("id", ""))
    if row:
        given = {"id": row, "call_id": call.state.call_id, "left": "yes"}
        call.order(LookUp(call.new_id(), f"{COUNTER}.transfer_withdraw", given, f"{call.state.call_id}:{owner}.left"))


def _note_abandoned(call: Call, verb: CallbackVerb) -> None:
    """An offer was made and nothing came of it: nothing is promised (some queues offer it once more by text)."""
    visits = call.names()["visits"]
    was_offered = any(name in visits for name in OFFERED)
    if was_offered and not any(name in visits for name in SETTLED):
        step = call.state.node.removeprefix(f"{call.node.part_of}.")
        call.note("callback_abandoned", queue=verb.queue, step=step)
        about, key = call.names()["call"], f"{call.state.call_id}:{call.node.part_of}.abandoned"
        given = {"queue": verb.queue, "language": call.state.language, "caller": call.state.caller}
        given |= {"dialled": about["dialled"], "flow": about["flow"], "call_id": about["id"]}
        call.order(LookUp(call.new_id(), f"{COUNTER}.abandoned", given, key))


def _store_message(call: Call, owner: str) -> None:
    """Most people hang up when they have said what they wanted to say: that is a message all the same."""
    recording, store = call.flow.nodes[f"{owner}.{RECORD}"].verb, call.flow.nodes[f"{owner}.{STORE}"].verb
    is_stored = STORE in call.names()["visits"]
    if is_stored or not isinstance(recording, RecordVerb) or not isinstance(store, DoVerb):
        return
    slots, is_running = call.state.slots, isinstance(call.node.verb, RecordVerb)
    is_spoken = bool(slots.get(recording.slot)) or (
        call.state.has_voice if is_running else f"{recording.slot}_file" in slots
    )
    if not is_spoken:
        return
    if is_running:
        record.finish(call, recording)
    call.state.outcome = OUTCOME
    key = f"{call.state.call_id}:{owner}.{STORE}:left"
    call.order(LookUp(call.new_id(), store.call, do.arguments(call, store), key))
