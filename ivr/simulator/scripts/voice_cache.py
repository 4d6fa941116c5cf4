"""A caller's sentences, made once and kept on disk: scripts say the same things again and again."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np

from ivr.simulator.caller import CallerVoice, Samples


class CachedVoice:
    """`CallerVoice` in front of another one."""

    def __init__(self, behind: CallerVoice, folder: Path) -> None:
        """The folder is made when first needed; file names tell nothing of the words."""
        self._behind = behind
        self._folder = folder

    def speech(self, text: str, language: str, voice: str) -> Samples:
        """See `CallerVoice.speech`."""
        name = hashlib.sha256("\0".join((language, voice, text)).encode()).hexdigest()
        path = self._folder / f"{name}.pcm"
        try:
            raw = path.read_bytes()
        except OSError:
            raw = b""
        if raw and len(raw) % 2 == 0:
            return np.frombuffer(raw, dtype="<i2").astype(np.int16)
        made = self._behind.speech(text, language, voice)
        self._keep(path, made.astype("<i2").tobytes())
        return made

    def _keep(self, path: Path, raw: bytes) -> None:
        """Whole or not at all, whoever else writes the same sentence at the same time."""
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(raw)
        unfinished.replace(path)
