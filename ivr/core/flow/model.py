"""A call flow as the interpreter reads it: checked, typed, frozen. The YAML side lives in `ivr/flows`.

One node = one verb. A `Prompt` holds a parsed template for every language of the flow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from ivr.core.flow.expressions import Node as Expression
from ivr.core.flow.expressions import Template
from ivr.core.meaning import SlotType

Prompt = Mapping[str, Template]
"""Language -> text."""


class Confirm(Enum):
    """When a value is read back to the caller."""

    READ_BACK = "read_back"
    WHEN_UNSURE = "when_unsure"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Ladder:
    """What happens when nothing was said (or nothing understood), again and again."""

    tries: int = 2
    """Attempts before `then`: with 2, the first failure asks again and the second goes on."""
    prompt: Prompt | None = None
    """Said before asking again; a built-in sentence when absent."""
    then: str | None = None
    """Node; the verb's `failure`, or the way to a person, when absent."""


@dataclass(frozen=True, slots=True)
class ListenVerb:
    """An open question: an intent, a key, or an answer from the knowledge base."""

    prompt: Prompt
    on: Mapping[str, str] = field(default_factory=dict)
    """Intent -> node."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Key -> node."""
    answers: bool = False
    answered: str | None = None
    """Node after a knowledge answer; the same question again when absent."""
    no_match: Ladder = Ladder()
    no_input: Ladder = Ladder()


@dataclass(frozen=True, slots=True)
class Known:
    """A value that an `ask` of ours has before it asks: it is only read back, in words of its own."""

    value: Template
    prompt: Prompt
    """Said in place of the built-in read-back."""
    corrected: str
    """Node after another value was said instead; that one is in the slot then, and was not read back."""
    denied: str
    """Node after "no"."""


@dataclass(frozen=True, slots=True)
class AskVerb:
    """One slot of a known type, by voice or keypad."""

    slot: str
    type: SlotType
    prompt: Prompt
    choices: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = field(default_factory=dict)
    """For `choice`: language -> (value, wordings) pairs; key 1 is the first."""
    then: str | None = None
    by_value: Mapping[str, str] = field(default_factory=dict)
    """`then: {yes: a, no: b}`: value -> node."""
    confirm: Confirm = Confirm.WHEN_UNSURE
    failure: str | None = None
    no_match: Ladder = Ladder()
    no_input: Ladder = Ladder()
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys with a meaning of their own here -> node; only in built-in steps."""
    skip: str | None = None
    """Node when nothing but the hash key is pressed; only in built-in steps."""
    known: Known | None = None
    waits: bool = False
    """What was said before the question began is no answer to it; only in built-in steps."""


@dataclass(frozen=True, slots=True)
class SayVerb:
    """A text, then on."""

    prompt: Prompt
    then: str
    outcome: str | None = None
    """What the call counts as from here on, even if the caller hangs up."""


@dataclass(frozen=True, slots=True)
class DoVerb:
    """A connector's operation."""

    call: str
    arguments: Mapping[str, Template]
    then: str
    save: str | None = None
    filler: Prompt | None = None
    """Said only when the answer takes longer than a second."""
    not_found: str | None = None
    failed: str | None = None


@dataclass(frozen=True, slots=True)
class BranchCase:
    """One line of a `branch`; `condition` None is the `else`."""

    condition: Expression | None
    then: str


@dataclass(frozen=True, slots=True)
class BranchVerb:
    """The first case that holds."""

    cases: tuple[BranchCase, ...]


@dataclass(frozen=True, slots=True)
class HangUpVerb:
    """A goodbye, heard to its end, and the call is over."""

    prompt: Prompt | None
    outcome: str = "resolved"


@dataclass(frozen=True, slots=True)
class RecordVerb:
    """Keeps what the caller says, as sound and as words, until silence or `#`. Only steps of ours have it."""

    slot: str
    """For the words; the sound's key is in `<slot>_file`, its length in `<slot>_secs`."""
    prompt: Prompt
    then: str
    nothing: str
    """Node when nothing was said."""
    max_secs: int = 120


@dataclass(frozen=True, slots=True)
class WaitVerb:
    """Asks about once a second how something stands, and tells the caller now and then. Only steps of ours have it."""

    call: str
    arguments: Mapping[str, Template]
    save: str
    """The record; its `stands` says how it stands."""
    by_value: Mapping[str, str]
    """What it stands at -> node; anything else: it goes on."""
    prompts: Mapping[str, Prompt]
    """What it stands at -> what the caller hears every few seconds."""
    failed: str
    at_once: tuple[str, ...] = ()
    """Told as soon as it stands there."""
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TransferVerb:
    """Connects the caller with a person who can be had at once. A sub-dialogue of other verbs (`transfer_parts`)."""

    otherwise: str
    """Node when nobody can be had in time."""
    queue: str = ""
    to: Template | None = None
    """A number, in place of a queue."""
    skills: tuple[str, ...] = ()
    priority: int = 5
    brief: tuple[str, ...] = ()
    max_wait_secs: int = 20
    prompt: Prompt | None = None
    """Said in place of the built-in sentence, when somebody is rung."""


class NumberRule(Enum):
    """Which number is called back."""

    ASK_IF_UNKNOWN = "ask_if_unknown"
    """The calling one is read out and confirmed; another one can be given, and a withheld one is asked for."""
    CONFIRM = "confirm"
    """The calling one is read out and confirmed; no other is taken."""
    CALLER_ONLY = "caller_only"
    """The calling one, without a question; a caller without a number cannot have a call back."""


@dataclass(frozen=True, slots=True)
class CallbackVerb:
    """A promise to call back. A sub-dialogue made of the other verbs (`callback_parts`)."""

    queue: str
    keep_place: bool = True
    """Ordered by when the call arrived; else by when the promise is made."""
    offer: tuple[str, ...] = ("as_soon_as_possible", "at_a_time")
    number: NumberRule = NumberRule.ASK_IF_UNKNOWN
    confirm_by_text: bool = False
    ask: tuple[str, ...] = ()
    """name, extension, reason: what the agent should know besides."""
    priority: int = 5
    skills: tuple[str, ...] = ()
    brief: tuple[str, ...] = ()
    """Slots, or fields of records such as `order.status`: what the agent sees and hears first."""
    prompt: Prompt | None = None
    """Said before the offer, in place of the built-in sentence."""
    then: str | None = None
    """After the promise; a goodbye when absent."""
    declined: str | None = None
    """The caller does not want it, or it is not possible; a goodbye when absent."""
    failed: str | None = None
    """It could not be stored; as `declined` when absent."""


@dataclass(frozen=True, slots=True)
class MessageVerb:
    """A recorded message for people; work in the same queue."""

    queue: str
    prompt: Prompt
    max_secs: int = 120
    priority: int = 5
    skills: tuple[str, ...] = ()
    then: str | None = None
    failed: str | None = None


@dataclass(frozen=True, slots=True)
class TextVerb:
    """A text message to the caller, or to a number the flow knows."""

    body: Prompt
    to: Template | None = None
    """The caller's own number when absent."""
    then: str = ""
    failed: str | None = None


Composed = CallbackVerb | MessageVerb | TextVerb | TransferVerb
"""Verbs that are made of others."""
Verb = ListenVerb | AskVerb | SayVerb | DoVerb | BranchVerb | HangUpVerb | RecordVerb | WaitVerb | Composed


@dataclass(frozen=True, slots=True)
class FlowNode:
    """A named step."""

    name: str
    verb: Verb
    everywhere: Mapping[str, str] = field(default_factory=dict)
    """Overrides of the flow's `everywhere` for this node."""
    interruptible: bool = True
    part_of: str = ""
    """Name of the authored node that this built-in step belongs to; empty for what a supervisor wrote."""


@dataclass(frozen=True, slots=True)
class Consent:
    """The notice before a recording."""

    prompt: Prompt
    refuse_keys: tuple[str, ...] = ()
    refuse_intent: str | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """A whole flow."""

    name: str
    title: str
    version: str
    """Hash of the files it came from; a call stays on the version it began with."""
    languages: tuple[str, ...]
    numbers: tuple[str, ...]
    start: str
    nodes: Mapping[str, FlowNode]
    everywhere: Mapping[str, str] = field(default_factory=dict)
    closed: str | None = None
    hours: str | None = None
    consent: Consent | None = None
    intents: tuple[str, ...] = ()
    knowledge: tuple[str, ...] = ()
    connectors: tuple[str, ...] = ()
    number_languages: Mapping[str, str] = field(default_factory=dict)
    """Dialled number -> the language it begins in."""
    intent_titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Intent -> language -> words for "did you want …?"."""

    @property
    def authored(self) -> Mapping[str, FlowNode]:
        """The nodes that stand in the file."""
        return {name: node for name, node in self.nodes.items() if not node.part_of}


def targets(node: FlowNode) -> dict[str, str]:
    """Every edge of a node: label -> node name."""
    found: dict[str, str] = {}
    match node.verb:
        case ListenVerb() as verb:
            found |= {f"on {intent}": name for intent, name in verb.on.items()}
            found |= {f"key {key}": name for key, name in verb.keys.items()}
            found |= {"answered": verb.answered} if verb.answered else {}
            found |= _ladders(verb.no_match, verb.no_input)
        case AskVerb() as verb:
            found |= {"then": verb.then} if verb.then else {}
            found |= {f"then {value}": name for value, name in verb.by_value.items()}
            found |= _named(failure=verb.failure, skip=verb.skip)
            found |= _ladders(verb.no_match, verb.no_input)
            found |= {f"key {key}": name for key, name in verb.keys.items()}
            found |= {"corrected": verb.known.corrected, "denied": verb.known.denied} if verb.known else {}
        case SayVerb() as verb:
            found["then"] = verb.then
        case RecordVerb() as verb:
            found |= {"then": verb.then, "nothing": verb.nothing}
        case DoVerb() as verb:
            found["then"] = verb.then
            found |= {"not_found": verb.not_found} if verb.not_found else {}
            found |= {"failed": verb.failed} if verb.failed else {}
        case BranchVerb() as verb:
            found |= {f"case {index + 1}": case.then for index, case in enumerate(verb.cases)}
        case CallbackVerb() as verb:
            found |= _named(then=verb.then, declined=verb.declined, failed=verb.failed)
        case MessageVerb() as verb:
            found |= _named(then=verb.then, failed=verb.failed)
        case TextVerb() as verb:
            found |= _named(then=verb.then or None, failed=verb.failed)
        case TransferVerb() as verb:
            found |= _named(otherwise=verb.otherwise)
        case WaitVerb() as verb:
            found |= {f"then {value}": name for value, name in verb.by_value.items()}
            found |= {f"key {key}": name for key, name in verb.keys.items()}
            found["failed"] = verb.failed
    return found


def _named(**edges: str | None) -> dict[str, str]:
    return {label: name for label, name in edges.items() if name}


def _ladders(no_match: Ladder, no_input: Ladder) -> dict[str, str]:
    pairs = (("no_match", no_match), ("no_input", no_input))
    return {label: ladder.then for label, ladder in pairs if ladder.then}
