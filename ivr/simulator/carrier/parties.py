"""The far end of a call: who speaks, listens and presses keys where a telephone would be, and who answers a dial."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ivr.simulator.carrier.call import CarrierCall
    from ivr.simulator.carrier.state import CallStatus


class Party(Protocol):
    """A far end living in this process. Its methods run on the carrier's loop and must not block.

    `at_ms` is always milliseconds of line time since the answer.
    """

    def on_answered(self, call: CarrierCall) -> None:
        """Audio flows both ways from now on."""

    def on_playout(self, at_ms: int, frame: bytes, is_silence: bool) -> None:
        """One 20 ms frame (160 bytes mu-law) is heard from `at_ms` on. Called every 20 ms while the call lives."""

    def on_clear(self, at_ms: int, dropped_ms: int) -> None:
        """The application dropped `dropped_ms` of audio that had not been heard."""

    def on_say(self, at_ms: int, text: str, language: str, duration_ms: int) -> None:
        """TwiML `<Say>` begins; its audio (or silence of that length) follows through `on_playout`."""

    def on_keys(self, at_ms: int, digits: str) -> None:
        """The application sent keypad tones to this party (`SendDigits`, `<Play digits>`)."""

    def on_ended(self, at_ms: int, status: CallStatus) -> None:
        """The call is over. Called once."""


class SilentParty:
    """A far end that only listens to nothing; base for parties that care about some of it."""

    def on_answered(self, call: CarrierCall) -> None:
        """Do nothing."""

    def on_playout(self, at_ms: int, frame: bytes, is_silence: bool) -> None:
        """Do nothing."""

    def on_clear(self, at_ms: int, dropped_ms: int) -> None:
        """Do nothing."""

    def on_say(self, at_ms: int, text: str, language: str, duration_ms: int) -> None:
        """Do nothing."""

    def on_keys(self, at_ms: int, digits: str) -> None:
        """Do nothing."""

    def on_ended(self, at_ms: int, status: CallStatus) -> None:
        """Do nothing."""


class Pickup(Enum):
    """What a dialled number does."""

    ANSWER = "answer"
    BUSY = "busy"
    REJECT = "reject"
    """Declined by hand: shown as busy, with SIP code 603."""
    NO_ANSWER = "no_answer"
    FAIL = "fail"
    """Unreachable."""


@dataclass(frozen=True, slots=True)
class Answering:
    """How one number takes one call, made through REST or by `<Dial>`."""

    pickup: Pickup = Pickup.ANSWER
    after_ms: int = 1000
    """Ringing before the pickup, in line time; not used by `NO_ANSWER`."""
    party: Callable[[], Party] = SilentParty
    """Makes the far end of each answered call."""
    answered_by: str = "human"
    """What answering-machine detection says, where a call asked for it: human, machine_start, fax, unknown."""
    detection_ms: int = 2000
    """How long that detection takes."""
    message_end: str = "machine_end_beep"
    """What it says of a machine where a call waits for the end of the greeting: machine_end_beep,
    machine_end_silence or machine_end_other."""
    message_end_ms: int | None = None
    """When that end comes, since the answer; None: the greeting has none, `answered_by` counts."""
    skip_ringing: bool = False
    """Some carriers go from initiated to answered without ringing."""
    asks: Callable[[], Awaitable[Pickup]] | None = None
    """Decides while it rings, instead of `pickup` and `after_ms`; cancelled when patience or the caller is gone."""


NOBODY = Answering(Pickup.NO_ANSWER)
"""The behaviour of numbers that nobody registered."""
UNREACHABLE = Answering(Pickup.FAIL)
"""The same for a client (`client:…`) without a browser (call_states.md section 2)."""
