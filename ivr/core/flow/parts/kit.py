"""Makes built-in steps: prompts out of sentences, nodes that know whose part they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ivr.core.flow.expressions import Template, parse_condition, parse_template
from ivr.core.flow.model import (
    AskVerb,
    BranchCase,
    BranchVerb,
    Confirm,
    DoVerb,
    FlowNode,
    HangUpVerb,
    Ladder,
    Prompt,
    SayVerb,
    Verb,
)
from ivr.core.meaning import SlotType

Sentences = Mapping[str, str]
"""Language -> text with {{ values }}."""
LANGUAGE = "{{ caller.language }}"


def prompt_of(texts: Sentences, languages: Sequence[str]) -> Prompt:
    """One template per language of the flow; English where there is no sentence of its own."""
    return {language: parse_template(texts.get(language, texts["en"])) for language in languages}


def arguments(**values: str) -> dict[str, Template]:
    """Arguments of an operation, and the caller's language."""
    return {name: parse_template(text) for name, text in {"language": LANGUAGE, **values}.items()}


@dataclass
class Kit:
    """The steps of one authored node."""

    owner: str
    languages: tuple[str, ...]
    everywhere: Mapping[str, str] = field(default_factory=dict)
    """Commands of every step added from now on."""
    nodes: dict[str, FlowNode] = field(default_factory=dict)

    def name(self, part: str) -> str:
        """The full name of a step; names with a dot or of other nodes stay."""
        return f"{self.owner}.{part}"

    def add(self, part: str, verb: Verb, *, interruptible: bool = True) -> None:
        """Adds a step."""
        name = self.name(part)
        self.nodes[name] = FlowNode(name, verb, dict(self.everywhere), interruptible, part_of=self.owner)

    def prompt(self, texts: Sentences) -> Prompt:
        """A sentence in the languages of the flow."""
        return prompt_of(texts, self.languages)

    def say(self, part: str, texts: Sentences, then: str, *, outcome: str | None = None) -> None:
        """Says something and goes on."""
        self.add(part, SayVerb(self.prompt(texts), then, outcome))

    def hang_up(self, part: str, texts: Sentences | None, outcome: str) -> None:
        """Says goodbye."""
        self.add(part, HangUpVerb(self.prompt(texts) if texts is not None else None, outcome))

    def branch(self, part: str, *cases: tuple[str, str], otherwise: str) -> None:
        """The first condition that holds."""
        found = [BranchCase(parse_condition(condition), then) for condition, then in cases]
        self.add(part, BranchVerb((*found, BranchCase(None, otherwise))))

    def do(self, part: str, operation: str, save: str, then: str, failed: str, **values: str) -> None:
        """Asks the queue's counter; what it says is known as `save`."""
        self.add(
            part,
            DoVerb(f"callbacks.{operation}", arguments(**values), then, save=save, not_found=failed, failed=failed),
        )

    def ask(
        self,
        part: str,
        slot: str,
        kind: SlotType | str,
        texts: Sentences,
        then: str | None = None,
        *,
        by_value: Mapping[str, str] | None = None,
        failure: str,
        again: Sentences | None = None,
        tries: int = 3,
        silent: str | None = None,
        **more: object,
    ) -> None:
        """One question. `again`: said in place of it when nothing was understood; `silent`: where silence leads."""
        ladder = Ladder(tries, self.prompt(again) if again is not None else None, failure)
        verb = AskVerb(
            slot=slot,
            type=SlotType(kind) if isinstance(kind, str) else kind,
            prompt=self.prompt(texts),
            then=then,
            by_value=dict(by_value or {}),
            confirm=Confirm.NEVER,
            failure=failure,
            no_match=ladder,
            no_input=replace(ladder, tries=2, then=silent or failure),
        )
        self.add(part, replace(verb, **more))  # type: ignore[arg-type]
