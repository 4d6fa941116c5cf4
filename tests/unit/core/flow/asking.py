"""A flow that asks one question, for the tests of `ask`."""

from __future__ import annotations

from ivr.core.flow.model import AskVerb, HangUpVerb, SayVerb
from ivr.core.meaning import SlotType
from tests.unit.core.driving import Drive
from tests.unit.core.flows import flow_of, prompt

COLOURS = {
    "en": (("red", ("red", "dark red")), ("blue", ("blue",))),
    "ja": (("red", ("赤",)), ("blue", ("青",))),
}


def drive_for(kind: SlotType, **changes: object) -> Drive:
    """A call at a question of this type."""
    values: dict[str, object] = {"then": "done"} | changes
    verb = AskVerb("value", kind, prompt("Tell me."), **values)  # type: ignore[arg-type]
    nodes = {
        "q": verb,
        "done": SayVerb(prompt("I noted {{ slots.value }}."), "bye"),
        "person": SayVerb(prompt("A person will call you."), "bye"),
        "bye": HangUpVerb(prompt("Goodbye.")),
    }
    return Drive(flow_of(nodes))


def value_of(drive: Drive) -> str | None:
    return drive.session.state.slots.get("value")


FIVE = SlotType("digits", length=5)
