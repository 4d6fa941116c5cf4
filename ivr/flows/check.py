"""How a flow hangs together: every edge leads somewhere, every caller gets out, every name is known.

`load.py` has looked at the text; here the graph is walked. Each problem says what is wrong and how to mend it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ivr.core.call import BUILT_IN
from ivr.core.flow.expressions import Template, names_of
from ivr.core.flow.model import (
    AskVerb,
    BranchVerb,
    CallbackVerb,
    DoVerb,
    FlowNode,
    HangUpVerb,
    ListenVerb,
    MessageVerb,
    Prompt,
    SayVerb,
    TextVerb,
    TransferVerb,
    targets,
)
from ivr.core.flow.parts import COUNTER, OPERATIONS
from ivr.flows.load import LoadedFlow
from ivr.flows.problems import Problem

ROOTS = ("slots", "caller", "hours", "call")
SPOKEN = frozenset({*BUILT_IN, "agent", "goodbye", "callback", "no_recording"})
"""Commands whose words are built in."""
WAYS_OUT = ("no_match", "no_input", "failure", "failed", "otherwise")
"""Edges that a call takes when a node has not got anywhere."""


_RECORDS: Mapping[type, tuple[str, ...]] = {
    CallbackVerb: ("callback_offer", "callback"),
    TransferVerb: ("transfer",),
    MessageVerb: ("message",),
    TextVerb: ("text",),
}
"""What built-in dialogues leave behind for the nodes after them."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a flow may refer to. None = not known here, so not checked."""

    intents: Mapping[tuple[str, str], frozenset[str]] | None = None
    """(set, language) -> intent names."""
    knowledge: frozenset[tuple[str, str]] | None = None
    """(file, language)."""
    operations: Mapping[str, Sequence[str]] | None = None
    """`connector.operation` -> arguments."""
    hours: frozenset[str] | None = None
    other_numbers: Mapping[str, str] = field(default_factory=dict)
    """Number -> the flow that has it already."""
    queues: frozenset[str] | None = None
    """Names in config/queues.yaml."""
    number_problem: Callable[[str], str] | None = None
    """Why a number may not be dialled, in a word; empty: it may."""


def check(loaded: LoadedFlow, around: Surroundings | None = None) -> list[Problem]:
    """Every problem of a flow, in the order of lines."""
    walker = _Check(loaded, around or Surroundings())
    walker.run()
    return sorted({*loaded.problems, *walker.problems})


class _Check:
    def __init__(self, loaded: LoadedFlow, around: Surroundings) -> None:
        self.loaded, self.flow, self.around = loaded, loaded.flow, around
        self.problems: list[Problem] = []
        verbs = [node.verb for node in self.flow.nodes.values()]
        self.saved = {verb.save for verb in verbs if isinstance(verb, DoVerb)}
        self.saved |= {name for verb in verbs for name in _RECORDS.get(type(verb), ())}
        self.asked = {verb.slot for verb in verbs if isinstance(verb, AskVerb)}
        self.asked |= {name for verb in verbs if isinstance(verb, CallbackVerb) for name in verb.ask}
        self.edges = {
            name: {other for other in targets(node).values() if other in self.flow.nodes}
            for name, node in self.flow.nodes.items()
        }

    def note(self, node: str, message: str, section: str | None = None) -> None:
        lines = self.loaded.section_lines if section else self.loaded.node_lines
        self.problems.append(Problem(self.loaded.file, lines.get(section or node, 1), node, message))

    def run(self) -> None:
        self._names()
        self._sections()
        for node in self.flow.nodes.values():
            self._node(node)
        self._reach()
        self._circles()

    # -- names ---------------------------------------------------------------------------------

    def _names(self) -> None:
        nodes = self.flow.nodes
        for label, name in (("start", self.flow.start), ("closed", self.flow.closed)):
            if name and name not in nodes:
                self.note("flow", f"`{label}` leads to `{name}`, which is no node; add it or name another", label)
        for command, name in self.flow.everywhere.items():
            self._command(command, name, "everywhere", "everywhere")
        agent = self.flow.everywhere.get("agent")
        if agent is None:
            self.note("everywhere", "there is no way to a person; add `agent: node`", "everywhere")
        for node in nodes.values():
            for label, name in targets(node).items():
                if name and name not in nodes:
                    self.note(node.name, f"`{label}` leads to `{name}`, which is no node; add it or name another")
                elif name == node.name and label in WAYS_OUT:
                    self.note(node.name, f"`{label}` leads back to its own node, which ends the call; name another")
            for command, name in node.everywhere.items():
                self._command(command, name, node.name, None)

    def _command(self, command: str, name: str, where: str, section: str | None) -> None:
        if name not in self.flow.nodes and name not in BUILT_IN:
            self.note(where, f"`{command}` leads to `{name}`, which is no node; add it or name another", section)
        if command == "agent" and name in BUILT_IN:
            self.note(where, f"`agent` must lead to a node, not to `{name}`", section)
        if command not in SPOKEN and not self._may_be_intent(command):
            why = f"it is no intent of this flow and none of {_list(SPOKEN)}"
            self.note(where, f"nothing a caller says leads to `{command}`: {why}; add examples or remove it", section)

    def _may_be_intent(self, name: str) -> bool:
        """Whether examples in any language stand for this name; sets that are not known here may have some."""
        if self.around.intents is None:
            return bool(self.flow.intents)
        pairs = [(intents, language) for intents in self.flow.intents for language in self.flow.languages]
        return any(name in self.around.intents.get(pair, {name}) for pair in pairs)

    def _sections(self) -> None:
        flow, around = self.flow, self.around
        if around.hours is not None and flow.hours is not None and flow.hours not in around.hours:
            self.note("flow", f"`hours: {flow.hours}` is not in config/hours.yaml; add it there", "hours")
        if flow.closed and flow.hours is None:
            self.note("flow", "`closed` is never entered without `hours`; add `hours: name`", "closed")
        for number in flow.numbers:
            other = around.other_numbers.get(number)
            if other is not None and other != flow.name:
                self.note("flow", f"the number {number} belongs to the flow `{other}` too; keep it in one", "numbers")
        for language in flow.languages:
            self._language(language)

    def _language(self, language: str) -> None:
        flow, around = self.flow, self.around
        for name in flow.intents if around.intents is not None else ():
            if around.intents is not None and (name, language) not in around.intents:
                self.note("flow", f"there is no call_flows/intents/{name}.{language}.yaml; add it", "uses")
        for name in flow.knowledge if around.knowledge is not None else ():
            if around.knowledge is not None and (name, language) not in around.knowledge:
                self.note("flow", f"there is no call_flows/knowledge/{name}.{language}.yaml; add it", "uses")

    # -- one node ------------------------------------------------------------------------------

    def _node(self, node: FlowNode) -> None:
        for template in _templates(node):
            for path in template.names:
                self._path(node, path)
        match node.verb:
            case ListenVerb() as verb:
                self._listen(node, verb)
            case DoVerb() as verb:
                self._do(node, verb)
            case TransferVerb() as verb:
                self._transfer(node, verb)
            case CallbackVerb() | MessageVerb() as verb:
                self._queue(node, verb)
            case BranchVerb() as verb:
                for case in verb.cases:
                    for path in names_of(case.condition) if case.condition is not None else ():
                        self._path(node, path)
            case _:
                pass

    def _path(self, node: FlowNode, path: tuple[str, ...]) -> None:
        root = path[0]
        if root not in ROOTS and root not in self.saved:
            known = ", ".join(sorted({*ROOTS, *(name for name in self.saved if name)}))
            self.note(node.name, f"`{'.'.join(path)}` is not known; there are {known}")
        elif root == "slots" and (len(path) != 2 or path[1] not in self.asked):
            self.note(node.name, f"`{'.'.join(path)}` is never asked; add a node with `slot: {path[-1]}`")

    def _listen(self, node: FlowNode, verb: ListenVerb) -> None:
        if not verb.on and not verb.answers:
            self.note(node.name, "`listen` understands nothing; add `on: {intent: node}` or `answers: true`")
        if verb.on and not verb.keys:
            self.note(node.name, "there are intents but no keys; add `keys: {1: node}` for callers who cannot speak")
        if verb.answers and not self.flow.knowledge:
            self.note(node.name, "`answers` needs knowledge; add `uses: {knowledge: [name]}`")
        if self.around.intents is None or not self.flow.intents:
            return
        for language in self.flow.languages:
            known = set().union(*(self.around.intents.get((name, language), frozenset()) for name in self.flow.intents))
            for intent in verb.on:
                if known and intent not in known:
                    self.note(node.name, f"intent `{intent}` has no examples in {language}; add some")

    def _queue(self, node: FlowNode, verb: CallbackVerb | MessageVerb | TransferVerb) -> None:
        queues = self.around.queues
        if queues is not None and verb.queue and verb.queue not in queues:
            known = _list(queues) or "none"
            self.note(node.name, f"there is no queue `{verb.queue}`; config/queues.yaml has {known}")
        for item in () if isinstance(verb, MessageVerb) else verb.brief:
            path = tuple(item.split("."))
            self._path(node, path if len(path) > 1 else ("slots", *path))

    def _transfer(self, node: FlowNode, verb: TransferVerb) -> None:
        if verb.to is None:
            self._queue(node, verb)
            return
        number = verb.to.source if not verb.to.names else ""
        problem = self.around.number_problem(number) if self.around.number_problem is not None and number else ""
        if problem:
            self.note(node.name, f"`to: {number[:40]}` may not be dialled ({problem.replace('_', ' ')}); name another")

    def _do(self, node: FlowNode, verb: DoVerb) -> None:
        connector, _, operation = verb.call.partition(".")
        if connector == COUNTER:
            if operation not in OPERATIONS:
                self.note(node.name, f"there is no operation `{verb.call}`; `{COUNTER}` has {', '.join(OPERATIONS)}")
            return
        if connector and connector not in self.flow.connectors:
            self.note(node.name, f"the connector `{connector}` is not listed; add it under `uses: connectors`")
        operations = self.around.operations
        if operations is None or not verb.call:
            return
        if verb.call not in operations:
            self.note(node.name, f"there is no operation `{verb.call}`; config/connectors.yaml has {_list(operations)}")
            return
        wanted = set(operations[verb.call])
        for name in sorted(wanted - set(verb.arguments)) if wanted else ():
            self.note(node.name, f"`{verb.call}` wants `{name}`; add it under `with`")
        for name in sorted(set(verb.arguments) - wanted) if wanted else ():
            self.note(node.name, f"`{verb.call}` has no argument `{name}`; it has {_list(wanted)}")

    # -- the graph -----------------------------------------------------------------------------

    def _reach(self) -> None:
        """Nodes that no caller can come to."""
        roots = {self.flow.start, self.flow.closed, *self.flow.everywhere.values()}
        roots |= {name for node in self.flow.nodes.values() for name in node.everywhere.values()}
        seen: set[str] = set()
        waiting = [name for name in roots if name in self.flow.nodes]
        while waiting:
            name = waiting.pop()
            if name is not None and name not in seen:
                seen.add(name)
                waiting.extend(self.edges[name])
        for name in self.flow.nodes:
            if name not in seen:
                self.note(name, "no caller can ever come here; lead to it from somewhere, or remove it")

    def _circles(self) -> None:
        """Circles in which nothing is ever asked, and nodes from which no goodbye can be reached."""
        passing = {name for name, node in self.flow.nodes.items() if isinstance(node.verb, SayVerb | BranchVerb)}
        inner = {name: self.edges[name] & passing for name in passing}
        for name in _without_dead_ends(inner):
            if _comes_back(name, inner):
                self.note(name, "goes round in a circle without asking anything; lead out of it")
        ends = {name for name, node in self.flow.nodes.items() if _can_end(node)}
        good = self._can_reach(ends)
        for name in self.flow.nodes:
            if name not in good:
                self.note(name, "from here the call can never end; lead to a node with `hang_up`")

    def _can_reach(self, ends: set[str]) -> set[str]:
        back: dict[str, set[str]] = {name: set() for name in self.flow.nodes}
        for name, others in self.edges.items():
            for other in others:
                back[other].add(name)
        seen, waiting = set(ends), list(ends)
        while waiting:
            for name in back[waiting.pop()] - seen:
                seen.add(name)
                waiting.append(name)
        return seen


def _without_dead_ends(edges: Mapping[str, set[str]]) -> list[str]:
    """The nodes from which one can go on for ever; none in most flows, so that few are looked at one by one."""
    back: dict[str, list[str]] = {name: [] for name in edges}
    left = {name: len(others) for name, others in edges.items()}
    for name, others in edges.items():
        for other in others:
            back[other].append(name)
    waiting = [name for name, count in left.items() if count == 0]
    while waiting:
        for name in back[waiting.pop()]:
            left[name] -= 1
            if left[name] == 0:
                waiting.append(name)
    return [name for name, count in left.items() if count]


def _comes_back(start: str, edges: Mapping[str, set[str]]) -> bool:
    seen: set[str] = set()
    waiting = list(edges[start])
    while waiting:
        name = waiting.pop()
        if name == start:
            return True
        if name not in seen:
            seen.add(name)
            waiting.extend(edges[name])
    return False


def _can_end(node: FlowNode) -> bool:
    """A goodbye, or a built-in dialogue that says one where the flow names no way on."""
    match node.verb:
        case HangUpVerb():
            return True
        case CallbackVerb() as verb:
            return verb.then is None or verb.declined is None
        case MessageVerb() as verb:
            return verb.then is None
        case _:
            return False


def _list(names: object) -> str:
    return ", ".join(sorted(names)) if isinstance(names, Mapping | set | frozenset) else str(names)


def _templates(node: FlowNode) -> list[Template]:
    prompts: list[Prompt | None] = []
    found: list[Template] = []
    match node.verb:
        case ListenVerb() | AskVerb() as verb:
            prompts = [verb.prompt, verb.no_match.prompt, verb.no_input.prompt]
        case SayVerb() | HangUpVerb() as verb:
            prompts = [verb.prompt]
        case DoVerb() as verb:
            prompts = [verb.filler]
            found = list(verb.arguments.values())
        case CallbackVerb() | MessageVerb() as verb:
            prompts = [verb.prompt]
        case TextVerb() as verb:
            prompts = [verb.body]
            found = [verb.to] if verb.to is not None else []
        case TransferVerb() as verb:
            prompts = [verb.prompt]
            found = [verb.to] if verb.to is not None else []
        case BranchVerb():
            pass
    return found + [template for prompt in prompts if prompt for template in prompt.values()]
