"""A call's turns as a JSON document and as plain text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from recordings.store import Kind, RecordingStore

FORMAT_VERSION = 1


class Turn(Protocol):
    """One thing said; `ivr.ports.TurnRecord` is one."""

    @property
    def number(self) -> int:
        """From 1, both sides counted together."""

    @property
    def at_ms(self) -> int:
        """On the call's clock."""

    @property
    def side(self) -> str:
        """`caller` or `us`."""

    @property
    def text(self) -> str:
        """What was said."""

    @property
    def node(self) -> str:
        """The step of the flow."""

    @property
    def how(self) -> str:
        """speech, keys or prompt."""

    @property
    def confidence(self) -> float | None:
        """0..1, where known."""

    @property
    def details(self) -> Mapping[str, Any]:
        """Anything else, JSON."""


def transcript_json(call_id: str, turns: Sequence[Turn]) -> bytes:
    """UTF-8 JSON: `{version, call_id, turns: [{number, at_ms, side, text, node, how, confidence, details}]}`."""
    document = {
        "version": FORMAT_VERSION,
        "call_id": call_id,
        "turns": [
            {
                "number": turn.number,
                "at_ms": turn.at_ms,
                "side": turn.side,
                "text": turn.text,
                "node": turn.node,
                "how": turn.how,
                "confidence": turn.confidence,
                "details": dict(turn.details),
            }
            for turn in turns
        ],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def transcript_text(turns: Sequence[Turn]) -> bytes:
    """UTF-8 text, a line per turn: `[00:04.2] caller: where is my order`."""
    lines = (f"[{_clock(turn.at_ms)}] {turn.side}: {' '.join(turn.text.split())}\n" for turn in turns)
    return "".join(lines).encode("utf-8", "replace")


def write_transcript(store: RecordingStore, call_id: str, turns: Sequence[Turn]) -> tuple[str, str]:
    """Writes both; the names of the JSON and the text file."""
    as_json = store.write(call_id, Kind.TRANSCRIPT_JSON, transcript_json(call_id, turns))
    return as_json, store.write(call_id, Kind.TRANSCRIPT_TEXT, transcript_text(turns))


def _clock(at_ms: int) -> str:
    minutes, rest = divmod(max(0, at_ms), 60_000)
    return f"{minutes:02d}:{rest // 1000:02d}.{rest % 1000 // 100}"
