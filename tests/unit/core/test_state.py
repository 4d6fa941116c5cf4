"""The state of a call survives JSON; what belongs to the audio of a moment does not travel."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum

import pytest

from ivr.core import commands, events
from ivr.core.errors import SnapshotError
from ivr.core.state import CallState, Phase, Playing, Step, from_snapshot, plain, to_snapshot

pytestmark = pytest.mark.unit

PASSING = {
    "playing", "interrupted", "was_noise", "timers", "listen_id", "listened_at", "lookup_id", "keyed", "typed",
    "is_entry_over", "question_id", "question_at", "answer", "message", "message_at", "has_voice",
}  # fmt: skip
SAMPLES: dict[str, object] = {
    "phase": Phase.WORKING,
    "step": Step.READ_BACK,
    "hours_text": {"en": "nine to five"},
    "slots": {"number": "42719"},
    "said": {"number": "[1]"},
    "records": {"order": {"status": "shipped", "customer": {"name": "Mia"}}},
    "heard": {"digits": "123"},
    "turn": ["Hello."],
    "misses": {"no_match": 1},
    "visited": ["welcome"],
    "intents": ["order_status"],
    "outcome": "resolved",
}


def other_than_default(name: str, value: object) -> object:
    """A value that differs from a fresh state's."""
    if name in SAMPLES:
        return SAMPLES[name]
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value}x"
    raise AssertionError(f"add a sample for {name}")


def full_state() -> CallState:
    fresh, state = CallState(), CallState()
    for one in fields(CallState):
        if one.name not in PASSING:
            setattr(state, one.name, other_than_default(one.name, getattr(fresh, one.name)))
    return state


def test_every_field_survives_json() -> None:
    state = full_state()
    restored, unheard = from_snapshot(json.loads(json.dumps(to_snapshot(state))))
    assert (restored, unheard) == (state, [])


def test_what_belongs_to_the_audio_of_a_moment_is_left_behind() -> None:
    state = CallState(keyed="12", typed="3", listen_id=7, lookup_id=8, timers={"no_input": 4}, was_noise=True)
    restored, _ = from_snapshot(to_snapshot(state))
    assert restored == CallState()


def test_what_was_ordered_and_not_heard_travels_as_text() -> None:
    state = CallState(
        playing=[
            Playing(1, "The notice.", "en", False, is_consent=True),
            Playing(2, "Cut.", "en", True, stopped=True),
            Playing(3, "Not heard.", "en", True),
        ]
    )
    assert from_snapshot(to_snapshot(state))[1] == ["Not heard."]


def test_a_snapshot_is_a_copy() -> None:
    state = full_state()
    snapshot = to_snapshot(state)
    state.slots["number"] = "changed"
    state.records["order"]["customer"] = None
    assert snapshot["slots"] == {"number": "42719"}
    assert snapshot["records"] == {"order": {"status": "shipped", "customer": {"name": "Mia"}}}


def test_a_restored_state_is_a_copy() -> None:
    snapshot = to_snapshot(full_state())
    state, _ = from_snapshot(snapshot)
    state.turn.append("More.")
    assert snapshot["turn"] == ["Hello."]


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(SnapshotError, match="unknown fields: colour, shape"):
        from_snapshot(to_snapshot(CallState()) | {"shape": 1, "colour": 2})


@pytest.mark.parametrize("name", ["phase", "step"])
def test_a_missing_or_wrong_phase_is_refused(name: str) -> None:
    snapshot = to_snapshot(CallState())
    with pytest.raises(SnapshotError, match="a field has a wrong value: ValueError"):
        from_snapshot(snapshot | {name: "dancing"})
    del snapshot[name]
    with pytest.raises(SnapshotError, match="a field has a wrong value: KeyError"):
        from_snapshot(snapshot)


def test_an_older_snapshot_with_fewer_fields_is_taken() -> None:
    snapshot = to_snapshot(full_state())
    del snapshot["question"], snapshot["intents"]
    assert from_snapshot(snapshot)[0].question == ""


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (None, None),
        (True, True),
        (3, 3),
        ("x", "x"),
        (1.5, "1.5"),
        (1e-7, "0.0000001"),
        (Decimal("80.50"), "80.50"),
        (datetime(2026, 11, 25, tzinfo=UTC), "2026-11-25T00:00:00+00:00"),
        ({"a": {"b": Decimal(1)}, 5: "x"}, {"a": {"b": "1"}, "5": "x"}),
        ([1, 2], "[1, 2]"),
    ],
)
def test_connector_values_become_json(value: object, kept: object) -> None:
    assert plain(value) == kept


@pytest.mark.parametrize("module", [events, commands])
def test_every_event_and_command_is_frozen_and_in_the_union(module) -> None:  # type: ignore[no-untyped-def]
    union = module.Event if module is events else module.Command
    kinds = [
        one
        for one in vars(module).values()
        if isinstance(one, type) and one.__module__ == module.__name__ and not issubclass(one, Enum)
    ]
    assert set(union.__args__) == set(kinds)
    for kind in kinds:
        assert kind.__dataclass_params__.frozen, kind
        assert not hasattr(kind, "__dict__") or "__slots__" in vars(kind)
