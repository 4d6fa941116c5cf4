"""What `<Record>` recorded, kept in memory so that the application can fetch it."""

from __future__ import annotations

import io
import wave
from collections import OrderedDict
from dataclasses import dataclass

from ivr.simulator.carrier.mulaw import BYTES_PER_MS, decode
from ivr.simulator.carrier.sids import new_sid

_KEEP = 200


@dataclass(frozen=True, slots=True)
class Recording:
    """One finished recording."""

    sid: str
    call_sid: str
    mulaw: bytes

    @property
    def duration_secs(self) -> int:
        """Whole seconds, rounded up."""
        return -(-len(self.mulaw) // (BYTES_PER_MS * 1000))

    def wav(self) -> bytes:
        """16-bit PCM at 8 kHz, one channel, in a RIFF file."""
        target = io.BytesIO()
        with wave.open(target, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(decode(self.mulaw).astype("<i2").tobytes())
        return target.getvalue()


class Recordings:
    """The newest recordings by SID."""

    def __init__(self) -> None:
        """Begin empty."""
        self._by_sid: OrderedDict[str, Recording] = OrderedDict()

    def add(self, call_sid: str, mulaw: bytes) -> Recording:
        """Keep audio under a new SID; the oldest makes room."""
        recording = Recording(new_sid("RE"), call_sid, mulaw)
        self._by_sid[recording.sid] = recording
        while len(self._by_sid) > _KEEP:
            self._by_sid.popitem(last=False)
        return recording

    def get(self, sid: str) -> Recording | None:
        """The recording, unless it is unknown or forgotten."""
        return self._by_sid.get(sid)
