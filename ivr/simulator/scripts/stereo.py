"""Writes a call as a WAV: the caller on the left, the line on the right, 8 kHz, 16 bit."""

from __future__ import annotations

import re
import wave
from pathlib import Path

import numpy as np

from ivr.simulator.caller import Caller
from ivr.simulator.carrier.mulaw import decode
from ivr.simulator.line import RATE_HZ


def save_call(caller: Caller, name: str, folder: Path) -> Path:
    """The file of a finished call; its name comes from the script's, a number is added where it is taken."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:80] or "call"
    path = next(path for count in range(1, 10_000) if not (path := _named(folder, stem, count)).exists())
    length = max(len(caller.sent), len(caller.heard))
    left, right = (decode(bytes(side).ljust(length, b"\xff")) for side in (caller.sent, caller.heard))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.stack([left, right], axis=1).astype("<i2").tobytes())
    return path


def _named(folder: Path, stem: str, count: int) -> Path:
    return folder / (f"{stem}.wav" if count == 1 else f"{stem}-{count}.wav")
