"""Which number is called: another one is read back, checked, and confirmed by key where the queue wants it (T8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.core.flow.model import Confirm
from ivr.core.flow.parts.kit import Kit
from ivr.core.flow.parts.sentences import CALLBACK as SAID

SLOT = "callback_phone"
RECORD = "callback_number"
"""What `check_number` said last; its `number` is the one to call."""
MAX_NUMBERS = 3


@dataclass(frozen=True, slots=True)
class Numbering:
    """Where a number is given, and what follows."""

    queue: str
    around: Mapping[str, str]
    """Arguments that tell the zone."""
    done: str
    declined: str
    trouble: str


def numbering_parts(kit: Kit, way: Numbering) -> None:
    """The steps; they begin at `other_number`, or at `check_number` where the slot has been filled already."""
    at = kit.name
    kit.ask(
        "other_number",
        SLOT,
        "phone",
        SAID["other_number"],
        at("check_number"),
        failure=way.declined,
        confirm=Confirm.READ_BACK,
    )
    given = {"number": f"{{{{ slots.{SLOT} }}}}", "caller": "{{ caller.number }}"}
    checked = at("number_checked")
    kit.do("check_number", "check_number", RECORD, checked, way.trouble, queue=way.queue, **given, **way.around)
    kit.branch(
        "number_checked",
        (f"{RECORD}.ok != 'yes'", at("number_problem")),
        # A number that was read out and confirmed by the key 1 needs no second one.
        (f"{RECORD}.needs_key == 'yes' and said.{SLOT} != '[1]'", at("press")),
        otherwise=way.done,
    )
    kit.say("number_problem", SAID["number_problem"], at("number_again"))
    kit.branch(
        "number_again",
        (f"{kit.visits('number_problem')} >= {MAX_NUMBERS}", at("no_number")),
        otherwise=at("other_number"),
    )
    kit.say("no_number", SAID["no_number"], way.declined)
    kit.keys(
        "press",
        SAID["press"],
        SAID["press_again"],
        {"1": way.done, "2": at("other_number")},
        failure=at("not_pressed"),
    )
    kit.say("not_pressed", SAID["not_pressed"], way.declined)
