"""Sums what several legs say, 20 ms at a time: each hears all the others, never itself. Pure.

    slot            k          k+1        k+2
    A and B speak   a, b       …          …
    C hears                               a + b of slot k

Legs tick at different moments within a slot; `DELAY_SLOTS` later all of them have spoken. The cost of a frame does
not grow with the number of silent legs.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ivr.simulator.carrier.mulaw import FRAME_BYTES, SILENCE, decode, encode

DELAY_SLOTS = 2
"""From mouth to ear through a mixer, in frames of 20 ms."""
_KEPT_SLOTS = 16
_MANY_SLOTS = 64
"""How far legs may be apart while they catch up after a pause of the machine."""
_QUIET = b"\xff\x7f"
_Sum = npt.NDArray[np.int32]


class _Slot:
    """All that is said in one 20 ms."""

    def __init__(self) -> None:
        self._open: dict[Seat, bytes] = {}
        self._private: dict[Seat, list[bytes]] = {}
        self._sum: _Sum | None = None
        self._for_quiet_ones: bytes | None = None

    def say(self, speaker: Seat, frame: bytes) -> None:
        if speaker.heard_only_by is not None:
            self._private.setdefault(speaker.heard_only_by, []).append(frame)
            return
        self._open[speaker] = frame
        self._sum = self._for_quiet_ones = None

    def heard_by(self, listener: Seat) -> bytes:
        own, private = self._open.get(listener), self._private.get(listener, [])
        if own is None and not private:
            return self._everything()
        if len(self._open) <= 2:
            return _mixed([frame for speaker, frame in self._open.items() if speaker is not listener] + private)
        return _mixed(private, self._total() if own is None else self._total() - decode(own))

    def _everything(self) -> bytes:
        if self._for_quiet_ones is None:
            self._for_quiet_ones = _mixed(list(self._open.values()))
        return self._for_quiet_ones

    def _total(self) -> _Sum:
        if self._sum is None:
            self._sum = np.sum([decode(frame) for frame in self._open.values()], axis=0, dtype=np.int32)
        return self._sum


class Mixer:
    """The seats around one table."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._slots: dict[int, _Slot] = {}
        self._chime = b""
        self._bell = Seat(self)

    def seat(self) -> Seat:
        """A new place; it lasts until nobody uses it."""
        return Seat(self)

    def ring(self, chime: bytes) -> None:
        """Everybody hears `chime` from the next frame on."""
        self._chime = chime

    def say(self, speaker: Seat, slot: int, frame: bytes) -> None:
        """Take one frame of 160 bytes."""
        found = self._slots.get(slot)
        if found is None:
            found = self._slots[slot] = _Slot()
        found.say(speaker, frame)

    def heard(self, listener: Seat, slot: int) -> bytes:
        """What `listener` hears in `slot`: said `DELAY_SLOTS` before."""
        if self._chime:
            self._place_chime(slot - DELAY_SLOTS + 1)
        if len(self._slots) > _MANY_SLOTS:
            self._forget_before(slot - _KEPT_SLOTS)
        said = self._slots.get(slot - DELAY_SLOTS)
        return SILENCE if said is None else said.heard_by(listener)

    def _place_chime(self, first: int) -> None:
        chime, self._chime = self._chime, b""
        for count, at in enumerate(range(0, len(chime), FRAME_BYTES)):
            self.say(self._bell, first + count, chime[at : at + FRAME_BYTES].ljust(FRAME_BYTES, SILENCE[:1]))

    def _forget_before(self, slot: int) -> None:
        self._slots = {kept: said for kept, said in self._slots.items() if kept >= slot}


class Seat:
    """One leg's place at a mixer; the leg's `Bridge`."""

    def __init__(self, mixer: Mixer) -> None:
        """Made by `Mixer.seat`."""
        self._mixer = mixer
        self.is_muted = False
        """Nobody hears it."""
        self.is_deaf = False
        """It hears nothing."""
        self.heard_only_by: Seat | None = None
        """A coach speaks to one seat only."""

    def listen(self, slot: int) -> bytes:
        """What the others say."""
        return SILENCE if self.is_deaf else self._mixer.heard(self, slot)

    def speak(self, slot: int, frame: bytes) -> None:
        """What this leg says."""
        if not self.is_muted and frame.strip(_QUIET):
            self._mixer.say(self, slot, frame)


def _mixed(frames: list[bytes], base: _Sum | None = None) -> bytes:
    if base is None and len(frames) < 2:
        return frames[0] if frames else SILENCE
    total = np.zeros(FRAME_BYTES, dtype=np.int32) if base is None else base
    for frame in frames:
        total = total + decode(frame)
    return encode(np.clip(total, -32_768, 32_767).astype(np.int16))
