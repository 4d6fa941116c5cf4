"""A flow with every composed verb, and short names for what the queue's counter answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ivr.core.flow.expansion import expanded
from ivr.core.flow.model import CallbackVerb, Flow, HangUpVerb, MessageVerb, TextVerb
from tests.unit.core.driving import Drive
from tests.unit.core.flows import flow_of, prompt, shop_flow

CAN = {
    "ok": "yes", "is_waiting": "no", "is_open": "yes", "window_text": "in ten minutes", "zone": "America/New_York",
    "zone_is_sure": "yes", "local_time_text": "ten a m", "number_ok": "yes",
}  # fmt: skip
"""What `offer` says on a usual day."""
NUMBER = {"ok": "yes", "number": "+12025550123", "needs_key": "no", "zone": "America/New_York"}
TIME = {"ok": "yes", "when": "2026-11-24T15:00/2026-11-24T16:00", "text": "tomorrow between 3 and 4 p m"}
BOOKED = {"ok": "yes", "is_new": "yes", "code_text": "four eight two seven", "when_text": "soon", "texted": "no"}
OFFER = "I can have somebody call you back in ten minutes, and you keep your place."


def promising_flow(*, start: str = "welcome", **changes: Any) -> Flow:
    """A shop whose way to a person is a promise; `changes` are those of the `callback` verb."""
    verb = replace(CallbackVerb("general", declined="message"), **changes)
    shop = shop_flow()
    nodes = {name: node.verb for name, node in shop.nodes.items()}
    nodes |= {
        "person": verb,
        "message": MessageVerb("general", prompt("Leave a message."), max_secs=60),
        "text": TextVerb(prompt("Your order is on its way."), then="more", failed="bye"),
        "gone": HangUpVerb(None, "gone"),
    }
    commands = {"agent": "person", "callback": "person", "goodbye": "bye"}
    return expanded(flow_of(nodes, start=start, everywhere=commands))


def promising(*, known: dict[str, str] | None = None, answered: dict[str, Any] | None = None, **changes: Any) -> Drive:
    """A call at the offer."""
    drive = Drive(promising_flow(**changes), **(answered or {}))
    drive.command("agent")
    drive.found(**(CAN | (known or {})))
    return drive


def at_number(**changes: Any) -> Drive:
    """A call that has taken the offer."""
    drive = promising(**changes)
    drive.slot("asap")
    return drive
