"""From a flow file to a `Flow`: the sections, then the nodes. `check.py` looks at how it all hangs together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from ivr.core.flow.model import Consent, Flow, FlowNode, HangUpVerb, Verb
from ivr.flows.problems import FlowInvalid, Problem
from ivr.flows.reader import KEYS, Reader
from ivr.flows.verbs import NOT_BUILT, VERBS
from ivr.strict_yaml import Mapping, Scalar, Sequence, Tree, YamlInvalid, read_bytes

_SECTIONS = {
    "flow": True, "title": True, "languages": True, "numbers": False, "hours": False, "uses": False, "consent": False,
    "everywhere": True, "start": True, "closed": False, "nodes": True,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LoadedFlow:
    """A flow, where its nodes stand, and what was wrong with the text."""

    flow: Flow
    file: str
    node_lines: dict[str, int] = field(default_factory=dict)
    section_lines: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def load_flow(path: Path, name: str | None = None) -> LoadedFlow:
    """Reads one file; `problems` lists every mistake. Raises `FlowInvalid` when there is no flow in it at all."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise FlowInvalid([Problem(name or str(path), 1, "flow", f"cannot be read: {error.strerror}")]) from error
    return parse_flow(raw, name or str(path))


def parse_flow(raw: bytes, file: str) -> LoadedFlow:
    """Reads a flow's text."""
    try:
        documents = read_bytes(raw)
    except YamlInvalid as error:
        raise FlowInvalid([Problem(file, one.line, "flow", one.message) for one in error.problems]) from error
    if len(documents) != 1 or not isinstance(documents[0], Mapping):
        raise FlowInvalid([Problem(file, 1, "flow", "a flow file holds one flow; begin with `flow: name`")])
    return _FlowFile(file, hashlib.sha256(raw).hexdigest()[:12], documents[0]).read()


class _FlowFile:
    def __init__(self, file: str, version: str, tree: Mapping) -> None:
        self.reader = Reader(file)
        self.version = version
        self.tree = tree
        self.fields = self.reader.fields(tree, "the flow", _SECTIONS)
        self.node_lines: dict[str, int] = {}

    def read(self) -> LoadedFlow:
        reader, fields = self.reader, self.fields
        languages = reader.names(fields.get("languages"), "`languages`") or ("en",)
        reader.languages = languages
        numbers = self._numbers()
        uses = self._part(fields, "uses", ("intents", "knowledge", "connectors"))
        flow = Flow(
            name=reader.name(fields.get("flow"), "`flow`"),
            title=reader.text(fields.get("title"), "`title`") if "title" in fields else "",
            version=self.version,
            languages=languages,
            numbers=tuple(numbers),
            number_languages={number: language for number, language in numbers.items() if language},
            hours=reader.name(fields["hours"], "`hours`") if "hours" in fields else None,
            intents=reader.names(uses.get("intents"), "`uses: intents`"),
            knowledge=reader.names(uses.get("knowledge"), "`uses: knowledge`"),
            connectors=reader.names(uses.get("connectors"), "`uses: connectors`"),
            consent=self._consent(),
            everywhere=self._everywhere(fields.get("everywhere")),
            start=reader.name(fields.get("start"), "`start`"),
            closed=reader.name(fields["closed"], "`closed`") if "closed" in fields else None,
            nodes=self._nodes(),
        )
        return LoadedFlow(flow, reader.file, self.node_lines, dict(self.tree.key_lines), reader.problems)

    def _part(self, fields: dict[str, Tree], name: str, known: tuple[str, ...]) -> dict[str, Tree]:
        return self.reader.fields(fields[name], f"`{name}`", dict.fromkeys(known, False)) if name in fields else {}

    def _numbers(self) -> dict[str, str]:
        """Numbers in E.164, or `{number: "+81…", language: ja}` for one that begins in another language."""
        tree = self.fields.get("numbers")
        found: dict[str, str] = {}
        for item in tree.items if isinstance(tree, Sequence) else ():
            language = ""
            number: Tree | None = item
            if isinstance(item, Mapping):
                parts = self.reader.fields(item, "a number", {"number": True, "language": True})
                number = parts.get("number")
                language = self.reader.one_of(parts.get("language"), "`language`", self.reader.languages, "")
            text = self.reader.text(number, "a number")
            if not (text.startswith("+") and text[1:].isdigit() and 8 <= len(text) <= 16):
                self.reader.note(item.line, 'a number must be written in full with its country code, as "+12025550123"')
            elif text in found:
                self.reader.note(item.line, "this number is in the list twice; remove one")
            else:
                found[text] = language
        if tree is not None and not isinstance(tree, Sequence):
            self.reader.note(tree.line, "`numbers` must be a list")
        return found

    def _consent(self) -> Consent | None:
        tree, reader = self.fields.get("consent"), self.reader
        if tree is None:
            return None
        reader.node = "consent"
        fields = reader.fields(tree, "`consent`", {"prompt": True, "refuse": False})
        refuse = self._part(fields, "refuse", ("keys", "intent"))
        keys = refuse.get("keys")
        items = keys.items if isinstance(keys, Sequence) else ((keys,) if isinstance(keys, Scalar) else ())
        found = tuple(item.text for item in items if isinstance(item, Scalar) and item.text in KEYS)
        if len(found) != len(items):
            reader.note(keys.line if keys else tree.line, "`refuse: keys` must be a list of keys 0-9, * or #")
        intent = reader.name(refuse["intent"], "`refuse: intent`") if "intent" in refuse else None
        consent = Consent(reader.prompt(fields.get("prompt")), found, intent)
        reader.node = "flow"
        return consent

    def _everywhere(self, tree: Tree | None) -> dict[str, str]:
        self.reader.node = "everywhere"
        found = self.reader.edges(tree, "`everywhere`")
        self.reader.node = "flow"
        return found

    def _nodes(self) -> dict[str, FlowNode]:
        found: dict[str, FlowNode] = {}
        for name, tree, line in self.reader.pairs(self.fields.get("nodes"), "`nodes`"):
            self.reader.node = name
            self.reader.name(Scalar(name, line), "the node's name")
            self.node_lines[name] = line
            found[name] = self._node(name, tree, line)
        self.reader.node = "flow"
        return found

    def _node(self, name: str, tree: Tree, line: int) -> FlowNode:
        reader = self.reader
        if not isinstance(tree, Mapping):
            reader.note(line, f"a node needs a verb under its name: one of {', '.join(VERBS)}")
            return FlowNode(name, HangUpVerb(None))
        verbs = [key for key in tree.items if key in VERBS or key in NOT_BUILT]
        known = dict.fromkeys((*VERBS, *NOT_BUILT, "everywhere", "interruptible"), False)
        fields = reader.fields(tree, "a node", known)
        if len(verbs) != 1:
            what = "has no verb" if not verbs else f"has {len(verbs)} verbs ({', '.join(verbs)})"
            reader.note(line, f"the node {what}; one node has one of {', '.join(VERBS)}")
        everywhere = reader.edges(fields.get("everywhere"), "`everywhere`")
        interruptible = reader.truth(fields.get("interruptible"), "`interruptible`", True)
        return FlowNode(name, self._verb(verbs, fields, line), everywhere, interruptible)

    def _verb(self, verbs: list[str], fields: dict[str, Tree], line: int) -> Verb:
        if not verbs:
            return HangUpVerb(None)
        verb = verbs[0]
        if verb in NOT_BUILT:
            message = f"the verb `{verb}` is part of the format, but this version cannot run it yet; use another way on"
            self.reader.note(self.tree.line if line == 0 else line, message)
            return HangUpVerb(None)
        return VERBS[verb](self.reader, fields[verb])
