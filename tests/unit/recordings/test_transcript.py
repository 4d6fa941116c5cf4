"""Turns as JSON and as text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ivr.ports import TurnRecord
from recordings.store import RecordingStore
from recordings.transcript import transcript_json, transcript_text, write_transcript

pytestmark = pytest.mark.unit

CALL = "c" * 32
TURNS = [
    TurnRecord(CALL, 1, 0, "us", "How can I\nhelp?", node="welcome", how="prompt"),
    TurnRecord(CALL, 2, 64_250, "caller", "注文はどこ\ud800", confidence=0.5, details={"intent": "order_status"}),
]


def test_text_is_one_line_a_turn_whatever_was_said() -> None:
    assert transcript_text(TURNS).decode() == "[00:00.0] us: How can I help?\n[01:04.2] caller: 注文はどこ?\n"


def test_json_holds_every_field() -> None:
    document = json.loads(transcript_json(CALL, TURNS))
    assert document["version"] == 1 and document["call_id"] == CALL
    assert document["turns"][1] == {
        "number": 2,
        "at_ms": 64_250,
        "side": "caller",
        "text": "注文はどこ?",
        "node": "",
        "how": "speech",
        "confidence": 0.5,
        "details": {"intent": "order_status"},
    }


def test_both_files_lie_beside_the_recording(tmp_path: Path) -> None:
    store = RecordingStore(tmp_path)
    assert write_transcript(store, CALL, TURNS) == (f"{CALL}-1.json", f"{CALL}-1.txt")
    assert store.find(CALL) == [f"{CALL}-1.json", f"{CALL}-1.txt"]
    store.close()
