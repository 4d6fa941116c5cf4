"""What verbs share: the answers of verbs that ask nothing."""

from __future__ import annotations

from typing import Any

from ivr.core.call import Call
from ivr.core.events import LookUpFinished, UtteranceHeard


def ask_nothing_again(call: Call, verb: Any, *, is_said: bool = False) -> None:
    """There is no question to say again."""


def hear_nothing(call: Call, verb: Any, event: UtteranceHeard) -> None:
    """What is said here is no answer to anything."""


def keep_key(call: Call, verb: Any, digit: str) -> None:
    """Type-ahead: the next question gets the key."""
    call.state.typed = (call.state.typed + digit)[-32:]


def ignore_timer(call: Call, verb: Any, why: str) -> None:
    """No timer of this verb matters."""


def ignore_look_up(call: Call, verb: Any, event: LookUpFinished) -> None:
    """A late answer of a connector."""
