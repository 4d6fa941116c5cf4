"""Puts the built-in steps behind every node whose verb is a dialogue of its own. Once, when a flow is loaded."""

from __future__ import annotations

from dataclasses import replace

from ivr.core.flow.model import CallbackVerb, Flow, FlowNode, MessageVerb, TextVerb, TransferVerb
from ivr.core.flow.parts.callback import callback_parts
from ivr.core.flow.parts.message import message_parts, text_parts
from ivr.core.flow.parts.ring_in import ring_in_parts
from ivr.core.flow.parts.transfer import transfer_parts

RING_IN = "ring_in"


def expanded(flow: Flow) -> Flow:
    """The flow with its built-in steps; what a supervisor wrote stays as it is. Expanding twice changes nothing."""
    added: dict[str, FlowNode] = {}
    for node in flow.nodes.values():
        match node.verb:
            case CallbackVerb() as verb:
                added |= callback_parts(flow, node, verb)
                added |= ring_in_parts(flow, node, verb)
            case MessageVerb() as verb:
                added |= message_parts(flow, node, verb)
            case TextVerb() as verb:
                added |= text_parts(flow, node, verb)
            case TransferVerb() as verb:
                added |= transfer_parts(flow, node, verb)
            case _:
                pass
    return replace(flow, nodes={**flow.nodes, **added}) if added else flow


def ring_in_node(flow: Flow) -> str | None:
    """Where a caller begins to whom a call was promised; None in a flow that promises none."""
    for name, node in flow.nodes.items():
        if isinstance(node.verb, CallbackVerb) and f"{name}.{RING_IN}" in flow.nodes:
            return f"{name}.{RING_IN}"
    return None
