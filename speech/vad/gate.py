"""The gate before the confirmation: webrtcvad on 20 ms frames, about 3 µs each.

Mode 2 opens it early; the stricter mode 3 closes it early (its tail after the end of clean speech is
half as long). Alone it takes hold music, ringback and loud noise for speech.
"""

from __future__ import annotations

import webrtcvad

from speech.formats import PCM_FRAME_BYTES, TELEPHONE_HZ

_OPENING_MODE = 2
_CLOSING_MODE = 3


class Gate:
    """Whether a frame might be speech, for opening and for staying open."""

    def __init__(self) -> None:
        self._opening = webrtcvad.Vad(_OPENING_MODE)
        self._closing = webrtcvad.Vad(_CLOSING_MODE)

    def frame(self, pcm: bytes) -> tuple[bool, bool]:
        """(might begin speech, might go on with it) for one frame of 320 bytes of PCM; `ValueError` else."""
        if len(pcm) != PCM_FRAME_BYTES:
            raise ValueError("the gate wants frames of 20 ms at 8 kHz")
        opens = bool(self._opening.is_speech(pcm, TELEPHONE_HZ))
        return opens, bool(self._closing.is_speech(pcm, TELEPHONE_HZ))
