"""From the lines under `later:` and `given: agents` to typed steps; every mistake with its line."""

from __future__ import annotations

import re
from dataclasses import replace

from ivr.simulator.scripts.later import (
    CALLER,
    Answering,
    Bridged,
    GetsText,
    GivenAgent,
    LaterStep,
    Quiet,
    RingsIn,
    Rung,
    SendsText,
)
from ivr.simulator.scripts.reader import Reader
from ivr.simulator.scripts.turn_model import HangUp, Hear, Press, Say, Silence, Turn
from ivr.simulator.scripts.turns import TurnReader
from ivr.strict_yaml import Mapping, Scalar, Tree

MAX_STEPS = 200
MAX_LATER_MS = 14 * 86_400_000
STATES = ("available", "on_call", "break", "offline")
_KINDS = ("party", "bridged", "rings_in", "sends_text", "gets_text", "quiet")
_TURNS = ("hear", "say", "press", "silence", "hang_up")
_BEHAVIOURS = ("busy", "no_answer", "voicemail", "fails")
_STEP = ("at", "answer_after", "number", "for", "reply", "turns", *_KINDS, *_TURNS, *_BEHAVIOURS)
_FITTING = {
    "party": ("at", "answer_after", "number", "turns", *_TURNS, *_BEHAVIOURS),
    "bridged": ("for",),
    "rings_in": ("at", "number"),
    "sends_text": ("at", "reply"),
    "gets_text": ("at",),
    "quiet": ("at",),
}
_SINCE = re.compile(r"\+?([0-9]{1,6}(?:\.[0-9]{1,3})?)(ms|s|m|h|d)\Z")
_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_PARTY = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}\Z")


class LaterReader:
    """Reads one script's `later` and agents."""

    def __init__(self, reader: Reader, turns: TurnReader) -> None:
        self.reader, self.turns = reader, turns

    def agents(self, tree: Tree | None) -> tuple[GivenAgent, ...]:
        """`agents: [{id: ana, state: on_call, free_after: 6m}]`."""
        found = [self._agent(item) for item in self.reader.items(tree, "`agents`")]
        names = [agent.id for agent in found]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.reader.note(tree.line if tree else 1, f"the agent `{name}` is in the list twice; remove one")
        return tuple(found)

    def _agent(self, tree: Tree) -> GivenAgent:
        reader = self.reader
        known = ("id", "state", "free_after", "number", "languages", "skills", "queues", "rings")
        fields = reader.fields(tree, "an agent", known, ("id",))
        default, name = GivenAgent(""), self._party(fields.get("id"), "the agent's `id`")
        return GivenAgent(
            id=name,
            state=reader.one_of(fields.get("state"), "`state`", STATES) or default.state,
            free_after_ms=self._since(fields.get("free_after"), "`free_after`"),
            number=reader.number(fields.get("number"), "the agent's `number`") or "",
            languages=reader.names(fields.get("languages"), "`languages`") or default.languages,
            skills=reader.names(fields.get("skills"), "`skills`"),
            queues=reader.names(fields.get("queues"), "`queues`"),
            rings=tuple(self._ring(item, name) for item in reader.items(fields.get("rings"), "`rings`")),
        )

    def _ring(self, tree: Tree, party: str) -> Rung:
        """`rings: [{no_answer: true}, {hear: press 1, press: "1"}]`: one line for each time it rings."""
        known = ("answer_after", "turns", *_TURNS, *_BEHAVIOURS)
        return self._behaviour(self.reader.fields(tree, "a line of `rings`", known), tree.line, None, party)

    def steps(self, tree: Tree | None, agents: tuple[GivenAgent, ...]) -> tuple[LaterStep, ...]:
        """All steps, in order. Parties must be `caller` or one of the agents."""
        items = self.reader.items(tree, "`later`")
        if len(items) > MAX_STEPS:
            self.reader.note(items[MAX_STEPS].line, f"`later` has more than {MAX_STEPS} steps; make two scripts of it")
        parties = {CALLER, *(agent.id for agent in agents)}
        return tuple(step for item in items[:MAX_STEPS] if (step := self._step(item, parties)) is not None)

    def _step(self, tree: Tree, parties: set[str]) -> LaterStep | None:
        reader = self.reader
        fields = reader.fields(tree, "a step of `later`", _STEP)
        kinds = [name for name in fields if name in _KINDS]
        if len(kinds) != 1:
            what = f"has {len(kinds)} of them" if kinds else "has none of them"
            reader.note(tree.line, f"a step of `later` is one of {', '.join(_KINDS)}; this one {what}")
            return None
        kind = kinds[0]
        for name in fields:
            if name != kind and name not in _FITTING[kind]:
                reader.note(fields[name].line, f"`{name}` does not belong to `{kind}`; remove it")
        at_ms = self._since(fields.get("at"), "`at`")
        match kind:
            case "party":
                return self._rung(fields, tree.line, at_ms, parties)
            case "bridged":
                return self._bridged(fields, tree.line, parties)
            case "rings_in":
                turns = self.turns.read(fields["rings_in"])
                number = reader.number(fields.get("number"), "`number`") or ""
                return RingsIn(turns, tree.line, at_ms, number)
            case "sends_text":
                reply = reader.text(fields.get("reply"), "`reply`")
                return SendsText(reader.text(fields["sends_text"], "`sends_text`"), tree.line, at_ms, reply)
            case "gets_text":
                return GetsText(reader.text(fields["gets_text"], "`gets_text`"), tree.line, at_ms)
            case _:
                return Quiet(self._since(fields["quiet"], "`quiet`") or 1000, tree.line, at_ms)

    def _rung(self, fields: dict[str, Tree], line: int, at_ms: int | None, parties: set[str]) -> Rung:
        return self._behaviour(fields, line, at_ms, self._known(fields["party"], parties))

    def _behaviour(self, fields: dict[str, Tree], line: int, at_ms: int | None, party: str) -> Rung:
        reader = self.reader
        behaviours = [name for name in _BEHAVIOURS if name in fields and reader.truth(fields[name], f"`{name}`")]
        turns = self._turns(fields)
        if len(behaviours) > 1:
            reader.note(line, f"a telephone cannot be {' and '.join(behaviours)}; keep one")
        if behaviours and (turns or "answer_after" in fields):
            reader.note(line, f"`{behaviours[0]}` means that nobody talks; remove the other lines of this step")
        rung = Rung(party, line, at_ms, turns=turns, number=reader.number(fields.get("number"), "`number`") or "")
        after_ms = self._since(fields.get("answer_after"), "`answer_after`")
        rung = replace(rung, answer_after_ms=rung.answer_after_ms if after_ms is None else after_ms)
        return replace(rung, answering=Answering(behaviours[0])) if behaviours else rung

    def _turns(self, fields: dict[str, Tree]) -> tuple[Turn, ...]:
        """Either `turns: […]`, or the actions written in the step itself, in their order."""
        own = [name for name in fields if name in _TURNS]
        if "turns" in fields and own:
            self.reader.note(fields["turns"].line, f"put `{own[0]}` under `turns` too, or leave `turns` out")
        if "turns" in fields:
            return self.turns.read(fields["turns"])
        found: list[Turn] = []
        for name in own:
            single = Mapping({name: fields[name]}, {name: fields[name].line}, fields[name].line)
            turn = self.turns.one(single)
            if isinstance(turn, Hear | Say | Press | Silence | HangUp):
                found.append(turn)
        return tuple(found)

    def _bridged(self, fields: dict[str, Tree], line: int, parties: set[str]) -> Bridged:
        items = self.reader.items(fields["bridged"], "`bridged`")
        names = tuple(self._known(item, parties) for item in items)
        if len(set(names)) < 2:
            self.reader.note(line, "`bridged` names at least two parties: [ana, caller]")
        for_ms = self._since(fields.get("for"), "`for`")
        return Bridged(names, line) if for_ms is None else Bridged(names, line, for_ms)

    def _known(self, tree: Tree, parties: set[str]) -> str:
        name = self._party(tree, "a party")
        if name and name not in parties:
            known = ", ".join(sorted(parties))
            self.reader.note(tree.line, f"there is no party `{name}`; there are {known} (agents are under `given`)")
        return name

    def _party(self, tree: Tree | None, what: str) -> str:
        text = self.reader.text(tree, what)
        if text and tree is not None and _PARTY.match(text) is None:
            self.reader.note(tree.line, f"{what} is a short name such as `ana`")
        return text

    def _since(self, tree: Tree | None, what: str) -> int | None:
        """`+6m`, `90s`, `2h`, `1d`: milliseconds."""
        if tree is None:
            return None
        found = _SINCE.match(tree.text.strip()) if isinstance(tree, Scalar) else None
        value = int(float(found[1]) * _UNITS[found[2]]) if found else -1
        if not 0 <= value <= MAX_LATER_MS:
            self.reader.note(tree.line, f"{what} must be a time such as 90s, +6m, 2h or 1d, at most 14 days")
            return None
        return value
