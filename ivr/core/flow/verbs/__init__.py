"""One file per verb; this table is the only place that knows them all."""

from __future__ import annotations

from typing import Any, Protocol

from ivr.core.call import Call
from ivr.core.events import LookUpFinished, UtteranceHeard
from ivr.core.flow.model import (
    AskVerb,
    BranchVerb,
    CallbackVerb,
    DoVerb,
    HangUpVerb,
    ListenVerb,
    MessageVerb,
    RecordVerb,
    SayVerb,
    TextVerb,
    TransferVerb,
    WaitVerb,
)
from ivr.core.flow.verbs import ask, branch, do, hang_up, listen, parts, record, say, wait


class VerbRules(Protocol):
    """How a verb behaves. Modules implement it as functions; `verb` is the node's own dataclass."""

    def enter(self, call: Call, verb: Any) -> None:
        """The call arrives at the node."""

    def ask_again(self, call: Call, verb: Any, *, is_said: bool = False) -> None:
        """Say the present question (unless it `is_said` already) and hear the answer."""

    def heard(self, call: Call, verb: Any, event: UtteranceHeard) -> None:
        """The caller said something that is no command."""

    def key(self, call: Call, verb: Any, digit: str) -> None:
        """The caller pressed a key."""

    def timed_out(self, call: Call, verb: Any, why: str) -> None:
        """A timer of this node ran out: no_input, inter_digit, filler, lookup, poll, words."""

    def looked_up(self, call: Call, verb: Any, event: LookUpFinished) -> None:
        """The connector answered."""


RULES: dict[type, Any] = {
    ListenVerb: listen,
    AskVerb: ask,
    SayVerb: say,
    DoVerb: do,
    BranchVerb: branch,
    HangUpVerb: hang_up,
    RecordVerb: record,
    CallbackVerb: parts,
    MessageVerb: parts,
    TextVerb: parts,
    TransferVerb: parts,
    WaitVerb: wait,
}


def rules_for(verb: Any) -> VerbRules:
    """The rules of a verb."""
    rules: VerbRules = RULES[type(verb)]
    return rules
