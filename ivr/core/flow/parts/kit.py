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
    Known,
    Ladder,
    ListenVerb,
    Prompt,
    SayVerb,
    Verb,
)
from ivr.core.flow.phrases import Phrase, phrase
from ivr.core.meaning import SlotType

Sentences = Mapping[str, str]
"""Language -> text with {{ values }}."""
LANGUAGE = "{{ caller.language }}"
AT_WORK = dict.fromkeys(("agent", "callback", "goodbye", "main_menu"), "repeat")
"""While something is being stored nobody is led away: what was stored would never be told."""


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
    prefix: str = ""
    """Before the name of every step: the same steps may be there twice."""
    nodes: dict[str, FlowNode] = field(default_factory=dict)

    def name(self, part: str) -> str:
        """The full name of a step."""
        return f"{self.owner}.{self.prefix}{part}"

    def visits(self, part: str) -> str:
        """How often a step was entered since the dialogue began, as conditions name it."""
        return f"visits.{self.prefix}{part}"

    def add(
        self, part: str, verb: Verb, *, interruptible: bool = True, everywhere: Mapping[str, str] | None = None
    ) -> None:
        """Adds a step."""
        name, commands = self.name(part), {**self.everywhere, **(everywhere or {})}
        self.nodes[name] = FlowNode(name, verb, commands, interruptible, part_of=self.owner)

    def prompt(self, texts: Sentences) -> Prompt:
        """A sentence in the languages of the flow."""
        return prompt_of(texts, self.languages)

    def say(
        self, part: str, texts: Sentences, then: str, *, outcome: str | None = None, interruptible: bool = True
    ) -> None:
        """Says something and goes on."""
        self.add(part, SayVerb(self.prompt(texts), then, outcome), interruptible=interruptible)

    def hang_up(self, part: str, texts: Sentences | None, outcome: str) -> None:
        """Says goodbye."""
        self.add(part, HangUpVerb(self.prompt(texts) if texts is not None else None, outcome))

    def leave(self, part: str, to: str | None, texts: Sentences, outcome: str) -> None:
        """The way out to a node of the author's; a goodbye where none is named."""
        if to is None:
            self.hang_up(part, texts, outcome)
        else:
            self.branch(part, otherwise=to)

    def branch(self, part: str, *cases: tuple[str, str], otherwise: str) -> None:
        """The first condition that holds."""
        found = [BranchCase(parse_condition(condition), then) for condition, then in cases]
        self.add(part, BranchVerb((*found, BranchCase(None, otherwise))))

    def do(self, part: str, operation: str, save: str, then: str, failed: str, **values: str) -> None:
        """Asks the queue's counter; what it says is known as `save`."""
        verb = DoVerb(f"callbacks.{operation}", arguments(**values), then, save=save, not_found=failed, failed=failed)
        self.add(part, verb, everywhere=AT_WORK)

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
        """One question. `again`: said in place of it after an apology; `silent`: where silence leads."""
        verb = AskVerb(
            slot=slot,
            type=SlotType(kind) if isinstance(kind, str) else kind,
            prompt=self.prompt(texts),
            then=then,
            by_value=dict(by_value or {}),
            confirm=Confirm.NEVER,
            failure=failure,
            no_match=Ladder(tries, self._sorry(Phrase.NO_MATCH, again), failure),
            no_input=Ladder(2, self._sorry(Phrase.NO_INPUT, again), silent or failure),
        )
        self.add(part, replace(verb, **more))  # type: ignore[arg-type]

    def _sorry(self, why: Phrase, again: Sentences | None) -> Prompt | None:
        if again is None:
            return None
        gap = {"ja": ""}
        texts = {language: phrase(why, language) + gap.get(language, " ") + text for language, text in again.items()}
        return self.prompt(texts)

    def known(self, value: str, texts: Sentences, *, corrected: str, denied: str) -> Known:
        """A value that is only read back."""
        return Known(parse_template(value), self.prompt(texts), corrected, denied)

    def keys(self, part: str, texts: Sentences, again: Sentences, keys: Mapping[str, str], *, failure: str) -> None:
        """A question that only keys answer."""
        ladder = Ladder(3, self.prompt(again), failure)
        self.add(part, ListenVerb(self.prompt(texts), keys=dict(keys), no_match=ladder, no_input=ladder))
