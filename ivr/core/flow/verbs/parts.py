"""Verbs that are made of others (`callback`, `message`, `text`): arriving there is arriving at their first step."""

from __future__ import annotations

from typing import Any

from ivr.core.call import Call
from ivr.core.flow.verbs.base import ask_nothing_again as ask_again
from ivr.core.flow.verbs.base import hear_nothing as heard
from ivr.core.flow.verbs.base import ignore_look_up as looked_up
from ivr.core.flow.verbs.base import ignore_timer as timed_out
from ivr.core.flow.verbs.base import keep_key as key

__all__ = ["FIRST", "ask_again", "enter", "heard", "key", "looked_up", "timed_out"]

FIRST = "begin"
"""Every such verb's first step: `name.begin`."""


def enter(call: Call, verb: Any) -> None:
    """On to the first step; the expansion has put it there."""
    call.goto(f"{call.state.node}.{FIRST}")
