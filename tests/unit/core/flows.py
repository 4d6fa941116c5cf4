"""Small flows for the tests of the core, built in Python so that no file is needed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ivr.core.events import CallAnswered
from ivr.core.flow.expressions import parse_condition, parse_template
from ivr.core.flow.model import (
    AskVerb,
    BranchCase,
    BranchVerb,
    Confirm,
    Consent,
    DoVerb,
    Flow,
    FlowNode,
    HangUpVerb,
    Ladder,
    ListenVerb,
    Prompt,
    SayVerb,
    Verb,
)
from ivr.core.meaning import SlotType

ANSWERED_AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def prompt(en: str, ja: str = "") -> Prompt:
    """A prompt in English and Japanese."""
    return {"en": parse_template(en), "ja": parse_template(ja or f"{en}（日本語）")}


def flow_of(nodes: dict[str, Verb], **changes: Any) -> Flow:
    """A flow that starts at its first node."""
    values: dict[str, Any] = {
        "name": "test",
        "title": "Test",
        "version": "1",
        "languages": ("en", "ja"),
        "numbers": ("+15005550006", "+815012345678"),
        "number_languages": {"+815012345678": "ja"},
        "start": next(iter(nodes)),
        "nodes": {name: FlowNode(name, verb) for name, verb in nodes.items()},
        "everywhere": {"agent": "person", "goodbye": "bye"},
        "intents": ("retail",),
        "knowledge": ("retail",),
        "connectors": ("orders",),
        "intent_titles": {"order_status": {"en": "an order"}},
    }
    return Flow(**(values | changes))


def shop_flow(**changes: Any) -> Flow:
    """One node of every verb."""
    nodes: dict[str, Verb] = {
        "welcome": ListenVerb(
            prompt=prompt("How can I help?", "ご用件は。"),
            on={"order_status": "number", "opening_hours": "hours"},
            keys={"1": "number", "2": "hours"},
            answers=True,
            answered="more",
            no_match=Ladder(3, prompt("Say, where is my order.")),
            no_input=Ladder(2, None, "person"),
        ),
        "number": AskVerb(
            slot="order_number",
            type=SlotType("digits", length=5),
            prompt=prompt("What is your order number?"),
            then="find",
            confirm=Confirm.READ_BACK,
            failure="person",
        ),
        "find": DoVerb(
            call="orders.find",
            arguments={
                "number": parse_template("{{ slots.order_number }}"),
                "note": parse_template("call {{ call.id }}"),
            },
            then="kind",
            save="order",
            filler=prompt("One moment."),
            not_found="unknown",
            failed="person",
        ),
        "kind": BranchVerb((BranchCase(parse_condition("order.total > 500"), "person"), BranchCase(None, "status"))),
        "status": SayVerb(prompt("It is {{ order.status }}."), "more", outcome="resolved"),
        "unknown": SayVerb(prompt("I can't find it."), "more"),
        "hours": SayVerb(prompt("We are here {{ hours.text }}."), "more"),
        "more": AskVerb(
            slot="more",
            type=SlotType("yes_no"),
            prompt=prompt("Anything else?"),
            by_value={"yes": "welcome", "no": "bye"},
        ),
        "person": SayVerb(prompt("A person will call you."), "bye"),
        "bye": HangUpVerb(prompt("Goodbye."), "resolved"),
    }
    return flow_of(nodes, **changes)


CONSENT = Consent(prompt("This call may be recorded."), ("9",), "no_recording")


def answered(**changes: Any) -> CallAnswered:
    """The first event of a call to the English number."""
    values: dict[str, Any] = {
        "at": 0,
        "call_id": "c1",
        "caller": "+12025550123",
        "dialled": "+15005550006",
        "answered_at": ANSWERED_AT,
        "hours_text": {"en": "nine to five", "ja": "九時から五時"},
    }
    return CallAnswered(**(values | changes))
