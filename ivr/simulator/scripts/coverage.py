"""Which edges of a flow its call scripts have walked: read from the notes of finished calls. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ivr.core.flow.model import AskVerb, BranchVerb, DoVerb, Flow, FlowNode, ListenVerb, targets
from ivr.simulator.scripts.timeline import Entry, Side

Edge = tuple[str, str]
"""(node, label of the edge as in `targets`)."""
_FIELD = re.compile(r"(\w+)=(\S*)")
_CAUSES = ("intent", "key_choice", "answer", "no_match", "no_input", "slot", "look_up", "command")


@dataclass(frozen=True, slots=True)
class Walked:
    """What calls of one flow have gone through."""

    nodes: frozenset[str] = frozenset()
    edges: frozenset[Edge] = frozenset()
    commands: frozenset[str] = frozenset()
    """Names of `everywhere` that were asked for."""

    def __or__(self, other: Walked) -> Walked:
        """Both together."""
        return Walked(self.nodes | other.nodes, self.edges | other.edges, self.commands | other.commands)


def all_edges(flow: Flow) -> frozenset[Edge]:
    """Every edge that a flow has."""
    return frozenset((node.name, label) for node in flow.authored.values() for label in targets(node))


def walked(flow: Flow, timeline: Iterable[Entry]) -> Walked:
    """The nodes, edges and commands of one call."""
    nodes: list[str] = []
    edges: set[Edge] = set()
    commands: set[str] = set()
    cause, values = "", dict[str, str]()
    for entry in timeline:
        kind, _, rest = entry.text.partition(" ")
        if entry.side is not Side.NOTE or kind not in (*_CAUSES, "node"):
            continue
        fields = _first_of_each(rest)
        if kind != "node":
            cause, values = kind, fields
            commands |= {fields.get("command", "")} if kind == "command" else set()
            continue
        last = flow.nodes.get(nodes[-1]) if nodes else None
        if last is not None and last.part_of:
            edges |= _way_out(flow, last, fields.get("node", ""))
        elif last is not None and cause != "command":
            label = _label(last, cause, values, fields.get("node", ""))
            edges |= {(last.name, label)} if label is not None else set()
        nodes.append(fields.get("node", ""))
        cause, values = "", {}
    return Walked(frozenset(nodes), frozenset(edges), frozenset(commands))


def _way_out(flow: Flow, last: FlowNode, to: str) -> set[Edge]:
    """A built-in dialogue is left by a step that is called like the edge of the node it belongs to."""
    label = last.name.removeprefix(f"{last.part_of}.")
    owner = flow.nodes.get(last.part_of)
    is_edge = owner is not None and targets(owner).get(label) == to
    return {(last.part_of, label)} if is_edge else set()


def _first_of_each(text: str) -> dict[str, str]:
    """Names and values; a caller's words further on cannot replace one."""
    found: dict[str, str] = {}
    for name, value in _FIELD.findall(text):
        found.setdefault(name, value)
    return found


def _label(node: FlowNode, cause: str, values: Mapping[str, str], to: str) -> str | None:
    """The edge that led to the node `to`; None when it was none of the node's own."""
    edges = targets(node)
    label = _wanted(node, cause, values, to)
    if label not in edges and cause in ("no_match", "no_input", ""):
        label = "failure"
    return label if label is not None and edges.get(label) == to else None


def _wanted(node: FlowNode, cause: str, values: Mapping[str, str], to: str) -> str | None:
    match node.verb:
        case ListenVerb() if cause in ("intent", "key_choice"):
            return f"on {values.get('intent')}" if cause == "intent" else f"key {values.get('key')}"
        case ListenVerb() if cause == "answer":
            return "answered"
        case AskVerb(by_value=by_value) if cause == "slot":
            value = values.get("value", "")
            return f"then {value}" if value in by_value else "then"
        case DoVerb() as verb:
            outcome = values.get("outcome")
            if outcome == "found":
                return "then"
            return "not_found" if outcome == "not_found" and verb.not_found else "failed"
        case BranchVerb(cases=cases):
            return next((f"case {index + 1}" for index, case in enumerate(cases) if case.then == to), None)
        case ListenVerb() | AskVerb():
            return cause if cause in ("no_match", "no_input") else None
        case _:
            return "then"
